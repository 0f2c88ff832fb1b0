/** SMA's side of a conversation. */
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T10:07:00Z';
export const tsms = Date.parse('2026-05-01T10:05:00Z');
export const time = '2026-05-01T12:05:00'; // summer time in Berlin

export const portal = {
  username: 'owner@test.example',
  password: 'portal-password',
  plantId: '4711',
  timeZone: 'Europe/Berlin',
};
export const official = {
  mode: 'official',
  clientId: 'client-of-a-test',
  clientSecret: 'secret-of-a-test',
  plantId: '4711',
  timeZone: 'Europe/Berlin',
};

// 5 kW of sun: 2 into the battery, 1.8 exported, 1.2 used.
export const shared = {
  time,
  pvGeneration: 5000,
  totalGeneration: 5000,
  totalConsumption: 1200,
  batteryCharging: 2000,
  batteryDischarging: 0,
  batteryStateOfCharge: 42.5,
};
export const widget = {
  ...shared,
  externalConsumption: 0,
  feedIn: 1800,
  dieselGeneration: null,
  hydroGeneration: null,
};
export const point = { ...shared, gridConsumption: 0, gridFeedIn: 1800 };
export const siteMeters = {
  production_kw: 5,
  net_import_kw: -1.8,
  consumption_kw: 1.2,
  battery_discharge_kw: -2,
  battery_soc: 0.425,
};

export const tokenPath = '/auth/realms/SMA/protocol/openid-connect/token';
export const widgetPath = '/api/v1/widgets/energybalance';
export const setPath = '/v1/plants/4711/measurements/sets/EnergyBalance/Recent';

export const token = (nth = 1, changed = {}): Answer => ({
  json: {
    access_token: `access-token-${nth}`,
    expires_in: 300,
    refresh_token: `refresh-token-${nth}`,
    refresh_expires_in: 1800,
    token_type: 'Bearer',
    ...changed,
  },
});
export const refusedGrant = (status = 400): Answer => ({ status, json: { error: 'invalid_grant' } });
export const refusedToken: Answer = { status: 401, json: { message: 'Unauthorized', code: '401' } };

export const byPassword = (answer = token()): Exchange => ({
  method: 'POST',
  path: tokenPath,
  form: {
    grant_type: 'password',
    client_id: 'SPpbeOS',
    username: 'owner@test.example',
    password: 'portal-password',
    scope: 'openid profile',
  },
  answer,
});
export const byRefresh = (used: number, answer: Answer): Exchange => ({
  method: 'POST',
  path: tokenPath,
  form: { grant_type: 'refresh_token', client_id: 'SPpbeOS', refresh_token: `refresh-token-${used}` },
  answer,
});
export const byClient = (answer = token()): Exchange => ({
  method: 'POST',
  path: '/oauth2/token',
  form: { grant_type: 'client_credentials', client_id: 'client-of-a-test', client_secret: 'secret-of-a-test' },
  answer,
});
/** A widget whose point is always two minutes old. */
export const fresh = (figures: Record<string, unknown> = widget, nth = 1): Exchange => {
  let at = tsms + 7_200_000;
  return show(nth, () => {
    const local = new Date(at).toISOString().slice(0, 19);
    at += 300_000;
    return { json: { ...figures, time: local } };
  });
};
export const show = (nth: number, answer: Exchange['answer']): Exchange => ({
  path: widgetPath,
  query: { componentId: '4711' },
  headers: { authorization: `Bearer access-token-${nth}` },
  answer,
});
export const showSet = (nth: number, answer: Answer): Exchange => ({
  path: setPath,
  headers: { authorization: `Bearer access-token-${nth}` },
  answer,
});
export const recent = (set: unknown[], plant: unknown = { plantId: '4711', name: 'Home' }): Answer => ({
  json: { plant, setType: 'EnergyBalance', resolution: 'FiveMinutes', set },
});
export const at = (local: string) => ({ ...widget, time: local });
export const calls = ({ vendor }: { vendor: { received: ReceivedRequest[] } }) =>
  vendor.received.map(({ path, body }) => (body as { grant_type?: string }).grant_type ?? path);

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: portal,
  now,
  exchanges: [byPassword(token(1, { expires_in: 3600 })), show(1, { json: widget })],
  push: { tsms, siteMeters },
  secrets: ['portal-password', 'access-token-1', 'refresh-token-1'],
  carriers: {
    production: ['pvGeneration', 'totalConsumption'],
    grid: ['externalConsumption', 'feedIn'],
    battery: ['batteryCharging', 'batteryDischarging'],
  },
  dark: {
    pvGeneration: 0,
    totalGeneration: 0,
    feedIn: 0,
    batteryCharging: 0,
    batteryDischarging: 600,
    totalConsumption: 600,
  },
};

/** A talk that ends in a reading. */
export const officialConversation: AdapterConversation = {
  settings: official,
  now,
  exchanges: [byClient(token(1, { expires_in: 3600 })), showSet(1, recent([point]))],
  push: { tsms, siteMeters },
  secrets: ['secret-of-a-test', 'access-token-1', 'refresh-token-1'],
  carriers: {
    production: ['pvGeneration', 'totalConsumption'],
    grid: ['gridConsumption', 'gridFeedIn'],
    battery: ['batteryCharging', 'batteryDischarging'],
  },
  dark: {
    pvGeneration: 0,
    totalGeneration: 0,
    gridFeedIn: 0,
    batteryCharging: 0,
    batteryDischarging: 600,
    totalConsumption: 600,
  },
};
