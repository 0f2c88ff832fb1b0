/** What a fleet is asked to play, and what is measured of it. */
import type { StateStoreName } from '../../infra/homes-settings.ts';
import type { Waiting } from './chances.ts';
import type { CloudsSeen } from './clouds.ts';
import type { Heard, ReceiverUrls } from './receivers.ts';

export type FleetOptions = {
  homes: number;
  /** Measured, from a deployment on: all instances start cold. */
  minutes: number;
  /** Before that, with a store that knows no quotas; 0: nothing is stored of any home but its settings. */
  minutesBefore: number;
  seed: number;
  state: StateStoreName;
  /** In one account and region: each has quotas of its own. */
  homesARegion: number;
  /** Calls a second of the Parameter Store in each. */
  quotas: { reads: number; writes: number };
  waiting: { clouds: Waiting; receivers: Waiting };
  /** Whether clouds fail at random, and one after the other for all. */
  hasTrouble: boolean;
  /** Every so many invocations of a shard its instance is replaced, on average; 0 for never. */
  minutesAnInstance: number;
  /** Of the machine that plays it: the least time between two invocations that begin, ms. */
  spacingMs: number;
};

/** To the process of the instances of one account and region. */
export type InstancesOptions = FleetOptions & {
  /** From 0. */
  region: number;
  /** Of the first measured minute, ms since the epoch. */
  begins: number;
  clouds: Readonly<Record<string, string>>;
  receivers: ReceiverUrls;
};

/** What a deployment itself brings, in which every instance starts cold, is counted apart from the minutes after it. */
export const deploymentMinutes = 2;
export const minuteMs = 60_000;

export type StoreCalls = {
  /** By name, those that were refused among them. */
  calls: Record<string, number>;
  throttledReads: number;
  throttledWrites: number;
  /** Encryptions and decryptions of SecureStrings, each a request to KMS. */
  kmsRequests: number;
  tableReadUnits: number;
  tableWriteUnits: number;
  /** Sent to the owner. */
  mails: number;
};

export const noCalls = (): StoreCalls => ({
  ...{ calls: {}, throttledReads: 0, throttledWrites: 0, kmsRequests: 0, tableReadUnits: 0, tableWriteUnits: 0 },
  mails: 0,
});

/** Of the instances, their store included. */
export type InstancesMeasured = {
  shards: number;
  /** After the deployment. */
  coldStarts: number;
  /** Of each invocation after the deployment, ms. */
  billedMs: number[];
  /** Of the processor, for all ticks of homes. */
  cpuSeconds: number;
  /** How late the machine was with its own timers, ms: what it adds to every time. */
  lateMs: { mean: number; percentile99: number };
  deployment: StoreCalls;
  after: StoreCalls;
  parameters: number;
  secureStrings: number;
  /** At the end, homes whose stored state is not theirs or cannot be read, a sentence each. */
  wrongStates: string[];
  /** Refresh tokens as they are stored, by home. */
  refreshTokens: Record<string, string>;
};

/** Of the function's log. */
export type LogTally = {
  homeLines: number;
  /** Of each home, from the first event until its first tick that had its settings was over, s. */
  firstTickSeconds: number[];
  /** Of the ticks after the deployment. */
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
