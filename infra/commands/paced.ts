/** Work for many homes, begun no faster than AWS takes it. */
import { openPace } from '../../functions/push-solar-data/persistence/pace.ts';
import { systemClock } from '../../functions/push-solar-data/platform/clock.ts';

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
  const pace = openPace(perSecond, systemClock);
  return Promise.all(items.map((item) => pace.inTurn(false, () => work(item))));
}
