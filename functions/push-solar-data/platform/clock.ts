/** Time as an argument: the wall clock, waiting, and a deadline. */
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

/** The result of `work`, unless `signal` ends the wait first: then `late()` is thrown. */
export function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal, late: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(late());
    // Listens to the work in any case: its failure must not be left unhandled.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Runs `work` with a signal that ends it after `ms`; the timer does not outlive the work. */
export async function within<Result>(ms: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('the time for this is up')), Math.max(0, ms));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
