/** What a fleet is asked to play, and what is measured of it. */
import type { Waiting } from './chances.ts';
import type { CloudsSeen } from './clouds.ts';
import type { Heard, ReceiverUrls } from './receivers.ts';

export type StateStoreKind = 'parameters' | 'dynamodb';

export type FleetOptions = {
  homes: number;
  minutes: number;
  seed: number;
  state: StateStoreKind;
  /** In one account and region: each has quotas of its own. */
  homesARegion: number;
  waiting: { clouds: Waiting; receivers: Waiting };
  /** Whether clouds fail at random, and one after the other for all. */
  hasTrouble: boolean;
  /** Every so many invocations of a shard its instance is replaced, on average; 0 for never. */
  minutesAnInstance: number;
  /** Of the machine that plays it: the least time between two invocations that begin, ms. */
  spacingMs: number;
};

/** To the process of the instances. */
export type InstancesOptions = FleetOptions & {
  begins: number;
  clouds: Readonly<Record<string, string>>;
  receivers: ReceiverUrls;
};

/** Of the instances, their store included. */
export type InstancesMeasured = {
  shards: number;
  invocations: number;
  coldStarts: number;
  /** Of each invocation, ms. */
  billedMs: number[];
  /** Of the processor, for all ticks of homes. */
  cpuSeconds: number;
  /** How late the machine was with its own timers, ms: what it adds to every time. */
  lateMs: { mean: number; percentile99: number };
  /** Calls to the store by name, those that were refused among them. */
  calls: Record<string, number>;
  throttledReads: number;
  throttledWrites: number;
  /** The second of the fleet with most of them, of one account. */
  mostReadsASecond: number;
  kmsRequests: number;
  tableReadUnits: number;
  tableWriteUnits: number;
  parameters: number;
  /** At the end, homes whose stored state is not theirs or cannot be read, a sentence each. */
  wrongStates: string[];
  /** Refresh tokens as they are stored, by home. */
  refreshTokens: Record<string, string>;
};

/** Of the function's log. */
export type LogTally = {
  homeLines: number;
  homeBytes: number;
  /** Lines of metrics, and others of no home. */
  otherBytes: number;
  outcomes: Record<string, number>;
  /** Home-minutes without a line. */
  missed: number;
  /** Lines that hold a secret, or anything of another home. */
  leaks: string[];
  /** Lines by what they say about the store. */
  storeTrouble: Record<string, number>;
  bugs: string[];
  /** Why nothing was told, by sentence. */
  errors: Record<string, number>;
};

export type FleetPlayed = {
  options: FleetOptions;
  instances: InstancesMeasured;
  log: LogTally;
  clouds: CloudsSeen;
  heard: Heard;
};

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
