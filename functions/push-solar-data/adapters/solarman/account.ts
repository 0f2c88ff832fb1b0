/** An account of SOLARMAN, from whose platform Deye Cloud descends: its settings, and what is kept of it. */
import * as z from 'zod/mini';
import type { SettingValues } from '../../settings/setting.ts';
import { flag, number, type ReadContext, secret, setting, text } from '../adapter.ts';
import { identifier } from '../quantities.ts';
import type { Session } from '../session.ts';

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
type Account = SettingValues<ReturnType<typeof accountSettings>>;

const names = ['email', 'username', 'mobile'] as const;

/** One of the three names, and the telephone number only with its country. */
export const accountRequires = ({ email, username, mobile }: Account) =>
  mobile && !email && !username ? [names, 'countryCode' as const] : [names];

/** What a token is bound to, besides the region and the business. */
export const accountIdentity = ['appId', 'appSecret', ...names, 'countryCode', 'password'] as const;

export const Kept = z.partial(
  z.object({
    /** The allowance of calls was found used up, and no call has succeeded since. */
    allowanceSpent: z.boolean(),
    /** One has shown itself in this account: it is there also at 0 W and 0 %. */
    hasBattery: z.boolean(),
    /** The only one of the account. */
    stationId: identifier,
    inverters: z.object({
      stationId: z.number(),
      serials: z.array(z.string()),
      readAt: z.number(),
      /** Of the only one: whose keys it has; the signs of `unknown` ones are anybody's guess. */
      family: z.optional(z.enum(['deye', 'sofar', 'string', 'unknown'])),
    }),
  }),
);

export type Inverters = NonNullable<z.output<typeof Kept>['inverters']>;

/** Each cloud has its own word for a business, and none for a home. */
type Business = { orgId?: string | undefined; companyId?: string | undefined };
export type AccountContext = ReadContext<Account & Business, z.output<typeof Kept>, Session>;
