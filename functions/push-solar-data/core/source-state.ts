/** When each source may be asked again, and what stands until then: the part of a home's memory that outlives a cold start. */
import * as z from 'zod/mini';
import type { Source } from '../settings/site.ts';
import type { Baseline } from './anomalies.ts';
import { type Failure, type FailureKind, failureKinds } from './failure.ts';
import type { Reading } from './reading.ts';

const time = z.number();
const StoredReading = z.record(z.string(), z.number());

const SourceRecord = z.object({
  /** Of the settings with which it was last asked. */
  fingerprint: z.string(),
  /** When it was last asked; ms since the epoch, like all times here. */
  polledAt: z.optional(time),
  /** The reading of that poll, if it succeeded. */
  reading: z.optional(StoredReading),
  /** The failure of that poll, if it failed, with the time before which the vendor is left alone. */
  failure: z.optional(
    z.object({
      kind: z.enum(failureKinds),
      message: z.string(),
      notBefore: z.optional(time),
      inARow: z.number(),
    }),
  ),
});
export type SourceRecord = Omit<z.output<typeof SourceRecord>, 'reading'> & { reading?: Reading | undefined };

const DestinationRecord = z.object({
  pushedAt: z.optional(time),
  /** How many messages in a row found no such service. */
  goneInARow: z.optional(z.number()),
  /** Nothing is sent before, and no vendor asked. */
  notBefore: z.optional(time),
});
export type DestinationRecord = z.output<typeof DestinationRecord>;

const Schedule = z.object({
  version: z.literal(1),
  sources: z.record(z.string(), SourceRecord),
  destination: DestinationRecord,
  /** Of the home's figures; learnt anew after a cold start where writes are counted. */
  baseline: z.optional(
    z.object({
      contradictions: z.optional(z.number()),
      usual_kw: z.optional(z.number()),
      ticks: z.optional(z.number()),
    }),
  ),
});
export type Schedule = Omit<z.output<typeof Schedule>, 'sources' | 'baseline'> & {
  sources: Record<string, SourceRecord>;
  baseline?: Baseline | undefined;
};

export const emptySchedule = (): Schedule => ({ version: 1, sources: {}, destination: {} });

/** What a stored document holds; an empty schedule for none, a broken one or another version. */
export function scheduleFrom(document: unknown): Schedule {
  const parsed = Schedule.safeParse(document);
  return parsed.success ? parsed.data : emptySchedule();
}

/** The trigger comes once a minute, some seconds early or late: a source of the minute is not skipped for that. */
const minuteSlackMs = 5_000;
/** From this interval on, the time of a poll is worth a write: a cold start must not ask such a cloud too early. */
const slowPollSeconds = 300;

export type Standing =
  /** It is its turn. */
  | { now: 'poll' }
  /** Not yet; its last reading stands. */
  | { now: 'hold'; reading: Reading }
  /** Not yet; its last failure stands. */
  | { now: 'failed'; kind: FailureKind; message: string }
  /** Not yet, and nothing is known of it. */
  | { now: 'wait' };

/**
 * Whether a source may be asked at `now`, and what stands if not. A changed setting makes it due at once.
 *
 * @param ignoreInterval counts only a back-off, for an owner who wants to look now.
 */
export function standing(
  record: SourceRecord | undefined,
  source: Source,
  now: number,
  ignoreInterval = false,
): Standing {
  if (!record || record.fingerprint !== source.fingerprint) return { now: 'poll' };
  const { polledAt = 0, reading, failure } = record;
  const slackMs = source.pollSeconds <= 60 ? minuteSlackMs : 0;
  const intervalEnd = ignoreInterval ? 0 : polledAt + source.pollSeconds * 1000 - slackMs;
  const dueAt = Math.max(intervalEnd, failure?.notBefore ?? 0);
  // A poll noted further ahead than one interval is a clock that was set back, not a promise.
  if (now >= dueAt || polledAt > now + source.pollSeconds * 1000) return { now: 'poll' };
  if (failure) return { now: 'failed', kind: failure.kind, message: failure.message };
  return reading ? { now: 'hold', reading } : { now: 'wait' };
}

export function afterReading(source: Source, polledAt: number, reading: Reading): SourceRecord {
  return { fingerprint: source.fingerprint, polledAt, reading };
}

