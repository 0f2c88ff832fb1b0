/** One source in one tick: is it its turn, the read with its second try, and what it may see. */
import type { ReadContext } from '../adapters/adapter.ts';
import { incompleteness } from '../adapters/always.ts';
import { Failure, stackOf } from '../core/failure.ts';
import { takenOver } from '../core/look.ts';
import { plainText } from '../core/plain-text.ts';
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
import { untilAborted } from '../core/time.ts';
import type { SiteMemory } from '../persistence/site-memory.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import type { Redactor } from '../platform/redaction.ts';
import { variableOf } from '../settings/settings-reader.ts';
import type { Source } from '../settings/site.ts';

export type PollPorts = {
  memory: SiteMemory;
  connections: Connections;
  clock: Clock;
  redactor: Redactor;
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
  const untold = news ? ({ untold: true } as const) : {};
  if (!asked) return { result: { ...result, ...standing(before, source, now), ...untold }, state: before };

  const begun = ports.clock.stopwatch();
  if (waitMs > 0) await ports.clock.sleep(waitMs, ports.signal);
  const asking = { ...ports, now: now + waitMs };
  const outcome = await readTwice(source, result.notes, asking);
  const ms = Math.round(ports.clock.stopwatch() - begun);
  const { state, told } = judgedSafely(outcome, source, before, asking, result.notes);
  return { result: { ...result, ms, ...told }, state };
}

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
  { pollSeconds, floorSeconds }: Pick<Source, 'pollSeconds' | 'floorSeconds'>,
): boolean {
  const isInterval = gapMs <= floorSeconds * 1000 || gapMs === pollSeconds * 1000;
  return waitMs <= worthWaitingMs && isInterval;
}

/** A bug is known by its stack. */
type Outcome = { answer: AdapterAnswer } | Failure | { stack: string };

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

function toOutcome(error: unknown, redactor: Redactor): Outcome {
  if (!(error instanceof Failure)) return { stack: redactor.text(stackOf(error)) };
  const { kind, message, excerpt, retryAfterSeconds, status } = error;
  const clean = { retryAfterSeconds, status, ...(excerpt ? { excerpt: redactor.text(excerpt) } : {}) };
  return new Failure(kind, redactor.text(message), clean);
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
  const { redactor, signal, memory } = ports;
  const { adapter } = source;
  // An adapter that waits for something else than `http` must not outlast the tick either.
  const late = () => new Failure('unavailable', `${adapter.title} does not answer in time`);
  try {
    const kept = await untilAborted(keptOf(source, memory, ports.now), signal, late);
    if (signal.aborted) throw late();
    redactor.redactKeys(kept.session.value);
    try {
      const answer = await untilAborted(adapter.read(contextOf(source, kept, notes, ports)), signal, late);
      if (typeof answer !== 'object') throw new TypeError(`the adapter gives ${answer} instead of a reading`);
      return incompleteness(source, answer) ?? { answer };
    } finally {
      redactor.redactKeys(kept.session.value);
    }
  } catch (error) {
    return toOutcome(error, redactor);
  }
}

type Kept = Awaited<ReturnType<SiteMemory['adapterMemory']>>;

/** @throws Failure where the store has trouble. */
async function keptOf(source: Source, memory: SiteMemory, now: number): Promise<Kept> {
  try {
    return await memory.adapterMemory(source, now);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('unavailable', 'What the bridge keeps of this source cannot be read; the log says why', {
      cause,
    });
  }
}

/** Of one source in one tick. */
const mostNotes = 20;

function contextOf(
  source: Source,
  { session, state, saveState }: Kept,
  notes: string[],
  { clock, connections, now, redactor, signal }: ReadPorts,
): ReadContext<Record<string, unknown>, Record<string, unknown>, Record<string, unknown>> {
  const { label, adapter, baseUrl, authUrl, settings, staleAfterSeconds, take } = source;
  const note = (text: string) => {
    const remark = plainText(text);
    if (notes.length < mostNotes && !notes.includes(remark)) notes.push(remark);
  };
  // The reading is right even if the store has trouble, and every tick tries once more at its end.
  const unsaved = (error: Error) => note(`what must be kept could not be saved: ${error.message}`);
  return {
    settings,
    settingName: (setting) => variableOf(label, setting),
    http: createHttp({ connections, name: adapter.title, baseUrl, authUrl, signal, now, redactor }),
    state,
    saveState: () => saveState().catch(unsaved),
    session: {
      get value() {
        return session.value;
      },
      save: (value) => {
        redactor.redactKeys(value);
        return session.save(value, clock.now()).catch(unsaved);
      },
      reload: () => session.reload(),
    },
    now,
    clock: clock.now,
    signal,
    staleAfterSeconds,
    takes: (term) => take === undefined || take.includes(term),
    sleep: (ms) => clock.sleep(ms, signal),
    redactValue: redactor.redactValue,
    note,
  };
}
