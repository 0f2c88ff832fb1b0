/** A store of a test's own, which fails when it is told to. */
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';

export type TroubledStore = StateStore & {
  documents: Map<string, string>;
  /** What fails from now on. */
  trouble: 'read' | 'write' | undefined;
  /** Names of the documents that were written, one after the other. */
  writes: string[];
};

export function troubledStore({ writesAreCounted = false } = {}): TroubledStore {
  const store = memoryStore({ writesAreCounted });
  const troubled: TroubledStore = {
    documents: store.documents,
    writesAreCounted,
    trouble: undefined,
    writes: [],
    async read(name) {
      if (troubled.trouble === 'read') throw new Error('no answer');
      return store.read(name);
    },
    async write(name, document, options) {
      if (troubled.trouble === 'write') throw new Error('no space left');
      troubled.writes.push(name);
      await store.write(name, document, options);
    },
  };
  return troubled;
}
