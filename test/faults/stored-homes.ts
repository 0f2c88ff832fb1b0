/** Homes whose settings, and what they keep, are in the Parameter Store. */
import { byKey, official } from '../conversations/sigenergy.ts';
import type { Exchange } from '../support/conversation.ts';

/** A home whose settings are stored. */
export type StoredHome = {
  environment: Record<string, string>;
  /** By the names of the parameters. */
  secrets: Record<string, string>;
  exchanges: Exchange[];
  /** What else of it no log may hold. */
  token: string;
  /** The document of its log-in, if it has one. */
  session?: string;
};

export const path = '/solar-cloud-bridge/home';
export const session = `${path}/state/session/sigenergy`;

const installation = () => ({
  idSite: 4711,
  last_timestamp: Math.floor(Date.now() / 1000) - 20,
  extended: [
    { code: 'solar_yield', rawValue: 4200 },
    { code: 'from_to_grid', rawValue: -1500 },
    { code: 'consumption', rawValue: 2600, dataAttributes: [{ code: 'a1' }] },
  ],
});
/** With a record of this very moment, and no log-in. */
export const victron: StoredHome = {
  environment: { VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711' },
  secrets: { VICTRON_VRM_ACCESS_TOKEN: 'vrm-token-in-the-parameter-store' },
  exchanges: [
    { path: '/v2/users/me', answer: { json: { user: { id: 815 } } } },
    { path: '/v2/users/815/installations', answer: () => ({ json: { records: [installation()] } }) },
  ],
  token: 'vrm-token-in-the-parameter-store',
};
/** With a log-in that is kept. */
export const sigenergy: StoredHome = {
  environment: { VENDOR: 'sigenergy', SIGENERGY_MODE: 'openapi-key', SIGENERGY_SYSTEM_ID: 'SYS-1' },
  secrets: { SIGENERGY_APP_KEY: 'demoAppKey01', SIGENERGY_APP_SECRET: 'demoAppSecret01' },
  exchanges: [byKey(), official()],
  token: 'official-token-1',
  session,
};
