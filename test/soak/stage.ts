/** What stands around the home of a soak: its clouds, what it tells, the store, and a clock that may be wrong. */
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import type { Push } from '../support/conversation.ts';
import { fakeClock } from '../support/home.ts';
import type { Cloud, World } from './cloud.ts';
import type { SoakedHome } from './home.ts';
import type { Receiver } from './receivers.ts';
import type { SigenergyCloud } from './sigenergy-cloud.ts';

export type Circumstances = {
  /** The true time; what the home takes for it is `aheadMs` later. */
  clock: ReturnType<typeof fakeClock>;
  aheadMs: number;
  /** When the present tick began, ms. */
  tickAt: number;
  /** Whether nothing goes wrong now, because nobody could say what is right. */
  isCalm: boolean;
  /** Until when no limit can count a call: nobody knows of the one before, or the clock was wrong at it. */
  excusedUntil: number;
};

export type Stage = Circumstances & {
  /** Stands before the names of its receivers. */
  name: string;
  /** In the order of the home's sources. */
  all: readonly Cloud[];
  /** The first destination's first. */
  receivers: readonly Receiver[];
  home: SoakedHome;
  /** Sources whose adapters lose what they have looked up. */
  forgetful: readonly [string, ...string[]];
  /** The source each of whose refresh tokens works once. */
  rotating?: { label: string; cloud: SigenergyCloud };
  /** How probable it is at a tick that the trigger comes twice at once, and that the clock is a year ahead. */
  share: { twice: number; ahead: number };
  /** What is untrue about a push. @param startedAt when the instance began that has told it. */
  verdict(push: Push, startedAt: number): string | undefined;
  /** All that nobody may be told now. */
  secrets(): string[];
  close(): Promise<void>;
};

export const circumstancesAt = (begins: number): Circumstances => ({
  clock: fakeClock(begins, { goesOn: true }),
  ...{ aheadMs: 0, tickAt: begins, isCalm: false, excusedUntil: 0 },
});

export const worldOf = (now: Circumstances): World => ({
  now: () => now.clock.at,
  tickAt: () => now.tickAt,
  calm: () => now.isCalm,
  excused: () => now.isCalm || now.clock.at < now.excusedUntil,
});

/** What the home takes for the time. */
export const homeClockOf = (now: Circumstances): Clock => ({
  ...now.clock,
  now: () => now.clock.at + now.aheadMs,
});
