/**
 * State of one home in a table. Of two invocations that overlap, the one that writes a document later than the other
 * without having read it overwrites nothing.
 */
import { randomUUID } from 'node:crypto';
import { parsedDocument, parsedDocuments, type WholeStore, WrittenMeanwhile } from './store.ts';
import type { Documents, Kept, Put, Table } from './table.ts';

export type TableStoreOptions = {
  /** Where the documents lay before: they are taken over into the home's new item. */
  earlier?: Pick<WholeStore, 'all'>;
  /** Names this process in the revisions of what it writes. */
  writer?: string;
};

/** A write, another one where an item was made meanwhile, and one where an answer was lost. */
const mostTries = 3;

export type TableStore = WholeStore & {
  /** What was looked at before counts no more: a document that is read for the first time may be new. */
  lookAgain(): void;
};

type Look = { documents: Documents; isItem: boolean };

export function tableStore(
  table: Table,
  site: string,
  { earlier, writer = randomUUID().slice(0, 8) }: TableStoreOptions = {},
): TableStore {
  let writes = 0;
  const revised = (text: string): Kept => ({ text, revision: `${writer}-${writes++}` });
  /** Of an answer that was lost nobody knew whether it was written. */
  const isOwn = (revision = ''): boolean => revision.startsWith(`${writer}-`);
  /** Revisions as they were read or written here last; undefined: there was none. */
  const known = new Map<string, string | undefined>();

  const takenOver = async (): Promise<Documents> => {
    const documents = (await earlier?.all()) ?? new Map<string, unknown>();
    return new Map([...documents].map(([name, document]) => [name, revised(JSON.stringify(document))]));
  };
  /** What lies in the item, or would in a new one. One look brings all documents; who wants to know one again looks again. */
  const look = async (): Promise<Look> => {
    const documents = await table.documentsOf(site);
    return { documents: documents ?? (await takenOver()), isItem: documents !== undefined };
  };
  let last: Promise<Look> | undefined;
  const lookAnew = () => {
    const mine = look();
    last = mine;
    mine.catch(() => {
      if (last === mine) last = undefined;
    });
    return mine;
  };
  /** Puts the document there, if it may. @returns what revision lies there then */
  const revisionAfter = async (name: string, document: Kept, before: string | undefined) => {
    const { documents, isItem } = await (last ?? lookAnew());
    const done: Put = isItem
      ? await table.put(site, name, document, before)
      : await table.create(site, new Map([...documents, [name, document]]));
    if (done !== 'written' && !(isItem && done.present)) last = undefined;
    else if (!isItem) last = Promise.resolve({ documents, isItem: true });
    return done === 'written' ? document.revision : done.present?.get(name)?.revision;
  };

  return {
    writesAreCounted: true,
    async read(name) {
      const { documents } = await (known.has(name) ? lookAnew() : (last ?? lookAnew()));
      known.set(name, documents.get(name)?.revision);
      return parsedDocument(documents.get(name)?.text);
    },
    async write(name, content) {
      const document = revised(JSON.stringify(content));
      if (!known.has(name)) known.set(name, (await (last ?? lookAnew())).documents.get(name)?.revision);
      let before = known.get(name);
      for (let tries = 0; tries < mostTries; tries++) {
        const present = await revisionAfter(name, document, before);
        if (present === document.revision) {
          known.set(name, present);
          return;
        }
        if (present !== before && !isOwn(present)) break;
        before = present;
      }
      throw new WrittenMeanwhile();
    },
    lookAgain() {
      last = undefined;
    },
    async all() {
      const { documents } = await lookAnew();
      return parsedDocuments([...documents].map(([name, { text }]) => [name, text] as const));
    },
  };
}
