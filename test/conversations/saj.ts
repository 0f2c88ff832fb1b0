/** SAJ's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';
import { replaceNumbers } from './adapter-conversation.ts';

export const now = '2026-05-01T03:02:00Z';
export const measured = Date.parse('2026-05-01T03:00:00Z');
export const app = { appId: 'VH_test', appSecret: 'app-secret-of-a-test' };
export const settings = { ...app, deviceSn: 'SN1' };

export const base = '/prod-api/open/api';
export const done = (data: unknown): Answer => ({ json: { code: 200, msg: 'request success', data } });
export const refused = (code: number, msg = 'no'): Answer => ({ json: { code, msg, data: null } });

export const token = (access_token = 'token-of-a-test', expires: unknown = 28_800): Exchange => ({
  path: `${base}/access_token`,
  query: app,
  headers: { 'content-language': 'en_US' },
  answer: done({ access_token, expires }),
});
export const live = (answer: Answer, more: Partial<Exchange> = {}): Exchange => ({
  path: `${base}/device/realtimeDataCommon`,
  query: { deviceSn: 'SN1' },
  headers: { accesstoken: 'token-of-a-test', 'content-language': 'en_US' },
  answer,
  ...more,
});
export const ofDevice = (deviceSn: string, data: unknown) => live(done(data), { query: { deviceSn } });

export const times = { isOnline: '1', dataTime: '2026-05-01 13:00:00', invTime: '2026-05-01T03:00Z' };
/** At noon: 5 kW of sun, 1.5 kW into the battery, 2.4 kW sold. */
export const hybrid = {
  ...times,
  totalPVPower: '5000',
  totalGridPowerWatt: '3400',
  batPower: '1500',
  batteryDirection: -1,
  batEnergyPercent: '64',
  sysGridPowerWatt: '2400',
  gridDirection: 1,
  sysTotalLoadWatt: '1080',
  totalSellEnergy: '1201.5',
  totalFeedInEnergy: '733.25',
  meterAStatus: '0',
};
export const hybridMeters = {
  production_kw: 5,
  battery_discharge_kw: -1.5,
  battery_soc: 0.64,
  net_import_kw: -2.4,
  consumption_kw: 1.1,
  imported_kwh: 733.25,
  exported_kwh: 1201.5,
};
export const string = {
  ...times,
  totalPVPower: '2100',
  totalGridPowerWatt: '2050',
  batteryDirection: '0',
  meterAStatus: '0',
};
export const metered = {
  ...string,
  meterAStatus: 1,
  gridDirection: '-1',
  sysGridPowerWatt: '350',
  totalFeedInEnergy: 12,
};

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [token(), live(done(hybrid))],
  push: { tsms: measured, siteMeters: hybridMeters },
  kinds: { nulls: ['offline'], dashes: ['offline'] },
  withoutFigures: (answer, instead) => {
    const { code, data } = answer as { code: number; data: Record<string, unknown> };
    return { code, data: { ...(replaceNumbers(data, instead) as object), isOnline: '1' } };
  },
  carriers: {
    production: ['totalPVPower', 'totalGridPowerWatt'],
    grid: ['sysGridPowerWatt', 'gridDirection', 'sysTotalLoadWatt'],
    battery: ['batPower', 'batteryDirection'],
  },
  dark: {
    totalPVPower: 0,
    totalGridPowerWatt: 800,
    batteryDirection: 1,
    batPower: 800,
    gridDirection: -1,
    sysGridPowerWatt: 100,
    sysTotalLoadWatt: 900,
  },
};
