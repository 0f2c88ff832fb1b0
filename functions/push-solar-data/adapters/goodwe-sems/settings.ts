/** What an owner sets for GoodWe SEMS+, what is kept between reads, and what a read is given. */
import * as z from 'zod/mini';
import {
  choice,
  flag,
  looksLike,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
  uuid,
} from '../adapter.ts';
import { Session } from '../session.ts';

const scalar = z.nullish(z.union([z.string(), z.number(), z.boolean()]));

/** What the log-in answers: all of it goes into the header of every call, as it came. */
export const SemsSession = z.extend(Session, {
  uid: z.union([z.string(), z.number()]),
  timestamp: scalar,
  client: scalar,
  version: scalar,
  language: scalar,
  api: scalar,
  region: scalar,
  uuid: scalar,
  /** Origin of the gateway that the answer names, if it may be asked. */
  gateway: z.optional(z.string()),
});
export type SemsSession = z.output<typeof SemsSession>;

export const Station = z.object({ id: z.string(), zone: z.optional(z.string()) });
export type Station = z.output<typeof Station>;

/**
 * `uuid`: of this installation, where the log-in gives none. `logIns`: when, in the last hour. `failedLogIns`: how many in
 * a row. `seen`: when a battery and another maker's inverter were last there. All times in ms.
 */
export const State = z.object({
  uuid: z.string(),
  logIns: z.array(z.number()),
  failedLogIns: z.number(),
  station: Station,
  seen: z.record(z.string(), z.number()),
  meters: z.object({ serials: z.array(z.string()), readAt: z.number() }),
  totals: z.object({ imported_kwh: z.optional(z.number()), exported_kwh: z.optional(z.number()), readAt: z.number() }),
});

export const settings = {
  email: setting(text, 'E-mail address of the SEMS+ account; best of a visitor account made for this purpose'),
  password: secret(text, 'Its password'),
  region: setting(
    z._default(choice({ eu: 'Europe', au: 'Australia', hk: 'International', us: 'America', cn: 'China' }), 'eu'),
    'The region that you choose when you sign in to SEMS+: eu, au, hk (International), us or cn',
  ),
  stationId: looksLike(
    uuid,
    setting(z.optional(text), 'Id of the station, needed if the account sees several: an error message lists them'),
  ),
  timeZone: setting(
    z.optional(timeZone),
    'Time zone of the station, such as Australia/Sydney; without it, what SEMS+ says of the station',
  ),
  readEnergyTotals: setting(
    z._default(flag, false),
    "true: read the grid meter's lifetime counters of import and export too, with two more calls every 10 minutes",
  ),
};

export type SemsContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, SemsSession>;
