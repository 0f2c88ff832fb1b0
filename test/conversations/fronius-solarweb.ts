/** Fronius Solar.web's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T11:00:40Z';
export const key = { accessKeyId: 'FKIA-of-a-test', accessKeyValue: 'access-key-value-of-a-test' };
export const pvSystemId = '0a1b2c3d-0000-4000-8000-00000000cafe';
export const settings = { ...key, pvSystemId };
export const owner = { username: 'owner@example.com', password: 'pass-word-of-an-owner' };

const keyHeaders = { accesskeyid: key.accessKeyId, accesskeyvalue: key.accessKeyValue };
export const paths = {
  jwt: '/swqapi/iam/jwt',
  systems: '/swqapi/pvsystems',
  flow: `/swqapi/pvsystems/${pvSystemId}/flowdata`,
  totals: `/swqapi/pvsystems/${pvSystemId}/aggrdata`,
};

export const channelsOf = (values: Record<string, unknown>) =>
  Object.entries(values).map(([channelName, value]) => ({ channelName, channelType: 'Power', unit: 'W', value }));

/** The load leaves out 40 W of losses. */
export const noon = {
  BattSOC: 64.5,
  PowerPV: 5200,
  PowerLoad: -1560,
  PowerFeedIn: -2100,
  PowerBattCharge: -1500,
  PowerEVCTotal: null,
  PowerOhmpilot: null,
  RateSelfSufficiency: 100,
};
export const measuredAt = '2026-05-01T11:00:05Z';
export const noonMeters = {
  production_kw: 5.2,
  net_import_kw: -2.1,
  consumption_kw: 1.6,
  battery_discharge_kw: -1.5,
  battery_soc: 0.645,
};

export const flowOf = (changed: object = {}, logDateTime: unknown = measuredAt): Answer => ({
  json: {
    pvSystemId,
    status: { isOnline: true, battMode: 'Normal' },
    data: { logDateTime, channels: channelsOf({ ...noon, ...changed }) },
  },
});
export const get = (path: string, answer: Answer, more: Partial<Exchange> = {}): Exchange => ({
  path,
  headers: keyHeaders,
  answer,
  ...more,
});
export const asked = (answer: Answer, token?: string): Exchange =>
  get(paths.flow, answer, {
    query: { timezone: 'zulu' },
    ...(token ? { headers: { ...keyHeaders, authorization: `Bearer ${token}` } } : {}),
  });
export const live = (changed: object = {}, token?: string) => asked(flowOf(changed), token);
export const refused = (responseError: unknown, status = 400, headers = {}): Answer => ({
  status,
  headers,
  json: { responseError, responseMessage: 'no' },
});

/** The nth token, good for an hour. */
export const jwtOf = (nth = 1, changed: object = {}): Answer => ({
  json: {
    jwtToken: `jwt-of-a-test-${nth}`,
    jwtTokenExpiration: new Date(Date.parse(now) + nth * 3_600_000).toISOString(),
    refreshToken: `refresh-of-a-test-${nth}`,
    refreshTokenExpiration: '2026-06-01T11:00:00Z',
    ...changed,
  },
});
export const logIn = (answer = jwtOf()): Exchange => ({
  method: 'POST',
  path: paths.jwt,
  headers: keyHeaders,
  json: { userId: owner.username, password: owner.password },
  answer,
});
export const refresh = (answer: Answer, nth = 1): Exchange => ({
  method: 'PATCH',
  path: `${paths.jwt}/refresh-of-a-test-${nth}`,
  headers: keyHeaders,
  answer,
});

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [live()],
  push: { tsms: Date.parse(measuredAt), siteMeters: noonMeters },
  secondsAfterTooMany: 3600,
  carriers: {
    production: ['PowerPV', 'PowerLoad'],
    grid: ['PowerFeedIn', 'PowerLoad'],
    battery: ['PowerBattCharge'],
  },
  dark: { PowerPV: 0, PowerFeedIn: 250, PowerBattCharge: 400, PowerLoad: -610 },
};

/** With a key that needs a log-in. */
export const logInConversation: AdapterConversation = {
  ...conversation,
  settings: { ...settings, ...owner },
  exchanges: [logIn(), live({}, 'jwt-of-a-test-1')],
};
