/** Shelly Cloud's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:00:30Z';
export const secondsAgo = (seconds: number) => {
  const at = new Date(Date.parse(now) - seconds * 1000);
  return { at: at.getTime(), _updated: at.toISOString().slice(0, 19).replace('T', ' ') };
};

export const account = { server: 'shelly-9-eu.shelly.cloud', authKey: 'TEST+KEY/of=a/test' };
export const [clamps, plug, three] = ['c1a3b5000001', 'e5f201', '3e3e3e000003'];
export const gridAndRoof = { netImport: `${clamps}/em1:0`, production: `-${clamps}/em1:1` };

export const meter = (act_power: unknown, more = {}) => ({ id: 0, act_power, voltage: 231.4, pf: 0.97, ...more });
export const emeter = (power: unknown, more = {}) => ({
  power,
  is_valid: true,
  total: 2_000_000,
  total_returned: 300_000,
  ...more,
});
export const threePhases = (a: unknown, b: unknown, c: unknown, total: unknown) => ({
  'em:0': { id: 0, a_act_power: a, b_act_power: b, c_act_power: c, n_current: null, total_act_power: total },
  'emdata:0': { id: 0, total_act: 9_000_000, total_act_ret: 8_000_000 },
});
export const house = {
  'em1:0': meter(-1500.4),
  'em1data:0': { total_act_energy: 4_100_000, total_act_ret_energy: 2_600_000 },
  'em1:1': meter(-2900),
  'em1data:1': { total_act_energy: 900, total_act_ret_energy: 5_200_000 },
};

export type Status = Record<string, unknown>;
export type Statuses = Record<string, Status>;

/** v2's list of devices, all connected. */
export const listed = (statuses: Statuses, online: unknown = 1) =>
  Object.entries(statuses).map(([id, status]) => ({ id, type: 'emeter', code: 'TEST', gen: 'G2', online, status }));
export const v2 = (answer: Answer): Exchange => ({
  method: 'POST',
  path: '/v2/devices/api/get',
  query: { auth_key: account.authKey },
  answer,
});
export const v1 = (id: string, answer: Answer): Exchange => ({
  method: 'POST',
  path: '/device/status',
  form: { id, auth_key: account.authKey },
  answer,
});
export const stated = (device_status: Status, online: unknown = true): Answer => ({
  json: { isok: true, data: { online, device_status } },
});

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: { ...account, ...gridAndRoof },
  now,
  exchanges: [v2({ json: listed({ [clamps]: house }) })],
  push: {
    siteMeters: {
      production_kw: 2.9,
      net_import_kw: -1.5,
      consumption_kw: 1.4,
      imported_kwh: 4100,
      exported_kwh: 2600,
    },
  },
  carriers: { production: ['em1:1'], grid: ['em1:0'] },
  dark: { 'em1:0': meter(400), 'em1:1': meter(0) },
};
