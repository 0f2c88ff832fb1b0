/** What an owner sets for SMA, and what is kept between reads. */
import * as z from 'zod/mini';
import {
  choice,
  flag,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';

export const State = z.object({ plantId: z.string() });

export const settings = {
  mode: setting(
    z._default(
      choice({
        ennexos: "as SMA's own web page, with your password",
        official: 'Monitoring API, needs a contract with SMA',
      }),
      'ennexos',
    ),
    "ennexos (as SMA's own web page, with your password) or official (Monitoring API, needs a contract with SMA)",
  ),
  username: setting(z.optional(text), 'Mode ennexos: SMA ID, the e-mail address for ennexos.sunnyportal.com'),
  password: secret(z.optional(text), 'Mode ennexos: its password'),
  clientId: setting(z.optional(text), "Mode official: from SMA's API developer support"),
  clientSecret: secret(z.optional(text), "Mode official: from SMA's API developer support"),
  plantId: setting(
    z.optional(orInAddress(/sunnyportal\.com\/(\d{1,15})/, text)),
    'Number of the plant, in its address on the portal: ennexos.sunnyportal.com/<number>/, or the whole address; needed with several plants',
  ),
  timeZone: setting(timeZone, "Time zone of the plant, such as Europe/Berlin: the portal's times carry none"),
  hasSmartMeter: setting(
    z._default(flag, true),
    'false if the plant has neither Sunny Home Manager nor energy meter: then solar power alone is sent',
  ),
};

export type SmaContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
