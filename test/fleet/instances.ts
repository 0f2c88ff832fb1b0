/**
 * The function's instances of a fleet, all in one process of their own, which does nothing else; its standard output is the
 * log. Each shard goes from minute to minute on its own: what they share is the store, which keeps its quotas by the
 * fleet's time.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { chanceOf } from './chances.ts';
import type { InstancesMeasured, InstancesOptions } from './figures.ts';
import { homeOf } from './homes.ts';
import { openRegion, type Region } from './region.ts';
import { type ShardInstance, startShard } from './shard-instance.ts';
import { delayMs, dueMs, type FleetShard, shardsOf } from './shards.ts';

const minuteMs = 60_000;
/** Of the function. */
const timeoutMs = 55_000;

async function play(options: InstancesOptions): Promise<InstancesMeasured> {
  const shards = shardsOf(options.homes, options.homesARegion);
  const regions = new Map<number, Region>();
  for (const { region, homes } of shards) {
    const opened = regions.get(region) ?? openRegion(options.seed, options.state);
    regions.set(region, opened);
    for (const nth of homes) opened.keep(homeOf(nth, options.seed, options));
  }
  const late = monitorEventLoopDelay({ resolution: 20 });
  const turn = turns(options.spacingMs);
  const billedMs: number[] = [];
  let coldStarts = 0;
  const cpuBefore = process.cpuUsage();
  late.enable();

  const run = async (shard: FleetShard) => {
    const region = regions.get(shard.region);
    if (!region) return;
    let instance: ShardInstance | undefined;
    for (let minute = 0; minute < options.minutes; minute++) {
      if (instance && isReplaced(shard, minute, options)) {
        await instance.stop();
        instance = undefined;
      }
      if (!instance) coldStarts += 1;
      instance ??= startShard(shard, region, options);
      await turn();
      const eventAt = options.begins + minute * minuteMs + dueMs(shard, options.seed);
      billedMs.push(await instance.invoke(eventAt, delayMs(shard, minute, options.seed), timeoutMs));
    }
    await instance?.stop();
  };
  await Promise.all(shards.map(run));
  late.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  const stores = [...regions.values()];
  const sum = (of: (region: Region) => number) => stores.reduce((total, region) => total + of(region), 0);
  return {
    shards: shards.length,
    invocations: billedMs.length,
    coldStarts,
    billedMs: billedMs.map(Math.round),
    cpuSeconds: (user + system) / 1e6,
    lateMs: { mean: late.mean / 1e6, percentile99: late.percentile(99) / 1e6 },
    calls: stores.reduce<Record<string, number>>((all, { calls }) => added(all, calls()), {}),
    throttledReads: sum(({ parameters }) => parameters.throttledReads),
    throttledWrites: sum(({ parameters }) => parameters.throttledWrites),
    mostReadsASecond: Math.max(...stores.map(({ parameters }) => parameters.mostReadsASecond())),
    kmsRequests: sum(({ parameters }) => parameters.kmsRequests),
    tableReadUnits: sum(({ table }) => table?.readUnits ?? 0),
    tableWriteUnits: sum(({ table }) => table?.writeUnits ?? 0),
    parameters: sum(({ parameters }) => parameters.count()),
    wrongStates: stores.flatMap((region) => region.wrongStates()),
    refreshTokens: Object.assign({}, ...stores.map((region) => region.refreshTokens())),
  };
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

const added = (all: Record<string, number>, more: Readonly<Record<string, number>>) => {
  for (const [name, count] of Object.entries(more)) all[name] = (all[name] ?? 0) + count;
  return all;
};

if (process.send)
  process.once('message', async (options: InstancesOptions) => {
    const measured = await play(options);
    process.send?.(measured, () => process.disconnect());
  });
