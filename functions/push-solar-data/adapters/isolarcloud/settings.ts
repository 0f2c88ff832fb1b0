/** What an owner sets for iSolarCloud, and what is kept between reads. */
import * as z from 'zod/mini';
import {
  choice,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';

/** By where the account was made; `console` and `cloudId` are of the page for the consent. */
export const regions = {
  intl: { gateway: 'https://gateway.isolarcloud.com.hk', console: 'https://web3.isolarcloud.com.hk', cloudId: '2' },
  cn: { gateway: 'https://gateway.isolarcloud.com', console: 'https://web3.isolarcloud.com', cloudId: '1' },
  eu: { gateway: 'https://gateway.isolarcloud.eu', console: 'https://web3.isolarcloud.eu', cloudId: '3' },
  au: { gateway: 'https://augateway.isolarcloud.com', console: 'https://auweb3.isolarcloud.com', cloudId: '7' },
  in: { gateway: 'https://gateway.isolarcloud.in', console: 'https://web3.isolarcloud.in', cloudId: '9' },
} as const;

/** `GMT+10`, `GMT-1`, `GMT+5:30` → `+10:00` …; undefined for other names. */
export function zoneNamed(name: string): string | undefined {
  const [match, sign = '+', hours = '0', minutes = '00'] =
    /^(?:GMT|UTC)(?:([+-])(0?\d|1[0-4])(?::?([0-5]\d))?)?$/i.exec(name.trim()) ?? [];
  return match === undefined ? undefined : `${sign}${hours.padStart(2, '0')}:${minutes}`;
}

const zone = z.pipe(
  z.pipe(
    text,
    z.transform((name) => zoneNamed(name) ?? name),
  ),
  timeZone,
);

export const settings = {
  region: setting(
    z._default(choice({ intl: 'everywhere else', eu: 'Europe', au: 'Australia', in: 'India', cn: 'China' }), 'intl'),
    'Where the account was made: intl, cn (China), eu, au or in (India)',
  ),
  authMode: setting(
    z._default(
      choice({
        password: '"Authorize with OAuth2.0" of the application is No',
        oauth2: '"Authorize with OAuth2.0" of the application is Yes',
      }),
      'password',
    ),
    'As the application was created: password ("Authorize with OAuth2.0" is No) or oauth2 (Yes)',
  ),
  appKey: setting(text, 'Appkey: developer-api.isolarcloud.com → Applications → your application → Overview'),
  secretKey: secret(text, 'Secret key, on the same page'),
  userAccount: setting(z.optional(text), 'password: e-mail address or name of the iSolarCloud account'),
  userPassword: secret(z.optional(text), 'password: its password'),
  applicationId: setting(
    z.optional(orInAddress(/[?&]applicationId=(\d{1,15})/, text)),
    'oauth2, for the consent alone: the number behind applicationId= in the Authorize URL on the page of the application; the whole URL will do',
  ),
  refreshToken: secret(
    z.optional(text),
    'oauth2: refresh token from your one-time consent in a browser (docs/adapters/isolarcloud.md); only the first one, later ones are kept by the bridge',
  ),
  psId: setting(z.optional(text), 'Id of the plant, needed if the account sees several: an error message lists them'),
  timeZone: setting(
    z.optional(zone),
    'Time zone of the plant, such as Australia/Brisbane or GMT+10; unset, the one that the cloud names. Set it if an error message asks for it',
  ),
};

const Inverter = z.object({ key: z.string(), type: z.number(), name: z.string() });
export type Inverter = z.output<typeof Inverter>;
/** With its inverters, and when the lists were read, ms. */
const Plant = z.object({
  psId: z.string(),
  zone: z.string(),
  inverters: z.array(Inverter),
  listedAt: z.number(),
});
export type Plant = z.output<typeof Plant>;
export const State = z.object({
  plant: Plant,
  /** When the clock of the plant was last seen an hour ahead of its zone, ms. */
  aheadAt: z.number(),
});

export type IsolarcloudContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
