/** What an owner of a Fronius system says, and what is kept of it. */
import * as z from 'zod/mini';
import {
  flag,
  looksLike,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  uuid,
} from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';

export const settings = {
  accessKeyId: looksLike(
    { expression: /^FKIA.{32}$/, words: '36 characters that begin with FKIA' },
    setting(
      text,
      'Id of the access key, begins with FKIA: Solar.web → API key management (business accounts), or from Fronius support',
    ),
  ),
  accessKeyValue: looksLike(uuid, secret(text, 'Value of the access key: the GUID that comes with its id')),
  username: setting(
    z.optional(text),
    'E-mail address of your Solar.web account, only for an access key that needs a log-in',
  ),
  password: secret(z.optional(text), 'Password of that account'),
  pvSystemId: looksLike(
    uuid,
    setting(
      z.optional(orInAddress(/([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})/i, text)),
      'Id of the system (a GUID, in the address bar of Solar.web; the whole address will do), needed with several: an error message lists them',
    ),
  ),
  hasSmartMeter: setting(
    z._default(flag, true),
    'false for a site without Fronius Smart Meter: its production alone is sent',
  ),
  readCounters: setting(
    z._default(flag, false),
    'true: read the lifetime counters of import and export too, with one more call per reading (four data points)',
  ),
};

/**
 * `seen`: when each channel that not every home has was last there. `ohmpilotInLoad`: whether PowerLoad holds the
 * Ohmpilot, once the balance has shown it.
 */
export const State = z.object({
  pvSystemId: z.string(),
  seen: z.record(z.string(), z.number()),
  ohmpilotInLoad: z.boolean(),
});

export type FroniusContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
