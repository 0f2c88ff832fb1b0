/** What an owner sets for Sigenergy, what is kept between reads, and what a read is given. */
import * as z from 'zod/mini';
import { choice, type ReadContext, type SettingValues, secret, setting, text } from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';

/**
 * `loginForm`: in which the OpenAPI accepted the password. `deviceId`: of this installation, towards the app's API, 32
 * hex digits. `seen`: when inverters of other makers last gave solar power, ms.
 */
export const State = z.object({
  systemId: z.string(),
  stationId: z.string(),
  loginForm: z.enum(['clear', 'aes']),
  deviceId: z.string(),
  seen: z.record(z.string(), z.number()),
});

export const settings = {
  mode: setting(
    z._default(
      choice({
        'openapi-account': 'official, with the password of the mySigen account',
        'openapi-key': 'official, with a key',
        app: 'as the mySigen app, unofficial',
      }),
      'openapi-account',
    ),
    'openapi-account (official, with the password of the mySigen account), openapi-key (official, with a key) or app (as the mySigen app, unofficial)',
  ),
  region: setting(
    z._default(
      choice({
        eu: 'Europe',
        apac: 'Asia and the Pacific',
        aus: 'Australia and New Zealand',
        us: 'America',
        cn: 'China',
        jp: 'Japan',
      }),
      'eu',
    ),
    'Where the mySigen account was made: eu, apac, aus (Australia and New Zealand), us, cn or jp',
  ),
  username: setting(z.optional(text), 'E-mail address of the owner of the mySigen account (not in mode openapi-key)'),
  password: secret(z.optional(text), 'Its password (not in mode openapi-key)'),
  appKey: setting(z.optional(text), 'Mode openapi-key: developer.sigencloud.com → your application → AppKey'),
  appSecret: secret(z.optional(text), 'Mode openapi-key: developer.sigencloud.com → your application → AppSecret'),
  systemId: setting(
    z.optional(text),
    'Modes openapi-account and openapi-key: id of the system, needed with several; an error message lists them',
  ),
  stationId: setting(z.optional(text), 'Mode app: number of the station, if not the home station of the account'),
};

export type SigenergyContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
