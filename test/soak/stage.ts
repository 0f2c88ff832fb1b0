/** What stands around the home of a soak: its clouds, Charge HQ, the store, and a clock that may be wrong. */
import type { CommonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import type { Push } from '../support/conversation.ts';
import { fakeClock } from '../support/home.ts';
import type { Cloud } from './cloud.ts';
import { playFoxess, playFusionsolar, playVictron } from './clouds.ts';
import { openSoakedHome, type SoakedHome, secrets } from './home.ts';
import { openBroker, openReceiver, pushOfDocument, type Receiver } from './receivers.ts';
import { playSigenergy, type SigenergyCloud } from './sigenergy-cloud.ts';
import { type Random, randomOf } from './trouble.ts';

export type Stage = {
  /** The true time; what the home takes for it is `aheadMs` later. */
  clock: ReturnType<typeof fakeClock>;
  aheadMs: number;
  /** Whether nothing goes wrong now, because nobody could say what is right. */
  isCalm: boolean;
  /** Until when no limit can count a call: nobody knows of the one before, or the clock was wrong at it. */
  excusedUntil: number;
  clouds: Record<'victron' | 'foxess' | 'fusionsolar', Cloud> & { sigenergy: SigenergyCloud };
  all: readonly Cloud[];
  /** Charge HQ first. */
  receivers: readonly Receiver[];
  home: SoakedHome;
  /** All that nobody may be told now. */
  secrets(): string[];
  close(): Promise<void>;
};

export async function openStage(random: Random, begins: number): Promise<Stage> {
  // Each cloud has chances of its own: which of them is asked first in a tick is no part of the seed.
  const chances = () => randomOf(Math.floor(random.next() * 2 ** 32));
  const clock = fakeClock(begins, { goesOn: true });
  const world = {
    now: () => clock.at,
    calm: () => stage.isCalm,
    excused: () => stage.isCalm || clock.at < stage.excusedUntil,
  };
  const clouds = {
    victron: await playVictron(chances(), world),
    foxess: await playFoxess(chances(), world),
    fusionsolar: await playFusionsolar(chances(), world),
    sigenergy: await playSigenergy(chances(), world),
  };
  const all = Object.values(clouds);
  const surroundings = () => ({ random: chances(), now: () => clock.at, secrets });
  const [chargeHq, broker, webhook, pvoutput] = [
    await openReceiver({ label: 'charge-hq', usual: { json: {} }, pushOf: ({ body }) => body as Push }, surroundings()),
    await openBroker('mqtt', surroundings()),
    await openReceiver(
      { label: 'webhook', usual: { json: {} }, pushOf: ({ body }) => pushOfDocument(body as CommonDocument) },
      surroundings(),
    ),
    await openReceiver(
      { label: 'pvoutput', usual: { text: 'OK 200: Added Status' }, pushOf: () => undefined },
      surroundings(),
    ),
  ];
  const receivers = [chargeHq, broker, webhook, pvoutput];
  const { victron, foxess, fusionsolar, sigenergy } = clouds;
  const stage: Stage = {
    ...{ clock, aheadMs: 0, isCalm: false, excusedUntil: 0, clouds, all, receivers },
    home: openSoakedHome(
      {
        victron: victron.url,
        foxess: foxess.url,
        fusionsolar: fusionsolar.url,
        sigenergy: sigenergy.url,
        chargeHq: chargeHq.url,
        broker: broker.url,
        webhook: webhook.url,
        pvoutput: pvoutput.url,
      },
      { ...clock, now: () => clock.at + stage.aheadMs },
    ),
    secrets: () => [...secrets, ...all.flatMap((cloud) => cloud.secrets())],
    async close() {
      for (const server of [...all, ...receivers]) await server.close();
    },
  };
  return stage;
}
