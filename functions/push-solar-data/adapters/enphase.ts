/** Enphase Enlighten in one of two ways: the official API v4, or what the Enlighten web page itself asks. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type AdapterReading, defineAdapter, type ReadContext, type SettingValues } from './adapter.ts';
import { enphaseConsent } from './enphase/consent.ts';
import { enlighten } from './enphase/enlighten.ts';
import { settings } from './enphase/settings.ts';
import { v4 } from './enphase/v4.ts';
import { type EnphaseContext, Session, State, type WayIn, whose } from './enphase/way-in.ts';
import { chosen } from './only.ts';

/** By mode, and in mode enlighten by account: trying another one loses no refresh token. */
const States = z.record(z.string(), z.partial(State));
const Sessions = z.record(z.string(), Session);
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof States>, z.output<typeof Sessions>>;

const waysIn: Record<Context['settings']['mode'], WayIn> = { v4, enlighten };

export const enphase = defineAdapter({
  vendor: 'enphase',
  title: 'Enphase Enlighten',
  homepage: 'https://enlighten.enphaseenergy.com',
  knownAs: ['Enlighten', 'Envoy', 'IQ Gateway', 'enlighten.enphaseenergy.com'],
  standing: 'works with limits',
  refresh: 'with the free plan one reading in 45 minutes, 5 to 15 minutes old; in mode enlighten 15 to 30 minutes old',
  needs:
    'an application on developer-v4.enphase.com and one consent in a browser, or the log-in of the Enlighten web page',
  baseUrl: ({ mode }) => `https://${mode === 'v4' ? 'api' : 'enlighten'}.enphaseenergy.com`,
  // The free plan has 1,000 calls a month: 31 days / 2,700 s = 992. A bucket of Enlighten lasts 900 s.
  pollSeconds: ({ mode, readBatterySoc }) => (mode === 'enlighten' ? 900 : readBatterySoc ? 5400 : 2700),
  pollFloorSeconds: ({ mode }) => (mode === 'enlighten' ? 900 : 60),
  // A bucket is up to 30 minutes old when it is read, and stands until the next poll.
  staleAfterSeconds: ({ mode }) => (mode === 'enlighten' ? 1800 + 900 + 60 : 2400),
  callsAreCounted: ({ mode }) => mode === 'v4',
  retries: false,
  settings,
  requires: ({ mode }) =>
    mode === 'v4' ? ['apiKey', 'clientId', 'clientSecret', 'refreshToken'] : ['username', 'password'],
  consent: enphaseConsent,
  identity: ['clientId', 'refreshToken'],
  state: States,
  session: Sessions,
  discover: async (context) => {
    const { withLogIn, systems } = waysIn[context.settings.mode];
    return { systemId: await withLogIn(ofMode(context), systems) };
  },
  read(context): Promise<AdapterReading> {
    const { withLogIn, systems, newest } = waysIn[context.settings.mode];
    const own = ofMode(context);
    return withLogIn(own, async (get) => newest(get, await chosen(own, 'systemId', () => systems(get), whose), own));
  },
});

/** What one mode sees of the context of both. */
function ofMode({ state, session, ...context }: Context): EnphaseContext {
  const { mode, username, password } = context.settings;
  const key = mode === 'v4' ? mode : createHash('sha256').update(`${username}\n${password}`).digest('hex').slice(0, 16);
  state[key] ??= {};
  return {
    ...context,
    state: state[key],
    session: {
      get value() {
        return session.value?.[key];
      },
      save: (value) => {
        const { v4: official } = session.value ?? {};
        return session.save({ ...(official && { v4: official }), [key]: value });
      },
      reload: () => session.reload(),
    },
  };
}
