/**
 * What a minute of many homes takes: what `npm run simulate:fleet` has measured on a machine at hand, and what the calculation
 * of costs assumes, each number in its one place.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateStoreName } from './homes-settings.ts';

/** After the deployment, but for what is said of that. */
export type FleetRow = {
  homes: number;
  state: StateStoreName;
  shards: number;
  minutes: number;
  /** Of an invocation. */
  billedSeconds: { mean: number; percentile99: number };
  /** Of the processor that played it, for a tick of one home. */
  processorMs: number;
  /** In the log, of a tick of one home, and of an invocation besides. */
  lineBytes: number;
  metricsBytes: number;
  /** To vendors and destinations, of a tick of one home, without what TLS adds. */
  sentBytes: number;
  /** Of one home. */
  parameters: number;
  secureStrings: number;
  anHourOfAHome: {
    calls: Record<string, number>;
    kmsRequests: number;
    tableReadUnits: number;
    tableWriteUnits: number;
  };
  /** Of all homes, in the minutes. */
  mails: number;
  /** Share of the calls that were refused for being too many. */
  throttled: { reads: number; writes: number };
  /** Of what Charge HQ knows, s: of homes with clouds that are asked each minute or two, and of those asked every five, where there are any. */
  age: { [Pace in 'quick' | 'slow']?: { mean: number; percentile99: number } };
  /** From the event to the message, s, and the share of the ticks with something to tell that told it within 20 s. */
  told: { mean: number; percentile99: number; within20: number };
  /** Until all homes had ticked, s, and half of them. */
  deployment: {
    allSeconds: number;
    medianSeconds: number;
    reads: number;
    throttledReads: number;
    throttledWrites: number;
  };
};

/** By how many homes there were. */
export const fleetRows: readonly FleetRow[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fleet-measured.json'), 'utf8'),
);

/** Of one invocation, which ticks up to 25 homes side by side. */
export const measuredShard = {
  /** Billed time with one home, whose vendor takes its time, and what each further home adds: the chance that its cloud is the slowest, and its share of a slow processor. */
  secondsOfOneHome: 1.5,
  secondsOfEachFurther: 0.1,
  /** Lambda's own lines about an invocation. */
  platformBytes: 700,
  metricLineBytes: 1_000,
  /** AWS renews an instance every few hours, also of a function that is always at work. */
  coldStartsADay: 12,
};

/** Of one home, in the mean: some clouds are asked each minute, others every five. */
export const measuredHome = {
  /** In the log, for a tick in which all is well: 300 to 700 bytes. */
  lineBytes: 550,
  /** What the line has beyond that where something is wrong, and how many ticks that concerns. */
  troubledBytes: 2_000,
  troubledShare: 0.02,
  /** To vendors and destinations, a tick: requests, and the begin of connections that were closed since. */
  sentBytes: 2_200,
  /** Parameters that are encrypted and belong to its settings. */
  secureStrings: 4,
  /** Of a cloud whose token lives an hour. */
  logInWritesAMonth: 750,
  /** Of all that is no log-in: hourly, oftener for clouds that may be asked seldom. */
  stateWritesAMonth: 1_750,
  /** Its item, where state lies in a table. */
  itemKilobytes: 3,
};

/** How often somebody looks at the dashboard of a stack. */
export const looksAMonth = 60;
