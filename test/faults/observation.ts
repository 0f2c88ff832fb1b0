/** Time, memory, how long the process was blocked, and stray rejections while a tick runs. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { untilAborted, within } from '../../functions/push-solar-data/core/time.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const megabytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
};

/** Rejections that nobody took, since the start. */
const strays: unknown[] = [];
process.on('unhandledRejection', (reason) => strays.push(reason));

/** No tick takes so long, on whatever machine. */
const hangsAfterMs = 25_000;
/** No text of others may keep the process from its deadlines for so long, ms. */
export const longestBlockMs = 200;

export type Observed<Result> = { result: Result; ms: number; megabytes: number; blockedMs: number; stray: unknown[] };

let weighing: (() => void) | undefined;

/** Weighs now what is held, if the tick that runs is observed for it: at the moment when it should be most. */
export const weighNow = (): void => weighing?.();

/** @param weigh what of the memory is of interest. */
export async function observe<Result>(work: () => Promise<Result>, weigh?: 'most' | 'held'): Promise<Observed<Result>> {
  const strayBefore = strays.length;
  if (weigh) collect();
  const before = weigh ? megabytes() : 0;
  let most = before;
  const turns = watchTurns();
  const sample = () => {
    if (weigh === 'held') collect();
    most = Math.max(most, megabytes());
  };
  const sampler = weigh === 'most' ? setInterval(sample, 1) : undefined;
  if (weigh === 'held') weighing = sample;
  const begun = performance.now();
  try {
    const result = await within(hangsAfterMs, (signal) =>
      untilAborted(work(), signal, () => new Error(`it hangs: no end after ${hangsAfterMs / 1000} s`)),
    );
    const ms = Math.round(performance.now() - begun);
    await new Promise((resolve) => setImmediate(resolve));
    const stray = strays.slice(strayBefore);
    return { result, ms, megabytes: Math.max(0, most - before), blockedMs: turns.longestMs(), stray };
  } finally {
    clearInterval(sampler);
    weighing = undefined;
    turns.end();
  }
}

/**
 * How long at most no timer had its turn. Counted in time of the processor that this thread has used: on a machine with
 * other work a timer is late for no fault of ours.
 */
export function watchTurns(): { longestMs(): number; end(): void } {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = used();
  let longest = 0;
  const turn = () => {
    const now = used();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(turn, 5);
  return {
    longestMs() {
      turn();
      return Math.round(longest);
    },
    end: () => clearInterval(timer),
  };
}
