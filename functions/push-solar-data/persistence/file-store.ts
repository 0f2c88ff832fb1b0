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
        if (error instanceof SyntaxError || isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(name, document) {
      const path = pathOf(name);
      const draft = `${path}.${process.pid}-${drafts++}.new`;
      try {
        await writeInFolder(draft, JSON.stringify(document));
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => {}); // what went wrong first is told
        throw error;
      }
    },
  };
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The folder is made where it is missing, at the first write or because somebody has removed it: to ask each time is dear. */
async function writeInFolder(path: string, text: string): Promise<void> {
  const write = () => writeFile(path, text, { mode: 0o600 });
  try {
    await write();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await write();
  }
}
