/** Settings and state of all homes of an instance: one client, paced to the instance's share of what an account may call. */
import { createHash } from 'node:crypto';
import { type GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, systemClock } from '../platform/clock.ts';
import { mergedWrites } from './merged-writes.ts';
import { openPace, type Pace } from './pace.ts';
import { createParameterStore, type ParameterStore, quickRequests } from './parameter-store.ts';
import { isLogIn } from './store.ts';
import { openTable, type TableClient } from './table.ts';
import { tableStore } from './table-store.ts';

export type HomeStoresOptions = {
  /** How many functions like this one share the account's throughput. */
  shards: number;
  /** The name of the table that holds the state; undefined: it lies in parameters. */
  table?: string | undefined;
  tableClient?: TableClient;
  client?: SSMClient;
  clock?: Pick<Clock, 'stopwatch' | 'sleep'>;
};

/**
 * Calls a second that all shards of a stack may make together: four fifths of what an account and region have, the rest
 * is for the owner's commands and other programs (docs.aws.amazon.com/general/latest/gr/ssm.html: 40 reads, 3 writes).
 */
export const stackCallsPerSecond = { reads: 32, writes: 2.4 };
/**
 * An instance is never slower than this, however many there are: those that start are few but after a deployment, and then
 * the service itself slows them down.
 */
const leastCallsPerSecond = { reads: 8, writes: 0.2 };

/** What one of so many shards may call a second. */
export const shareOf = (shards: number): { reads: number; writes: number } => ({
  reads: Math.max(leastCallsPerSecond.reads, stackCallsPerSecond.reads / shards),
  writes: Math.max(leastCallsPerSecond.writes, stackCallsPerSecond.writes / shards),
});

/** @returns the store of a home, always the same one. */
export function openHomeStores({
  shards,
  table: tableName,
  tableClient,
  client = quickClient(),
  clock = systemClock,
}: HomeStoresOptions): (site: string) => ParameterStore {
  const share = shareOf(shards);
  const [reads, writes] = [openPace(share.reads, clock), openPace(share.writes, clock)];
  const paced = pacedReads(client, reads);
  const table = tableName === undefined ? undefined : openTable(tableName, tableClient);
  const open = (site: string): ParameterStore => {
    const { state: parameters, load, hasChanged } = createParameterStore(site, paced);
    if (!table) {
      const write = mergedWrites(parameters.write, (name, work) => writes.inTurn(isLogIn(name), work));
      return { load, hasChanged, state: { ...parameters, write } };
    }
    const { lookAgain, ...kept } = tableStore(table, site, { earlier: parameters });
    return {
      async load() {
        const texts = await load();
        lookAgain(); // new settings may be about a log-in that lies there since
        return texts;
      },
      hasChanged,
      state: { ...kept, write: mergedWrites(kept.write) },
    };
  };
  const stores = new Map<string, ParameterStore>();
  return (site) => {
    const known = stores.get(site);
    if (known) return known;
    const { state, ...settings } = open(site);
    const phase = phaseOf(site);
    const store = { ...settings, phase, state: { ...state, phase } };
    stores.set(site, store);
    return store;
  };
}

/** 0 to 1, the same for a home for ever: when its turn comes in whatever all homes do once in a while. */
export const phaseOf = (site: string): number => createHash('sha256').update(site).digest().readUInt32BE(0) / 2 ** 32;

/** Tried once: whether and when a call is repeated is the pace's business. */
const quickClient = () => new SSMClient({ maxAttempts: 1, requestHandler: quickRequests });

/** Every call but a write, whose turn is waited for where a newer document can still replace it. */
function pacedReads(client: SSMClient, pace: Pace): Pick<SSMClient, 'send'> {
  const send = (command: GetParametersByPathCommand | PutParameterCommand) =>
    command instanceof PutParameterCommand
      ? client.send(command)
      : pace.inTurn(isUrgent(command.input), () => client.send(command));
  return { send: send as SSMClient['send'] };
}

/** Without its settings a home cannot tick, nor without a log-in; the rest can wait. */
const isUrgent = ({ Path, WithDecryption, ...rest }: { Path?: string; WithDecryption?: boolean; Name?: string }) =>
  Path === undefined ? (rest.Name ?? '').includes('/state/session/') : WithDecryption === true;
