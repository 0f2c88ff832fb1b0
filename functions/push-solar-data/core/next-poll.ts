/** When a source is asked next, and why not earlier, for whoever looks. Pure. */
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
/** So long a tick waits for a source whose time has almost come. */
const patienceSeconds = 10;

/** @param state after the tick of `now`. @returns undefined where nothing is known of the source. */
export function nextPoll(state: SourceState | undefined, limits: SourceLimits, now: number): NextPoll | undefined {
  if (state?.polledAt === undefined || state.settingsHash !== limits.settingsHash) return undefined;
  const waitMs = msUntilDue(state, limits, now);
  const isLeftAlone = waitMs === Number.POSITIVE_INFINITY;
  const wait_s = isLeftAlone ? ((state.failure?.retryAt ?? now) - now) / 1000 : waitMs / 1000;
  const ticks = Math.ceil((wait_s - patienceSeconds) / tickSeconds);
  return { in_s: tickSeconds * Math.max(1, ticks), why: isLeftAlone ? whyLeftAlone(state) : whyThen(state, limits) };
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
