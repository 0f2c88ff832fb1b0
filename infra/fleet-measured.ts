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

/** Of the fleet that was measured with this store and has as many homes, or the next larger one. */
export function measuredFleet(homes: number, state: StateStoreName): FleetRow {
  const rows = fleetRows.filter((row) => row.state === state).toSorted((a, b) => a.homes - b.homes);
  const row = rows.find((each) => each.homes >= homes) ?? rows.at(-1);
  if (row) return row;
  throw new Error(
    `No fleet with its state in ${state} was measured: npm run simulate:fleet -- --state ${state} --write`,
  );
}

/** What the simulation cannot measure. */
export const assumed = {
  /** Lambda's own lines about an invocation, bytes. */
  platformBytes: 700,
  /** AWS renews an instance every few hours, also of a function that is always at work. */
  coldStartsADay: 12,
  /** Sent to vendors and destinations by a tick of a home besides its requests: the begin of connections that were closed since. */
  tlsBytes: 1_600,
  /** Of a processor, by memory: at this much a function has a whole one, MB (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
  wholeProcessorMegabytes: 1_769,
  /** How often somebody looks at the dashboard of a stack in a month. */
  looksAMonth: 60,
};
