/** What homes remember, out of the table of their stack into their parameters, where every stack finds it. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Account, asked } from '../../functions/push-solar-data/local/aws-account.ts';
import { openOwnerTable } from '../../functions/push-solar-data/local/owner-table.ts';
import { openPace } from '../../functions/push-solar-data/persistence/pace.ts';
import { createParameterStore } from '../../functions/push-solar-data/persistence/parameter-store.ts';
import { copyState, type StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import { systemClock } from '../../functions/push-solar-data/platform/clock.ts';
import { paced, readsPerSecond, writesPerSecond } from './paced.ts';

export type HomesTable = {
  /** Copies all documents of a home into its parameters. @returns whether it had any. @throws Failure */
  copyState(site: string): Promise<boolean>;
  /** Takes them out of the table: what is written to the parameters from now on is newer. @throws Failure */
  forget(site: string): Promise<void>;
};

/** @param name of the table. */
export type OpenTable = (name: string) => HomesTable;

/** Each in the account of the command. */
export const tablesOf =
  (account: Account): OpenTable =>
  (name) => {
    const { stateOf, forget } = openOwnerTable(account, name);
    const ssm = new SSMClient(account.client);
    const writes = openPace(writesPerSecond, systemClock);
    const parametersOf = (site: string): StateStore => {
      const { state } = createParameterStore(site, ssm);
      return { ...state, write: (...document) => writes.inTurn(false, () => state.write(...document)) };
    };
    return {
      copyState: (site) => asked(async () => (await copyState(stateOf(site), parametersOf(site))).length > 0),
      forget,
    };
  };

/** @param andForgotten only for homes that no function ticks with the table any more. @throws Failure */
export async function copied(
  sites: readonly string[],
  table: string,
  { openTable, say }: { openTable: OpenTable; say(sentence: string): void },
  { andForgotten = false } = {},
): Promise<void> {
  if (sites.length === 0) return;
  const { copyState, forget } = openTable(table);
  const had = await paced(sites, readsPerSecond, async (site) => {
    const hadSome = await copyState(site);
    if (hadSome && andForgotten) await forget(site);
    return hadSome;
  });
  const count = had.filter(Boolean).length;
  if (count > 0 && !andForgotten)
    say(
      `Copied from the table into the parameters: what ${count} ${count === 1 ? 'home remembers' : 'homes remember'}.`,
    );
}
