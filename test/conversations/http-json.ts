/** Any JSON endpoint's side of a conversation. */
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-20T09:40:00Z';
export const nowSeconds = Date.parse(now) / 1000;
export const power = {
  production: { expr: 'd.sun', unit: 'W' },
  netImport: { expr: 'd.meter', unit: 'W' },
};
export const body = { sun: 3100, meter: -1400, at: nowSeconds - 20 };

/** Settings as an owner writes them; `requests` and `fields` may be given as trees. */
export const written = (settings: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ requests: [{ id: 'd', url: '{server}/live' }], fields: power, ...settings }).map(
      ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)],
    ),
  );

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: written({
    requests: [{ id: 'd', url: '{server}/live', auth: { type: 'bearer', token: '{secret:box}' } }],
    secrets: { box: 'token-of-the-box' },
    timestamp: 'd.at',
    timestampFormat: 'unix',
  }),
  now,
  exchanges: [{ path: '/live', headers: { authorization: 'Bearer token-of-the-box' }, answer: { json: body } }],
  push: {
    tsms: Date.parse(now) - 20_000,
    siteMeters: { production_kw: 3.1, net_import_kw: -1.4, consumption_kw: 1.7 },
  },
  secrets: ['token-of-the-box'],
  carriers: { production: ['sun'], grid: ['meter'] },
  dark: { sun: 0, meter: 400 },
};
