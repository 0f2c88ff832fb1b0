/** Where documents live between ticks: files on one's own machine, memory in tests; the parameter store on AWS has a module of its own. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type StateStore = {
  /** The stored document as it is now; undefined if there is none or it is broken. */
  read(name: string): Promise<unknown>;
  write(name: string, document: unknown): Promise<void>;
  /** Whether writes are counted and cost: then only what matters after a cold start is written. */
  frugal: boolean;
};

/** One file per document, readable by its owner only. A broken file is taken for none. */
export function fileStore(folder: string): StateStore {
  let drafts = 0;
  const pathOf = (name: string) => join(folder, `${name}.json`);
  return {
    frugal: false,
    async read(name) {
      try {
        return JSON.parse(await readFile(pathOf(name), 'utf8'));
      } catch (error) {
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, document) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = `${pathOf(name)}.${process.pid}-${drafts++}.new`;
      await writeFile(draft, JSON.stringify(document), { mode: 0o600 });
      await rename(draft, pathOf(name));
    },
  };
}

export function memoryStore({ frugal = false } = {}): StateStore & { documents: Map<string, string>; writes: number } {
  const documents = new Map<string, string>();
  const store = {
    documents,
    writes: 0,
    frugal,
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
