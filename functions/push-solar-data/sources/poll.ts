/** One source in one tick: is it its turn, the read with its second try, and what is remembered of it. */
import type { ReadContext } from '../adapters/adapter.ts';
import { Failure, type FailureKind, stackOf } from '../core/failure.ts';
import { freshnessProblem } from '../core/freshness.ts';
import type { Reading } from '../core/reading.ts';
import { afterFailure, afterReading, type Schedule, standing } from '../core/source-state.ts';
import type { Memory } from '../persistence/site-memory.ts';
import { type Clock, untilAborted } from '../platform/clock.ts';
import type { Connections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import type { Redactor } from '../platform/redaction.ts';
import type { Source } from '../settings/site.ts';

/** How a source stands after its turn; `polled` tells whether the vendor was asked in this tick. */
export type SourceResult = {
  label: string;
  vendor: string;
  polled: boolean;
  /** What follows is of an earlier poll that still stands. */
  held?: true;
  reading?: Reading;
  failure?: { kind: FailureKind | 'bug'; message: string; excerpt?: string; stack?: string };
  /** Duration of the read, ms. */
  ms?: number;
  /** The adapter's remarks. */
  notes: string[];
};

export type PollPorts = {
  memory: Memory;
  schedule: Schedule;
  connections: Connections;
  clock: Clock;
  /** Of the tick: the same for all its sources, ms since the epoch. */
  now: number;
  redactor: Redactor;
  /** Ends all reads. */
  signal: AbortSignal;
  /** Pause before the second try of an `unavailable` vendor, ms. */
  retryPauseMs: number;
  /** Ask also before it is time (but never during a back-off). */
  ignoreInterval?: boolean;
};

/** Never throws: a failure, even a bug, is this source's result. */
export async function poll(source: Source, ports: PollPorts): Promise<SourceResult> {
  const { label, adapter } = source;
  const { now } = ports;
  const result: SourceResult = { label, vendor: adapter.vendor, polled: false, notes: [] };
  const record = ports.schedule.sources[label];
  const stands = standing(record, source, now, ports.ignoreInterval);
  if (stands.now === 'hold') return { ...result, held: true, ...judged(stands.reading, now, source) };
  if (stands.now === 'failed') return { ...result, failure: { kind: stands.kind, message: stands.message } };
  if (stands.now === 'wait') return result;

  const begun = ports.clock.stopwatch();
  const outcome = await readTwice(source, result.notes, ports);
  ports.schedule.sources[label] =
    outcome instanceof Failure
      ? afterFailure(source, now, outcome, record)
      : 'reading' in outcome
        ? afterReading(source, now, { tsms: now, ...outcome.reading }) // kept for later: then as old as its poll
        : { fingerprint: source.fingerprint, polledAt: now };
  return { ...result, polled: true, ms: Math.round(ports.clock.stopwatch() - begun), ...told(outcome) };
}

/** A bug is known by its stack. */
type Outcome = { reading: Reading } | Failure | { stack: string };

function told(outcome: Outcome): Pick<SourceResult, 'reading' | 'failure'> {
  if ('reading' in outcome) return outcome;
  if (!(outcome instanceof Failure)) return { failure: { kind: 'bug', message: bugMessage, stack: outcome.stack } };
  const { kind, message, excerpt } = outcome;
  return { failure: { kind, message, ...(excerpt ? { excerpt } : {}) } };
}

const bugMessage = 'The bridge itself made an error while reading; it has been logged';

function toOutcome(error: unknown, redactor: Redactor): Outcome {
  if (!(error instanceof Failure)) return { stack: redactor.text(stackOf(error)) };
  const { kind, message, excerpt, retryAfterSeconds, status } = error;
  const clean = { retryAfterSeconds, status, ...(excerpt ? { excerpt: redactor.text(excerpt) } : {}) };
  return new Failure(kind, redactor.text(message), clean);
}

/** A vendor that was unavailable may be back a moment later; every other failure would only repeat. */
async function readTwice(source: Source, notes: string[], ports: PollPorts): Promise<Outcome> {
  const first = await readOnce(source, notes, ports);
  const passing = first instanceof Failure && first.kind === 'unavailable' && first.retryAfterSeconds === undefined;
  if (!passing || source.adapter.retries === false || ports.signal.aborted) return first;
  await ports.clock.sleep(ports.retryPauseMs, ports.signal);
  return ports.signal.aborted ? first : readOnce(source, notes, ports);
}

async function readOnce(source: Source, notes: string[], ports: PollPorts): Promise<Outcome> {
  const { redactor, signal } = ports;
  const { adapter } = source;
  // An adapter that waits for something else than `http` must not outlast the tick either.
  const late = () => new Failure('unavailable', `${adapter.title} does not answer in time`);
  try {
    const state = await untilAborted(stateOf(source, ports.memory), signal, late);
    if (signal.aborted) throw late();
    redactor.redactKeys(state);
    try {
      const reading = await untilAborted(adapter.read(contextOf(source, state, notes, ports)), signal, late);
      const { failure } = judged(reading, ports.now, source);
      return failure ? new Failure(failure.kind, failure.message) : { reading };
    } finally {
      redactor.redactKeys(state);
    }
  } catch (error) {
    return toOutcome(error, redactor);
  }
}

/** @throws Failure where the store has trouble. */
async function stateOf(source: Source, memory: Memory): Promise<Record<string, unknown>> {
  try {
    return await memory.state(source);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('unavailable', 'What the bridge keeps of this source cannot be read; the log says why', {
      cause,
    });
  }
}

function contextOf(
  source: Source,
  state: Record<string, unknown>,
  notes: string[],
  { clock, connections, memory, now, redactor, signal }: PollPorts,
): ReadContext<Record<string, unknown>, Record<string, unknown>> {
  const { adapter, baseUrl, authUrl, settings, staleAfterSeconds } = source;
  const note = (remark: string) => {
    if (!notes.includes(remark)) notes.push(remark);
  };
  return {
    settings,
    http: createHttp({ connections, name: adapter.title, baseUrl, authUrl, signal, now, redactor }),
    state,
    // The reading is right even if the store has trouble, and the tick saves once more at its end.
    saveState: () => memory.saveState(source).catch((error) => note(`the state could not be saved: ${error.message}`)),
    reloadState: () => memory.reloadState(source),
    now,
    clock: clock.now,
    signal,
    staleAfterSeconds,
    sleep: (ms) => clock.sleep(ms, signal),
    hide: redactor.hide,
    note,
  };
}

/** A reading is a reading only while it is fresh, and only of numbers. */
function judged(
  reading: Reading,
  now: number,
  { adapter, staleAfterSeconds }: Source,
): { reading?: Reading; failure?: { kind: FailureKind; message: string } } {
  const broken = Object.entries(reading).find(([, value]) => value !== undefined && !Number.isFinite(value));
  if (broken)
    return { failure: { kind: 'bad-response', message: `${adapter.title} gives no number for ${broken[0]}` } };
  const problem = freshnessProblem(reading, now, staleAfterSeconds);
  if (!problem) return { reading };
  return { failure: { kind: problem.kind, message: `${adapter.title}: ${problem.message}` } };
}
