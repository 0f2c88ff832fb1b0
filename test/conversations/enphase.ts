/** Enphase's API v4's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:00:00Z';
export const nowSeconds = Date.parse(now) / 1000;
export const reportedAt = nowSeconds - 480;
export const settings = {
  systemId: '777',
  apiKey: 'api-key-of-a-test',
  clientId: 'abcd',
  clientSecret: 'uvwxyz',
  refreshToken: 'first-refresh-token',
};
export const livePath = '/api/v4/systems/777/latest_telemetry';
const socPath = '/api/v4/systems/777/telemetry/battery';

/** The nth token, given for the nth refresh token. */
export const given = (nth: number): Answer => ({
  json: { access_token: `access-${nth}`, refresh_token: `refresh-${nth + 1}`, token_type: 'bearer', expires_in: 86393 },
});
export const token = (sent = 'first-refresh-token', answer = given(1)): Exchange => ({
  method: 'POST',
  path: '/oauth/token',
  headers: { authorization: 'Basic YWJjZDp1dnd4eXo=' },
  form: { grant_type: 'refresh_token', refresh_token: sent },
  answer,
});

export type Device = Record<string, unknown>;
export const meter = (name: string, power: number | null, at: number | null = reportedAt, channel = 1): Device => ({
  ...{ id: 5, name, channel, power, last_report_at: at },
});
export const battery = (
  operational_mode: string | null,
  power: number | null,
  at: number | null = reportedAt - 30,
): Device => ({
  ...{ id: 9, name: 'Battery 9', channel: 1, power, last_report_at: at, operational_mode },
});
export const telemetry = (meters: Device[], encharges?: Device[]): Answer => ({
  json: { system_id: 777, items: 'devices', devices: { meters, ...(encharges ? { encharges } : {}) } },
});
export const live = (answer: Answer, access = 'access-1'): Exchange => ({
  path: livePath,
  headers: { authorization: `Bearer ${access}`, key: 'api-key-of-a-test' },
  answer,
});
export const soc = (json: unknown): Exchange => ({ path: socPath, query: { granularity: '15mins' }, answer: { json } });
export const sunny = [meter('production', 3000), meter('consumption', 800)];
export const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) =>
  vendor.received.map(({ path }) => path);

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: { ...settings, readBatterySoc: 'true' },
  now,
  exchanges: [
    token(),
    soc({ last_reported_aggregate_soc: '71%' }),
    live(telemetry(sunny, [battery('Charging', -500), battery('Discharging', 120)])),
  ],
  push: {
    tsms: reportedAt * 1000,
    siteMeters: {
      production_kw: 3,
      net_import_kw: -2.2,
      consumption_kw: 0.42,
      battery_discharge_kw: -0.38,
      battery_soc: 0.71,
    },
  },
  carriers: { production: ['production'], grid: ['consumption'], battery: ['encharges'] },
  dark: { production: 0 },
  again: { afterSeconds: 300, settings: { pollSeconds: '60' } },
};
