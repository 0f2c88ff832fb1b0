/** GoodWe SEMS+'s side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import { type AdapterConversation, replaceNumbers } from './adapter-conversation.ts';

export const now = '2026-06-15T10:00:40Z';
export const stationId = '5a3c0b1e-7d21-4c3f-8e55-1b2c3d4e5f60';
export const settings = {
  email: 'roof@test.example',
  password: 'Sunny-Day-2026',
  stationId,
  timeZone: 'Europe/Amsterdam',
};
export const pwd = 'Y2NiOWRkNjJiOTJiMTc2M2Y1YzI0MGFjZTg2MGE5OTA=';

export const paths = {
  login: '/web/sems/sems-user/api/v1/auth/cross-login',
  stations: '/web/sems/sems-plant/api/portal/stations/page',
  flow: '/web/sems/sems-plant/api/stations/flow',
  devices: '/web/sems/sems-plant/api/stations/device/all-status',
  counters: (serial: string) => `/web/sems/sems-plant/api/equipments/${serial}/telecounting`,
};

export const success = (data?: unknown): Answer => ({ json: { code: '00000', description: 'ok', data } });
export const refusal = (code: unknown, description = 'no'): Answer => ({ json: { code, description, data: null } });

export const identity = {
  uid: 'uid-of-the-roof-1',
  timestamp: '1781517640321',
  token: 'sems-token-1',
  client: 'semsPlusWeb',
  version: '',
  language: 'en',
  api: '{server}/web/sems',
  region: 'eu',
  uuid: 'uuid-of-the-roof-1',
};
export const token = (nth = 1, changed: Record<string, unknown> = {}): Answer =>
  success({ ...identity, token: `sems-token-${nth}`, ...changed });

export const login = (answer: Answer = token()): Exchange => ({
  method: 'POST',
  path: paths.login,
  headers: { token: '{"uid":"","timestamp":0,"token":"","client":"semsPlusWeb","version":"","language":"en"}' },
  json: { account: settings.email, pwd, agreement: 1, isChinese: false, isLocal: false },
  answer,
});

// 4 kW from the sun: 0.9 into the battery, 1.2 sold, 1.9 for the house.
export const figures = {
  pSystem: 4,
  pAc: 3.1,
  pBat: -0.9,
  pGrid: 1.2,
  pConsum: 1.9,
  soc: 71,
  flows: { pSystem: ['pConsum', 'pBat', 'pGrid'] },
};
export const siteMeters = {
  production_kw: 4,
  net_import_kw: -1.2,
  consumption_kw: 1.9,
  battery_discharge_kw: -0.9,
  battery_soc: 0.71,
};
export const live = (changed: Record<string, unknown> = {}): Answer =>
  success({ id: stationId, name: 'Roof', status: '1', refreshTime: '2026-06-15T12:00:00', ...figures, ...changed });
export const flow = (answer: Answer = live()): Exchange => ({ path: paths.flow, query: { stationId }, answer });

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [login(), flow()],
  push: { tsms: Date.parse('2026-06-15T10:00:00Z'), siteMeters },
  secrets: [settings.password, pwd, 'sems-token-1'],
  refused: refusal('100005', 'Email or password error'),
  kinds: { notJson: ['unavailable'] },
  withoutFigures(answer, instead) {
    const { data, ...envelope } = answer as { data: unknown };
    return { ...envelope, data: replaceNumbers(data, instead) };
  },
  carriers: { production: ['pSystem', 'pAc'], grid: ['pGrid'], battery: ['pBat'] },
  dark: {
    pSystem: 0,
    pAc: 0.5,
    pBat: 0.5,
    pGrid: -0.25,
    pConsum: 0.75,
    flows: { pBat: ['pConsum'], pGrid: ['pConsum'] },
  },
};
