/** Sunsynk Connect's side of a conversation. */
import { flow, login, now, realtime, settings } from '../adapters/sunsynk-cloud.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const callsTo = ({ received }: { received: { path: string }[] }, wanted: string) =>
  received.filter(({ path }) => path === wanted).length;

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [...login, realtime(), flow()],
  kinds: { notJson: ['unavailable'] },
  push: {
    tsms: Date.parse('2026-07-29T11:58:00Z'),
    siteMeters: {
      production_kw: 4,
      net_import_kw: -1.2,
      consumption_kw: 1.9,
      battery_discharge_kw: -0.9,
      battery_soc: 0.71,
    },
  },
  carriers: { production: ['pvPower'], grid: ['gridOrMeterPower'], battery: ['battPower'] },
  dark: { pvPower: 0, gridOrMeterPower: 0, toBat: false, batTo: true },
};
