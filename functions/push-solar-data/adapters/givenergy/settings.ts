/** What an owner sets for GivEnergy, and what is kept between reads. */
import * as z from 'zod/mini';
import {
  jsonWebToken,
  list,
  looksLike,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from '../adapter.ts';
import { gridMeter } from '../grid-meter.ts';

export const settings = {
  apiKey: looksLike(
    jsonWebToken,
    secret(
      text,
      'API token: givenergy.cloud in a browser → Account Settings → Manage Account Security → Manage API Tokens → Generate New Token, with api:inverter:list and api:inverter:data',
    ),
  ),
  serials: setting(
    z.optional(list),
    'Serial numbers of the devices to read, separated by commas; without it they are chosen from the account. Set it if the account holds more than one home',
  ),
  gridMeter: setting(
    gridMeter,
    'Which device has the grid clamp: auto, none (no clamp anywhere: production and battery only), or its serial number; several, separated by commas, are added, such as one on each phase',
  ),
};

/** What is kept of a device that is read. */
export const Device = z.object({
  serial: z.string(),
  model: z.optional(z.string()),
  capacity_kwh: z.optional(z.number()),
  /** Serial numbers of its meters, if it has any of its own. */
  meters: z.optional(z.string()),
});
export type Device = z.output<typeof Device>;

/** `seen`: when each battery was last there, by serial. All times in ms. */
export const State = z.object({
  devices: z.array(Device),
  listedAt: z.number(),
  seen: z.record(z.string(), z.number()),
});
export type GivEnergyContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;
