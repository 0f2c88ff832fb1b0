/** When each source may be asked again, and what stands until then: the part of a home's memory that outlives a cold start. */
import type { Failure, FailureKind } from './platform/failure.ts';
import type { Source } from './site.ts';
import type { Reading } from './site-meters/reading.ts';

export type SourceRecord = {
  /** Of the settings with which it was last asked. */
  fingerprint: string;
  /** When it was last asked; ms since the epoch, like all times here. */
  polledAt?: number;
  /** The reading of that poll, if it succeeded. */
  reading?: Reading;
  /** The failure of that poll, if it failed, with the time before which the vendor is left alone. */
  failure?: { kind: FailureKind; message: string; notBefore?: number; inARow: number };
};

export type DestinationRecord = {
  pushedAt?: number;
  /** How many messages in a row found no such service. */
  goneInARow?: number;
  /** Nothing is sent before, and no vendor asked. */
  notBefore?: number;
};

export type Schedule = { version: 1; sources: Record<string, SourceRecord>; destination: DestinationRecord };

export const emptySchedule = (): Schedule => ({ version: 1, sources: {}, destination: {} });

/** What a stored document holds; an empty schedule for any other shape or version. */
export function scheduleFrom(document: unknown): Schedule {
  const { version, sources, destination } = (document ?? {}) as Partial<Schedule>;
  if (version !== 1 || !isObject(sources) || !isObject(destination)) return emptySchedule();
  return {
    version,
    sources: Object.fromEntries(Object.entries(sources).filter(([, record]) => isObject(record))),
    destination,
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

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
  // A time in the future is a clock that was set back, not a promise.
  if (now >= dueAt || polledAt > now) return { now: 'poll' };
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
  const seconds = failure.retryAfterSeconds ?? backOffSeconds(failure.kind, inARow);
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

function backOffSeconds(kind: FailureKind, inARow: number): number {
  if (kind === 'auth') return 1800;
  if (kind === 'rate-limited') return Math.min(300 * 2 ** (inARow - 1), 3600);
  return 0;
}

/**
 * What of a schedule is worth a write where writes are counted: back-offs, a gone destination, and the polls of slow
 * clouds with what they gave. The polls of quick clouds are not: see {@link afterColdStart}.
 */
export function worthKeeping(schedule: Schedule, sources: readonly Source[]): Schedule {
  const kept = emptySchedule();
  for (const { label, pollSeconds } of sources) {
    const record = schedule.sources[label];
    if (!record) continue;
    const { polledAt, reading, ...rest } = record;
    if (pollSeconds >= slowPollSeconds) kept.sources[label] = record;
    else if (rest.failure?.notBefore !== undefined) kept.sources[label] = rest;
    else kept.sources[label] = { fingerprint: rest.fingerprint };
  }
  const { goneInARow, notBefore } = schedule.destination;
  if (notBefore !== undefined) kept.destination = { goneInARow, notBefore } as DestinationRecord;
  return kept;
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
