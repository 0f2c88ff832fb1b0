/** Waiting with an end. */

/** The result of `work`, unless it takes longer than `ms`: then `late()` is thrown. The work itself goes on. */
export function inTime<Result>(ms: number, work: Promise<Result>, late: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timerOf(ms));
    const settle = <Value>(finish: (value: Value) => void) => {
      return (value: Value) => {
        clearTimeout(timer);
        finish(value);
      };
    };
    work.then(settle(resolve), settle(reject));
  });
}

/** The result of `work`, unless `signal` ends the wait first: then `late()` is thrown. */
export function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal, late: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(late());
    const settle = <Value>(finish: (value: Value) => void) => {
      return (value: Value) => {
        signal.removeEventListener('abort', stop);
        finish(value);
      };
    };
    // Listens to the work in any case: its failure must not be left unhandled.
    work.then(settle(resolve), settle(reject));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

const nobodyWaits = new Error('nobody waits for this any more');

/** Node's longest timer; a longer one would end at once. */
const longestTimerMs = 2 ** 31 - 1;
const timerOf = (ms: number): number => Math.min(Math.max(0, ms), longestTimerMs);

/**
 * Runs `work` with a signal that ends it after `ms`. Nothing outlives the work: not the timer, and not what it left
 * running with that signal.
 */
export async function within<Result>(ms: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const timeIsUp = () => controller.abort(new Error('the time for this is up'));
  const timer = setTimeout(timeIsUp, timerOf(ms));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    controller.abort(nobodyWaits);
  }
}
