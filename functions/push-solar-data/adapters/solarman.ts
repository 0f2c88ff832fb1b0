/** SOLARMAN Smart: one call for the whole plant, signed watts; calls are counted per year. Source: SOLARMAN OpenAPI v1.1.6. */
import * as z from 'zod/mini';
import { type AdapterReading, choice, defineAdapter, setting, text } from './adapter.ts';
import { Session, withSession } from './session.ts';
import {
  accountIdentity,
  accountRequires,
  accountSettings,
  type Cloud,
  Kept,
  sessionMarginSeconds,
} from './solarman/account.ts';
import { asking, TokenRefused } from './solarman/answer.ts';
import { logIn } from './solarman/login.ts';
import {
  figuresIn,
  InverterFigures,
  inverterReading,
  onlyInverter,
  StationFigures,
  stationReading,
  theStation,
} from './solarman/plant.ts';

const cloud: Cloud = {
  title: 'SOLARMAN Smart',
  paths: { token: '/account/v1.0/token', stations: '/station/v1.0/list', devices: '/station/v1.0/device' },
  query: { language: 'en' },
  inverterDays: 30,
  advice:
    'Check AppId, AppSecret, account, password and region. Very long passwords and special characters have been refused: try a simpler one',
};

const hosts = { global: 'https://globalapi.solarmanpv.com', china: 'https://api.solarmanpv.com' };

export const solarman = defineAdapter({
  vendor: 'solarman',
  title: cloud.title,
  homepage: 'https://home.solarmanpv.com',
  standing: 'works with limits',
  refresh: 'up to 11 minutes: the logger reports every 5 to 6, and the cloud may only be asked every 5',
  needs: 'an AppId and AppSecret, which the maker sends by e-mail, and the name and password of your account',
  baseUrl: ({ region }) => hosts[region],
  pollSeconds: 300,
  staleAfterSeconds: 1_200,
  callsAreCounted: true,
  retries: false,
  settings: {
    ...accountSettings('SOLARMAN Smart', 'sent by e-mail on request to customerservice@solarmanpv.com'),
    orgId: setting(z.optional(text), 'Number of the organisation; business accounts only'),
    region: setting(z._default(choice('global', 'china'), 'global'), 'global: everywhere outside China; or china'),
  },
  requires: (values) => accountRequires(values),
  identity: [...accountIdentity, 'orgId', 'region'],
  state: Kept,
  session: Session,
  async read(context): Promise<AdapterReading> {
    return withSession(
      context,
      () => logIn(cloud, context, { orgId: context.settings.orgId }),
      async (session) => {
        const ask = asking(cloud, context, session);
        const stationId = await theStation(cloud, context, ask);
        const serial = context.settings.useDeviceData
          ? await onlyInverter(cloud, context, ask, stationId, { stationId, page: 1, size: 200 })
          : undefined;
        if (serial === undefined)
          return stationReading(cloud, context, await ask('/station/v1.0/realTime', { stationId }, StationFigures));
        const inverter = await ask('/device/v1.0/currentData', { deviceSn: serial }, InverterFigures);
        const { value, total, lists } = figuresIn(inverter);
        // Keys of the Deye and Jinko family. CT_T_E, the outer clamp, has the sign of its mounting and is not used.
        const powers = {
          pv: value('S_P_T') ?? total(/^DP[1-4]$/) ?? value('APo_t1'),
          grid: value('PG_Pt1'),
          battery: value('B_P1'),
          soc: value('B_left_cap1'),
          load: value('E_Puse_t1'),
          generator: value('GEN_P_T') ?? (lists('GEN_P_T') ? ('unknown' as const) : 0),
          imported: value('E_B_TO'),
          exported: value('E_S_TO'),
        };
        return inverterReading(cloud, context, serial, { inverter, powers });
      },
      { isRefusal: (failure) => failure instanceof TokenRefused, marginSeconds: sessionMarginSeconds },
    );
  },
});
