/** Growatt's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import { type AdapterConversation, replaceNumbers } from './adapter-conversation.ts';

export const now = '2026-03-10T02:31:00Z';
export const account = { apiToken: 'token-of-a-test', timeZone: 'Australia/Brisbane' };

export type Values = Record<string, unknown>;

/** A minute before `now`, by the clocks of Brisbane. */
export const time = '2026-03-10 12:30:00';
export const sph: Values = {
  ppv: 4100,
  pac: 3020.5,
  pdischarge1: 0,
  pcharge1: 950,
  soc: 64,
  pacToUserR: 77,
  pacToUserTotal: 0,
  pacToGridR: 77,
  pacToGridTotal: 1640,
  plocalLoadTotal: 1490,
  etoUserTotal: 812.5,
  etogridTotal: 1904.3,
  lost: true,
  calendar: 1773117000000,
  time,
};
export const spa: Values = {
  ppvInverter: 480,
  pac: 430,
  pcharge1: 0,
  pdischarge1: 520,
  soc: 98,
  pacToUserTotal: 0,
  pacToGridTotal: 20,
  plocalLoadTotal: 0,
  etoUserTotal: 198.5,
  etogridTotal: 1493.6,
  time,
};
/** Without battery and meter. */
export const min: Values = {
  ppv: 2560,
  pac: 2500,
  bdc1ChargePower: 0,
  bdc1DischargePower: 0,
  bdc2ChargePower: 0,
  bdc2DischargePower: 0,
  bdc1Soc: 0,
  bmsSoc: 0,
  pacToUserTotal: 0,
  pacToGridTotal: 0,
  pacToLocalLoad: 0,
  etoUserTotal: 0,
  etoGridTotal: 0,
  pex1: -0.1,
  time,
};
/** Discharges one battery, and charges the other. */
export const minWithBattery: Values = {
  ...min,
  bdc1DischargePower: 700,
  bdc2ChargePower: 100,
  bdc1Soc: 55,
  pacToGridTotal: 1200,
  etoUserTotal: 40.2,
  etoGridTotal: 90.1,
};

export const done = (data: unknown, more: Values = {}): Answer => ({
  json: { data, ...more, error_code: 0, error_msg: '' },
});
export const refused = (error_code: number): Answer => ({
  json: { data: '', error_code, error_msg: 'as the cloud says it' },
});
/** By serial number, twice. */
export const batch = (rows: Record<string, unknown>): Answer =>
  done(Object.fromEntries(Object.entries(rows).map(([sn, row]) => [sn, { [sn]: row, dataloggerSn: 'LOG1' }])));
export const asked = (path: string, form: Record<string, string>, answer: Exchange['answer']): Exchange => ({
  method: 'POST',
  path: `/v1/device/${path}`,
  headers: { token: account.apiToken },
  form,
  answer,
});
export const mix = (answer: Exchange['answer'], sn = 'SPH1') => asked('mix/mix_last_data', { mix_sn: sn }, answer);
export const tlx = (answer: Exchange['answer'], sn = 'MIN1') => asked('tlx/tlx_last_data', { tlx_sn: sn }, answer);
export const plantList = (...plants: Values[]): Exchange => ({
  path: '/v1/plant/list',
  headers: { token: account.apiToken },
  answer: done({ count: plants.length, plants }),
});
export const deviceList = (devices: Record<string, number>, plant_id = '77'): Exchange => ({
  path: '/v1/device/list',
  headers: { token: account.apiToken },
  query: { plant_id },
  answer: done({
    count: Object.keys(devices).length,
    devices: Object.entries(devices).map(([device_sn, type]) => ({ device_sn, type, lost: false })),
  }),
});

const tsms = Date.parse('2026-03-10T02:30:00Z');
const withoutFigures: AdapterConversation['withoutFigures'] = (answer, instead) => {
  const { data, ...rest } = answer as { data: unknown };
  return { ...rest, data: replaceNumbers(data, instead) };
};
const carriers: AdapterConversation['carriers'] = {
  production: ['ppv', 'pac'],
  grid: ['pacToUserTotal', 'pacToGridTotal'],
  battery: ['pdischarge1', 'pcharge1'],
};
const night = { ppv: 0, pac: 0, pdischarge1: 900, pcharge1: 0, pacToGridTotal: 0, pacToUserTotal: 30 };

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: account,
  now,
  exchanges: [plantList({ plant_id: 77, name: 'Home' }), deviceList({ LOG1: 3, SPH1: 5 }), mix(done(sph))],
  push: {
    tsms,
    siteMeters: {
      production_kw: 4.1,
      net_import_kw: -1.64,
      consumption_kw: 1.51,
      battery_discharge_kw: -0.95,
      battery_soc: 0.64,
      imported_kwh: 812.5,
      exported_kwh: 1904.3,
    },
  },
  refused: refused(10011),
  withoutFigures,
  carriers,
  dark: night,
};

/** Of one family: an inverter with a battery and the meter, and one with neither. */
export const fleetConversation: AdapterConversation = {
  settings: { ...account, devices: 'min:MIN1, MIN:MIN2' },
  now,
  exchanges: [
    asked(
      'tlx/tlxs_data',
      { tlxs: 'MIN1,MIN2', pageNum: '1' },
      batch({ MIN1: minWithBattery, MIN2: { ...min, pac: 1500, time: '2026-03-10 12:28:00' } }),
    ),
  ],
  push: {
    tsms: tsms - 120_000,
    siteMeters: {
      production_kw: 4.06,
      net_import_kw: -1.2,
      consumption_kw: 3.46,
      battery_discharge_kw: 0.6,
      battery_soc: 0.55,
      imported_kwh: 40.2,
      exported_kwh: 90.1,
    },
  },
  refused: refused(10011),
  withoutFigures,
  carriers: {
    ...carriers,
    battery: ['bdc1ChargePower', 'bdc1DischargePower', 'bdc2ChargePower', 'bdc2DischargePower'],
  },
  dark: { ppv: 0, pac: 0, pacToGridTotal: 0 },
  again: { afterSeconds: 300 },
  sleeper: { name: 'MIN2', production_kw: 1.5 },
};
