/** Home Assistant's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-04-07T10:15:00Z';
export const token = 'a-long-lived-token';
export const headers = { authorization: `Bearer ${token}` };

/** `seconds` before now, as Home Assistant writes times. */
export const ago = (seconds: number): string =>
  new Date(Date.parse(now) - seconds * 1000).toISOString().replace('Z', '123+00:00');

export type State = { state: string; unit?: string | null; age?: number; times?: Record<string, string> };
export const watts = (state: string, age = 20): State => ({ state, unit: 'W', age });

export const exchange = (id: string, answer: Answer): Exchange => ({ path: `/api/states/${id}`, headers, answer });
export const shown = (id: string, { state, unit = null, age = 20, times }: State): Answer => ({
  json: {
    entity_id: id,
    state,
    attributes: { ...(unit === null ? {} : { unit_of_measurement: unit }), friendly_name: id },
    ...(times ?? { last_changed: ago(90_000), last_updated: ago(age + 5), last_reported: ago(age) }),
  },
});

/** The one call of mode template. */
export const templated = (answer: Answer): Exchange => ({ method: 'POST', path: '/api/template', headers, answer });
export const row = (e: string, s: string, u: string | null = 'W', r: string | null = ago(10)) => ({ e, s, u, r });

export const pv = 'sensor.roof';
export const grid = 'sensor.meter';
export const house = 'sensor.house';
export const battery = 'sensor.battery';
export const all = { production: pv, netImport: grid, consumption: house };

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: { token, production: pv, netImport: grid, mode: 'states' },
  now,
  exchanges: [exchange(pv, shown(pv, watts('2600'))), exchange(grid, shown(grid, { state: '-1.25', unit: 'kW' }))],
  push: { siteMeters: { production_kw: 2.6, net_import_kw: -1.25, consumption_kw: 1.35 } },
  carriers: { production: { [pv]: 'unavailable' }, grid: { [grid]: 'unavailable' } },
  dark: { [pv]: '0', [grid]: '0.4' },
};
