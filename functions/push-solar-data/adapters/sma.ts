/** SMA: the Sunny Portal (ennexOS) as its own web page reads it, or the official Monitoring API. Unsigned watts, every 5 minutes. */
import * as z from 'zod/mini';
import type { SettingValues } from '../settings/setting.ts';
import {
  choice,
  defineAdapter,
  flag,
  type ReadContext,
  type Reading,
  secret,
  setting,
  text,
  timeZone,
} from './adapter.ts';
import { readingOf, timeOf } from './sma/balance.ts';
import { readEnnexos } from './sma/ennexos.ts';
import { readOfficial } from './sma/official.ts';

const SmaSession = z.object({
  token: z.string(),
  expiresAt: z.optional(z.number()),
  refreshToken: z.optional(z.string()),
  refreshExpiresAt: z.optional(z.number()),
});
export type SmaSession = z.output<typeof SmaSession>;

const State = z.object({ session: z.optional(SmaSession), plantId: z.optional(z.string()) });

const settings = {
  mode: setting(
    z._default(choice('ennexos', 'official'), 'ennexos'),
    "ennexos (as SMA's own web page, with your password) or official (Monitoring API, needs a contract with SMA)",
  ),
  username: setting(z.optional(text), 'Mode ennexos: SMA ID, the e-mail address for ennexos.sunnyportal.com'),
  password: secret(z.optional(text), 'Mode ennexos: its password'),
  clientId: setting(z.optional(text), "Mode official: from SMA's API developer support"),
  clientSecret: secret(z.optional(text), "Mode official: from SMA's API developer support"),
  plantId: setting(
    z.optional(text),
    'Number of the plant, in its address on the portal: ennexos.sunnyportal.com/<number>/; needed with several plants',
  ),
  timeZone: setting(timeZone, "Time zone of the plant, such as Europe/Berlin: the portal's times carry none"),
  hasSmartMeter: setting(
    z._default(flag, true),
    'false if the plant has neither Sunny Home Manager nor energy meter: then solar power alone is sent',
  ),
};

export type SmaContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;

export const sma = defineAdapter({
  vendor: 'sma',
  title: 'SMA Sunny Portal (ennexOS)',
  homepage: 'https://ennexos.sunnyportal.com',
  standing: 'works with limits',
  refresh: 'a point every 5 minutes, 1 to 3 minutes late',
  needs: 'the SMA ID (e-mail address and password) of ennexos.sunnyportal.com',
  baseUrl: ({ mode }) => (mode === 'official' ? 'https://monitoring.smaapis.de' : 'https://uiapi.sunnyportal.com'),
  authUrl: ({ mode }) => (mode === 'official' ? 'https://auth.smaapis.de' : 'https://login.sma.energy'),
  pollSeconds: 300,
  settings,
  requires: ({ mode }) => (mode === 'official' ? ['clientId', 'clientSecret'] : ['username', 'password']),
  identity: ['mode', 'username', 'password', 'clientId', 'clientSecret'],
  state: State,
  async read(context): Promise<Reading> {
    const { hasSmartMeter, mode, timeZone } = context.settings;
    if (mode === 'ennexos') {
      const balance = await readEnnexos(context);
      const reading = readingOf(balance, balance.externalConsumption, balance.feedIn, hasSmartMeter);
      return { ...reading, tsms: timeOf(balance, timeZone, context.now) };
    }
    const { balance, zone = timeZone } = await readOfficial(context);
    const reading = readingOf(balance, balance.gridConsumption, balance.gridFeedIn, hasSmartMeter);
    return { ...reading, tsms: timeOf(balance, zone, context.now) };
  },
});
