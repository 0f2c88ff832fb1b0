/** Every adapter by its vendor's slug, loaded when it is chosen. Generated from this folder by `npm run generate`. */
import type { Adapter } from './adapter.ts';

export const adapters: Record<string, () => Promise<Adapter>> = {
  deyecloud: async () => (await import('./deyecloud.ts')).deyecloud,
  enphase: async () => (await import('./enphase.ts')).enphase,
  evcc: async () => (await import('./evcc.ts')).evcc,
  foxess: async () => (await import('./foxess.ts')).foxess,
  fusionsolar: async () => (await import('./fusionsolar.ts')).fusionsolar,
  'goodwe-sems': async () => (await import('./goodwe-sems.ts')).goodweSems,
  'home-assistant': async () => (await import('./home-assistant.ts')).homeAssistant,
  'http-json': async () => (await import('./http-json.ts')).httpJson,
  redback: async () => (await import('./redback.ts')).redback,
  saj: async () => (await import('./saj.ts')).saj,
  'shelly-cloud': async () => (await import('./shelly-cloud.ts')).shellyCloud,
  sigenergy: async () => (await import('./sigenergy.ts')).sigenergy,
  simulator: async () => (await import('./simulator.ts')).simulator,
  sma: async () => (await import('./sma.ts')).sma,
  solarman: async () => (await import('./solarman.ts')).solarman,
  sunsynk: async () => (await import('./sunsynk.ts')).sunsynk,
  'victron-vrm': async () => (await import('./victron-vrm.ts')).victronVrm,
};
