/** SolaX Cloud's side of a conversation. */
import type { Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:03:00Z';
export const tsms = Date.parse('2026-05-01T12:00:20Z');
export const settings = {
  tokenId: '908172635d44536271',
  registrationNumbers: 'SXTESTDNG1',
  timeZone: 'Europe/Berlin',
};

/** A hybrid at noon: exports 1.5 kW, charges with 0.8. */
export const hybrid = {
  sn: 'SXTESTDNG1',
  inverterType: '15',
  inverterStatus: '102',
  uploadTime: '2026-05-01 14:00:20',
  acpower: 3350,
  powerdc1: 2300,
  powerdc2: 1900,
  powerdc3: null,
  powerdc4: null,
  feedinpower: 1500,
  feedinenergy: 5120.4,
  consumeenergy: 2210.7,
  batPower: 800,
  batStatus: '0',
  soc: 64,
};
/** A string inverter without a meter. */
export const string = {
  ...hybrid,
  ...{ sn: 'SXTESTDNG2', inverterType: '7', acpower: 1200, powerdc1: 10, powerdc2: 20 },
  ...{ feedinpower: 0, feedinenergy: 0, consumeenergy: 0, batPower: 0, soc: 0 },
};

export const answered = (result: unknown) => ({
  json: { success: true, exception: 'Query success!', code: 0, result },
});

/** The newer API, asked once for each number. */
export const realtime = (result: Record<string, unknown>): Exchange => ({
  method: 'POST',
  path: '/api/v2/dataAccess/realtimeInfo/get',
  headers: { tokenid: settings.tokenId },
  json: { wifiSn: result['sn'] },
  answer: answered(result),
});

export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [realtime(hybrid)],
  push: {
    tsms,
    siteMeters: {
      production_kw: 4.2,
      net_import_kw: -1.5,
      consumption_kw: 1.9,
      battery_discharge_kw: -0.8,
      battery_soc: 0.64,
      imported_kwh: 2210.7,
      exported_kwh: 5120.4,
    },
  },
  kinds: { webPage: ['unavailable'], notJson: ['unavailable'] },
  carriers: { production: ['powerdc1', 'powerdc2'], grid: ['feedinpower'], battery: ['batPower'] },
  dark: { powerdc1: 0, powerdc2: 0, feedinpower: -300, batPower: 0 },
};

export const platformSettings = { api: 'openapi', clientId: 'client-of-a-test', clientSecret: 'secret-of-a-test' };

const page = (...records: unknown[]) => ({ json: { code: 10000, result: { records, pages: 1 } } });
const bearer = { authorization: 'bearer token-of-a-test' };

export const token = {
  json: { code: 0, result: { access_token: 'token-of-a-test', token_type: 'bearer', expires_in: 2_591_999 } },
};

export const platform: Exchange[] = [
  { method: 'POST', path: '/openapi/auth/oauth/token', answer: token },
  {
    path: '/openapi/v2/plant/page_plant_info',
    headers: bearer,
    answer: page({ plantId: '31', plantName: 'Home', batteryCapacity: 10 }),
  },
  {
    path: '/openapi/v2/device/page_device_info',
    query: { plantId: '31', deviceType: '1' },
    headers: bearer,
    answer: page({ deviceSn: 'INVERTER1', deviceModel: 14 }),
  },
  {
    path: '/openapi/v2/device/page_device_info',
    query: { plantId: '31', deviceType: '2' },
    headers: bearer,
    answer: page({ deviceSn: 'BATTERY1' }),
  },
  {
    path: '/openapi/v2/device/realtime_data',
    query: { snList: 'BATTERY1', deviceType: '2' },
    headers: bearer,
    answer: {
      json: {
        code: 10000,
        result: [
          {
            deviceSn: 'BATTERY1',
            batterySOC: 50,
            chargeDischargePower: -400,
            dataTime: '2026-05-01T12:00:20.000+00:00',
          },
        ],
      },
    },
  },
  {
    path: '/openapi/v2/device/realtime_data',
    query: { snList: 'INVERTER1', deviceType: '1' },
    headers: bearer,
    answer: {
      json: {
        code: 10000,
        result: [
          {
            deviceSn: 'INVERTER1',
            gridPower: -600,
            totalImportEnergy: 700.5,
            totalExportEnergy: 900.25,
            pvMap: { pv1Power: 1000, pv2Power: 250, pv3Power: null, pv1Voltage: 400 },
            dataTime: '2026-05-01T12:00:20.000+00:00',
          },
        ],
      },
    },
  },
];

export const platformConversation: AdapterConversation = {
  settings: platformSettings,
  now,
  exchanges: platform,
  push: {
    tsms,
    siteMeters: {
      production_kw: 1.25,
      net_import_kw: 0.6,
      consumption_kw: 2.25,
      battery_discharge_kw: 0.4,
      battery_soc: 0.5,
      imported_kwh: 700.5,
      exported_kwh: 900.25,
    },
  },
  kinds: { webPage: ['unavailable'], notJson: ['unavailable'] },
  carriers: { production: ['pv1Power', 'pv2Power'], grid: ['gridPower'], battery: ['chargeDischargePower'] },
  dark: { pv1Power: 0, pv2Power: 0, gridPower: -300, chargeDischargePower: 0 },
};
