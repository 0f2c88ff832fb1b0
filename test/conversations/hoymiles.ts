/** S-Miles Cloud's side of a conversation: log-in, the station's own page, the live figures. */
import type { Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T10:03:00Z';
export const settings = { username: 'owner@example.com', password: 'made-up-password', stationId: '4711' };
/** Of an account whose password is sent as Argon2id, which takes a while. */
export const salt = '0102030405060708090a0b0c0d0e0f10';
const token = '2.made-up-token.1';

export const answered = (data: unknown) => ({ json: { status: '0', message: 'success', data, systemNotice: null } });
export const said = (status: string, message: string) => ({
  json: { status, message, data: null, systemNotice: null },
});

export const home = {
  pv_power: '4200.0',
  grid_power: '1500',
  load_power: '2000',
  bms_power: '700',
  bms_soc: '61.5',
  work_mode: 1000,
  flows: [
    { out: 2, in: 1, v: 0 },
    { out: 2, in: 10, v: 0 },
    { out: 2, in: 4, v: 0 },
  ],
};
/** At noon in Berlin, three minutes ago. */
export const live = (meter: object | null = home, station: object = {}) => ({
  real_power: '4200.0',
  data_time: '2026-05-01 12:00:00',
  capacitor: '8',
  is_reflux: 1,
  reflux_station_data: meter,
  ...station,
});

export const inspection = (data: unknown = { n: 'nonce-1', a: null, u: 'owner@example.com' }): Exchange => ({
  method: 'POST',
  path: '/iam/pub/3/auth/pre-insp',
  answer: answered(data),
});
export const login: Exchange = { method: 'POST', path: '/iam/pub/3/auth/login', answer: answered({ token }) };
export const station = (own: object = {}): Exchange => ({
  method: 'POST',
  path: '/pvm/api/0/station/find',
  headers: { authorization: token },
  answer: answered({
    id: 4711,
    name: 'Home',
    timezone: { name: 'Europe/Berlin', offset: 7_200_000 },
    bms_capacitor: '10',
    ...own,
  }),
});
export const figures = (data: unknown = live()): Exchange => ({
  method: 'POST',
  path: '/pvm-data/api/0/station/data/count_station_real_data',
  headers: { authorization: token },
  answer: answered(data),
});

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [inspection(), login, station(), figures()],
  push: {
    tsms: Date.parse('2026-05-01T10:00:00Z'),
    siteMeters: {
      production_kw: 4.2,
      net_import_kw: -1.5,
      consumption_kw: 2,
      battery_discharge_kw: -0.7,
      battery_soc: 0.615,
    },
  },
  refused: said('7', 'incorrect account or password'),
  kinds: {
    webPage: ['unavailable'],
    notJson: ['unavailable'],
    nulls: ['stale', 'bad-response'],
    dashes: ['stale', 'bad-response'],
  },
  withoutFigures: (answer, instead) => {
    const { data, ...envelope } = answer as {
      data: Record<string, unknown> & { reflux_station_data?: Record<string, unknown> };
    };
    if (!data?.reflux_station_data) return answer;
    const powers = { pv_power: instead, grid_power: instead, load_power: instead, bms_power: instead };
    return {
      ...envelope,
      data: { ...data, real_power: instead, reflux_station_data: { ...data.reflux_station_data, ...powers } },
    };
  },
  carriers: {
    production: ['pv_power', 'real_power'],
    grid: { reflux_station_data: null },
    battery: { bms_power: undefined },
  },
  dark: {
    pv_power: '0',
    real_power: '0',
    grid_power: '300',
    load_power: '300',
    bms_power: '0',
    flows: [{ out: 4, in: 1 }],
  },
};
