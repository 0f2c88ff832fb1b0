/** A clock that goes forward only when nobody has anything left to do but to wait: by itself no test takes longer for its waits. */
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';

export type QuickClock = Clock & { at: number };

export function quickClock(at = 0): QuickClock {
  const waiting: { until: number; end: () => void }[] = [];
  const endNext = () => {
    waiting.sort((a, b) => a.until - b.until);
    const next = waiting.shift();
    clock.at = Math.max(clock.at, next?.until ?? 0);
    next?.end();
  };
  const clock: QuickClock = {
    at,
    now: () => clock.at,
    stopwatch: () => clock.at,
    sleep: (ms) =>
      new Promise((end) => {
        waiting.push({ until: clock.at + ms, end });
        setImmediate(endNext);
      }),
  };
  return clock;
}
