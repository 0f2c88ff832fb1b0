/** Enphase Enlighten in one of two ways: the official API v4, or what the Enlighten web page itself asks. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import {
  choice,
  defineAdapter,
  flag,
  number,
  type ReadContext,
  type Reading,
  secret,
  setting,
  text,
} from './adapter.ts';
import { enphaseConsent } from './enphase/consent.ts';
import { readEnlighten, WebState } from './enphase/enlighten.ts';
import { readV4, V4State } from './enphase/v4.ts';

const settings = {
  mode: setting(
    z._default(choice('v4', 'enlighten'), 'v4'),
    'v4 (official API, needs a developer application) or enlighten (unofficial, with the log-in of the Enlighten web page)',
  ),
  systemId: setting(
    z.optional(number({ min: 1 })),
    'Number in the address of your system in Enlighten (/systems/<number> or /web/<number>); needed if the account has several',
  ),
  apiKey: secret(z.optional(text), 'Mode v4: API key, from developer-v4.enphase.com → Applications'),
  clientId: setting(z.optional(text), 'Mode v4: client ID, on the same page'),
  clientSecret: secret(z.optional(text), 'Mode v4: client secret, on the same page'),
  refreshToken: secret(
    z.optional(text),
    'Mode v4: refresh token from your one-time consent in a browser (docs/adapters/enphase.md); only the first one, later ones are kept by the bridge',
  ),
  readBatterySoc: setting(
    z._default(flag, false),
    'Mode v4: true to read the state of charge too, with a second call; on the free plan readings then come half as often',
  ),
  username: setting(z.optional(text), 'Mode enlighten: e-mail address of the Enlighten log-in'),
  password: secret(z.optional(text), 'Mode enlighten: its password'),
};

export type EnphaseContext<State> = ReadContext<SettingValues<typeof settings>, State>;

const State = z.object({ v4: z.optional(V4State), enlighten: z.optional(WebState) });

export const enphase = defineAdapter({
  vendor: 'enphase',
  title: 'Enphase Enlighten',
  homepage: 'https://enlighten.enphaseenergy.com',
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
  retries: false, // calls are counted
  settings,
  requires: ({ mode }) =>
    mode === 'v4' ? ['apiKey', 'clientId', 'clientSecret', 'refreshToken'] : ['username', 'password'],
  consent: enphaseConsent,
  identity: ['clientId', 'refreshToken'],
  state: State,
  async read(context): Promise<Reading> {
    // Each mode keeps its own part, so that trying the other one loses no refresh token. A reload replaces the parts.
    if (context.settings.mode === 'v4')
      return readV4({
        ...context,
        get state() {
          context.state.v4 ??= {};
          return context.state.v4;
        },
      });
    const { username, password } = context.settings;
    const account = createHash('sha256').update(`${username}\n${password}`).digest('hex').slice(0, 16);
    return readEnlighten({
      ...context,
      get state() {
        if (context.state.enlighten?.account !== account) context.state.enlighten = { account };
        return context.state.enlighten;
      },
    });
  },
});
