/** FusionSolar's side of a conversation. */
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';
import { replaceNumbers } from './adapter-conversation.ts';

export const now = '2026-03-10T11:00:00Z';
export const account = { userName: 'bridge_of_a_test', systemCode: 'system-code-of-a-test' };
export const settings = { ...account, stationCode: 'NE=77000001' };

export const done = (data: unknown): Answer => ({
  json: { success: true, failCode: 0, message: null, params: {}, data },
});
export const refused = (failCode: number): Answer => ({ json: { success: false, failCode, data: null, message: '' } });

/** Devices by their id, with type and live values. */
export type Devices = Record<string, { type: number; values?: Record<string, unknown> | null }>;

export const inverter = (active_power: unknown, more = {}) => ({
  type: 1,
  values: { active_power, run_state: 1, ...more },
});
export const meter = (active_power: unknown, more = {}) => ({
  type: 47,
  values: { active_power, meter_status: 1, run_state: 1, ...more },
});
export const battery = (ch_discharge_power: unknown, battery_soc: unknown = 50, more = {}) => ({
  type: 39,
  values: { ch_discharge_power, battery_soc, ...more },
});

export const hybrid: Devices = {
  '9000000000000062': { type: 62 },
  '9000000000000039': battery(1200, 71.5, { charge_cap: 4.4 }),
  '9000000000000001': inverter(3.1, { mppt_power: 4.4, total_cap: 20_111.5 }),
  '9000000000000047': meter(2050, { active_cap: 812.5, reverse_active_cap: 1904.25 }),
};

export const listOf = (devices: Devices) =>
  Object.entries(devices).map(([id, { type }]) => ({ id: Number(id), devTypeId: type, devName: `Device ${id}` }));

export const kpisOf = (devices: Devices, { body }: ReceivedRequest): Answer => {
  const { devIds } = body as { devIds: string };
  const asked = devIds.split(',').filter((id) => id in devices);
  return done(asked.map((id) => ({ devId: Number(id), dataItemMap: devices[id]?.values })));
};

export const exchange = (name: string, answer: Exchange['answer'], more: Partial<Exchange> = {}): Exchange => ({
  method: 'POST',
  path: `/thirdData/${name}`,
  answer,
  ...more,
});
export const kpi = (devTypeId: number, answer: Exchange['answer'], token?: string): Exchange =>
  exchange('getDevRealKpi', answer, { json: { devTypeId }, ...(token ? { headers: { 'xsrf-token': token } } : {}) });

export const logIn = (token = 'xsrf-of-a-test'): Exchange =>
  exchange('login', { headers: { 'XSRF-TOKEN': token }, ...done(null) }, { json: account });
export const logInAndList = (devices: Devices): Exchange[] => [
  logIn(),
  exchange('getDevList', done(listOf(devices)), { json: { stationCodes: 'NE=77000001' } }),
];
export const homeWith = (devices: Devices): Exchange[] => [
  ...logInAndList(devices),
  exchange('getDevRealKpi', (received) => kpisOf(devices, received), { headers: { 'xsrf-token': 'xsrf-of-a-test' } }),
];

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [
    ...logInAndList({ '9000000000000001': inverter(2.75) }),
    kpi(1, done([{ devId: 9000000000000001, dataItemMap: { active_power: '2.75', run_state: 1, close_time: 'N/A' } }])),
  ],
  push: { siteMeters: { production_kw: 2.75 } },
  withoutFigures: (answer, instead) => {
    const { data } = answer as { data: { devId: number; dataItemMap: unknown }[] };
    return {
      data: data.map(({ devId, dataItemMap }) => ({ devId, dataItemMap: replaceNumbers(dataItemMap, instead) })),
    };
  },
  carriers: { production: ['active_power'] },
  dark: { active_power: 0 },
};
