/** What the deployed function's handler puts together, with the fleet's clock, network and store. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openHomeStores } from '../../functions/push-solar-data/persistence/home-stores.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { timelySettings } from '../../functions/push-solar-data/persistence/timely-settings.ts';
import { createHomeLines } from '../../functions/push-solar-data/platform/home-lines.ts';
import { createStackMetrics } from '../../functions/push-solar-data/platform/stack-metrics.ts';
import { openRuntime } from '../../functions/push-solar-data/runtime.ts';
import { openShard } from '../../functions/push-solar-data/shard.ts';
import { openShardMail } from '../../functions/push-solar-data/shard-mail.ts';
import { siteOf } from './homes.ts';
import { fleetConnections, instanceClock } from './instance.ts';
import type { Region } from './region.ts';
import type { FleetShard } from './shards.ts';

export type ShardInstance = {
  /**
   * One event of the schedule, and how long after it the invocation begins.
   *
   * @returns how long it takes, ms.
   */
  invoke(eventAt: number, laterMs: number, timeoutMs: number): Promise<number>;
  /** Lambda takes it away: nothing of it is kept. */
  stop(): Promise<void>;
};

const credentials = { accessKeyId: 'fleet', secretAccessKey: 'fleet' };
const settingsMs = 20_000;
/** Whose share of the quotas is so large that nothing waits. */
const unpaced = 1e-3;

/** @param isMeasured else nothing is logged, and no call waits for its turn. */
export function startShard({ homes, shardsOfRegion }: FleetShard, region: Region, isMeasured: boolean): ShardInstance {
  const clock = instanceClock();
  const at = { region: 'eu-north-1', credentials };
  const client = new SSMClient({ ...at, maxAttempts: 1, requestHandler: region.parameters.handler(clock) });
  const tableClient =
    region.table && new DynamoDBClient({ ...at, maxAttempts: 3, requestHandler: region.table.handler(clock) });
  const storeOf = openHomeStores({
    ...{ shards: isMeasured ? shardsOfRegion : unpaced, client, clock },
    ...(tableClient ? { table: 'fleet', tableClient } : {}),
  });
  const opened: { close(): Promise<void> }[] = [];
  const sites = homes.map(siteOf);
  const shard = openShard({
    openHome(site) {
      const store = storeOf(site);
      const connections = fleetConnections(clock);
      opened.push(connections);
      return openRuntime({
        environment: region.homes.get(site)?.environment ?? {},
        stored: timelySettings(store, settingsMs),
        memory: createSiteMemory(store.state),
        connections,
        clock,
      });
    },
    telemetry: isMeasured
      ? { lines: createHomeLines((line) => process.stdout.write(line)), metrics: createStackMetrics('fleet') }
      : { lines: { tell() {}, say() {} }, metrics: { publish() {} } },
    mail: openShardMail({
      stack: 'fleet',
      send: async () => region.mailed(clock.now()),
      storeOf: (site) => storeOf(site).state,
    }),
    clock,
  });
  return {
    async invoke(eventAt, laterMs, timeoutMs) {
      clock.thaw(eventAt, laterMs);
      const begun = performance.now();
      const ms = () => performance.now() - begun;
      await shard.tick(sites, { eventAt, remainingMs: () => timeoutMs - ms() });
      clock.freeze();
      return ms();
    },
    stop: async () => {
      for (const { close } of opened) await close();
    },
  };
}
