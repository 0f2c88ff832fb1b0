/** SOLARMAN Smart: one call for the whole plant, signed watts; calls are counted per year. Source: SOLARMAN OpenAPI v1.1.6. */
import * as z from 'zod/mini';
import { choice, defineAdapter, setting, text } from './adapter.ts';
import { Session } from './session.ts';
import { accountIdentity, accountRequires, accountSettings, Kept } from './solarman/account.ts';
import { genPorts, powersOf } from './solarman/family.ts';
import { readPlant, stations } from './solarman/plant.ts';
import { type Cloud, withLogIn } from './solarman/platform.ts';

const cloud: Cloud = {
  title: 'SOLARMAN Smart',
  paths: {
    token: '/account/v1.0/token',
    stations: '/station/v1.0/list',
    station: '/station/v1.0/realTime',
    devices: '/station/v1.0/device',
    inverter: '/device/v1.0/currentData',
  },
  bodies: {
    devices: (stationId) => ({ stationId, page: 1, size: 200 }),
    inverter: (deviceSn) => ({ deviceSn }),
  },
  query: { language: 'en' },
  inverterDays: 30,
  advice:
    'Check {appId}, {appSecret}, the name of the account, {password} and {region}. Very long passwords and special characters have been refused: try a simpler one',
};

const hosts = { global: 'https://globalapi.solarmanpv.com', china: 'https://api.solarmanpv.com' };

const settings = {
  ...accountSettings('SOLARMAN Smart', 'sent by e-mail on request to customerservice@solarmanpv.com'),
  genPort: setting(
    z.optional(choice(...genPorts)),
    'generator, micro-inverter or smart-load: what is connected to the GEN port of a Deye or Jinko, where the figures of the inverter itself are read; unset, a generator',
  ),
  orgId: setting(z.optional(text), 'Number of the organisation; business accounts only'),
  region: setting(
    z._default(choice({ global: 'everywhere outside China', china: 'China' }), 'global'),
    'global: everywhere outside China; or china',
  ),
};

export const solarman = defineAdapter({
  vendor: 'solarman',
  title: cloud.title,
  homepage: 'https://home.solarmanpv.com',
  knownAs: ['SOLARMAN Business', 'IGEN', 'solarmanpv.com'],
  brands: ['Sofar', 'Jinko', 'Solgreen'],
  standing: 'works with limits',
  refresh: 'up to 11 minutes: the logger reports every 5 to 6, and the cloud may only be asked every 5',
  needs: 'an AppId and AppSecret, which the maker sends by e-mail, and the name and password of your account',
  baseUrl: ({ region }) => hosts[region],
  pollSeconds: 300,
  staleAfterSeconds: 1_200,
  callsAreCounted: true,
  retries: false,
  settings,
  requires: (values) => accountRequires(values),
  identity: [...accountIdentity, 'orgId', 'region'],
  state: Kept,
  session: Session,
  discover: async (context) => ({ stationId: await withLogIn(cloud, context, (asked) => stations(cloud, asked)) }),
  read: (context) =>
    withLogIn(cloud, context, (asked) =>
      readPlant(cloud, asked, (figures, inverters) => powersOf(figures, inverters, context)),
    ),
});
