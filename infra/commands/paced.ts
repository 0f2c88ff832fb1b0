/** Work for many homes, begun no faster than AWS takes it. */
import { setTimeout as pause } from 'node:timers/promises';

/** Of 40 reads a second that the Parameter Store takes of an account, most are for the deployed bridge. */
export const readsPerSecond = 16;
/** Of the 3 writes a second. */
export const writesPerSecond = 2;

/** Side by side, so many begun a second. @returns the results in the order of the items. */
export function paced<Item, Result>(
  items: readonly Item[],
  perSecond: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(
    items.map(async (item, nth) => {
      // A second's worth may begin at once: most deployments are of few homes.
      await pause(Math.max(0, ((nth - perSecond) / perSecond) * 1000));
      return work(item);
    }),
  );
}
