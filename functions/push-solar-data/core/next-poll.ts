/** When a source is asked next, and why not earlier. Pure. */
import * as z from 'zod/mini';
import { inWords } from './freshness.ts';
import { renewalSeconds } from './refresh.ts';
import { msUntilDue, type SourceLimits, type SourceState } from './source-state.ts';

export const NextPoll = z.object({
  /** From the tick that says it, by whole ticks, s. */
  in_s: z.number(),
  /** The rest of a sentence on the source: `its cloud renews its figures every 5 min`. */
  why: z.string(),
});
export type NextPoll = z.output<typeof NextPoll>;

const tickSeconds = 60;
const tickMs = tickSeconds * 1000;

const worthWaitingMs = 10_000;

/**
 * Ticks come some seconds early or late. A cloud that may not be asked for a moment yet is waited for: a tick later, its
 * figures would be a minute older each time. An aim by its own rhythm is not: asked to the second, more polls would come
 * just before its figures.
 *
 * @param gapMs from the last poll to the end of the wait.
 */
export function isWorthWaiting(
  waitMs: number,
  gapMs: number,
  { pollSeconds, floorSeconds }: Pick<SourceLimits, 'pollSeconds' | 'floorSeconds'>,
): boolean {
  const isInterval = gapMs <= floorSeconds * 1000 || gapMs === pollSeconds * 1000;
  return waitMs <= worthWaitingMs && isInterval;
}

type Ticks = {
  now: number;
  /** When the next tick comes, ms since the epoch; after it, they come each minute. */
  nextTickAt: number;
  loadedAt?: number | undefined;
};

/** The tick that will ask a source, ms since the epoch; undefined if it may be asked by now. */
export function askingTick(
  state: SourceState | undefined,
  limits: SourceLimits,
  { now, nextTickAt, loadedAt }: Ticks,
): number | undefined {
  const waitMs = msUntilDue(state, limits, now, { loadedAt });
  if (waitMs === 0) return undefined;
  // The end of a time in which it is left alone is waited for by no tick.
  const at = Number.isFinite(waitMs) ? now + waitMs : (state?.failure?.retryAt ?? now);
  const firstAfter = nextTickAt + Math.max(0, Math.ceil((at - nextTickAt) / tickMs)) * tickMs;
  const before = firstAfter - tickMs;
  const isWaitedFor = Number.isFinite(waitMs) && isWorthWaiting(at - before, at - (state?.polledAt ?? 0), limits);
  return isWaitedFor && before >= nextTickAt ? before : firstAfter;
}

/** @param state after the tick of `now`. @returns undefined where nothing is known of the source. */
export function nextPoll(state: SourceState | undefined, limits: SourceLimits, now: number): NextPoll | undefined {
  if (state?.polledAt === undefined || state.settingsHash !== limits.settingsHash) return undefined;
  const nextTickAt = now + tickMs;
  const at = askingTick(state, limits, { now, nextTickAt }) ?? nextTickAt;
  const isLeftAlone = msUntilDue(state, limits, now) === Number.POSITIVE_INFINITY;
  return { in_s: (at - now) / 1000, why: isLeftAlone ? whyLeftAlone(state) : whyThen(state, limits) };
}

const whyLeftAlone = ({ failure }: SourceState): string =>
  failure?.kind === 'auth'
    ? 'it refused the credentials, and is left alone until then: changed settings end that'
    : 'it asked to be left alone until then';

function whyThen({ failure, refresh }: SourceState, { pollSeconds, callsAreCounted }: SourceLimits): string {
  if (failure) return `it has failed, and is tried again after its usual interval of ${inWords(pollSeconds)}`;
  if (pollSeconds <= tickSeconds) return 'it is asked each minute';
  const renewal_s = refresh && renewalSeconds(refresh);
  if (renewal_s !== undefined) return `its cloud renews its figures every ${inWords(renewal_s)}`;
  return `it is asked every ${inWords(pollSeconds)}${callsAreCounted ? ', because its cloud counts the calls' : ''}`;
}
