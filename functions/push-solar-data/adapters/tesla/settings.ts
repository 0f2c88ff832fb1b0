/** What an owner sets for Tesla, and what is kept between reads. */
import * as z from 'zod/mini';
import { address, choice, number, type ReadContext, type SettingValues, secret, setting, text } from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';

/** Times in ms. */
const Site = z.object({
  id: z.string(),
  battery: z.boolean(),
  solar: z.boolean(),
  /** When the account's list showed it so. */
  listedAt: z.number(),
  /** The last state of charge that was believed, 0…1. */
  charge: z.optional(z.object({ soc: z.number(), at: z.number() })),
});
export type Site = z.output<typeof Site>;

export const State = z.object({
  site: Site,
  /** Where the account was found, and with which setting of the region. */
  home: z.object({ region: z.string(), address: z.string() }),
  /** When a generator last ran. */
  seen: z.record(z.string(), z.number()),
});

export const settings = {
  clientId: setting(
    z.optional(text),
    'Client ID of your own application: developer.tesla.com → its Credentials & APIs',
  ),
  clientSecret: secret(z.optional(text), 'Client secret, on the same page; only npm run connect needs it'),
  redirectUri: setting(
    z.optional(address),
    'Redirect URI of the application, where it stands on your domain; only npm run connect needs it. Unset, the browser comes back to this machine',
  ),
  refreshToken: secret(
    z.optional(text),
    'Refresh token from your one-time consent in a browser (docs/adapters/tesla.md); only the first one, later ones are kept by the bridge',
  ),
  accessToken: secret(
    z.optional(text),
    'Instead of all these: the static token of a reseller of the same API (Teslemetry, Tessie), whose address is then the base URL',
  ),
  region: setting(
    z._default(
      choice({
        na: 'North America, Asia and the Pacific, Australia too',
        eu: 'Europe, Middle East, Africa',
        cn: 'China',
      }),
      'na',
    ),
    'na (North America, Asia and the Pacific, Australia too), eu (Europe, Middle East, Africa) or cn (China)',
  ),
  energySiteId: setting(
    z.optional(number({ min: 1 })),
    'Number of the energy site; needed if the account has several, and then a message lists them',
  ),
};

export type TeslaContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