/** Keeps a failure, and how long it lets the vendor alone: as told, else by its kind. */
export function afterFailure(
  source: Source,
  polledAt: number,
  failure: Failure,
  before: SourceRecord | undefined,
): SourceRecord {
  const same = before?.fingerprint === source.fingerprint && before.failure?.kind === failure.kind;
  const inARow = same ? (before.failure?.inARow ?? 0) + 1 : 1;
  const seconds = Math.min(told(failure) ?? backOffSeconds(failure.kind, inARow), longestBackOffSeconds);
  return {
    fingerprint: source.fingerprint,
    polledAt,
    failure: {
      kind: failure.kind,
      message: failure.message,
      inARow,
      ...(seconds > 0 ? { notBefore: polledAt + seconds * 1000 } : {}),
    },
  };
}

/** What the vendor demands; with refused credentials no less than the usual: no log-in storms, whatever a gateway says. */
function told({ kind, retryAfterSeconds }: Failure): number | undefined {
  if (retryAfterSeconds === undefined || kind !== 'auth') return retryAfterSeconds;
  return Math.max(retryAfterSeconds, backOffSeconds(kind, 1));
}

function backOffSeconds(kind: FailureKind, inARow: number): number {
  if (kind === 'auth') return 1800;
  if (kind === 'rate-limited') return Math.min(300 * 2 ** (inARow - 1), 3600);
  return 0;
}

/** However long somebody asks to be left alone: a slip in a header must not silence a home for years. */
export const longestBackOffSeconds = 86_400;

/** A source that is due waits for the next tick, which may come some seconds late. */
const nextTickMs = 70_000;

/** Least time between two writes that tell no more than when slow clouds were asked, where writes are counted. */
export const writeSpacingMs = 270_000;

/**
 * What of a schedule is worth a write where writes are counted: back-offs, a gone destination, and the polls of slow
 * clouds with what they gave. The polls of quick clouds are not: see {@link afterColdStart}.
 */
export function worthKeeping(schedule: Schedule, sources: readonly Source[]): Schedule {
  const kept = emptySchedule();
  for (const { label, pollSeconds } of sources) {
    const record = schedule.sources[label];
    if (!record) continue;
    const { fingerprint, failure } = record;
    if (pollSeconds >= slowPollSeconds) kept.sources[label] = record;
    else kept.sources[label] = { fingerprint, ...(failure?.notBefore === undefined ? {} : { failure }) };
  }
  const { goneInARow, notBefore } = schedule.destination;
  if (notBefore !== undefined) kept.destination = { notBefore, ...(goneInARow === undefined ? {} : { goneInARow }) };
  return kept;
}

/**
 * A kept schedule as it is written at `now`: a poll that will come before the next write may follow this one is noted
 * as done already, so that no cold start can repeat it too early; what it will give is not known.
 */
export function withPollsAhead(kept: Schedule, sources: readonly Source[], now: number): Schedule {
  const ahead = { ...kept, sources: { ...kept.sources } };
  for (const { label, pollSeconds } of sources) {
    const record = kept.sources[label];
    if (record?.polledAt === undefined) continue;
    const nextAt = record.polledAt + pollSeconds * 1000;
    if (nextAt >= now + writeSpacingMs) continue;
    const held = record.failure?.notBefore === undefined ? {} : { failure: record.failure };
    ahead.sources[label] = { fingerprint: record.fingerprint, polledAt: nextAt + nextTickMs, ...held };
  }
  return ahead;
}

/** The part of it that must be written at once: what a cold start must not forget for a single tick. */
export function mustBeKept({ sources, destination }: Schedule): unknown {
  const held = Object.entries(sources).map(([label, { fingerprint, failure }]) => [
    label,
    fingerprint,
    failure?.notBefore,
  ]);
  return [held, destination.notBefore];
}

/**
 * The schedule at a cold start. A source that is asked less than once a minute, and whose last poll was not kept, may
 * have been asked a moment ago by the instance before: it counts as just asked.
 */
export function afterColdStart(schedule: Schedule, sources: readonly Source[], now: number): Schedule {
  for (const { label, pollSeconds } of sources) {
    const record = schedule.sources[label];
    if (record && record.polledAt === undefined && pollSeconds > 60) record.polledAt = now;
  }
  return schedule;
}
