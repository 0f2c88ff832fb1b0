/** How many homes one account and region can hold in stacks of several homes, and which limit of AWS Systems Manager ends it. */
import { shareOf, stackCallsPerSecond } from '../functions/push-solar-data/persistence/home-stores.ts';
import { homesAShard } from '../functions/push-solar-data/settings/shards.ts';

/** Of an account and region, free of charge (docs.aws.amazon.com/general/latest/gr/ssm.html). */
export const parameterStoreQuotas = { readsPerSecond: 40, writesPerSecond: 3, parameters: 10_000, parametersAPage: 10 };

/** What a home is to the Parameter Store. */
export type HomeInParameters = {
  /** Parameters for its settings. */
  settings: number;
  /** Documents of its state: what is known of the home, a log-in, what an adapter has looked up. */
  documents: number;
  /** In the mean, where the cloud wants a new log-in every hour. */
  writesPerHour: number;
  /** Of 25 homes, the most writes that may come in one minute. */
  writesTogether: number;
};

const usual = { settings: 9, documents: 3 };
/** Homes by how often their cloud is asked. When a slow one was asked is written each time, lest a cold start ask it again. */
export const kindsOfHomes = {
  everyMinute: { ...usual, writesPerHour: 2, writesTogether: 4 },
  everyFiveMinutes: { ...usual, writesPerHour: 13, writesTogether: 25 },
} as const satisfies Record<string, HomeInParameters>;

const mostShards = 400;
/** A tick that has read its sources can wait so long for its writes. */
const longestWaitSeconds = 40;
/** Where state lies. */
export type StateIn = 'parameters' | 'table';

const pagesOf = ({ settings, documents }: HomeInParameters, stateIn: StateIn): number =>
  Math.ceil((settings + (stateIn === 'table' ? 0 : documents)) / parameterStoreQuotas.parametersAPage);

/** The most shards whose writes of one minute, the first of which need not wait, are over in time. */
function shardsThatWrite({ writesTogether }: HomeInParameters): number {
  let shards = 0;
  while (shards < mostShards && (writesTogether - 1) / shareOf(shards + 1).writes <= longestWaitSeconds) shards += 1;
  return shards;
}

/** By each limit, so many homes. Where state lies in a table, nothing but settings is read from parameters, and nothing written. */
export function limitsOf(
  home: HomeInParameters,
  stateIn: StateIn,
): Record<'parameters' | 'reads' | 'writes' | 'waiting', number> {
  const { reads, writes } = stackCallsPerSecond;
  const isTable = stateIn === 'table';
  const parameters = home.settings + (isTable ? 0 : home.documents);
  return {
    parameters: Math.floor(parameterStoreQuotas.parameters / parameters),
    // all of them failing at once for what only their owners can mend, so that each is looked at every minute
    reads: Math.floor((reads * 60) / pagesOf(home, stateIn)),
    writes: isTable ? Number.POSITIVE_INFINITY : Math.floor((writes * 3_600) / home.writesPerHour),
    waiting: isTable ? Number.POSITIVE_INFINITY : shardsThatWrite(home) * homesAShard,
  };
}

/** The most homes of one kind. */
export const mostHomesOf = (home: HomeInParameters, stateIn: StateIn): number =>
  Math.min(...Object.values(limitsOf(home, stateIn)));

/** How long it takes until so many homes have their settings, where all instances start at once, as after a deployment. */
export const secondsToLoad = (homes: number, home: HomeInParameters, stateIn: StateIn): number =>
  (homes * pagesOf(home, stateIn)) / stackCallsPerSecond.reads;

/** Of a home with two sources and a log-in, in a table: what each write is billed by, and each read by a quarter of it. */
export const itemKilobytes = 3;
