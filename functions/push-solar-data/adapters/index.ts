/** Every adapter by its vendor's slug, loaded when it is chosen. Generated from this folder by `npm run generate`. */
import type { Adapter } from './adapter.ts';

export const adapters: Record<string, () => Promise<Adapter>> = {
  deyecloud: async () => (await import('./deyecloud.ts')).deyecloud,
  enphase: async () => (await import('./enphase.ts')).enphase,
  evcc: async () => (await import('./evcc.ts')).evcc,
  foxess: async () => (await import('./foxess.ts')).foxess,
  fusionsolar: async () => (await import('./fusionsolar.ts')).fusionsolar,
  growatt: async () => (await import('./growatt.ts')).growatt,
  'home-assistant': async () => (await import('./home-assistant.ts')).homeAssistant,
  hoymiles: async () => (await import('./hoymiles.ts')).hoymiles,
  'http-json': async () => (await import('./http-json.ts')).httpJson,
  luxpower: async () => (await import('./luxpower.ts')).luxpower,
  redback: async () => (await import('./redback.ts')).redback,
  saj: async () => (await import('./saj.ts')).saj,
  'shelly-cloud': async () => (await import('./shelly-cloud.ts')).shellyCloud,
  sigenergy: async () => (await import('./sigenergy.ts')).sigenergy,
  simulator: async () => (await import('./simulator.ts')).simulator,
  sma: async () => (await import('./sma.ts')).sma,
  solaredge: async () => (await import('./solaredge.ts')).solaredge,
  solarman: async () => (await import('./solarman.ts')).solarman,
  solax: async () => (await import('./solax.ts')).solax,
  soliscloud: async () => (await import('./soliscloud.ts')).soliscloud,
  sunsynk: async () => (await import('./sunsynk.ts')).sunsynk,
  'victron-vrm': async () => (await import('./victron-vrm.ts')).victronVrm,
};
