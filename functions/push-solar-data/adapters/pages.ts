/** Lists that a cloud hands out page by page: read to their end, but no further than any home's list goes. */
import { untilAborted, within } from '../core/time.ts';
import { Failure } from './adapter.ts';

export type Page<Entry> = {
  entries: readonly Entry[];
  /** How many entries the whole list has, where the cloud says that; it then ends also with a page that brings nothing new. */
  total?: number | undefined;
  /** How many pages it has, where the cloud says that. */
  pages?: number | undefined;
};

const most = { pages: 50, entries: 5_000, ms: 10_000 };

/**
 * All entries of a list, each once.
 *
 * @param title whose list it is, for the sentences.
 * @param ask asks for the nth page, from 0.
 * @param keyOf what tells two entries apart.
 * @throws Failure `bad-response` for a list without end, `unavailable` for one that takes more than ten seconds.
 *
 * @example
 * const page = async (nth: number) => {
 *   const { total, data } = await http.get('/devices', { query: { page: nth + 1 }, schema: Devices });
 *   return { entries: data, total };
 * };
 * const devices = await allPages('Example Cloud', page, ({ sn }) => sn);
 */
export function allPages<Entry>(
  title: string,
  ask: (nth: number) => Promise<Page<Entry>>,
  keyOf: (entry: Entry) => unknown,
): Promise<Entry[]> {
  const late = () => new Failure('unavailable', `${title} takes more than ${most.ms / 1000} s for a list`);
  return within(most.ms, async (signal) => {
    const found = new Map<unknown, Entry>();
    for (let nth = 0; nth < most.pages && found.size <= most.entries; nth++) {
      const before = found.size;
      const { entries, total = 0, pages } = await untilAborted(ask(nth), signal, late);
      for (const entry of entries) found.set(keyOf(entry), entry);
      const isLast = pages === undefined ? found.size === before || found.size >= total : nth + 1 >= pages;
      if (isLast) return [...found.values()];
    }
    throw new Failure(
      'bad-response',
      `${title} gives a list longer than any home's: see in the settings whether yours can be named there`,
    );
  });
}
