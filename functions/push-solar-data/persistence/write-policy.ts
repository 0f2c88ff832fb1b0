/** Which part of a site's state is worth a write, when, and how large it may be. Pure. */
import type { DestinationState } from '../core/destination-state.ts';
import { plainText } from '../core/plain-text.ts';
import type { Shape } from '../core/shape.ts';
import { emptySiteState, type SiteState, siteDocument } from '../core/site-state.ts';
import type { SourceLimits, SourceState } from '../core/source-state.ts';
import { nextTurnAt } from './turns.ts';

/** From this interval on, the time of a poll is worth a write: a cold start must not ask such a cloud too early. */
const slowPollSeconds = 300;
/** A source that is due waits for the next tick, which may come some seconds late. */
const nextTickMs = 70_000;

/**
 * What was last written, or read, of a site. `at` and `lazyAt`: since when the spacings count, ms since the epoch; of what
 * was read, nobody knows when it was written.
 */
export type Written = { urgent: string; steady: string; readonly all: string; at: number; lazyAt: number };

export type WritePolicy = {
  /** Least time between two writes that tell no more than when slow clouds were asked and what they gave, ms. */
  steadySpacingMs: number;
  /** The same for what is only of use after a while: baselines, counters, rhythms. */
  lazySpacingMs: number;
  /** Whether polls of quick clouds are left out; then a slow one that may come before the next write is noted ahead. */
  sparing: boolean;
  /**
   * 0 to 1, of a home whose store others share: what is only of use after a while is written at the home's own turn. When
   * a slow cloud was asked is not: until it is written, a cold start would ask it again.
   */
  phase?: number | undefined;
};

/** Where each write is a call to another service: fewer than 10,000 a month. */
export const countedWrites: WritePolicy = { steadySpacingMs: 270_000, lazySpacingMs: 3_600_000, sparing: true };
/** On one's own disk. */
export const freeWrites: WritePolicy = { steadySpacingMs: 0, lazySpacingMs: 1_800_000, sparing: false };

/** The state as it would be written, split by how much its loss would matter. Most ticks need not ask for `all` of it. */
export function described(
  state: SiteState,
  sources: readonly SourceLimits[],
  { sparing }: WritePolicy,
  at: number,
  lazyAt = at,
): Written {
  const kept = sparing ? worthKeeping(state, sources) : state;
  const isSlow = ({ pollSeconds }: SourceLimits) => pollSeconds >= slowPollSeconds;
  const slow = sources.filter(isSlow).map(({ label }) => [kept.sources[label]?.polledAt, kept.sources[label]?.failure]);
  let all: string | undefined;
  return {
    urgent: urgentPart(kept),
    steady: JSON.stringify(slow),
    get all() {
      all ??= JSON.stringify(kept);
      return all;
    },
    at,
    lazyAt,
  };
}

/** @param before what was last written or read; undefined if nothing was. */
export function isWorthWriting(before: Written | undefined, next: Written, policy: WritePolicy): boolean {
  if (!before) return next.all !== JSON.stringify(emptySiteState());
  return isTime(before, next, policy) && next.all !== before.all;
}

function isTime(before: Written, next: Written, { steadySpacingMs, lazySpacingMs, phase }: WritePolicy): boolean {
  if (next.urgent !== before.urgent || next.at < before.at) return true;
  if (next.steady !== before.steady) return next.at - before.at >= steadySpacingMs;
  return next.at >= nextTurnAt(before.lazyAt, lazySpacingMs, phase);
}

/** The document to write at `now`. */
export function documentOf(
  state: SiteState,
  sources: readonly SourceLimits[],
  policy: WritePolicy,
  now: number,
): ReturnType<typeof siteDocument> {
  if (!policy.sparing) return siteDocument(state);
  return siteDocument(fitting(withPollsAhead(worthKeeping(state, sources), sources, policy, now)));
}

/** What a standard parameter holds, bytes; a larger one costs money, and for good. */
export const mostBytes = 4_096;
const fits = (state: SiteState): boolean => Buffer.byteLength(JSON.stringify(siteDocument(state))) <= mostBytes;

/** Leaves out what does not fit: first what the next polls tell anew, last what no cloud tells again. */
function fitting(state: SiteState): SiteState {
  let left = state;
  for (const lessOf of [withoutReadings, withShortSentences]) if (!fits(left)) left = lessOf(left);
  return withDevicesThatFit(left);
}

