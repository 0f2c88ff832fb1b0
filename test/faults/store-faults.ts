/** Faults of the Parameter Store, through the Lambda's own handler: settings and state that are absent, broken, refused or slow. */
import { mock } from 'node:test';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { playChargeHq, playConversation } from '../support/conversation.ts';
import { apiKey } from '../support/home.ts';
import { leaks } from '../support/leaks.ts';
import { type ParameterStage, playParameterStore } from '../support/parameter-store.ts';
import type { DeadAddress } from './addresses.ts';
import type { Cell } from './cell.ts';
import { observe } from './observation.ts';
import { path, type StoredHome, session, sigenergy, victron } from './stored-homes.ts';

export type StoreFault = {
  name: string;
  /** Before the first invocation, or after it if `later`. */
  arrange(store: ParameterStage): void;
  later?: boolean;
  /** The dead address that stands for the store, by its name. */
  address?: string;
  /** How the invocation under the fault ends. */
  ends: 'pushed' | 'reported' | 'failed';
  /** What its log line says. */
  says?: RegExp;
  /** Default: {@link victron}. */
  home?: StoredHome;
};

const state = `${path}/state/adapter/victron-vrm`;
const ofTheSite = `${path}/state/site`;
const longestMs = 20_000;

const fails = (name: string, status: number, type: string, more: Partial<StoreFault> = {}): StoreFault => ({
  name,
  arrange: (store) => store.fail({ status, type }),
  ends: 'failed',
  ...more,
});
const failsToWrite = (name: string, status: number, type: string): StoreFault => ({
  name: `${name}, only to write`,
  arrange: (store) => store.fail({ status, type, call: 'PutParameter' }),
  ends: 'pushed',
  says: /What was learnt could not be saved/,
});
const holds = (what: string, name: string, value: string): StoreFault => ({
  name: `${what} ${kept[name]}`,
  arrange: (store) => store.set(name, value),
  ends: 'pushed',
  ...(name === session ? { home: sigenergy } : {}),
});
const kept: Record<string, string> = {
  [ofTheSite]: 'as the site’s state',
  [state]: 'as the adapter’s state',
  [session]: 'as the log-in',
};
const broken: [what: string, text: string][] = [
  ['no JSON', '{"version":1,"sour'],
  ['a text', '"gone"'],
  ['null', 'null'],
  ['a list', '[1,2]'],
  ['an empty object', '{}'],
  ['an older version', '{"version":1,"idUser":4711,"lastPoll":1}'],
  [
    'another shape',
    '{"version":2,"destinations":[],"sources":{"victron-vrm":{"polledAt":"noon"}},"identity":5,"state":[]}',
  ],
  ['the names of a prototype', '{"__proto__":{"sources":1},"version":1,"constructor":{}}'],
];

export const storeFaults: readonly StoreFault[] = [
  fails('throttled', 400, 'ThrottlingException', { says: /does not answer/ }),
  fails('denied', 400, 'AccessDeniedException', { says: /does not let the bridge use the parameters/ }),
  fails('HTTP 500', 500, 'InternalServerError', { says: /does not answer/ }),
  ...['connection refused', 'connection never made', 'certificate self-signed'].map(
    (address): StoreFault => ({
      name: address,
      address,
      arrange: () => {},
      ends: 'failed',
      says: /does not answer/,
    }),
  ),
  { name: 'nothing stored', arrange: (store) => store.parameters.clear(), ends: 'failed', says: /API_KEY is missing/ },
  {
    name: 'the key, but not the credentials',
    arrange: (store) => void store.parameters.delete(`${path}/VICTRON_VRM_ACCESS_TOKEN`),
    ends: 'reported',
    says: /VICTRON_VRM_ACCESS_TOKEN is missing/,
  },
  {
    name: 'the credentials, but not the key',
    arrange: (store) => void store.parameters.delete(`${path}/CHARGE_HQ_API_KEY`),
    ends: 'failed',
    says: /API_KEY is missing/,
  },
  ...broken.flatMap(([what, text]) => [state, ofTheSite, session].map((name) => holds(what, name, text))),
  ...['ThrottlingException', 'AccessDeniedException'].map(
    (type): StoreFault => ({
      ...failsToWrite(`the log-in, ${type}`, 400, type),
      arrange: (store) => store.fail({ status: 400, type, call: 'PutParameter', name: session }),
      says: /could not be saved/,
      home: sigenergy,
    }),
  ),
  {
    ...failsToWrite('with a log-in, HTTP 500', 500, 'InternalServerError'),
    says: /could not be saved/,
    home: sigenergy,
  },
  failsToWrite('throttled', 400, 'ThrottlingException'),
  failsToWrite('denied', 400, 'AccessDeniedException'),
  failsToWrite('HTTP 500', 500, 'InternalServerError'),
  fails('throttled, after an hour', 400, 'ThrottlingException', { later: true, ends: 'pushed' }),
  fails('denied, after an hour', 400, 'AccessDeniedException', { later: true, ends: 'pushed' }),
  {
    name: 'everything deleted after an hour',
    later: true,
    arrange: (store) => store.parameters.clear(),
    ends: 'failed',
    says: /API_KEY is missing/,
  },
];

