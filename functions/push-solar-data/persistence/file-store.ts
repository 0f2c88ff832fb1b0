/** Documents as files, on one's own machine. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StateStore } from './store.ts';

/** One file per document, readable by its owner only. A broken file is taken for none. */
export function fileStore(folder: string): StateStore {
  let drafts = 0;
  const pathOf = (name: string) => join(folder, `${name}.json`);
  return {
    writesAreCounted: false,
    async read(name) {
      try {
        return JSON.parse(await readFile(pathOf(name), 'utf8'));
      } catch (error) {
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, document) {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const draft = `${path}.${process.pid}-${drafts++}.new`;
      try {
        await writeFile(draft, JSON.stringify(document), { mode: 0o600 });
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => {}); // what went wrong first is told
        throw error;
      }
    },
  };
}