function withoutReadings(state: SiteState): SiteState {
  return { ...state, sources: mapped(state.sources, ({ last: _last, unchanged: _unchanged, ...source }) => source) };
}

function withShortSentences({ sources, destinations, ...state }: SiteState): SiteState {
  const short = <Failing extends { failure?: { message: string } | undefined }>({ failure, ...each }: Failing) =>
    ({ ...each, ...(failure ? { failure: { ...failure, message: plainText(failure.message, 100) } } : {}) }) as Failing;
  return { ...state, sources: mapped(sources, short), destinations: mapped(destinations, short) };
}

/** The devices that were seen last. */
function withDevicesThatFit(state: SiteState): SiteState {
  if (fits(state)) return state;
  const left = structuredClone(state);
  const devices = Object.values(left.sources).flatMap(({ shape }) =>
    Object.entries(shape?.devices ?? {}).map(([device, known]) => ({
      seenAt: Math.max(known.soc ?? 0, ...Object.values(known.terms)),
      forget: () => delete shape?.devices[device],
    })),
  );
  for (const { forget } of devices.toSorted((a, b) => a.seenAt - b.seenAt)) {
    if (fits(left)) break;
    forget();
  }
  return left;
}

const mapped = <Value>(record: Record<string, Value>, change: (value: Value) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** What of a state is worth a write where writes are counted: no polls of quick clouds, no message that waits. */
function worthKeeping(state: SiteState, sources: readonly SourceLimits[]): SiteState {
  const kept: SiteState = { ...emptySiteState(), ...(state.baseline ? { baseline: state.baseline } : {}) };
  for (const { label, pollSeconds } of sources) {
    const source = state.sources[label];
    if (source) kept.sources[label] = pollSeconds >= slowPollSeconds ? source : ofQuickCloud(source);
  }
  for (const [label, destination] of Object.entries(state.destinations)) {
    const lasting = ofDestination(destination);
    if (lasting) kept.destinations[label] = lasting;
  }
  return kept;
}

/** What its module keeps for long, and until when it is to be left alone; undefined if there is neither. */
function ofDestination({ settingsHash, kept, failure }: DestinationState): DestinationState | undefined {
  const isWaiting = failure?.retryAt !== undefined;
  if (!isWaiting && !kept) return undefined;
  return {
    ...(settingsHash === undefined ? {} : { settingsHash }),
    ...(kept ? { kept } : {}),
    ...(isWaiting ? { failure } : {}),
  };
}

function ofQuickCloud({ polledAt: _p, last: _l, unchanged: _u, failure, ...kept }: SourceState): SourceState {
  return failure?.retryAt === undefined ? kept : { ...kept, failure };
}

/**
 * A poll that will come before the next write may follow this one is noted as done already, so that no cold start can
 * repeat it too early; what it will give is not known.
 */
function withPollsAhead(
  kept: SiteState,
  sources: readonly SourceLimits[],
  { steadySpacingMs }: WritePolicy,
  now: number,
): SiteState {
  const ahead: SiteState = { ...kept, sources: { ...kept.sources } };
  for (const { label, pollSeconds } of sources) {
    const source = kept.sources[label];
    if (source?.polledAt === undefined || (source.failure?.retryAt ?? 0) > now) continue;
    const nextAt = source.polledAt + pollSeconds * 1000;
    if (nextAt >= now + steadySpacingMs) continue;
    const { last: _unknown, failure, ...rest } = source;
    const backOff = failure?.retryAt === undefined ? {} : { failure };
    ahead.sources[label] = { ...rest, polledAt: nextAt + nextTickMs, ...backOff };
  }
  return ahead;
}

/** What a cold start must not forget for a single tick: back-offs, and what the home has. */
function urgentPart({ sources, destinations }: SiteState): string {
  const ofSources = Object.entries(sources).map(([label, { settingsHash, shape, failure }]) => [
    label,
    settingsHash,
    shape && membership(shape),
    failure?.retryAt,
  ]);
  const ofDestinations = Object.entries(destinations).map(([label, { failure }]) => [label, failure?.retryAt]);
  return JSON.stringify([ofSources, ofDestinations]);
}

const membership = ({ terms, soc, devices }: Shape): unknown => [
  Object.keys(terms),
  soc !== undefined,
  Object.entries(devices).map(([device, known]) => [device, Object.keys(known.terms), known.soc !== undefined]),
];
