/** evcc's side of a conversation. */
import type { AdapterConversation } from './adapter-conversation.ts';

export const login = { username: 'bridge', password: 'twenty-letters-of-it' };
export const authorization = `Basic ${Buffer.from('bridge:twenty-letters-of-it').toString('base64')}`;
export const now = '2026-06-03T10:20:00Z';

/** A home that exports 900 W and charges its battery with 600 W, as versions since 0.301 write it. */
export const home = {
  version: '0.313.2',
  startupCompleted: true,
  gridConfigured: true,
  grid: { power: -900, energy: 512.25, returnEnergy: 733.5 },
  pv: [{ power: 2000 }, { power: 250 }],
  pvPower: 2250,
  battery: { power: -600, soc: 47.5, capacity: 10, devices: [{ power: -600, soc: 47.5 }] },
  homePower: 0,
  loadpoints: [{ chargePower: 500 }],
};

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: login,
  now,
  exchanges: [{ path: '/api/state', headers: { authorization }, answer: { json: home } }],
  push: {
    siteMeters: {
      production_kw: 2.25,
      net_import_kw: -0.9,
      consumption_kw: 0.75,
      battery_discharge_kw: -0.6,
      battery_soc: 0.475,
      imported_kwh: 512.25,
      exported_kwh: 733.5,
    },
  },
  // A grid meter without a figure is how evcc looks before its first cycle.
  kinds: { nulls: ['unavailable'], dashes: ['unavailable'] },
  carriers: { production: ['pvPower', 'pv'], grid: ['grid'], battery: ['battery'] },
  dark: { pvPower: 0, grid: { power: 900 } },
};
