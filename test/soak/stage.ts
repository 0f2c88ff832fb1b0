/** What stands around the home of a soak: its clouds, Charge HQ, the store, and a clock that may be wrong. */
import { type MockServer, type Push, playChargeHq } from '../support/conversation.ts';
import { fakeClock } from '../support/home.ts';
import type { Cloud } from './cloud.ts';
import { playFoxess, playFusionsolar, playVictron } from './clouds.ts';
import { openSoakedHome, type SoakedHome, secrets } from './home.ts';
import { playSigenergy, type SigenergyCloud } from './sigenergy-cloud.ts';
import { answerOf, type Random, randomOf, weatherOf } from './trouble.ts';

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
  chargeHq: MockServer & { pushes: Push[] };
  home: SoakedHome;
  /** What reached Charge HQ since the last look; whole, or before a connection broke, so that nobody can say that it arrived. */
  takePushes(): { pushes: Push[]; whole: number };
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
  const ofChargeHq = chances();
  const weather = weatherOf(ofChargeHq, ['serverError', 'gone', 'tooMany', 'wait', 'refused'], 0.002);
  let broken = 0;
  const chargeHq = await playChargeHq((_nth, received) => {
    const trouble = weather.now(clock.at);
    if (trouble === 'break') broken += 1;
    return trouble ? answerOf(trouble, ofChargeHq, received, secrets) : { json: {} };
  });
  const { victron, foxess, fusionsolar, sigenergy } = clouds;
  const stage: Stage = {
    ...{ clock, aheadMs: 0, isCalm: false, excusedUntil: 0, clouds, all, chargeHq },
    home: openSoakedHome(
      {
        victron: victron.url,
        foxess: foxess.url,
        fusionsolar: fusionsolar.url,
        sigenergy: sigenergy.url,
        chargeHq: chargeHq.url,
      },
      { ...clock, now: () => clock.at + stage.aheadMs },
    ),
    takePushes() {
      const pushes = chargeHq.pushes.splice(0);
      const whole = pushes.length - broken;
      broken = 0;
      for (const { received } of [...all, chargeHq]) received.length = 0;
      return { pushes, whole };
    },
    secrets: () => [...secrets, ...all.flatMap((cloud) => cloud.secrets())],
    async close() {
      for (const server of [...all, chargeHq]) await server.close();
    },
  };
  return stage;
}
