/** Sigenergy: the official OpenAPI or the mySigen app's own, with one flow of energy in kW and the same signs. */
import { type AdapterReading, defineAdapter, type Http } from './adapter.ts';
import { TokenSession } from './oauth.ts';
import { chosen } from './only.ts';
import { isRefusal } from './refusals.ts';
import { bearer, withToken } from './session.ts';
import { app } from './sigenergy/app.ts';
import { readingOf } from './sigenergy/flow.ts';
import { openApi } from './sigenergy/openapi.ts';
import { noSuchStation, platform, type WayIn } from './sigenergy/platform.ts';
import { type SigenergyContext, State, settings } from './sigenergy/settings.ts';

const waysIn = { 'openapi-account': openApi, 'openapi-key': openApi, app } as const;

export const sigenergy = defineAdapter({
  vendor: 'sigenergy',
  title: 'Sigenergy (mySigen)',
  homepage: 'https://www.sigenergy.com',
  knownAs: ['mySigen', 'SigenStor', 'sigencloud.com'],
  standing: 'works with limits',
  refresh: 'one reading in 5 minutes',
  needs: 'e-mail address and password of the mySigen owner account, or a developer key',
  baseUrl: ({ mode, region }) => `https://${waysIn[mode].host}-${region}.sigencloud.com`,
  pollSeconds: 300,
  pollFloorSeconds: ({ mode }) => (mode === 'app' ? 120 : 300),
  callsAreCounted: true,
  retries: false, // log-ins too
  settings,
  requires: ({ mode }) => (mode === 'openapi-key' ? ['appKey', 'appSecret'] : ['username', 'password']),
  identity: ['mode', 'region', 'username', 'password', 'appKey', 'appSecret'],
  state: State,
  session: TokenSession,
  always: { net_import_kw: 'offline' },
  discover: (context) => withLogIn(context, async (http, { place, places }) => ({ [place]: await places(http) })),
  read: (context): Promise<AdapterReading> =>
    withLogIn(context, async (http, { place, places, none, flow }) => {
      const id = await chosen(context, place, () => places(http), { title: 'Sigenergy', noun: 'system', none });
      try {
        return readingOf(await flow(http, id), context);
      } catch (error) {
        if (isRefusal(error, ...noSuchStation)) delete context.state[place]; // perhaps it was exchanged
        throw error;
      }
    }),
});

/** A token is replaced once in a read: when it is refused, or ten minutes before its end. */
function withLogIn<Result>(
  context: SigenergyContext,
  read: (http: Http, way: WayIn) => Promise<Result>,
): Promise<Result> {
  const way: WayIn = waysIn[context.settings.mode];
  const asking = { ...context, http: platform(context.http, way.holdSeconds) };
  return withToken(asking, [(previous) => way.renew(asking, previous)], (http) => read(http, way), {
    client: (session) => ({ headers: { ...bearer(session), 'content-type': 'application/json', ...way.headers } }),
    marginSeconds: 600,
  });
}
