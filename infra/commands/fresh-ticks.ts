/** The ticks of the last hours; right after a deployment, those of the new version are waited for. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { inWords } from '../../functions/push-solar-data/core/freshness.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { deployedPages, type LogEntry } from './deployed-ticks.ts';
import { homeTicks } from './home-in-log.ts';
import { type HomesTicks, homesTicks } from './homes-ticks.ts';
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

/** Of one home, oldest first. @throws Failure, `settings` if no bridge is deployed for this site and region. */
export async function freshTicks(account: Account, lookBackMs: number, ports: TickPorts): Promise<LogEntry[]> {
  const since = ports.clock.now() - lookBackMs;
  const changedAt = await freshlyChangedAt(account, ports);
  let entries = await homeTicks(ports.logs, account, since);
  const isThere = () => changedAt === undefined || entries.some(({ at }) => at.getTime() >= changedAt);
  if (changedAt === undefined || isThere()) return entries;
  await waitUntil(
    async () => {
      entries = await homeTicks(ports.logs, account, since);
      return isThere();
    },
    { ...ports, changedAt, awaited: 'the first tick' },
  );
  return entries;
}

/** Of each home that SITE names. @throws Failure, `settings` if no bridge is deployed for them in this region. */
export async function freshHomesTicks(account: Account, ports: TickPorts): Promise<HomesTicks> {
  const changedAt = await freshlyChangedAt(account, ports);
  if (changedAt !== undefined) {
    const isThere = async () => (await silentSince(changedAt, account, ports)).size === 0;
    if (!(await isThere())) await waitUntil(isThere, { ...ports, changedAt, awaited: 'the first tick of each home' });
  }
  return homesTicks(account, ports);
}

/** ms since the epoch; undefined if that was long ago. */
async function freshlyChangedAt(account: Account, ports: TickPorts): Promise<number | undefined> {
  const { changedAt } = await stackOf(account, ports);
  return ports.clock.now() - changedAt < freshMs ? changedAt : undefined;
}

async function waitUntil(
  isThere: () => Promise<boolean>,
  { clock, say, changedAt, awaited }: TickPorts & { changedAt: number; awaited: string },
): Promise<void> {
  const begun = clock.now();
  say(
    `Deployed ${inWords((begun - changedAt) / 1000)} ago: waiting for ${awaited}, at most ${inWords(patienceMs / 1000)}.`,
  );
  do await clock.sleep(pauseMs);
  while (!(await isThere()) && clock.now() - begun < patienceMs);
}

async function silentSince(since: number, account: Account, { logs }: TickPorts): Promise<ReadonlySet<string>> {
  const silent = new Set(account.sites);
  for await (const page of deployedPages(logs, account, { since }))
    for (const entry of page) if ('report' in entry) silent.delete(entry.report.site);
  return silent;
}

/** Whoever may read the log alone, or gets no answer about the stack, is shown the log all the same. */
async function stackOf(account: Account, { logs, lookUpStack }: TickPorts): Promise<DeployedStack> {
  const unknown = { changedAt: 0 };
  const stack = await lookUpStack().catch((error: unknown) => {
    if (error instanceof Failure) return unknown;
    throw error;
  });
  if (stack) return stack;
  throw notDeployed(account, await regionOf(logs));
}
