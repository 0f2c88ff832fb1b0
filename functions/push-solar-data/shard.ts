/** A shard: the ticks of several homes side by side in one invocation. What becomes of one changes nothing for the others. */
import { afterTick, type HomeMinute, type HomeWatch, shardFigures } from './core/home-watch.ts';
import { afterReads, readTime, type SpentTicks } from './core/patience.ts';
import { isBug, type Outcome, outcomes, type TickReport } from './core/report.ts';
import { inTime } from './core/time.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { HomeLines } from './platform/home-lines.ts';
import { createSharedExpressions } from './platform/shared-expressions.ts';
import type { StackMetrics } from './platform/stack-metrics.ts';
import { noStrayErrors, type StrayErrors } from './platform/stray-errors.ts';
import { type Budget, homeOf } from './runtime.ts';
import type { Site } from './settings/site.ts';
import { type HomeRuntime, notOver, ofBug, openShardHome, type ShardHome } from './shard-home.ts';
import type { ShardMail } from './shard-mail.ts';

export type ShardPorts = {
  /** Made once for each home, and kept while the instance lives. May throw. */
  openHome(site: string): HomeRuntime;
  telemetry: { lines: HomeLines; metrics: StackMetrics };
  /** Where the owner gets mails. */
  mail?: ShardMail | undefined;
  clock?: Clock;
  /** Default: they end the process, as ever. */
  strays?: StrayErrors;
};

/** How many homes ended so. */
export type ShardSummary = Record<Outcome, number> & {
  homes: number;
  /** With an error of the bridge itself. */
  bugs: number;
  /** Not done when the invocation had to end; they are among the failed ones. */
  unfinished: number;
};

export type ShardTimes = {
  /** When this minute was due, ms since the epoch; default: now. */
  eventAt?: number;
  /** Left of the invocation. */
  remainingMs(): number;
};

export type Shard = { tick(sites: readonly string[], times: ShardTimes): Promise<ShardSummary> };

/** No tick is longer, however much time there is. */
const longestTickMs = 50_000;
/** Left of the invocation's time when a tick must be over; its store may still take two seconds. */
const marginMs = 5_000;
/** Left of it when a home that is not done is given up. */
const endMs = 2_500;
/** Left of it when a mail is given up. */
const mailEndMs = 700;
/** Share of a tick's time that its reads may take. */
const readShare = 0.75;
/** Homes whose settings come late have this long at least. */
const leastTickMs = 2_000;

type Known = { home: ShardHome; watch?: HomeWatch; spent: SpentTicks };

export function openShard({
  openHome,
  telemetry,
  mail,
  clock = systemClock,
  strays = noStrayErrors,
}: ShardPorts): Shard {
  const known = new Map<string, Known>();
  const expressionsOf = createSharedExpressions(clock);
  const openOf = (site: string) =>
    openShardHome(site, { open: () => openHome(site), clock, expressions: expressionsOf(site) });
  const knownOf = (site: string): Known => {
    const kept = known.get(site) ?? { home: openOf(site), spent: 0 };
    known.set(site, kept);
    return kept;
  };

  /** Its line is written when it is done, or when it is given up: what comes later is not told. */
  const minuteOf = async (site: string, leftMs: () => number): Promise<HomeMinute> => {
    const kept = knownOf(site);
    const begun = clock.stopwatch();
    let slowestPollSeconds: number | undefined;
    let readMs = Number.POSITIVE_INFINITY;
    const budget = (settled: Site): Budget => {
      if (settled.sources.length > 0) slowestPollSeconds = homeOf(settled).slowestPollSeconds;
      const tickMs = Math.max(leastTickMs, Math.min(longestTickMs, leftMs() - marginMs));
      readMs = readTime(kept.spent, tickMs * readShare);
      return { tickMs, readMs };
    };
    const told = (of: TickReport, isOver: boolean): HomeMinute => {
      const now = clock.now();
      const stray = strays.take(site);
      const report = stray.length > 0 ? { ...of, remarks: [...(of.remarks ?? []), ...stray] } : of;
      const watch = afterTick(kept.watch, report, { now, slowestPollSeconds });
      telemetry.lines.tell(report, now);
      kept.watch = watch;
      kept.spent = afterReads(kept.spent, report, readMs);
      return { report, watch, isOver, hasBug: isBug(report) || stray.length > 0 };
    };
    const ms = () => Math.round(clock.stopwatch() - begun);
    try {
      const late = () => new Error('late');
      const report = await inTime(
        leftMs() - endMs,
        strays.within(site, () => kept.home.tick(budget)),
        late,
      ).catch(() => undefined);
      return told(report ?? notOver(site, ms()), report !== undefined);
    } catch (error) {
      return told(ofBug(site, error, ms()), true);
    }
  };

  return {
    async tick(sites, { eventAt = clock.now(), remainingMs }) {
      const minutes = await Promise.all([...new Set(sites)].map((site) => minuteOf(site, remainingMs)));
      const now = clock.now();
      const told_s = Math.max(0, (now - eventAt) / 1000);
      telemetry.metrics.publish(
        { ...shardFigures(minutes, now), told_s },
        minutes.map(({ report }) => report),
      );
      if (mail) {
        const late = 'The mail about homes was not sent in time';
        const complaint = await inTime(
          remainingMs() - mailEndMs,
          mail.after(minutes, now),
          () => new Error(late),
        ).catch(() => late);
        if (complaint !== undefined) telemetry.lines.say(complaint, clock.now());
      }
      return summaryOf(minutes);
    },
  };
}

function summaryOf(minutes: readonly HomeMinute[]): ShardSummary {
  const count = (is: (minute: HomeMinute) => boolean) => minutes.filter(is).length;
  const byOutcome = Object.fromEntries(
    outcomes.map((outcome) => [outcome, count(({ report }) => report.outcome === outcome)]),
  ) as Record<Outcome, number>;
  return {
    homes: minutes.length,
    ...byOutcome,
    bugs: count(({ hasBug }) => hasBug),
    unfinished: count(({ isOver }) => !isOver),
  };
}
