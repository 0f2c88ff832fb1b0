/** AlphaESS' side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:00:30Z';
export const app = { appId: 'alpha-app-of-a-test', appSecret: 'app-secret-of-a-test' };
export const [sn, otherSn] = ['ALD2310417', 'ALD2310418'];

export type Values = Record<string, unknown>;

export const done = (data: unknown): Answer => ({
  json: { code: 200, msg: 'Success', expMsg: null, data, extra: null },
});
export const refused = (code: number, msg = 'as the cloud says it'): Answer => ({
  json: { code, msg, expMsg: null, data: null, extra: null },
});

export const listPath = '/api/getEssList';
export const livePath = '/api/getLastPowerData';
export const historyPath = '/api/getOneDayPowerBySn';

export const system = (changed: Values = {}) => ({
  sysSn: sn,
  minv: 'SMILE-INV',
  mbat: 'SMILE-BAT',
  popv: 6,
  poinv: 5,
  cobat: 10,
  surplusCobat: 9,
  usCapacity: 90,
  emsStatus: 'Normal',
  ...changed,
});
export const listed = (data: unknown = [system()]): Exchange => ({ path: listPath, answer: done(data) });

/** At noon: 4.2 kW of sun, 2.1 into the battery, 1.35 exported, 0.75 used. */
export const noon = { ppv: 4200, pgrid: -1350, pbat: -2100, pload: 750, soc: 71.5 };
export const noonMeters = {
  production_kw: 4.2,
  net_import_kw: -1.35,
  consumption_kw: 0.75,
  battery_discharge_kw: -2.1,
  battery_soc: 0.715,
};
export const figures = (changed: Values = {}) => ({
  ppvDetail: { ppv1: 2200, ppv2: 2000, ppv3: 0, ppv4: 0, pmeterDc: 0 },
  pev: 0,
  pevDetail: { ev1Power: null, ev2Power: null, ev3Power: null, ev4Power: null },
  prealL1: 0,
  prealL2: 0,
  prealL3: 0,
  pgridDetail: { pmeterL1: -1350, pmeterL2: 0, pmeterL3: 0 },
  ...noon,
  ...changed,
});
export const live = (changed: Values = {}, sysSn = sn): Exchange => ({
  path: livePath,
  query: { sysSn },
  headers: { appid: app.appId },
  answer: done(figures(changed)),
});
export const nothing = {
  ppv: null,
  pgrid: null,
  pbat: null,
  pload: null,
  soc: null,
  ppvDetail: null,
  pgridDetail: null,
};

export const row = (uploadTime: string, changed: Values = {}) => ({
  sysSn: sn,
  uploadTime,
  ppv: 5600,
  load: 650,
  cbat: 33.2,
  feedIn: 2700,
  gridCharge: 0,
  pchargingPile: 0,
  ...changed,
});
export const history = (queryDate: string, ...rows: unknown[]): Exchange => ({
  path: historyPath,
  query: { sysSn: sn, queryDate },
  answer: done(rows),
});

const withoutFigures = (answer: unknown, instead: unknown) => {
  const { data, ...envelope } = answer as { data: Values | Values[] };
  const names = ['ppv', 'pgrid', 'pbat', 'pload', 'soc', 'load', 'cbat', 'feedIn', 'gridCharge'];
  const blank = (values: Values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, names.includes(name) ? instead : value]));
  return { ...envelope, data: Array.isArray(data) ? data.map(blank) : blank(data) };
};
const kinds: AdapterConversation['kinds'] = { webPage: ['unavailable'], notJson: ['unavailable'] };

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: app,
  now,
  exchanges: [listed(), live()],
  push: { siteMeters: noonMeters },
  refused: refused(6007),
  kinds,
  withoutFigures,
  carriers: { production: ['ppv'], grid: ['pgrid'], battery: ['pbat'] },
  dark: { ppv: 0, pgrid: 300, pbat: 700, pload: 1000 },
};

/** A model without live figures. */
export const historyConversation: AdapterConversation = {
  settings: { ...app, serials: sn, timeZone: 'Europe/Berlin' },
  now,
  exchanges: [
    live(nothing),
    history('2026-05-01', row('2026-05-01 13:58:20'), row('2026-05-01 13:53:19', { cbat: 31 })),
  ],
  push: {
    tsms: Date.parse('2026-05-01T11:58:20Z'),
    siteMeters: {
      production_kw: 5.6,
      net_import_kw: -2.7,
      consumption_kw: 0.65,
      battery_discharge_kw: -2.25,
      battery_soc: 0.332,
    },
  },
  refused: refused(6007),
  kinds,
  withoutFigures,
  carriers: { production: ['ppv'], grid: ['feedIn', 'gridCharge'], battery: ['load'] },
  dark: { feedIn: 0, gridCharge: 300, load: 900 },
};
