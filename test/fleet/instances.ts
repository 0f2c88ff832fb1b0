/**
 * The function's instances in one account and region, in a process of their own, which does nothing else; its standard
 * output is the log. Each shard goes from minute to minute on its own: what they share is the store, which keeps its quotas by the
 * fleet's time.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { chanceOf } from './chances.ts';
import { deploymentMinutes, type InstancesMeasured, type InstancesOptions, minuteMs } from './figures.ts';
import { homeOf } from './homes.ts';
import { openRegion, type Region } from './region.ts';
import { type ShardInstance, startShard } from './shard-instance.ts';
import { delayMs, dueMs, type FleetShard, shardsOf } from './shards.ts';

/** Of the function. */
const timeoutMs = 55_000;

async function play(options: InstancesOptions): Promise<InstancesMeasured> {
  const shards = shardsOf(options.homes, options.homesARegion).filter(({ region }) => region === options.region);
  const region = openRegion(options);
  for (const nth of shards.flatMap(({ homes }) => homes)) region.keep(homeOf(nth, options.seed, options));
  const course = { options, turn: turns(options.spacingMs) };
  const ofEach = async (from: number, until: number, into: Run) => {
    await Promise.all(shards.map((shard) => run(shard, region, { ...course, from, until }, into)));
  };
  await ofEach(-options.minutesBefore, 0, { billedMs: [], coldStarts: 0 });
  const late = monitorEventLoopDelay({ resolution: 20 });
  const measured: Run = { billedMs: [], coldStarts: 0 };
  const cpuBefore = process.cpuUsage();
  late.enable();
  await ofEach(0, options.minutes, measured);
  late.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    shards: shards.length,
    coldStarts: measured.coldStarts,
    billedMs: measured.billedMs.map(Math.round),
    cpuSeconds: (user + system) / 1e6,
    lateMs: { mean: late.mean / 1e6, percentile99: late.percentile(99) / 1e6 },
    deployment: region.deployment,
    after: region.after,
    parameters: region.parameters.count(),
    secureStrings: region.parameters.count('SecureString'),
    wrongStates: region.wrongStates(),
    refreshTokens: region.refreshTokens(),
  };
}

type Run = { billedMs: number[]; coldStarts: number };
type Course = { options: InstancesOptions; turn: () => Promise<void>; from: number; until: number };

/** A shard from minute to minute. */
async function run(shard: FleetShard, region: Region, { options, turn, from, until }: Course, into: Run) {
  const { seed, begins } = options;
  let instance: ShardInstance | undefined;
  for (let minute = from; minute < until; minute++) {
    if (instance && isReplaced(shard, minute, options)) {
      await instance.stop();
      instance = undefined;
    }
    if (!instance && minute >= deploymentMinutes) into.coldStarts += 1;
    instance ??= startShard(shard, region, from >= 0);
    await turn();
    const eventAt = begins + minute * minuteMs + dueMs(shard, seed);
    const ms = await instance.invoke(eventAt, delayMs(shard, minute, seed), timeoutMs);
    if (minute >= deploymentMinutes) into.billedMs.push(ms);
  }
  await instance?.stop();
}

const isReplaced = ({ nth }: FleetShard, minute: number, { seed, minutesAnInstance }: InstancesOptions): boolean =>
  minutesAnInstance > 0 && chanceOf(seed, 'replaced', nth, minute).happens(1 / minutesAnInstance);

/** Invocations begin one after the other, so that this machine's processor is not what is measured. */
function turns(spacingMs: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + spacingMs;
    if (at > now) await wait(at - now);
  };
}

if (process.send)
  process.once('message', async (options: InstancesOptions) => {
    const measured = await play(options);
    process.send?.(measured, () => process.disconnect());
  });
