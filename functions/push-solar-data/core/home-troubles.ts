/** What of a home is worth a mail to its owner, and whether it is over. Pure. */
import { type HomeMinute, type HomeWatch, isSilent } from './home-watch.ts';
import { plainText } from './plain-text.ts';
import type { TickReport } from './report.ts';

/**
 * - `silent`: its first destination has had no reading for a quarter of an hour, or for two polls of a slow cloud.
 * - `doubtful`: its figures have looked wrong for two hours.
 * - `untold`: a further destination has taken nothing for an hour.
 */
export const troubleKinds = ['silent', 'doubtful', 'untold'] as const;
export type TroubleKind = (typeof troubleKinds)[number];

/** `since`: ms since the epoch, whether or not it is worth a mail yet. `why`: the last sentence about it, if there was one. */
export type Trouble = { since: number; why?: string };
export type TroubleWatch = Partial<Record<TroubleKind, Trouble>>;

const hourMs = 3_600_000;
/** How long one holds before it is told; a silence is one only after its time. */
const patienceMs: Record<TroubleKind, number> = { silent: 0, doubtful: 2 * hourMs, untold: hourMs };

/** Of a tick that told nothing, nothing follows but that a silence goes on. */
export function watchTroubles(before: TroubleWatch, minute: HomeMinute, now: number): TroubleWatch {
  const next: TroubleWatch = {};
  for (const kind of troubleKinds) {
    const holds = holdsNow(kind, minute, now);
    const known = before[kind] ?? (holds ? { since: beginOf(kind, minute.watch, now) } : undefined);
    const why = whyOf[kind](minute.report);
    if (known && holds !== false) next[kind] = why === undefined ? known : { ...known, why: plainText(why, 300) };
  }
  return next;
}

const beginOf = (kind: TroubleKind, { pushedAt, since }: HomeWatch, now: number): number =>
  kind === 'silent' ? (pushedAt ?? since) : now;

const failedFurther = ({ destinations }: TickReport) =>
  destinations.slice(1).find(({ outcome }) => outcome === 'failed');

const whyOf: Record<TroubleKind, (report: TickReport) => string | undefined> = {
  silent: ({ problems, error, destinations }) => problems?.[0] ?? error ?? destinations[0]?.error,
  doubtful: ({ warnings }) => warnings?.[0],
  untold: (report) => {
    const row = failedFurther(report);
    return row && `${row.label}: ${row.error}`;
  },
};

/** undefined where this minute does not tell. */
function holdsNow(kind: TroubleKind, { report, watch }: HomeMinute, now: number): boolean | undefined {
  if (kind === 'silent') return isSilent(watch, now) || (report.outcome === 'pushed' ? false : undefined);
  if (kind === 'doubtful') return report.outcome === 'idle' ? undefined : (report.warnings ?? []).length > 0;
  if (report.outcome !== 'idle' && report.destinations.length === 1) return false; // there is no further one any more
  const isToldFurther = report.destinations.slice(1).some(({ outcome }) => outcome !== 'idle');
  return isToldFurther ? failedFurther(report) !== undefined : undefined;
}

/** The ends of what was noted before: this minute shows that it holds no more. */
export const endedTroubles = (noted: readonly TroubleKind[], minute: HomeMinute, now: number): TroubleKind[] =>
  noted.filter((kind) => holdsNow(kind, minute, now) === false);

const heldFor = (watch: TroubleWatch, now: number, msOf: (kind: TroubleKind) => number): TroubleKind[] =>
  troubleKinds.filter((kind) => {
    const trouble = watch[kind];
    return trouble !== undefined && now - trouble.since >= msOf(kind);
  });

/** What has held for long enough to be told. */
export const lastingTroubles = (watch: TroubleWatch, now: number): TroubleKind[] =>
  heldFor(watch, now, (kind) => patienceMs[kind]);

/** An instance seldom lives much longer than the longest patience: what holds for so long is noted, lest its time begin anew. */
const notedAfterMs = hourMs / 4;
/** What is told later than it is noted, and has held for long enough to be noted. */
export const begunTroubles = (watch: TroubleWatch, now: number): TroubleKind[] =>
  heldFor(watch, now, () => notedAfterMs).filter((kind) => patienceMs[kind] > notedAfterMs);
