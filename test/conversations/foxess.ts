/** FoxESS Cloud's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-03-15T09:30:00Z';
export const apiKey = '11111111-2222-4333-8444-555555555555';
export const listPath = '/op/v0/device/list';
export const livePath = '/op/v1/device/real/query';

export type Values = Record<string, unknown>;

/** A row of the live answer; `time` is two minutes before `now` unless given. */
export const row = (deviceSN: string, values: Values, time = '2026-03-15 10:28:00 CET+0100') => ({
  deviceSN,
  time,
  datas: Object.entries(values).map(([variable, value]) => ({ variable, name: variable, value })),
});
export const envelope = (result: unknown, errno = 0, msg = 'success'): Answer => ({ json: { errno, msg, result } });
export const live = (...rows: unknown[]): Exchange => ({ method: 'POST', path: livePath, answer: envelope(rows) });
export const listed = (...data: unknown[]): Exchange => ({
  method: 'POST',
  path: listPath,
  answer: envelope({ currentPage: 1, pageSize: 100, total: data.length, data }),
});
export const device = (deviceSN: string, hasBattery: boolean, more: Values = {}) => ({
  deviceSN,
  hasBattery,
  status: 1,
  ...more,
});

export const hybrid: Values = {
  pvPower: 2.5,
  generationPower: 1.4,
  loadsPower: 0.9,
  gridConsumptionPower: 0,
  feedinPower: 0.5,
  meterPower: -0.5,
  meterPower2: -1.2,
  batChargePower: 1,
  batDischargePower: 0,
  SoC: 40,
  ResidualEnergy: 1034,
  gridConsumption: 120.5,
  feedin: 340.25,
  runningState: '163',
};
export const clampless: Values = {
  pvPower: 1.5,
  generationPower: 1.45,
  loadsPower: 0,
  gridConsumptionPower: 0,
  feedinPower: 0,
  gridConsumption: 0,
  feedin: 0,
  runningState: '163',
};
export const without = (values: Values, ...names: string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: { apiKey },
  now,
  exchanges: [
    listed(device('HYBRID', true), device('STRING', false)),
    {
      ...live(row('STRING', clampless, '2026-03-15 10:26:30 CET+0100'), row('HYBRID', hybrid)),
      json: { sns: ['HYBRID', 'STRING'] },
    },
  ],
  push: {
    tsms: Date.parse('2026-03-15T09:26:30Z'),
    siteMeters: {
      production_kw: 4,
      net_import_kw: -0.5,
      consumption_kw: 2.5,
      battery_discharge_kw: -1,
      battery_soc: 0.4,
      imported_kwh: 120.5,
      exported_kwh: 340.25,
    },
  },
  withoutFigures: (answer, instead) => {
    const { result } = answer as { result: ReturnType<typeof row>[] };
    const blank = result.map((each) => ({ ...each, datas: each.datas.map((entry) => ({ ...entry, value: instead })) }));
    return { errno: 0, msg: 'success', result: blank };
  },
  carriers: {
    production: ['pvPower', 'generationPower'],
    grid: ['gridConsumptionPower', 'feedinPower', 'meterPower'],
    battery: ['batChargePower', 'batDischargePower'],
  },
  dark: { pvPower: 0, gridConsumptionPower: 0.5, feedinPower: 0, batChargePower: 0, batDischargePower: 0.7 },
  sleeper: { name: 'STRING', production_kw: 1.5 },
};
