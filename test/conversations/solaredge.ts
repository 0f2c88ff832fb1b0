/** SolarEdge's side of a conversation, in both generations of its API. */
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:05:00Z';
export const minuteMs = 60_000;
export const quarterMs = 15 * minuteMs;
/** The newest quarter that is over. */
export const start = Date.parse('2026-05-01T11:45:00Z');

export const settings = {
  siteId: '4711',
  clientId: 'client-of-a-test',
  clientSecret: 'secret-of-a-test',
  refreshToken: 'first-refresh-token',
  hasGridMeter: 'true',
  hasBattery: 'true',
};
export const solarOnly = { ...settings, hasGridMeter: 'false', hasBattery: 'false' };
export const v1Settings = { apiGeneration: 'v1', siteId: '4711', apiKey: 'key-of-a-test' };

export const tokenPath = '/v2/oauth2/token';
const site = '/v2/sites/4711';
export const powerPath = `${site}/power`;
export const metersPath = `${site}/meters/telemetry`;
export const storagePath = `${site}/storage/telemetry`;
export const devicesPath = `${site}/devices`;
export const flowPath = '/site/4711/currentPowerFlow';
export const overviewPath = '/site/4711/overview';
export const detailsPath = '/site/4711/details';

/** The nth token, given for the nth refresh token. */
export const given = (nth: number, changed = {}): Answer => ({
  json: {
    access_token: `access-token-${nth}`,
    refresh_token: `refresh-token-${nth + 1}`,
    token_type: 'Bearer',
    expires_in: 7200,
    ...changed,
  },
});
export const token = (sent = 'first-refresh-token', answer = given(1)): Exchange => ({
  method: 'POST',
  path: tokenPath,
  headers: { 'content-type': 'application/json' },
  json: {
    grant_type: 'refresh_token',
    refresh_token: sent,
    client_id: 'client-of-a-test',
    client_secret: 'secret-of-a-test',
  },
  answer,
});
export const refused: Answer = { status: 401, json: { title: 'Unauthorized', status: 401, detail: 'token expired' } };

/** As the cloud writes a time, with the offset of the site. */
const stamp = (ms: number) => new Date(ms + 120 * minuteMs).toISOString().replace('.000Z', '+02:00');
/** Quarters up to the open one after `newest`, which has no figure yet. */
export const values = (figures: (number | string | null)[], newest = start) =>
  [...figures, null].map((value, index) => ({
    timestamp: stamp(newest + (index + 1 - figures.length) * quarterMs),
    value,
  }));
export const series = (unit: string, ...figures: (number | string | null)[]) => ({ unit, values: values(figures) });

const call =
  (path: string, query: Record<string, string> = {}) =>
  (answer: Exchange['answer'] | object, nth = 1): Exchange => ({
    path,
    query: { resolution: 'QUARTER_HOUR', ...query },
    headers: { authorization: `Bearer access-token-${nth}` },
    answer: isAnswer(answer) ? answer : { json: answer },
  });
const isAnswer = (answer: Exchange['answer'] | object): answer is Exchange['answer'] =>
  typeof answer === 'function' || 'status' in answer || 'text' in answer;

export const power = call(powerPath, { unit: 'W' });
export const meters = (bySerial: object | Answer, nth = 1) =>
  call(metersPath)(isAnswer(bySerial) ? bySerial : { meters: bySerial }, nth);
export const storage = (bySerial: object | Answer, nth = 1) =>
  call(storagePath)(isAnswer(bySerial) ? bySerial : { storage: bySerial }, nth);
export const devices = (list: unknown): Exchange => ({ path: devicesPath, answer: { json: list } });

// 5 kW of sun: 2 into the battery, 1.8 exported, 1.2 used.
export const sunny = series('W', 4800, 5000);
export const meter = { importPower: series('KW', 0.1, 0.2), exportPower: series('KW', 1.7, 2) };
export const battery = {
  chargePower: series('W', 2000, 2100),
  dischargePower: series('W', 0, 100),
  stateOfEnergy: series('PERCENTAGE', 41.5, 42.5),
  remainingEnergy: series('WH', 4150, 4250),
};
export const siteMeters = {
  production_kw: 5,
  net_import_kw: -1.8,
  consumption_kw: 1.2,
  battery_discharge_kw: -2,
  battery_soc: 0.425,
  battery_energy_kwh: 4.25,
};
export const pathsOf = ({ vendor }: { vendor: { received: ReceivedRequest[] } }) =>
  vendor.received.map(({ path }) => path);

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: { ...settings, pollSeconds: '900' },
  now,
  exchanges: [token(), power(sunny), meters({ M1: meter }), storage({ B1: battery })],
  push: { tsms: start + quarterMs, siteMeters },
  withoutFigures: (answer, instead) => {
    const blank = (tree: unknown): unknown => {
      if (tree === null || typeof tree !== 'object') return tree;
      if (Array.isArray(tree)) return tree.map(blank);
      return Object.fromEntries(
        Object.entries(tree).map(([key, value]) => [key, key === 'value' ? instead : blank(value)]),
      );
    };
    return blank(answer);
  },
  kinds: { webPage: ['unavailable'], nulls: ['offline'], dashes: ['offline'] },
  secondsAfterTooMany: 900,
  carriers: {
    production: ['values'],
    grid: ['importPower', 'exportPower'],
    battery: ['chargePower', 'dischargePower'],
  },
  dark: {
    importPower: series('W', 400, 500),
    exportPower: series('W', 0, 0),
    chargePower: series('W', 0, 0),
    dischargePower: series('W', 300, 200),
  },
  again: { afterSeconds: 900 },
};

export type Node = { currentPower?: unknown; chargeLevel?: unknown };
export const flow = (connections: (readonly [from: string, to: string])[], nodes: Record<string, unknown>): Answer => ({
  json: {
    siteCurrentPowerFlow: {
      updateRefreshRate: 3,
      unit: 'kW',
      connections: connections.map(([from, to]) => ({ from, to })),
      ...nodes,
    },
  },
});
export const live = (answer: Answer): Exchange => ({ path: flowPath, query: { api_key: 'key-of-a-test' }, answer });
export const node = (currentPower: unknown, more: object = {}) => ({ status: 'Active', currentPower, ...more });
export const noFlow: Answer = { json: { siteCurrentPowerFlow: {} } };
export const overview = (lastUpdateTime: unknown, power: unknown = 2345): Exchange => ({
  path: overviewPath,
  query: { api_key: 'key-of-a-test' },
  answer: { json: { overview: { lastUpdateTime, currentPower: { power }, measuredBy: 'INVERTER' } } },
});

/** The same home: exporting, with a battery that fills. */
export const v1Flow = flow(
  [
    ['PV', 'Load'],
    ['PV', 'Storage'],
    ['LOAD', 'Grid'],
  ],
  {
    PV: node(5),
    LOAD: node(1.2),
    GRID: node(1.8),
    STORAGE: { ...node(2, { status: 'Charging' }), chargeLevel: 42.5, critical: false },
  },
);
const { battery_energy_kwh: _, ...v1Meters } = siteMeters;

/** A talk with V1 that ends in a reading. */
export const v1Conversation: AdapterConversation = {
  settings: v1Settings,
  now,
  exchanges: [live(v1Flow)],
  push: { siteMeters: v1Meters },
  kinds: { webPage: ['unavailable'], notJson: ['unavailable'] },
  secondsAfterTooMany: 960,
  carriers: { production: ['PV'], grid: ['GRID'], battery: ['STORAGE'] },
  dark: { PV: node(0), LOAD: node(0.2) },
  again: { afterSeconds: 300 },
};
