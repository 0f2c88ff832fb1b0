/** Tesla's Fleet API's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T12:00:30Z';
export const measuredAt = '2026-05-01T22:00:05+10:00';
export const settings = { clientId: 'client-of-a-test', refreshToken: 'first-refresh-token', energySiteId: '4711' };
export const livePath = '/api/1/energy_sites/4711/live_status';

/** The nth token, given for the nth refresh token. */
export const given = (nth: number, expires_in = 28_800): Answer => ({
  json: { access_token: `access-${nth}`, refresh_token: `refresh-${nth + 1}`, token_type: 'Bearer', expires_in },
});
export const token = (sent = 'first-refresh-token', answer = given(1)): Exchange => ({
  method: 'POST',
  path: '/oauth2/v3/token',
  form: { grant_type: 'refresh_token', client_id: 'client-of-a-test', refresh_token: sent },
  answer,
});

const authorization = (access: string) => ({ authorization: `Bearer ${access}` });

export const components = { battery: true, solar: true, grid: true, load_meter: true };
export const energySite = (energy_site_id: unknown, changes: Record<string, unknown> = {}) => ({
  ...{ energy_site_id, resource_type: 'battery', site_name: `Site ${energy_site_id}`, id: 'STE-1', components },
  ...{ battery_power: 5000, percentage_charged: 12, energy_left: 1200 }, // of some other time
  ...changes,
});
export const car = { id: 7, vehicle_id: 8, vin: '5YJ00000000000000', display_name: 'Car', state: 'asleep' };
export const products = (listed: unknown[] = [car, energySite(4711)], access = 'access-1'): Exchange => ({
  path: '/api/1/products',
  headers: authorization(access),
  answer: { json: { response: listed, count: listed.length } },
});

/** Exports 1.5 kW while the battery charges with 700 W. */
export const sunny = {
  solar_power: 4200,
  battery_power: -700,
  grid_power: -1500,
  load_power: 2000,
  generator_power: 0,
  grid_services_power: 0,
  percentage_charged: 61.5,
  energy_left: 16_605,
  total_pack_energy: 27_000,
  grid_status: 'Active',
  island_status: 'on_grid',
  timestamp: measuredAt,
  wall_connectors: null,
};
export const status = (changes: Record<string, unknown> = {}): Answer => ({
  json: { response: { ...sunny, ...changes } },
});
export const live = (answer: Answer = status(), access = 'access-1'): Exchange => ({
  path: livePath,
  headers: authorization(access),
  answer,
});
export const pushed = {
  production_kw: 4.2,
  net_import_kw: -1.5,
  consumption_kw: 2,
  battery_discharge_kw: -0.7,
  battery_soc: 0.615,
  battery_energy_kwh: 16.605,
};

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [token(), products(), live()],
  push: { tsms: Date.parse(measuredAt), siteMeters: pushed },
  secondsAfterTooMany: 60,
  carriers: {
    production: ['solar_power'],
    grid: ['grid_power', 'load_power'],
    battery: { battery_power: undefined, load_power: undefined },
  },
  dark: { solar_power: 0, battery_power: 900, grid_power: 100, load_power: 1000 },
};
