/** What several homes in shared stacks cost on AWS each month, by the same prices as one home, and what only they use. */
import { stackMetricNames } from '../functions/push-solar-data/platform/metric-names.ts';
import { homesAShard } from '../functions/push-solar-data/settings/shards.ts';
import { billOf, daysAMonth, type Price, prices, type Usage } from './cost.ts';
import { assumed, type FleetRow, measuredFleet } from './fleet-measured.ts';
import { itemKilobytes } from './homes-limits.ts';
import { mostHomes, type StateStoreName } from './homes-settings.ts';

/** In a month. */
export type HomesUsage = Usage & {
  /** Kept for a month, compressed. */
  keptLogGigabytes: number;
  /** Read by the queries of the dashboard. */
  queriedGigabytes: number;
  /** Beyond the region: to vendors and destinations. */
  sentGigabytes: number;
  /** Of 1 KB, and of 4 KB. */
  tableWrites: number;
  tableReads: number;
  /** The table, and its backup. */
  tableGigabytes: number;
  backupGigabytes: number;
};

export const homesPrices: Record<keyof HomesUsage, Price> = {
  ...prices,
  // these two share the 5 GB of the log
  keptLogGigabytes: { what: 'CloudWatch: log kept, GB', free: 0, dollars: 0.03 },
  queriedGigabytes: { what: 'CloudWatch: log queried, GB', free: 0, dollars: 0.005 },
  sentGigabytes: { what: 'Sent to the internet, GB', free: 100, dollars: 0.09 },
  tableWrites: { what: 'DynamoDB: writes', free: 0, dollars: 0.625 / 1_000_000 },
  tableReads: { what: 'DynamoDB: reads', free: 0, dollars: 0.125 / 1_000_000 },
  tableGigabytes: { what: 'DynamoDB: GB', free: 25, dollars: 0.25 },
  backupGigabytes: { what: 'DynamoDB: backup, GB', free: 0, dollars: 0.2 },
};

/** What a stack holds of what is counted, for any number of homes. */
export const ofEachStack = {
  memoryMegabytes: 256,
  customMetrics: Object.keys(stackMetricNames).length,
  alarms: 5,
  dashboards: 1,
  /** Queries of the dashboard that read the log of all homes, and the hours of it that they read. */
  queries: 3,
  shownHours: 3,
} as const;

/** CloudWatch counts each line with so many bytes more. */
const bytesALine = 26;
const compressed = 0.15;
const gigabyte = 1e9;

/** Where their state lies: in parameters as long as these hold it. */
export const storeFor = (homes: number): StateStoreName => (homes <= mostHomes.parameters ? 'parameters' : 'dynamodb');

/** Stacks as large as may be, each in a region or an account of its own: a region has 10,000 parameters. */
const stacksFor = (homes: number): number => Math.ceil(homes / mostHomes[storeFor(homes)]);

/**
 * Billed time of an invocation of so many homes: as measured, and what their work takes longer on the function's share of a
 * processor than on the one that played it.
 */
function secondsOf(homes: number, { billedSeconds, processorMs }: FleetRow): number {
  const share = ofEachStack.memoryMegabytes / assumed.wholeProcessorMegabytes;
  return billedSeconds.mean + (homes * processorMs * (1 / share - 1)) / 1000;
}

/** Of homes that share stacks. */
export function usageOfHomes(homes: number, measured = measuredFleet(homes, storeFor(homes))): HomesUsage {
  const hours = 24 * daysAMonth;
  const minutes = 60 * hours;
  const stacks = stacksFor(homes);
  const shards = stacks * Math.ceil(homes / stacks / homesAShard);
  const invocations = shards * minutes;
  const shardBytes = measured.metricsBytes + assumed.platformBytes + 3 * bytesALine;
  const logGigabytes = (invocations * shardBytes + homes * minutes * (measured.lineBytes + bytesALine)) / gigabyte;
  const { kmsRequests, tableReadUnits, tableWriteUnits } = measured.anHourOfAHome;
  const inTable = storeFor(homes) === 'dynamodb';
  const tableGigabytes = inTable ? (homes * itemKilobytes) / 1e6 : 0;
  return {
    invocations,
    gigabyteSeconds: invocations * secondsOf(homes / shards, measured) * (ofEachStack.memoryMegabytes / 1024),
    logGigabytes,
    customMetrics: stacks * ofEachStack.customMetrics,
    alarms: stacks * ofEachStack.alarms,
    dashboards: stacks * ofEachStack.dashboards,
    // few homes may have seen no cold start while they were measured
    kmsRequests: homes * hours * Math.max(kmsRequests, (assumed.coldStartsADay / 24) * measured.secureStrings),
    keptLogGigabytes: logGigabytes * compressed,
    queriedGigabytes: assumed.looksAMonth * ofEachStack.queries * (logGigabytes / hours) * ofEachStack.shownHours,
    sentGigabytes: (homes * minutes * (measured.sentBytes + assumed.tlsBytes)) / gigabyte,
    tableWrites: inTable ? homes * hours * tableWriteUnits : 0,
    tableReads: inTable ? homes * hours * tableReadUnits : 0,
    tableGigabytes,
    backupGigabytes: tableGigabytes,
  };
}

/** US dollars a month, in all and by kind; what is free for an account is counted once, also where several accounts have it. */
export function dollarsOfHomes(usage: HomesUsage): Record<keyof HomesUsage | 'total', number> {
  let left = Math.max(0, prices.logGigabytes.free - usage.logGigabytes);
  const beyond = (gigabytes: number): number => {
    const paid = Math.max(0, gigabytes - left);
    left = Math.max(0, left - gigabytes);
    return paid;
  };
  const keptLogGigabytes = beyond(usage.keptLogGigabytes);
  const queriedGigabytes = beyond(usage.queriedGigabytes);
  return billOf(homesPrices, { ...usage, keptLogGigabytes, queriedGigabytes });
}
