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
    const [clouds, receivers, instances] = [start('clouds.ts'), start('receivers.ts'), start('instances.ts', 'pipe')];
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
    if (!instances.stdout) throw new Error('the instances have no log');
    const log = readLog(
      instances.stdout,
      Array.from({ length: homes }, (_, nth) => homeOf(nth, seed, addresses)),
      { begins, minutes },
    );
    const measured = await ask<InstancesMeasured>(instances, {
      ...options,
      ...addresses,
      begins,
    } satisfies InstancesOptions);
    return {
      options,
      instances: measured,
      log: await log,
      clouds: await ask<CloudsSeen>(clouds, {}),
      heard: await ask<Heard>(receivers, { endsAt: begins + minutes * minuteMs }),
    };
  } finally {
    for (const child of children) child.kill();
  }
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
