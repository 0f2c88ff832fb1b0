/** SMA: the Sunny Portal (ennexOS) as its own web page reads it, or the official Monitoring API. Unsigned watts, every 5 minutes. */
import { type AdapterReading, defineAdapter } from './adapter.ts';
import { fraction } from './quantities.ts';
import { readingOf, timeOf } from './sma/balance.ts';
import { readEnnexos } from './sma/ennexos.ts';
import { readOfficial } from './sma/official.ts';
import { SmaSession, State, settings } from './sma/settings.ts';

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
  session: SmaSession,
  async read(context): Promise<AdapterReading> {
    const { settings, takes, now } = context;
    const { hasSmartMeter, mode, timeZone } = settings;
    if (mode === 'ennexos') {
      const balance = await readEnnexos(context);
      const { externalConsumption: imported, feedIn: exported, batteryStateOfCharge: charge } = balance;
      // A share of 1, as all rates of the portal; beyond it can only be percent.
      const soc = charge === undefined || charge <= 1 ? charge : fraction(charge);
      const reading = readingOf(balance, { imported, exported, soc }, { hasSmartMeter, takes });
      return { ...reading, tsms: timeOf(balance, timeZone, now) };
    }
    const { balance, zone = timeZone } = await readOfficial(context);
    const { gridConsumption: imported, gridFeedIn: exported, batteryStateOfCharge: percent } = balance;
    const reading = readingOf(balance, { imported, exported, soc: fraction(percent) }, { hasSmartMeter, takes });
    return { ...reading, tsms: timeOf(balance, zone, now) };
  },
});
