/** Plays a fleet: clouds, destinations and instances, each in a process of their own, and reads the log. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CloudsOptions, CloudsSeen } from './clouds.ts';
import {
  deploymentMinutes,
  type FleetOptions,
  type FleetPlayed,
  type InstancesMeasured,
  type InstancesOptions,
  minuteMs,
  noCalls,
  type StoreCalls,
} from './figures.ts';
import { homeOf, mix } from './homes.ts';
import { readLog } from './log.ts';
import type { Heard, ReceiversOptions, ReceiverUrls } from './receivers.ts';

const begins = Date.parse('2026-05-01T12:00:00Z');

export async function playFleet(options: FleetOptions): Promise<FleetPlayed> {
  const { homes, minutes, seed, waiting, hasTrouble } = options;
  const children: ChildProcess[] = [];
  const start = (file: string, stdout: 'inherit' | 'pipe' = 'inherit') => {
    const child = fork(join(import.meta.dirname, file), { stdio: ['ignore', stdout, 'inherit', 'ipc'] });
    children.push(child);
    return child;
  };
  try {
    const [clouds, receivers] = [start('clouds.ts'), start('receivers.ts')];
    const cloudsOptions = { seed, begins, names: Object.keys(mix), waiting: waiting.clouds, hasTrouble };
    const [cloudUrls, receiverUrls] = await Promise.all([
      ask<Record<string, string>>(clouds, cloudsOptions satisfies CloudsOptions),
      ask<ReceiverUrls>(receivers, {
        seed,
        begins: begins + deploymentMinutes * minuteMs,
        waiting: waiting.receivers,
      } satisfies ReceiversOptions),
    ]);
    const addresses = { clouds: cloudUrls, receivers: receiverUrls };
    const regions = Array.from({ length: Math.ceil(homes / options.homesARegion) }, (_, region) => region);
    const instances = regions.map(() => start('instances.ts', 'pipe'));
    const log = readLog(
      instances.flatMap(({ stdout }) => stdout ?? []),
      Array.from({ length: homes }, (_, nth) => homeOf(nth, seed, addresses)),
      { begins, minutes },
    );
    const measured = await Promise.all(
      instances.map((each, region) =>
        ask<InstancesMeasured>(each, {
          ...options,
          ...addresses,
          ...{ begins, region },
          spacingMs: options.spacingMs * regions.length,
        } satisfies InstancesOptions),
      ),
    );
    return {
      options,
      instances: measured.reduce(together),
      log: await log,
      clouds: await ask<CloudsSeen>(clouds, {}),
      heard: await ask<Heard>(receivers, { endsAt: begins + minutes * minuteMs }),
    };
  } finally {
    for (const child of children) child.kill();
  }
}

/** Of several regions. */
function together(one: InstancesMeasured, other: InstancesMeasured): InstancesMeasured {
  return {
    shards: one.shards + other.shards,
    coldStarts: one.coldStarts + other.coldStarts,
    billedMs: [...one.billedMs, ...other.billedMs],
    cpuSeconds: one.cpuSeconds + other.cpuSeconds,
    lateMs: {
      mean: Math.max(one.lateMs.mean, other.lateMs.mean),
      percentile99: Math.max(one.lateMs.percentile99, other.lateMs.percentile99),
    },
    deployment: added(one.deployment, other.deployment),
    after: added(one.after, other.after),
    parameters: one.parameters + other.parameters,
    secureStrings: one.secureStrings + other.secureStrings,
    wrongStates: [...one.wrongStates, ...other.wrongStates],
    refreshTokens: { ...one.refreshTokens, ...other.refreshTokens },
  };
}

function added({ calls, ...all }: StoreCalls, { calls: more, ...others }: StoreCalls): StoreCalls {
  const sums = Object.entries(all).map(([name, sum]) => [name, sum + others[name as keyof typeof others]]);
  const names = new Set([...Object.keys(calls), ...Object.keys(more)]);
  const byName = [...names].map((name) => [name, (calls[name] ?? 0) + (more[name] ?? 0)]);
  return { ...noCalls(), ...Object.fromEntries(sums), calls: Object.fromEntries(byName) };
}

/** @throws if the process ends without an answer. */
async function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  child.send(question);
  const ended = new AbortController();
  const gone = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process of the fleet has ended with ${code}`);
  });
  try {
    const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Answer];
    return answer;
  } finally {
    gone.catch(() => {});
    ended.abort();
  }
}
