/** Every conversation by its vendor and its way to talk. Generated from this folder by `npm run generate`. */
import type { AdapterConversation } from './adapter-conversation.ts';

export const conversationsByName: Record<string, () => Promise<AdapterConversation>> = {
  deyecloud: async () => (await import('./deyecloud.ts')).conversation,
  enphase: async () => (await import('./enphase.ts')).conversation,
  'enphase/enlighten': async () => (await import('./enphase-enlighten.ts')).conversation,
  evcc: async () => (await import('./evcc.ts')).conversation,
  foxess: async () => (await import('./foxess.ts')).conversation,
  fusionsolar: async () => (await import('./fusionsolar.ts')).conversation,
  'goodwe-sems': async () => (await import('./goodwe-sems.ts')).conversation,
  'home-assistant': async () => (await import('./home-assistant.ts')).conversation,
  'http-json': async () => (await import('./http-json.ts')).conversation,
  redback: async () => (await import('./redback.ts')).conversation,
  saj: async () => (await import('./saj.ts')).conversation,
  'shelly-cloud': async () => (await import('./shelly-cloud.ts')).conversation,
  sigenergy: async () => (await import('./sigenergy.ts')).conversation,
  'sigenergy/app': async () => (await import('./sigenergy.ts')).appConversation,
  sma: async () => (await import('./sma.ts')).conversation,
  'sma/official': async () => (await import('./sma.ts')).officialConversation,
  solarman: async () => (await import('./solarman.ts')).conversation,
  sunsynk: async () => (await import('./sunsynk.ts')).conversation,
  'victron-vrm': async () => (await import('./victron-vrm.ts')).conversation,
};
