/** SMA: the Sunny Portal (ennexOS) as its own web page reads it, or the official Monitoring API. Unsigned watts, every 5 minutes. */
import { type AdapterReading, defineAdapter, type Http } from './adapter.ts';
import { instantOf } from './local-time.ts';
import { TokenSession } from './oauth.ts';
import { chosen } from './only.ts';
import { bearer, withToken } from './session.ts';
import { readingOf } from './sma/balance.ts';
import { ennexos } from './sma/ennexos.ts';
import { official } from './sma/official.ts';
import { type SmaContext, State, settings } from './sma/settings.ts';
import type { WayIn } from './sma/way-in.ts';

const waysIn: Record<SmaContext['settings']['mode'], WayIn> = { ennexos, official };

export const sma = defineAdapter({
  vendor: 'sma',
  title: 'SMA Sunny Portal (ennexOS)',
  homepage: 'https://ennexos.sunnyportal.com',
  knownAs: ['Sunny Portal', 'ennexOS', 'Sunny Boy', 'Sunny Tripower', 'sunnyportal.com'],
  standing: 'works with limits',
  refresh: 'a point every 5 minutes, 1 to 3 minutes late',
  needs: 'the SMA ID (e-mail address and password) of ennexos.sunnyportal.com',
  baseUrl: ({ mode }) => waysIn[mode].baseUrl,
  authUrl: ({ mode }) => waysIn[mode].authUrl,
  pollSeconds: 300,
  settings,
  requires: ({ mode }) => (mode === 'official' ? ['clientId', 'clientSecret'] : ['username', 'password']),
  identity: ['mode', 'username', 'password', 'clientId', 'clientSecret'],
  state: State,
  session: TokenSession,
  always: ['tsms'],
  discover: async (context) => ({ plantId: await withLogIn(context, waysIn[context.settings.mode].plants) }),
  read: (context): Promise<AdapterReading> =>
    withLogIn(context, async (http) => {
      const { settings, settingName, now } = context;
      const { plants, none, newest } = waysIn[settings.mode];
      const plantId = await chosen(context, 'plantId', () => plants(http), { title: 'SMA', noun: 'plant', ...none });
      const check = `check ${settingName('plantId')}`;
      const kinds = {
        403: ['auth', `does not show the plant ${plantId} to this account: ${check}`],
        404: ['bad-response', `knows no plant ${plantId}: ${check}`],
      } as const;
      const { time, zone = settings.timeZone, ...balance } = await newest(http.extend({ kinds }), plantId);
      return { ...readingOf(balance, context), tsms: time ? instantOf(time, zone, now) : undefined };
    }),
});

/** A token of a first log-in is replaced like any other when it is refused; a password that is refused is not tried twice. */
async function withLogIn<Result>(context: SmaContext, read: (http: Http) => Promise<Result>): Promise<Result> {
  const { logIn, refresh, headers } = waysIn[context.settings.mode];
  const byLogIn = () => logIn(context);
  if (!context.session.value) await withToken(context, [byLogIn], async () => {});
  return withToken(context, refresh ? [refresh(context), byLogIn] : [byLogIn], read, {
    client: (session) => ({ headers: { ...bearer(session), ...headers } }),
  });
}
