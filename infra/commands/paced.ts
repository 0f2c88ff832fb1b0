/** Work for many homes, begun no faster than AWS takes it. */
import { openPace } from '../../functions/push-solar-data/persistence/pace.ts';
import { systemClock } from '../../functions/push-solar-data/platform/clock.ts';

/** Of 40 reads a second that the Parameter Store takes of an account, most are for the deployed bridge. */
export const readsPerSecond = 16;
/** Of the 3 writes a second. */
export const writesPerSecond = 2;

/** Side by side, so many begun a second, and none any more once one has failed. @returns the results in the order of the items. */
export async function paced<Item, Result>(
  items: readonly Item[],
  perSecond: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const pace = openPace(perSecond, systemClock);
  const pending: Promise<Result>[] = [];
  let hasFailed = false;
  for (const item of items) {
    if (hasFailed) break;
    await new Promise<void>((begun) => {
      const result = pace.inTurn(false, () => {
        begun();
        return work(item);
      });
      result.catch(() => {
        hasFailed = true;
      });
      pending.push(result);
    });
  }
  return Promise.all(pending);
}
