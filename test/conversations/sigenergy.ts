/** Sigenergy's side of a conversation. */
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';
import { replaceNumbers } from './adapter-conversation.ts';

export const now = '2026-05-01T12:00:00Z';
export const password = 'Sunny-Day-2026';
export const wrapped = '7zzIbuWByK/g8hz+kC5DpA==';

export const key = { mode: 'openapi-key', appKey: 'demoAppKey01', appSecret: 'demoAppSecret01', systemId: 'SYS-1' };
export const account = { username: 'owner@test.example', password, systemId: 'SYS-1' };
export const app = { mode: 'app', username: 'owner@test.example', password, stationId: '4711' };

export const success = (data?: unknown): Answer => ({ json: { code: 0, msg: 'success', data } });
export const failure = (code: number, msg = 'no'): Answer => ({ json: { code, msg, data: null } });

// PV 6 kW: 2.5 into the battery, 1.25 sold, the house takes 1.5, the car 0.75.
export const shared = { pvPower: 6, batteryPower: 2.5, batterySoc: 55.5, loadPower: 1.5, heatPumpPower: 0 };
export const officialFlow = { ...shared, gridPower: 1.25, evPower: 0.75 };
export const appFlow = { ...shared, buySellPower: 1.25, acPower: 0.75, evPower: 0, thirdPvPower: 0, generatorPower: 0 };
export const siteMeters = {
  production_kw: 6,
  net_import_kw: -1.25,
  consumption_kw: 2.25,
  battery_discharge_kw: -2.5,
  battery_soc: 0.555,
};

export const loginPath = {
  key: '/openapi/auth/login/key',
  account: '/openapi/auth/login/password',
  app: '/auth/oauth/token',
};
export const officialPath = '/openapi/systems/SYS-1/energyFlow';
const appPath = '/device/sigen/station/energyflow';

export const officialToken = (accessToken = 'official-token-1') =>
  success(JSON.stringify({ tokenType: 'Bearer', accessToken, expiresIn: 43199 }));
export const appToken = (nth = 1, changed = {}) =>
  success({
    access_token: `app-token-${nth}`,
    refresh_token: `app-refresh-${nth}`,
    token_type: 'bearer',
    expires_in: 43199,
    ...changed,
  });

export const byKey = (answer = officialToken()): Exchange => ({ method: 'POST', path: loginPath.key, answer });
export const byAccount = (sent: string, answer: Answer): Exchange => ({
  method: 'POST',
  path: loginPath.account,
  json: { username: 'owner@test.example', password: sent },
  answer,
});
export const byApp = (answer: Answer = appToken()): Exchange => ({
  method: 'POST',
  path: loginPath.app,
  headers: { authorization: 'Basic c2lnZW46c2lnZW4=', 'content-type': 'application/x-www-form-urlencoded' },
  form: { grant_type: 'password', username: 'owner@test.example', password: wrapped },
  answer,
});
export const refresh = (used: string, answer: Answer): Exchange => ({
  method: 'POST',
  path: loginPath.app,
  form: { grant_type: 'refresh_token', refresh_token: used },
  answer,
});
export const official = (answer: Exchange['answer'] = success(officialFlow), token = 'official-token-1'): Exchange => ({
  path: officialPath,
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  answer,
});
export const ofApp = (answer: Exchange['answer'] = success(appFlow), token = 'app-token-1'): Exchange => ({
  path: appPath,
  query: { id: '4711' },
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    lang: 'en_US',
    'auth-client-id': 'sigen',
  },
  answer,
});
export const calls = ({ vendor }: { vendor: { received: ReceivedRequest[] } }) =>
  vendor.received.map(({ method, path }) => `${method} ${path}`);

export const withoutFigures = (answer: unknown, instead: unknown) => {
  const { data, ...envelope } = answer as { data: unknown };
  return { ...envelope, data: replaceNumbers(data, instead) };
};

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: key,
  now,
  exchanges: [byKey(), official()],
  push: { siteMeters },
  withoutFigures,
  carriers: { production: ['pvPower'], grid: ['gridPower'], battery: ['batteryPower'] },
  dark: { pvPower: 0, gridPower: -0.75, batteryPower: -1.5 },
};

/** A talk that ends in a reading. */
export const appConversation: AdapterConversation = {
  settings: app,
  now,
  exchanges: [byApp(), ofApp()],
  push: { siteMeters },
  secrets: [password, wrapped, 'app-token-1', 'app-refresh-1'],
  withoutFigures,
  carriers: { production: ['pvPower'], grid: ['buySellPower'], battery: ['batteryPower'] },
  dark: { pvPower: 0, buySellPower: -0.75, batteryPower: -1.5 },
};
