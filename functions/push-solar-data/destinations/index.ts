/** Every destination by its slug, loaded when it is chosen. Generated from this folder by `npm run generate`. */
import type { DestinationModule } from './destination.ts';

export const destinations: Record<string, () => Promise<DestinationModule>> = {
  'charge-hq': async () => (await import('./charge-hq.ts')).chargeHq,
  feed: async () => (await import('./feed.ts')).feed,
  'home-assistant-webhook': async () => (await import('./home-assistant-webhook.ts')).homeAssistantWebhook,
  influxdb: async () => (await import('./influxdb.ts')).influxdb,
  mqtt: async () => (await import('./mqtt.ts')).mqtt,
  pvoutput: async () => (await import('./pvoutput.ts')).pvoutput,
  webhook: async () => (await import('./webhook.ts')).webhook,
};
