/** What an adapter keeps from one read to the next: its log-in, and what it has looked up, in a document each. */
import * as z from 'zod/mini';
import { type StateStore, WrittenMeanwhile } from './store.ts';
import { nextTurnAt } from './turns.ts';
import { mostBytes } from './write-policy.ts';

export type RememberedAdapter = {
  label: string;
  /** Changes with the settings that a log-in belongs to. */
  identity: string;
  adapter: { session?: z.ZodMiniType | undefined; state?: z.ZodMiniType | undefined };
};

type Content = Record<string, unknown>;
/** As stored: of no use to other settings than those it came from. */
type Stored = { identity: string; value: Content; renewedAt?: number };

/** A log-in, which only a renewal writes: nothing else can put an older token over a newer one. */
export type SessionMemory = {
  readonly value: Content | undefined;
  /** Keeps a renewed one, before it is used. @throws where it cannot be written: every tick then tries again */
  save(value: Content, renewedAt: number): Promise<void>;
  /** Takes over what another invocation has saved meanwhile. */
  reload(): Promise<void>;
};

export type AdapterMemory = {
  session: SessionMemory;
  /** What the adapter has looked up; changed in place, and saved when it has changed. */
  state: Content;
  /** Saves it now. */
  saveState(): Promise<void>;
};

export type OpenAdapterMemory = {
  identity: string;
  /** @throws where it cannot be read; the next call tries again. */
  load(now: number): Promise<AdapterMemory>;
  /** Writes what has changed or could not be written before. @throws where it cannot be written */
  flush(now: number): Promise<void>;
};

/** An adapter looks one thing up after the other. */
const partial = (schema: z.ZodMiniType | undefined): z.ZodMiniType | undefined =>
  schema instanceof z.ZodMiniObject ? z.partial(schema) : schema;

/** Least time between two writes of what was looked up, where writes are counted. */
const stateSpacingMs = 3_600_000;
/** A log-in from further in the future was renewed under a wrong clock, and is not taken for newer. */
const clocksDifferMs = 600_000;

export function openAdapterMemory(
  store: StateStore,
  { label, identity, adapter }: RememberedAdapter,
): OpenAdapterMemory {
  const sessionName = `session/${label}`;
  const stateName = `adapter/${label}`;
  let session: Content | undefined;
  let renewedAt = 0;
  let isSessionDirty = false;
  let writing: Promise<void> = Promise.resolve();
  const state: Content = {};
  let writtenState = '{}';
  let stateWrittenAt: number | undefined;
  let isLoaded = false;

  const contentOf = async (name: string, schema: z.ZodMiniType | undefined): Promise<Stored | undefined> => {
    if (!schema) return undefined;
    const document = (await store.read(name)) as Partial<Stored> | null | undefined;
    if (document?.identity !== identity) return undefined;
    const parsed = schema.safeParse(document.value);
    return parsed.success ? { ...document, identity, value: parsed.data as Content } : undefined;
  };
  const takeOver = (kept: Stored | undefined) => {
    session = kept?.value;
    renewedAt = kept?.renewedAt ?? 0;
  };
  /** One after the other, so that a slow write of an older one does not end last. */
  const writeSession = (): Promise<void> => {
    const mine = writing.then(putSession);
    writing = mine.catch(() => {}); // told to whom it belongs
    return mine;
  };
  const putSession = async () => {
    const value = session;
    if (!value || !isSessionDirty) return;
    await store.write(sessionName, { identity, renewedAt, value } satisfies Stored, { secret: true });
    if (session === value) isSessionDirty = false;
  };
  /** @returns whether another invocation has saved a newer one, which then counts. */
  const isOutdone = async (now: number): Promise<boolean> => {
    const kept = await contentOf(sessionName, adapter.session);
    const keptAt = kept?.renewedAt ?? 0;
    if (keptAt <= renewedAt || keptAt > now + clocksDifferMs) return false;
    takeOver(kept);
    isSessionDirty = false;
    return true;
  };
  /** Later than it was renewed. */
  const writeLate = async (now: number): Promise<void> => {
    if (!(await isOutdone(now))) await writeSession();
  };
  const writeState = async () => {
    const text = JSON.stringify(state);
    if (text === writtenState) return;
    const document: Stored = { identity, value: state };
    // A cloud's list of devices may hold anything; what a standard parameter does not hold is looked up anew.
    if (Buffer.byteLength(JSON.stringify(document)) > mostBytes)
      throw new Error(`what ${label} has looked up is too large to be kept`);
    try {
      await store.write(stateName, document, { secret: false });
      writtenState = text;
    } catch (error) {
      if (!(error instanceof WrittenMeanwhile)) throw error;
      replaceState((await contentOf(stateName, partial(adapter.state)))?.value ?? {});
    }
  };
  const replaceState = (value: Content) => {
    for (const name of Object.keys(state)) delete state[name];
    Object.assign(state, value);
    writtenState = JSON.stringify(state);
  };
  const memory: AdapterMemory = {
    session: {
      get value() {
        return session;
      },
      save(value, at) {
        session = value;
        renewedAt = at;
        isSessionDirty = true;
        return writeSession().catch((error) => {
          if (!(error instanceof WrittenMeanwhile)) throw error;
          return writeLate(at);
        });
      },
      async reload() {
        if (!isSessionDirty) takeOver(await contentOf(sessionName, adapter.session));
      },
    },
    state,
    saveState: writeState,
  };
  return {
    identity,
    async load(now) {
      if (isLoaded) return memory;
      const [keptSession, keptState] = await Promise.all([
        contentOf(sessionName, adapter.session),
        contentOf(stateName, partial(adapter.state)),
      ]);
      if (!isSessionDirty) takeOver(keptSession);
      Object.assign(state, keptState?.value);
      writtenState = JSON.stringify(state);
      // When it was written nobody knows; what nobody had looked up yet is written at once.
      if (keptState) stateWrittenAt = now;
      isLoaded = true;
      return memory;
    },
    async flush(now) {
      if (isSessionDirty) await writeLate(now);
      const isSpaced =
        stateWrittenAt === undefined ||
        now < stateWrittenAt ||
        now >= nextTurnAt(stateWrittenAt, stateSpacingMs, store.phase);
      if (!isLoaded || (store.writesAreCounted && !isSpaced)) return;
      const before = writtenState;
      await writeState();
      if (writtenState !== before) stateWrittenAt = now;
    },
  };
}