let instances = 0;

/** A fresh instance of the Lambda under the fault; then all is well again and the same instance must push. */
export async function playStoreFault(fault: StoreFault, addresses: readonly DeadAddress[]): Promise<Cell> {
  const { environment: own, secrets, exchanges, token, session: document } = fault.home ?? victron;
  const stored = { ...secrets, CHARGE_HQ_API_KEY: apiKey };
  const settings = Object.fromEntries(Object.entries(stored).map(([name, text]) => [`${path}/${name}`, text]));
  const store = await playParameterStore(settings);
  const vendor = await playConversation(exchanges);
  const chargeHq = await playChargeHq();
  const environment = { ...process.env };
  const dead = addresses.find(({ name }) => name === fault.address)?.url;
  Object.assign(process.env, {
    SITE: 'home',
    ...own,
    [`${own['VENDOR']?.replace('-', '_').toUpperCase()}_BASE_URL`]: vendor.url,
    CHARGE_HQ_URL: `${chargeHq.url}/push`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-role',
    AWS_ENDPOINT_URL_SSM: dead ?? store.url,
    POWERTOOLS_DEV: 'false',
  });
  const start = Date.now();
  const log: string[] = [];
  const invoke = async (handler: Handler, hours: number) => {
    mock.timers.enable({ apis: ['Date'], now: start + hours * 3_600_000 });
    try {
      return await received(log, () => handler(event, contextOf(55_000)));
    } finally {
      mock.timers.reset();
    }
  };
  try {
    instances += 1;
    const { handler }: { handler: Handler } = await import(`../../functions/push-solar-data/handler.ts?${instances}`);
    if (fault.later) await invoke(handler, 0);
    fault.arrange(store);
    const before = chargeHq.pushes.length;
    const { result: outcome, ms, stray } = await observe(() => invoke(handler, 2));
    const wrong = wrongEnd(fault, outcome, log.join(), chargeHq.pushes.length - before, [
      ...Object.values(stored),
      token,
    ]);
    if (ms > longestMs) wrong.push(`took ${ms} ms`);
    if (stray.length > 0) wrong.push(`unhandled rejection: ${stray[0]}`);
    if (!dead) wrong.push(...(await mended(store, settings, () => invoke(handler, 4), document)));
    return { sign: wrong.length > 0 ? '✗' : outcome === 'pushed' ? '=' : '✓', wrong, ms, megabytes: 0 };
  } finally {
    process.env = environment;
    for (const stage of [store, vendor, chargeHq]) await stage.close();
  }
}

function wrongEnd(
  { ends, says }: StoreFault,
  outcome: string,
  log: string,
  messages: number,
  secrets: string[],
): string[] {
  const wrong: string[] = [];
  if (outcome !== ends) wrong.push(`ended as ${outcome}, not ${ends}: ${log}`);
  if (says && !says.test(log)) wrong.push(`does not say ${says}: ${log}`);
  if (messages !== (ends === 'failed' ? 0 : 1)) wrong.push(`${messages} messages were sent`);
  return [...wrong, ...leaks(log, [...secrets, 'secret-of-the-role']).map((secret) => `told the secret ${secret}`)];
}

/** @param document what must have been saved by then. */
async function mended(
  store: ParameterStage,
  settings: Record<string, string>,
  next: () => Promise<string>,
  document: string | undefined,
) {
  store.fail(undefined);
  for (const [name, value] of Object.entries(settings)) if (!store.parameters.has(name)) store.set(name, value);
  const outcome = await next();
  const wrong = outcome === 'pushed' ? [] : [`then ended as ${outcome}`];
  if (document && !store.parameters.get(document)?.value.includes(sigenergy.token))
    wrong.push('the log-in was not saved');
  return wrong;
}

type Handler = (event: ScheduledEvent, context: Context) => Promise<string>;
const event = { source: 'aws.events', detail: {} } as unknown as ScheduledEvent;

function contextOf(ms: number): Context {
  const end = performance.now() + ms;
  const names = { functionName: 'bridge', awsRequestId: 'one', memoryLimitInMB: '256', invokedFunctionArn: 'arn' };
  return { ...names, getRemainingTimeInMillis: () => end - performance.now() } as unknown as Context;
}

/** What `work` writes to the log goes to `log` instead. */
async function received<Result>(log: string[], work: () => Promise<Result>): Promise<Result> {
  const streams = [process.stdout, process.stderr];
  const mocks = streams.map((stream) =>
    mock.method(stream, 'write', (chunk: string | Uint8Array) => log.push(String(chunk)) > 0),
  );
  try {
    return await work();
  } finally {
    for (const mocked of mocks) mocked.mock.restore();
  }
}
