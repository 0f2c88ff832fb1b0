/** One source in one tick: is it its turn, and the read with its second try. */
import { incompleteness } from '../adapters/always.ts';
import { Failure, stackOf } from '../core/failure.ts';
import { takenOver } from '../core/look.ts';
import { isWorthWaiting } from '../core/next-poll.ts';
import type { AdapterAnswer } from '../core/shape.ts';
import {
  afterAnswer,
  afterFailure,
  msUntilDue,
  type SourceResult,
  type SourceState,
  type Standing,
  standing,
} from '../core/source-state.ts';
import type { TickCircumstances } from '../core/tick.ts';
import type { Source } from '../settings/site.ts';
import { type Asked, type AskingPorts, askAdapter } from './asking.ts';

export type PollPorts = Omit<AskingPorts, keyof TickCircumstances> & {
  /** Pause before the second try of an `unavailable` vendor, ms. */
  retryPauseMs: number;
  /** Ask also before it is time (but never during a back-off). */
  ignoreInterval?: boolean;
  /** The last look at this source that was taken beside the ticks. */
  look?: SourceState | undefined;
};

type ReadPorts = PollPorts & TickCircumstances;

/** Never throws: a failure, even a bug, is this source's result. */
export async function poll(
  source: Source,
  own: SourceState | undefined,
  ports: ReadPorts,
): Promise<{ result: SourceResult; state: SourceState | undefined }> {
  const { now, loadedAt, ignoreInterval = false } = ports;
  const news = takenOver(own, ports.look, source, now);
  const before = news ?? own;
  const waitMs = msUntilDue(before, source, now, { loadedAt, ignoreInterval });
  const asked = waitMs === 0 || isWorthWaiting(waitMs, now + waitMs - (before?.polledAt ?? 0), source);
  const result: SourceResult = { label: source.label, vendor: source.adapter.vendor, polled: asked, notes: [] };
  if (!asked) {
    const known = standing(before, source, now);
    const untold = news && isTellable(known, news, now) ? ({ untold: true } as const) : {};
    return { result: { ...result, ...known, ...untold }, state: before };
  }

  const begun = ports.clock.stopwatch();
  if (waitMs > 0) await ports.clock.sleep(waitMs, ports.signal);
  const asking = { ...ports, now: now + waitMs };
  const outcome = await readTwice(source, result.notes, asking);
  const ms = Math.round(ports.clock.stopwatch() - begun);
  const { state, told } = judgedSafely(outcome, source, before, asking, result.notes);
  return { result: { ...result, ms, ...told }, state };
}

const momentMs = 60_000;

/** A reading without a time of its own counts as of now wherever it is told: that of a look is only so for a moment. */
const isTellable = ({ reading }: Standing, { polledAt = 0 }: SourceState, now: number): boolean =>
  reading?.tsms !== undefined || now - polledAt <= momentMs;

type Outcome = Asked<AdapterAnswer>;

const bugMessage = 'The bridge itself made an error while reading; it has been logged';

/** What an adapter gives may be of any shape: what the arithmetic cannot stand is a bug like any other. */
function judgedSafely(
  outcome: Outcome,
  source: Source,
  before: SourceState | undefined,
  { now, redactor }: ReadPorts,
  notes: string[],
): { state: SourceState; told: Standing } {
  try {
    return judged(outcome, source, before, now, notes);
  } catch (error) {
    return judged({ stack: redactor.text(stackOf(error)) }, source, before, now, notes);
  }
}

function judged(
  outcome: Outcome,
  source: Source,
  before: SourceState | undefined,
  now: number,
  notes: string[],
): { state: SourceState; told: Standing } {
  if (outcome instanceof Failure) {
    const { kind, message, excerpt } = outcome;
    const failure = { kind, message, ...(excerpt ? { excerpt } : {}) };
    return { state: afterFailure(before, source, now, outcome), told: { failure } };
  }
  if ('stack' in outcome) {
    const bug = { kind: 'bug', message: bugMessage } as const;
    return { state: afterFailure(before, source, now, bug), told: { failure: { ...bug, stack: outcome.stack } } };
  }
  const after = afterAnswer(before, source, now, outcome.answer);
  notes.push(...after.notes);
  return { state: after.state, told: after.standing };
}

/** A vendor that was unavailable may be back a moment later; every other failure would only repeat. */
async function readTwice(source: Source, notes: string[], ports: ReadPorts): Promise<Outcome> {
  const first = await readOnce(source, notes, ports);
  const passing = first instanceof Failure && first.kind === 'unavailable' && first.retryAfterSeconds === undefined;
  if (!passing || source.adapter.retries === false || ports.signal.aborted) return first;
  await ports.clock.sleep(ports.retryPauseMs, ports.signal);
  return ports.signal.aborted ? first : readOnce(source, notes, ports);
}

async function readOnce(source: Source, notes: string[], ports: ReadPorts): Promise<Outcome> {
  return askAdapter(source, notes, ports, async (context) => {
    const answer = await source.adapter.read(context);
    if (typeof answer !== 'object') throw new TypeError(`the adapter gives ${answer} instead of a reading`);
    const failure = incompleteness(source, answer);
    if (failure) throw failure;
    return answer;
  });
}
