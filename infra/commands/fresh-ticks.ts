/** The ticks of the last hours; right after a deployment, those of the new version are waited for. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { inWords } from '../../functions/push-solar-data/core/freshness.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { deployedTicks, type LogEntry } from './deployed-ticks.ts';
import { type DeployedStack, type LookUpStack, notDeployed } from './site-stack-at-aws.ts';

export type TickPorts = {
  logs: CloudWatchLogsClient;
  lookUpStack: LookUpStack;
  clock: Pick<Clock, 'now' | 'sleep'>;
  /** Says that it waits. */
  say(sentence: string): void;
};

/** From the beginning of a deployment, which takes a minute or two itself. */
const freshMs = 5 * 60_000;
const patienceMs = 180_000;
const pauseMs = 5_000;

/** Oldest first. @throws Failure, `settings` if no bridge is deployed for this site and region. */
export async function freshTicks(account: Account, lookBackMs: number, ports: TickPorts): Promise<LogEntry[]> {
  const { logs, clock, say } = ports;
  const begun = clock.now();
  const read = () => deployedTicks(logs, account, begun - lookBackMs);
  const stack = await stackOf(account, ports);
  let entries = await read();
  const isAwaited = () =>
    begun - stack.changedAt < freshMs && !entries.some(({ at }) => at.getTime() >= stack.changedAt);
  if (isAwaited())
    say(
      `Deployed ${inWords((begun - stack.changedAt) / 1000)} ago: waiting for the first tick, at most ${inWords(patienceMs / 1000)}.`,
    );
  while (isAwaited() && clock.now() - begun < patienceMs) {
    await clock.sleep(pauseMs);
    entries = await read();
  }
  return entries;
}

/** Whoever may read the log alone is shown it all the same. */
async function stackOf(account: Account, { logs, lookUpStack }: TickPorts): Promise<DeployedStack> {
  try {
    const stack = await lookUpStack();
    if (stack) return stack;
  } catch (error) {
    if (!(error instanceof Failure) || !/does not allow/.test(error.message)) throw error;
    return { changedAt: 0 };
  }
  throw notDeployed(account, await regionOf(logs));
}
