/** What is remembered of one source, and the one place where it changes. Pure. */
import * as z from 'zod/mini';
import { type Failure, type FailureKind, failureKinds } from './failure.ts';
import { aheadProblem, freshnessProblem, stillnessProblem, Unchanged, unchangedAfter } from './freshness.ts';
import { plainText } from './plain-text.ts';
import { Counters, withoutUnusable } from './plausibility.ts';
import { powerFields, type Reading, type Term } from './reading.ts';
import { learnRefresh, nextPollAt, Refresh } from './refresh.ts';
import { type AdapterAnswer, emptyShape, Lacking, type Observation, observe, Shape } from './shape.ts';

const time = z.number();
const StoredReading: z.ZodMiniType<Reading> = z.record(z.string(), z.number());

/** All times in ms since the epoch. */
export const SourceState = z.object({
  /** Of the settings with which it was last asked. */
  settingsHash: z.string(),
  polledAt: z.optional(time),
  shape: z.optional(Shape),
  /** The last good answer, while no failure has followed it. */
  last: z.optional(z.object({ reading: StoredReading, lacking: z.array(Lacking), at: time })),
  /** Where its figures, without times of measurement, stand still. */
  unchanged: z.optional(Unchanged),
  counters: z.optional(Counters),
  refresh: z.optional(Refresh),
  failure: z.optional(
    z.object({
      kind: z.enum([...failureKinds, 'bug']),
      message: z.string(),
      retryAt: z.optional(time),
      consecutive: z.number(),
    }),
  ),
});
export type SourceState = z.output<typeof SourceState>;

/** What the settings and the adapter say about asking this source and believing it. */
export type SourceLimits = {
  label: string;
  /** The product's name, for sentences about its figures. */
  title: string;
  /** Changes with any setting of this source. */
  settingsHash: string;
  pollSeconds: number;
  /** The least time between two polls that its cloud allows; at most `pollSeconds`. */
  floorSeconds: number;
  /** Whether its cloud counts calls, so that none is spent on a guess. */
  callsAreCounted: boolean;
  staleAfterSeconds: number;
  /** Whether the owner has set that limit, which then holds as it stands. */
  staleAfterIsOwn: boolean;
  take?: readonly Term[] | undefined;
};

export type SourceFailure = { kind: FailureKind | 'bug'; message: string; excerpt?: string; stack?: string };

/** How a source stands in a tick. */
export type SourceResult = {
  label: string;
  vendor: string;
  /** Whether it was asked in this tick. */
  polled: boolean;
  /** What follows is of an earlier poll that still holds. */
  cached?: true;
  /** It is of a look that was taken beside the ticks, and no tick has told it. */
  untold?: true;
  reading?: Reading;
  /** What the home has of this source and is unknown now. */
  lacking?: readonly Lacking[];
  failure?: SourceFailure;
  /** Until when the reading may be told, ms since the epoch. */
  freshUntil?: number;
  /** Duration of the read, ms. */
  ms?: number;
  /** When it is asked next, as the tick's line says it. */
  next?: { in_s: number; why: string };
  /** Remarks for the log. */
  notes: string[];
};
export type Standing = Pick<SourceResult, 'cached' | 'reading' | 'lacking' | 'failure' | 'freshUntil'>;

/** The trigger comes once a minute, some seconds early or late: a source of the minute is not skipped for that. */
const minuteSlackMs = 5_000;
/** However long a vendor asks to be left alone: a slip in a header must not silence a home for years. */
const longestBackOffSeconds = 86_400;
const tickSeconds = 60;

type Asking = { loadedAt?: number | undefined; ignoreInterval?: boolean };

/**
 * How long until a source may be asked, ms; 0 if it may be at `now`. Changed settings make it due at once.
 *
 * @param loadedAt when this state was loaded: a poll that was not kept may have been a moment before.
 * @param ignoreInterval only a back-off counts, for an owner who wants to look now.
 */
