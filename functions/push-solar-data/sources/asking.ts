/** One adapter asked once: with what it may see, until its time is up, and with an answer or a failure free of secrets. */
import type { ReadContext } from '../adapters/adapter.ts';
import { Failure, stackOf } from '../core/failure.ts';
import { plainText } from '../core/plain-text.ts';
import { untilAborted } from '../core/time.ts';
import type { SiteMemory } from '../persistence/site-memory.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import type { Redactor } from '../platform/redaction.ts';
import { variableOf } from '../settings/settings-reader.ts';
import type { Source } from '../settings/site.ts';
import { withVariables } from '../settings/variables.ts';

export type AskingPorts = {
  memory: SiteMemory;
  connections: Connections;
  clock: Clock;
  redactor: Redactor;
  /** ms since the epoch. */
  now: number;
  signal: AbortSignal;
};

type AnyContext = ReadContext<Record<string, unknown>, Record<string, unknown>, Record<string, unknown>>;

/** A bug is known by its stack. */
export type Asked<Answer> = { answer: Answer } | Failure | { stack: string };

/** Never throws. @param ask reads, or finds what there is to choose. @param notes gets the adapter's remarks. */
export async function askAdapter<Answer>(
  source: Source,
  notes: string[],
  ports: AskingPorts,
  ask: (context: AnyContext) => Promise<Answer>,
): Promise<Asked<Answer>> {
  const { redactor, signal, memory } = ports;
  // An adapter that waits for something else than `http` must not outlast the tick either.
  const late = () => new Failure('unavailable', `${source.adapter.title} does not answer in time`);
  try {
    const kept = await untilAborted(keptOf(source, memory, ports.now), signal, late);
    if (signal.aborted) throw late();
    redactor.redactKeys(kept.session.value);
    try {
      return { answer: await untilAborted(ask(contextOf(source, kept, notes, ports)), signal, late) };
    } finally {
      redactor.redactKeys(kept.session.value);
    }
  } catch (error) {
    return toFailure(error, source, redactor);
  }
}

function toFailure(error: unknown, source: Source, redactor: Redactor): Failure | { stack: string } {
  if (!(error instanceof Failure)) return { stack: redactor.text(stackOf(error)) };
  const { kind, message, excerpt, retryAfterSeconds, status } = error;
  const clean = { retryAfterSeconds, status, ...(excerpt ? { excerpt: redactor.text(excerpt) } : {}) };
  return new Failure(kind, inOwnersWords(redactor.text(message), source), clean);
}

const inOwnersWords = (sentence: string, { label, adapter, settings }: Source): string =>
  withVariables(sentence, { label, settings: adapter.settings, values: settings });

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
  { clock, connections, now, redactor, signal }: AskingPorts,
): AnyContext {
  const { label, adapter, baseUrl, authUrl, settings, staleAfterSeconds, take } = source;
  const note = (text: string) => {
    const remark = plainText(inOwnersWords(text, source));
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
