/** One write of a document at a time: what still waits for its turn is replaced by what is newer. */
import type { StateStore } from './store.ts';

type Write = StateStore['write'];
/** Does a write of the document of that name when its turn comes, perhaps more than once. */
export type InTurn = (name: string, write: () => Promise<void>) => Promise<void>;

type Waiting = {
  text: string;
  options: Parameters<Write>[2];
  /** From here on it cannot be replaced. */
  hasBegun: boolean;
  done: Promise<void>;
};

/**
 * All callers whose document a newer one has replaced wait for that one, and are told if it cannot be written: what they
 * wanted to keep is then still to be kept. Nothing that is written late gets over what is newer.
 */
export function mergedWrites(write: Write, inTurn: InTurn = (_name, work) => work()): Write {
  const newest = new Map<string, Waiting>();

  const begin = async (name: string, waiting: Waiting, before: Promise<void> | undefined) => {
    await before?.catch(() => {}); // told to its own caller
    try {
      await inTurn(name, async () => {
        waiting.hasBegun = true;
        try {
          await write(name, JSON.parse(waiting.text), waiting.options);
        } catch (error) {
          waiting.hasBegun = false;
          throw error;
        }
      });
    } finally {
      if (newest.get(name) === waiting) newest.delete(name);
    }
  };

  return (name, document, options) => {
    const text = JSON.stringify(document);
    const last = newest.get(name);
    if (last && (!last.hasBegun || last.text === text)) {
      Object.assign(last, { text, options });
      return last.done;
    }
    const waiting = { text, options, hasBegun: false } as Waiting;
    newest.set(name, waiting);
    waiting.done = begin(name, waiting, last?.done);
    return waiting.done;
  };
}
