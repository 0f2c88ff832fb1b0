/** What an owner sets for Enphase, what is kept between reads, and what its two ways in have in common. */
import * as z from 'zod/mini';
import {
  type AdapterReading,
  choice,
  flag,
  type Http,
  number,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from '../adapter.ts';
import { Cookies } from '../cookies.ts';
import { TokenSession } from '../oauth.ts';
import type { Choice } from '../only.ts';

export const settings = {
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

/** Times in ms. */
export const State = z.object({
  systemId: z.string(),
  /** When each channel and battery was last there. */
  seen: z.record(z.string(), z.number()),
  /** How many log-ins in a row were refused, and until when none is tried. */
  refusedLogIns: z.number(),
  noLogInBefore: z.number(),
});
export const Session = z.extend(TokenSession, { cookies: z.optional(Cookies) });
export type Session = z.output<typeof Session>;
export type EnphaseContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const whose = { title: 'Enphase', noun: 'system' };

type Get = Http['get'];
export type WayIn = {
  withLogIn<Result>(context: EnphaseContext, read: (get: Get) => Promise<Result>): Promise<Result>;
  systems(get: Get): Promise<Choice[]>;
  newest(get: Get, systemId: string, context: EnphaseContext): Promise<AdapterReading>;
};
