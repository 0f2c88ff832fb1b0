/** Documents that live as long as the process: for tests and the simulated home. */
import { parsedDocument, parsedDocuments, type WholeStore } from './store.ts';

export function memoryStore({ writesAreCounted = false } = {}): WholeStore & {
  documents: Map<string, string>;
  writes: number;
} {
  const documents = new Map<string, string>();
  const store = {
    documents,
    writes: 0,
    writesAreCounted,
    read: async (name: string): Promise<unknown> => parsedDocument(documents.get(name)),
    all: async (): Promise<Map<string, unknown>> => parsedDocuments(documents),
    write: async (name: string, document: unknown): Promise<void> => {
      store.writes += 1;
      documents.set(name, JSON.stringify(document));
    },
  };
  return store;
}
