/** A store for one look at a home: trouble with it is told, and what could not be read stays as it is. */
import { isLogIn, type StateStore } from '../persistence/store.ts';

export type StoreForALook = StateStore & {
  /** A sentence for each thing that went wrong. */
  troubles: string[];
  /**
   * Names of documents. What cannot be read counts as not there; but without these nothing may be
   * tried: a log-in that replaces itself at each use would be lost.
   */
  needed: Set<string>;
};

export function storeForALook(store: StateStore): StoreForALook {
  const unread = new Set<string>();
  const needed = new Set<string>();
  const troubles: string[] = [];
  const tell = (what: string, error: unknown) => {
    const sentence = `${what}: ${error instanceof Error ? error.message : error}`;
    if (!troubles.includes(sentence)) troubles.push(sentence);
  };
  return {
    ...store,
    troubles,
    needed,
    async read(name) {
      try {
        return await store.read(name);
      } catch (error) {
        unread.add(name);
        tell('What is kept from earlier reads cannot be read', error);
        if (needed.has(name)) throw error;
        return undefined;
      }
    },
    async write(name, document, options) {
      if (unread.has(name)) return;
      try {
        await store.write(name, document, options);
      } catch (error) {
        // It has replaced the one before, which is worth nothing now: whoever renewed it has to try again at its end.
        if (isLogIn(name)) throw error;
        tell('What was learnt could not be saved', error);
      }
    },
  };
}
