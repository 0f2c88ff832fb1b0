/** A broker of a simulated day, and how many minutes it has missed. */
import type { SiteMeters } from '../../functions/push-solar-data/core/reading.ts';
import { openBrokenBroker } from '../faults/broken-broker.ts';

export type WatchedBroker = Awaited<ReturnType<typeof openWatchedBroker>>;

export async function openWatchedBroker() {
  const { url, messages, close } = await openBrokenBroker((_packet, { usual }) => usual());
  let seen = 0;
  let lost = 0;
  return {
    texts: { DESTINATION: 'charge-hq,mqtt', MQTT_URL: url() },
    /** After each tick: one message has come, and it holds these figures, or the error that there are none. */
    look(figures: SiteMeters | undefined) {
      const [message, ...more] = messages.slice(seen);
      const isToldOnce = messages.length > seen && more.length === 0;
      if (!isToldOnce || message !== figures?.production_kw) lost += 1;
      seen = messages.length;
    },
    lost: () => lost,
    close,
  };
}