export function msUntilDue(
  state: SourceState | undefined,
  limits: SourceLimits,
  now: number,
  { loadedAt, ignoreInterval = false }: Asking = {},
): number {
  if (!state || state.settingsHash !== limits.settingsHash) return 0;
  const polledAt = state.polledAt ?? (limits.pollSeconds > tickSeconds ? loadedAt : undefined) ?? 0;
  // A poll noted further ahead than one interval is a clock that was set back, not a promise; so is what it promised.
  if (polledAt > now + limits.pollSeconds * 1000) return 0;
  if (isLeftAlone(state, now)) return Number.POSITIVE_INFINITY;
  return ignoreInterval ? 0 : Math.max(0, dueAt(state, polledAt, limits) - now);
}

/** Whether a back-off runs. One that is longer than any is a clock that was set back too. */
function isLeftAlone({ failure }: SourceState, now: number): boolean {
  const { retryAt = now } = failure ?? {};
  return now < retryAt && retryAt <= now + longestBackOffSeconds * 1000;
}

/** After a failure the cloud's own rhythm is of no use: it is asked after the usual interval. */
function dueAt({ failure, refresh, last }: SourceState, polledAt: number, limits: SourceLimits): number {
  if (!failure && last?.at === polledAt) return nextPollAt({ polledAt }, refresh, paceOf(limits));
  return polledAt + limits.pollSeconds * 1000 - (limits.pollSeconds <= tickSeconds ? minuteSlackMs : 0);
}

const paceOf = ({ pollSeconds, floorSeconds, callsAreCounted: counted }: SourceLimits) => ({
  pollSeconds,
  floorSeconds,
  counted,
});

/** What still holds of a source that is not asked now. */
export function standing(state: SourceState | undefined, limits: SourceLimits, now: number): Standing {
  if (!state || state.settingsHash !== limits.settingsHash) return {};
  const { failure, last } = state;
  if (failure) return { failure: { kind: failure.kind, message: failure.message } };
  if (!last) return {};
  const limit = ageLimitSeconds(last, limits);
  // A reading without a time is as old as its poll.
  const measuredAt = last.reading.tsms ?? last.at;
  const problem = freshnessProblem({ tsms: measuredAt }, now, limit);
  if (problem) return { cached: true, failure: of(limits, problem) };
  return { cached: true, reading: last.reading, lacking: last.lacking, freshUntil: measuredAt + limit * 1000 };
}

/** A reading that was young enough when it was read holds until the next poll and one tick more. */
function ageLimitSeconds({ reading, at }: NonNullable<SourceState['last']>, limits: SourceLimits): number {
  const { staleAfterSeconds, staleAfterIsOwn, pollSeconds } = limits;
  if (staleAfterIsOwn) return staleAfterSeconds;
  const ageSeconds = Math.max(0, at - (reading.tsms ?? at)) / 1000;
  return Math.max(staleAfterSeconds, pollSeconds + ageSeconds + tickSeconds);
}

/**
 * The state after an answer, and what the answer is worth: a reading, or a failure if it is too old, of the future, or
 * stands still.
 */
