/** GivEnergy Cloud's side of a conversation: the list of dongles, then a call for each device. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:03:00Z';
export const settings = { apiKey: 'token-of-a-test' };
const headers = { authorization: 'Bearer token-of-a-test' };

export const listPath = '/v1/communication-device';
export const livePath = (serial: string) => `/v1/inverter/${serial}/system-data/latest`;

/** A dongle with a hybrid of 9.5 kWh behind it. */
export const dongle = (serial: string, { site = 7 as number | null, ...inverter }: Record<string, unknown> = {}) => ({
  serial_number: `WF-${serial}`,
  type: 'WIFI',
  site_id: site,
  inverter: {
    serial,
    status: 'NORMAL',
    last_updated: '2026-05-01T12:01:30Z',
    info: {
      battery_type: 'LITHIUM',
      battery: { nominal_capacity: 186, nominal_voltage: 51.2, depth_of_discharge: 1 },
      model: 'GIV-HY5.0',
    },
    connections: { batteries: [{ module_number: 1 }], meters: [] },
    flags: [],
    ...inverter,
  },
});
export const model = (name: string, battery: object | null = null) => ({
  info: { battery, model: name },
  connections: { batteries: [], meters: [] },
});
export const withMeters = (...serials: number[]) => ({
  connections: { batteries: [{}], meters: serials.map((serial_number) => ({ address: 1, serial_number })) },
});

export const list = (rows: unknown[], { page = 1, pages = 1 } = {}): Exchange => ({
  path: listPath,
  query: { page: String(page), pageSize: '100' },
  headers,
  answer: { json: { data: rows, links: {}, meta: { current_page: page, last_page: pages, total: rows.length } } },
});

/** 5 kW of sun: 2 into the battery, 1.8 exported, 1.2 used. */
export const figures = {
  time: '2026-05-01T12:01:30Z',
  status: 'NORMAL',
  solar: { power: 5000 },
  grid: { power: 1800, current: 9.8, voltage: 241 },
  battery: { power: -2000, percent: 42, temperature: 19 },
  inverter: { power: 2900 },
  consumption: 1100,
};
const isAnswer = (answer: object): answer is Answer => 'text' in answer || 'json' in answer || 'headers' in answer;
export const live = (serial: string, answer: Answer | object = figures): Exchange => ({
  path: livePath(serial),
  headers,
  answer: isAnswer(answer) ? answer : { json: { data: answer } },
});

const parts = {
  withoutFigures: (answer: unknown, instead: unknown) => {
    const { data } = answer as { data: typeof figures };
    const blank = { power: instead, percent: instead };
    return { data: { ...data, solar: blank, grid: blank, battery: blank } };
  },
  carriers: { production: ['solar'], grid: ['grid'], battery: ['battery'] },
  dark: { solar: { power: 0 }, grid: { power: -200 }, battery: { power: 500, percent: 42 } },
};

export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [list([dongle('CE1')]), live('CE1')],
  push: {
    tsms: Date.parse(figures.time),
    siteMeters: {
      production_kw: 5,
      net_import_kw: -1.8,
      consumption_kw: 1.2,
      battery_discharge_kw: -2,
      battery_soc: 0.42,
    },
  },
  ...parts,
};

/** Two hybrids on one grid meter, which the first one's figure tells. */
export const pairConversation: AdapterConversation = {
  settings,
  now,
  exchanges: [
    list(['CE1', 'CE2'].map((serial) => dongle(serial, { ...model('GIV-HY5.0'), ...withMeters(2001) }))),
    live('CE1', { ...figures, grid: { power: 3500 } }),
    live('CE2', {
      ...figures,
      time: '2026-05-01T12:02:10Z',
      solar: { power: 3000 },
      battery: { power: -1000, percent: 52 },
    }),
  ],
  push: {
    tsms: Date.parse(figures.time),
    siteMeters: {
      production_kw: 8,
      net_import_kw: -3.5,
      consumption_kw: 1.5,
      battery_discharge_kw: -3,
      battery_soc: 0.47,
    },
  },
  ...parts,
};
