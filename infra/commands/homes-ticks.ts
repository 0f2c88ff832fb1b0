/** The newest ticks of each home of a stack, of which as little of their log is read as tells how each home is. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { type DestinationReport, type Outcome, outcomes } from '../../functions/push-solar-data/core/report.ts';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';
import type { Clock } from '../../functions/push-solar-data/platform/clock.ts';
import { deployedPages, type LogEntry, type Tick, type Trouble } from './deployed-ticks.ts';
import { isOfHome, longestInvocationMs, type ShardOfHomes, shardsOfStack } from './home-in-log.ts';
import { patternOfAll, patternsOf } from './log-filter.ts';

/** Of one home, the newest of each kind. */
export type HomeTicks = {
  last?: LogEntry;
  /** That told anything, or broke off. */
  told?: LogEntry;
  /** That pushed figures. */
  reading?: Tick;
  /** What became of the last message to each destination, by its label. */
  rows: Map<string, { at: Date; row: DestinationReport }>;
};

export type HomesTicks = {
  /** Of each home that SITE names, in its order. */
  homes: ReadonlyMap<string, HomeTicks>;
  shards: readonly ShardOfHomes[];
  /** Homes that SITE does not name, with their newest tick. */
  strangers: ReadonlyMap<string, Date>;
  /** How far back it was looked, ms, where AWS was too slow to look as far as it takes. */
  lookedBackMs?: number;
};

const minuteMs = 60_000;
/** Within so many minutes every home has ticked that ticks. */
const newest = 3;
/** What is older concerns those that tell seldom, or fail. Newest first, minutes. */
const older = [
  { from: 6, until: newest },
  { from: 20, until: 6 },
  { from: 60, until: 20 },
  { from: 120, until: 60 },
];
/** For whoever waits at the terminal. */
const patienceMs = 30_000;
/** About so many lines AWS sends at a time. */
const linesACall = 1_000;
/** So many calls for a few homes are better than lines of all. */
const fewCalls = 4;

const telling: readonly Outcome[] = ['pushed', 'reported', 'failed'];
const pushing: readonly Outcome[] = ['pushed'];

export type HomesTicksPorts = { logs: CloudWatchLogsClient; clock: Pick<Clock, 'now'> };

/** @throws Failure, `settings` if no bridge is deployed there. */
export async function homesTicks(account: Account, { logs, clock }: HomesTicksPorts): Promise<HomesTicks> {
  const begun = clock.now();
  const heard = hearing(account);
  for await (const page of deployedPages(logs, account, { since: begun - newest * minuteMs })) heard.add(page);
  for (const { from, until } of older) {
    const span = { since: begun - from * minuteMs, until: begun - until * minuteMs - 1 };
    for (const pattern of patternsFor(heard.homes, from - until))
      for await (const page of deployedPages(logs, account, span, pattern)) {
        heard.add(page);
        if (clock.now() - begun > patienceMs) return { ...heard.told(), lookedBackMs: until * minuteMs };
      }
  }
  return heard.told();
}

/** What each home lacks yet, in as few calls as may be. @param minutes that are to be read. */
function patternsFor(homes: ReadonlyMap<string, HomeTicks>, minutes: number): string[] {
  const lacking = [...homes].filter(([, { reading }]) => reading === undefined);
  const bySort = Map.groupBy(lacking, ([, home]) => lackedBy(home));
  const patterns = [...bySort].flatMap(([ended, some]) =>
    patternsOf(
      some.map(([site]) => site),
      ended,
    ),
  );
  const callsForAll = Math.max(fewCalls, (homes.size * minutes) / linesACall);
  return patterns.length > callsForAll ? [patternOfAll()] : patterns;
}

const lackedBy = ({ last, told }: HomeTicks): readonly Outcome[] => (told ? pushing : last ? telling : outcomes);

/** Takes entries in any order of their spans. */
function hearing(account: Account) {
  const shards = shardsOfStack(account);
  const homes = new Map<string, HomeTicks>(
    shards.flatMap(({ sites }) => sites.map((site) => [site, { rows: new Map() }] as const)),
  );
  const strangers = new Map<string, Date>();
  const troubles: Trouble[] = [];
  const add = (entries: readonly LogEntry[]) => {
    for (const entry of entries) {
      if ('trouble' in entry) {
        troubles.push(entry);
        continue;
      }
      const { site } = entry.report;
      const home = homes.get(site);
      if (home) addTick(home, entry);
      else if (isNewer(entry, strangers.get(site))) strangers.set(site, entry.at);
    }
  };
  const told = (): HomesTicks => {
    for (const shard of shards)
      for (const site of shard.sites) {
        const home = homes.get(site);
        const trouble =
          home && newestOf(troubles.filter((each) => isOfHome(each, site, shard) && isOwn(each, home, site)));
        if (trouble) home.last = home.told = trouble;
      }
    return { homes, shards, strangers };
  };
  return { homes, add, told };
}

function addTick(home: HomeTicks, tick: Tick): void {
  const { outcome, destinations } = tick.report;
  if (isNewer(tick, home.last?.at)) home.last = tick;
  if (outcome !== 'idle' && isNewer(tick, home.told?.at)) home.told = tick;
  if (outcome === 'pushed' && isNewer(tick, home.reading?.at)) home.reading = tick;
  for (const row of destinations.filter((each) => each.outcome !== 'idle'))
    if (isNewer(tick, home.rows.get(row.label)?.at)) home.rows.set(row.label, { at: tick.at, row });
}

const isNewer = ({ at }: { at: Date }, than: Date | undefined): boolean => than === undefined || at > than;

const newestOf = (troubles: readonly Trouble[]): Trouble | undefined =>
  troubles.reduce<Trouble | undefined>((newest, each) => (isNewer(each, newest?.at) ? each : newest), undefined);

/** A home that had ticked in an invocation has nothing of it if it broke off then. */
const isOwn = (trouble: Trouble, { last }: HomeTicks, site: string): boolean =>
  !last || trouble.at.getTime() - last.at.getTime() > (trouble.site === site ? 0 : longestInvocationMs);