export function afterAnswer(
  before: SourceState | undefined,
  limits: SourceLimits,
  now: number,
  answer: AdapterAnswer,
): { state: SourceState; standing: Standing; notes: string[] } {
  const known = before?.settingsHash === limits.settingsHash ? before : undefined;
  const observed = observe(known?.shape ?? emptyShape(), answer, { take: limits.take, now });
  const { reading, counters, notes } = withoutUnusable(observed.reading, known?.counters, now);
  const lacking = withCharge(observed, reading);
  const problem = problemOf(observed.reading, now, limits) ?? aheadProblem([answer].flat(), now);
  const believed = problem?.kind === 'bad-response' ? known?.counters : counters;
  const refresh = learnRefresh(known?.refresh, { askedAt: now, tsms: reading.tsms }, paceOf(limits));
  const unchanged = unchangedAfter(reading, known?.last, known?.unchanged);
  const last = { reading, lacking, at: now };
  const state: SourceState = {
    settingsHash: limits.settingsHash,
    polledAt: now,
    shape: problem ? (known?.shape ?? emptyShape()) : observed.shape,
    // Kept also while the figures stand still: the next ones are held against them.
    ...(problem?.kind === 'bad-response' ? {} : { last }),
    ...(unchanged ? { unchanged } : {}),
    ...(believed ? { counters: believed } : {}),
    ...(refresh ? { refresh } : {}),
  };
  if (!problem) notes.unshift(...observed.notes);
  const patienceMs = limits.staleAfterIsOwn ? limits.staleAfterSeconds * 1000 : 0;
  const wrong = problem ?? stillnessProblem(unchanged, now, patienceMs);
  if (wrong) {
    const failure = of(limits, wrong);
    return { state: withFailure(state, failure, known), standing: { failure }, notes };
  }
  const freshUntil = (reading.tsms ?? now) + ageLimitSeconds(last, limits) * 1000;
  return { state, standing: { reading, lacking, freshUntil }, notes };
}

/** A state of charge that was left out is lacking: another battery's alone is not the home's. */
const withCharge = ({ reading, lacking }: Observation, usable: Reading): Lacking[] =>
  reading.battery_soc !== undefined && usable.battery_soc === undefined ? [...lacking, { what: 'charge' }] : lacking;

function problemOf(reading: Reading, now: number, { staleAfterSeconds }: SourceLimits) {
  const broken = Object.entries(reading).find(([field, value]) => isDemanded(field) && !Number.isFinite(value));
  if (broken) return { kind: 'bad-response', message: `it gives no number for ${broken[0]}` } as const;
  return freshnessProblem(reading, now, staleAfterSeconds);
}

/** Powers and the time of measurement must be numbers; what else is none is left out. */
const isDemanded = (field: string): boolean => field === 'tsms' || powerFields.some((power) => power === field);

const of = <Kind extends FailureKind>({ title }: SourceLimits, { kind, message }: { kind: Kind; message: string }) => ({
  kind,
  message: `${title}: ${message}`,
});

/**
 * The state after a poll that failed, a bug included: the shape stays, and the vendor is left alone as long as it says,
 * else by the kind.
 */
export function afterFailure(
  before: SourceState | undefined,
  limits: SourceLimits,
  now: number,
  failure: Failure | { kind: 'bug'; message: string },
): SourceState {
  const known = before?.settingsHash === limits.settingsHash ? before : undefined;
  const { last: _last, failure: _failure, ...kept } = known ?? { settingsHash: limits.settingsHash };
  return withFailure({ ...kept, polledAt: now }, failure, known);
}

function withFailure(
  state: SourceState,
  failure: { kind: FailureKind | 'bug'; message: string; retryAfterSeconds?: number | undefined },
  before: SourceState | undefined,
): SourceState {
  const { kind } = failure;
  const message = plainText(failure.message);
  const consecutive = before?.failure?.kind === kind ? before.failure.consecutive + 1 : 1;
  const seconds = Math.min(told(failure) ?? backOffSeconds(kind, consecutive), longestBackOffSeconds);
  const retryAt = seconds > 0 ? { retryAt: (state.polledAt ?? 0) + seconds * 1000 } : {};
  return { ...state, failure: { kind, message, consecutive, ...retryAt } };
}

/** What the vendor demands; with refused credentials no less than the usual: no log-in storms, whatever a gateway says. */
function told({ kind, retryAfterSeconds }: { kind: FailureKind | 'bug'; retryAfterSeconds?: number | undefined }) {
  if (retryAfterSeconds === undefined || kind !== 'auth') return retryAfterSeconds;
  return Math.max(retryAfterSeconds, backOffSeconds(kind, 1));
}

function backOffSeconds(kind: FailureKind | 'bug', consecutive: number): number {
  if (kind === 'auth') return 1800;
  if (kind === 'rate-limited') return Math.min(300 * 2 ** (consecutive - 1), 3600);
  return 0;
}
