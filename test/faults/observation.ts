/** Time, memory and stray rejections while a tick runs. */
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

export type Observed<Result> = { result: Result; ms: number; megabytes: number; stray: unknown[] };

/** @param weigh whether the memory is of interest, which costs a collection of garbage. */
export async function observe<Result>(work: () => Promise<Result>, weigh = false): Promise<Observed<Result>> {
  const strayBefore = strays.length;
  if (weigh) collect();
  const before = weigh ? megabytes() : 0;
  let most = before;
  const sampler = weigh ? setInterval(() => (most = Math.max(most, megabytes())), 1) : undefined;
  const begun = performance.now();
  try {
    const result = await within(hangsAfterMs, (signal) =>
      untilAborted(work(), signal, () => new Error(`it hangs: no end after ${hangsAfterMs / 1000} s`)),
    );
    const ms = Math.round(performance.now() - begun);
    await new Promise((resolve) => setImmediate(resolve));
    return { result, ms, megabytes: Math.max(0, most - before), stray: strays.slice(strayBefore) };
  } finally {
    clearInterval(sampler);
  }
}
