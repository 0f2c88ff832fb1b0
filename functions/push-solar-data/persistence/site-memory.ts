/** What a site remembers: read from its store once, written only when it matters. */
import { type SiteState, siteStateFrom } from '../core/site-state.ts';
import type { SourceLimits } from '../core/source-state.ts';
import {
  type AdapterMemory,
  type OpenAdapterMemory,
  openAdapterMemory,
  type RememberedAdapter,
} from './adapter-memory.ts';
import { type LastDocuments, lastDocumentsIn } from './last-documents.ts';
import { type StateStore, WrittenMeanwhile } from './store.ts';
import { countedWrites, described, documentOf, freeWrites, isWorthWriting, type Written } from './write-policy.ts';

type Remembered = SourceLimits & RememberedAdapter;

export type SiteMemory = {
  /** @throws where it cannot be read; nothing is kept of that, and the next tick tries again. */
  load(now: number): Promise<{ state: SiteState; loadedAt: number }>;
  adapterMemory(source: Remembered, now: number): Promise<AdapterMemory>;
  lastDocuments: LastDocuments;
  /**
   * At the end of a tick: writes what is worth it.
   *
   * @param final writes everything, because the process ends.
   * @returns a sentence about each document that could not be written.
   */
  commit(
    sources: readonly Remembered[],
    state: SiteState,
    now: number,
    options?: { final?: boolean },
  ): Promise<string[]>;
};

/** Lives as long as the process: a warm invocation finds what the one before knew. */
export function createSiteMemory(store: StateStore): SiteMemory {
  const policy = { ...(store.writesAreCounted ? countedWrites : freeWrites), phase: store.phase };
  const adapters = new Map<string, OpenAdapterMemory>();
  let loaded: { state: SiteState; loadedAt: number; document: unknown } | undefined;
  let written: Written | undefined;

  const openOf = (source: Remembered): OpenAdapterMemory => {
    const known = adapters.get(source.label);
    if (known?.identity === source.identity) return known;
    const opened = openAdapterMemory(store, source);
    adapters.set(source.label, opened);
    return opened;
  };
  const commitSite = async (sources: readonly Remembered[], state: SiteState, now: number, final: boolean) => {
    // Without any source the settings are wrong, and what is known of the home stays as it is.
    if (!loaded || (sources.length === 0 && policy.sparing)) return;
    written ??= described(siteStateFrom(loaded.document), sources, policy, 0, loaded.loadedAt);
    const kept = sources.length === 0 ? state : ofThese(state, sources);
    const next = described(kept, sources, policy, now);
    if (final ? next.all === written.all : !isWorthWriting(written, next, policy)) return;
    await store.write('site', documentOf(kept, sources, policy, now), { secret: false }).catch(forgetIfOutdone);
    written = next;
  };
  /** The next tick reads what is there now. */
  const forgetIfOutdone = (error: unknown): never => {
    if (error instanceof WrittenMeanwhile) loaded = written = undefined;
    throw error;
  };

  return {
    async load(now) {
      if (loaded) return loaded;
      const document = await store.read('site');
      loaded = { state: siteStateFrom(document), loadedAt: now, document };
      return loaded;
    },
    adapterMemory: (source, now) => openOf(source).load(now),
    lastDocuments: lastDocumentsIn(store),
    async commit(sources, state, now, { final = false } = {}) {
      const writes = [commitSite(sources, state, now, final), ...[...adapters.values()].map((each) => each.flush(now))];
      const settled = await Promise.allSettled(writes);
      return settled.flatMap((result) =>
        result.status === 'rejected' ? [`What was learnt could not be saved: ${messageOf(result.reason)}`] : [],
      );
    },
  };
}

/** A source that VENDOR names no more is forgotten. */
const ofThese = (state: SiteState, sources: readonly Remembered[]): SiteState => ({
  ...state,
  sources: Object.fromEntries(
    sources.flatMap(({ label }) => (state.sources[label] ? [[label, state.sources[label]]] : [])),
  ),
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
