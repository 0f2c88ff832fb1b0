/** Every adapter by its vendor's slug, loaded when it is chosen. Generated from this folder by `npm run generate`. */
import type { Adapter } from './adapter.ts';

export const adapters: Record<string, () => Promise<Adapter>> = {
  simulator: async () => (await import('./simulator.ts')).simulator,
  'victron-vrm': async () => (await import('./victron-vrm.ts')).victronVrm,
};
