/** Time as an argument: the wall clock and waiting. */
import { setTimeout as wait } from 'node:timers/promises';

export type Clock = {
  /** ms since the epoch. */
  now(): number;
  /** Waits; ends early (without error) when the signal does. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** ms on a clock that only goes forward, for durations. */
  stopwatch(): number;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}).catch(() => {}),
  stopwatch: () => performance.now(),
};
