/**
 * An account on the platform of SOLARMAN, from which Deye Cloud descends: its settings, and what is kept of it.
 * Sources: SOLARMAN OpenAPI v1.1.6, swagger of the DeyeCloud OpenAPI v1.0.
 */
import * as z from 'zod/mini';
import type { Call } from '../../platform/http.ts';
import type { SettingValues } from '../../settings/setting.ts';
import { flag, number, type ReadContext, secret, setting, text } from '../adapter.ts';

/** In what one cloud of the platform differs from another. Every call is a POST. */
export type Cloud = {
  title: string;
  paths: { token: string; stations: string; devices: string };
  /** Sent with every call. */
  query?: Call['query'];
  /** Codes beyond the platform's own with which a token is refused. */
  refusalCodes?: readonly string[];
  /** How long a list of inverters holds. */
  inverterDays: number;
  /** What an owner should look at after a refusal. */
  advice: string;
};

/** @param account the product's name on the account; @param source where AppId and AppSecret come from. */
export const accountSettings = (account: string, source: string) => ({
  appId: setting(text, `AppId: ${source}`),
  appSecret: secret(text, `AppSecret: ${source}`),
  email: setting(
    z.optional(text),
    `E-mail address of your ${account} account (or give its user name, or its telephone number)`,
  ),
  username: setting(z.optional(text), `User name of your ${account} account, instead of the e-mail address`),
  mobile: setting(z.optional(text), `Telephone number of your ${account} account, instead of the e-mail address`),
  countryCode: setting(z.optional(text), 'Country code of that telephone number: digits without +, for example 61'),
  password: secret(text, `Password of your ${account} account`),
  stationId: setting(
    z.optional(number({ min: 1 })),
    'Number of the plant; needed if the account sees several (the bridge then tells their numbers)',
  ),
  useDeviceData: setting(
    z._default(flag, false),
    "true: read the inverter's own figures, with its lifetime counters of the grid, instead of the plant's; only where there is one inverter",
  ),
});
export type Account = SettingValues<ReturnType<typeof accountSettings>>;

/** One of the three names of an account, and the telephone number only with its country. */
export function accountRequires({ email, username, mobile }: Account) {
  const names = ['email', 'username', 'mobile'] as const;
  return mobile && !email && !username ? [names, 'countryCode' as const] : [names];
}

/** What a token is bound to, besides the region and the business. */
export const accountIdentity = [
  'appId',
  'appSecret',
  'email',
  'username',
  'mobile',
  'countryCode',
  'password',
] as const satisfies (keyof Account)[];

export const Kept = z.partial(
  z.object({
    /** The allowance of calls was found used up, and no call has succeeded since. */
    allowanceSpent: z.boolean(),
    /** One has shown itself in this account. */
    hasBattery: z.boolean(),
    /** The only station of the account. */
    stationId: z.number(),
    inverters: z.object({
      stationId: z.number(),
      serials: z.array(z.string()),
      readAt: z.number(),
      /** Of the only one: whose keys it has. */
      family: z.optional(z.enum(['deye', 'sofar', 'string', 'unknown'])),
    }),
  }),
);

export type AccountContext = Pick<
  ReadContext<Account, z.output<typeof Kept>>,
  'settings' | 'http' | 'state' | 'now' | 'note' | 'takes'
>;

/** A token is renewed when less than a day of its sixty is left. */
export const sessionMarginSeconds = 86_400;
