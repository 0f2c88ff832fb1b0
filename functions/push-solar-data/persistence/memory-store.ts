/** Documents that live as long as the process: for tests and the simulated home. */
import type { StateStore } from './store.ts';

export function memoryStore({ writesAreCounted = false } = {}): StateStore & {
  documents: Map<string, string>;
  writes: number;
} {
  const documents = new Map<string, string>();
  const store = {
    documents,
    writes: 0,
    writesAreCounted,
    read: async (name: string): Promise<unknown> => {
      const text = documents.get(name);
      return text === undefined ? undefined : JSON.parse(text);
    },
    write: async (name: string, document: unknown): Promise<void> => {
      store.writes += 1;
      documents.set(name, JSON.stringify(document));
    },
  };
  return store;
}
