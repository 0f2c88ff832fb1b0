/** How a home of a stack of several is, by its newest ticks: in a word, with a sentence where it needs one. Pure. */
import { inWords } from '../../functions/push-solar-data/core/freshness.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { rowInWords } from '../../functions/push-solar-data/local/print.ts';
import type { LogEntry, Tick } from './deployed-ticks.ts';
import type { ShardOfHomes } from './home-in-log.ts';
import type { HomesTicks, HomeTicks } from './homes-ticks.ts';

/**
 * Worst first:
 * - `stopped`: its function does not run, so that no home of it ticks.
 * - `silent`: its function runs, and it does not tick.
 * - `failing`: its destinations were told an error, or could not be told.
 * - `waiting`: it ticks, and has told nothing yet.
 * - `doubtful`: it pushes figures that are in doubt.
 * - `partly`: it pushes figures, and one of its further destinations takes nothing.
 * - `well`
 */
export const conditions = ['stopped', 'silent', 'failing', 'waiting', 'doubtful', 'partly', 'well'] as const;
export type Condition = (typeof conditions)[number];

export type HomeCondition = HomeTicks & {
  site: string;
  is: Condition;
  /** What is wrong, where the word alone does not say it. */
  says?: string;
  /** Of the last reading. */
  age_s?: number;
};

/** A function or a home ticks each minute: without a line for longer it does not run. */
export const silentMs = 5 * 60_000;

export const isSilent = (last: LogEntry | undefined, now: number): boolean =>
  last === undefined || now - last.at.getTime() > silentMs;

/** Figures were pushed last, and it ticks. */
export const isWell = ({ last, told }: Pick<HomeTicks, 'last' | 'told'>, now: number): boolean =>
  !isSilent(last, now) && told !== undefined && 'report' in told && told.report.outcome === 'pushed';

/** Of its shard, whether any home ticks, or an invocation breaks off. */
export const isRunning = ({ sites }: ShardOfHomes, homes: HomesTicks['homes'], now: number): boolean =>
  sites.some((site) => !isSilent(homes.get(site)?.last, now));

/** Worst first, and else in the order of SITE. */
export function conditionsOf({ homes, shards }: HomesTicks, now: number): HomeCondition[] {
  const all = shards.flatMap((shard) => {
    const runs = isRunning(shard, homes, now);
    return shard.sites.map((site) => conditionOf(site, homes.get(site) ?? { rows: new Map() }, runs, now));
  });
  return all.sort((a, b) => conditions.indexOf(a.is) - conditions.indexOf(b.is));
}

function conditionOf(site: string, home: HomeTicks, runs: boolean, now: number): HomeCondition {
  const age_s = home.reading && ageOf(home.reading, now);
  return { ...home, site, ...howOf(home, runs, now), ...(age_s === undefined ? {} : { age_s }) };
}

/** Since its measurement, or since it was pushed where nobody says when it was measured. */
export const ageOf = ({ at, report }: Tick, now: number): number => (report.age_s ?? 0) + (now - at.getTime()) / 1000;

function howOf(home: HomeTicks, runs: boolean, now: number): { is: Condition; says?: string } {
  const { last, told, rows } = home;
  if (isSilent(last, now)) {
    if (!runs) return { is: 'stopped' };
    return { is: 'silent', says: silence(last, now) };
  }
  if (!told) return { is: 'waiting', says: 'No figures and no error were told yet.' };
  if (!('report' in told)) return { is: 'failing', says: told.trouble };
  if (told.report.outcome !== 'pushed') return { is: 'failing', says: errorOf(told.report) };
  const [warning, ...more] = told.report.warnings ?? [];
  if (warning !== undefined)
    return { is: 'doubtful', says: more.length === 0 ? warning : `${warning} (and ${more.length} more)` };
  const refusals = [...rows].filter(([, { row }]) => row.error !== undefined);
  if (refusals.length === 0) return { is: 'well' };
  return { is: 'partly', says: refusals.map(([label, { row }]) => `${label}: ${rowInWords(row)}`).join('; ') };
}

/** While its function runs. */
export function silence(last: LogEntry | undefined, now: number): string {
  const silent = last === undefined ? 'in two hours' : `for ${inWords((now - last.at.getTime()) / 1000)}`;
  return `No tick ${silent}, while its function runs: npm run deploy brings that up to date with SITE.`;
}

function errorOf({ problems, error, destinations }: TickReport): string {
  if (problems) return `Settings to mend: ${problems.join('; ')}`;
  return error ?? destinations.find((row) => row.error !== undefined)?.error ?? 'Nobody could be told.';
}
