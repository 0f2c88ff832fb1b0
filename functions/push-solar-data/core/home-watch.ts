/** What is kept of a home from tick to tick, to say whether it is silent or failing. Pure. */
import type { TickReport } from './report.ts';

/** Times in ms since the epoch. */
export type HomeWatch = {
  /** Since when it is watched. */
  since: number;
  /** When its first destination last had a reading. */
  pushedAt?: number;
  /** Whether the last tick that told anything told an error, or could not tell it. */
  isFailing: boolean;
  slowestPollSeconds: number;
};

/** @param slowestPollSeconds undefined where its settings are not known in this tick. */
export function afterTick(
  before: HomeWatch | undefined,
  { outcome }: TickReport,
  { now, slowestPollSeconds }: { now: number; slowestPollSeconds: number | undefined },
): HomeWatch {
  const {
    since,
    pushedAt,
    isFailing,
    slowestPollSeconds: slowest,
  } = before ?? {
    since: now,
    isFailing: false,
    slowestPollSeconds: 60,
  };
  const last = outcome === 'pushed' ? now : pushedAt;
  return {
    since,
    ...(last === undefined ? {} : { pushedAt: last }),
    isFailing: outcome === 'idle' ? isFailing : outcome !== 'pushed',
    slowestPollSeconds: slowestPollSeconds ?? slowest,
  };
}

const usualSilenceSeconds = 900;

/** Whether its first destination has had no reading for a quarter of an hour, or for two polls of a slow cloud. */
export function isSilent({ since, pushedAt = since, slowestPollSeconds }: HomeWatch, now: number): boolean {
  return now - pushedAt >= Math.max(usualSilenceSeconds, 2 * slowestPollSeconds + 60) * 1000;
}

/** One home in one minute of a shard. */
export type HomeMinute = {
  report: TickReport;
  watch: HomeWatch;
  /** Whether its tick was over in time. */
  isOver: boolean;
  /** Whether the bridge itself made an error, in the tick or beside it. */
  hasBug: boolean;
};

/** What a minute of a shard comes to, for its metrics; `oldestAge_s` is undefined where no figure has an age. */
export type ShardFigures = {
  homes: number;
  silent: number;
  failing: number;
  doubtful: number;
  bugs: number;
  oldestAge_s: number | undefined;
  destinationFailures: number;
};

export function shardFigures(minutes: readonly HomeMinute[], now: number): ShardFigures {
  const count = (is: (minute: HomeMinute) => boolean) => minutes.filter(is).length;
  const ages = minutes.flatMap(({ report }) => report.age_s ?? []);
  return {
    homes: count(({ isOver }) => isOver),
    silent: count(({ watch }) => isSilent(watch, now)),
    failing: count(({ watch }) => watch.isFailing),
    doubtful: count(({ report }) => (report.warnings ?? []).length > 0),
    bugs: count(({ hasBug }) => hasBug),
    oldestAge_s: ages.length === 0 ? undefined : Math.max(...ages),
    destinationFailures: count(({ report }) =>
      report.destinations.slice(1).some(({ outcome }) => outcome === 'failed'),
    ),
  };
}
