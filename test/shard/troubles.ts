/** What one home of a shard may suffer, do or be: a row each. */
import { Failure, type Reading } from '../../functions/push-solar-data/adapters/adapter.ts';
import type { ErrorKind } from '../../functions/push-solar-data/core/failure.ts';
import type { Outcome } from '../../functions/push-solar-data/core/report.ts';
import type { HomeRuntime } from '../../functions/push-solar-data/shard-home.ts';
import { answerFaults } from '../faults/answers.ts';
import { adapterOf } from '../support/sources.ts';
import type { Trouble } from './neighbours.ts';

export type Row = Trouble & {
  name: string;
  /** How its first tick ends. */
  ends: Outcome;
  kind?: ErrorKind;
  /** What its line says. */
  says?: RegExp;
  /** Whether it is done only by a deadline: then the others' lines are there before. */
  endless?: boolean;
  /** Whether it is given up when the invocation ends. */
  unfinished?: boolean;
};

const never = <Result>(): Promise<Result> => new Promise<Result>(() => {});
const secret = 'secret-of-a-setting';

const someAnswers = ['reset before an answer', 'not HTTP at all', 'HTTP 302 to plain http', 'HTTP 429, seconds'];
const ofCloud = answerFaults
  .filter(({ endless, alone, name }) => endless || alone || someAnswers.includes(name) || name.startsWith('nested'))
  .map(
    ({ name, answer, endless = false }): Row => ({
      name: `its cloud answers: ${name}`,
      vendor: (usual) => answer(usual, { method: 'GET', path: '/', query: {}, headers: {}, body: '' }, Date.now()),
      ends: 'reported',
      endless,
    }),
  );

const ofSettings: Row[] = [
  {
    name: 'its settings never come',
    stored: { load: never },
    ends: 'failed',
    says: /settings have not come within 3 s/,
    endless: true,
  },
  {
    name: 'its settings are refused',
    stored: { load: async () => Promise.reject(new Failure('settings', 'AWS does not let the bridge')) },
    ends: 'failed',
    says: /AWS does not let the bridge/,
  },
  {
    name: 'reading its settings throws at once',
    stored: {
      load() {
        throw new TypeError(`broken by ${secret}`);
      },
    },
    ends: 'failed',
    kind: 'bug',
    says: /TypeError at .*troubles/,
  },
  { name: 'it names an unknown vendor', settings: { VENDOR: 'nobody' }, ends: 'reported', says: /VENDOR/ },
  { name: 'it has no settings', settings: noSettings(), ends: 'failed', says: /VENDOR is missing/ },
  {
    name: 'a setting is broken JSON',
    settings: { HTTP_JSON_FIELDS: '{"production":' },
    ends: 'reported',
    says: /HTTP_JSON_FIELDS/,
  },
  {
    name: 'a secret of 2 MB',
    settings: { HTTP_JSON_SECRETS: JSON.stringify({ key: 'x9%'.repeat(700_000) }) },
    ends: 'pushed',
  },
  {
    name: 'a setting as long as a parameter can be, and no JSON',
    settings: { HTTP_JSON_REQUESTS: '['.repeat(8_192) },
    ends: 'reported',
    says: /HTTP_JSON_REQUESTS/,
  },
  {
    name: '10,000 stray settings',
    settings: Object.fromEntries(Array.from({ length: 10_000 }, (_, nth) => [`HTTP_JSON_STRAY_${nth}`, 'x'])),
    ends: 'pushed',
  },
];

const ofStore: Row[] = [
  {
    name: 'what it remembers never comes',
    store: { read: never },
    ends: 'reported',
    says: /could not be read|does not answer in time/,
    endless: true,
  },
  {
    name: 'reading what it remembers throws at once',
    store: {
      read() {
        throw new TypeError('broken');
      },
    },
    ends: 'reported',
    says: /could not be read: broken/,
  },
  {
    name: 'what it remembers is 2 MB of nonsense',
    store: { read: async () => ({ version: 2, sources: { a: 'x'.repeat(2_000_000) } }) },
    ends: 'pushed',
  },
  {
    name: 'what it learns is never written',
    store: { write: never },
    ends: 'pushed',
    says: /could not be saved/,
    endless: true,
  },
  {
    name: 'what it learns cannot be written',
    store: { write: () => Promise.reject(new Error('no room')) },
    ends: 'pushed',
    says: /could not be saved: no room/,
  },
];

const example = { VENDOR: 'example' };
const ofAdapter = (name: string, read: () => Promise<Reading>, row: Partial<Row>): Row => ({
  name: `its adapter ${name}`,
  settings: example,
  adapter: adapterOf({ read }),
  ends: 'reported',
  ...row,
});
const reading: Reading = { production_kw: 1, net_import_kw: -0.5 };

const ofBugs: Row[] = [
  ofAdapter('never ends, and hears no signal', never, { kind: 'unavailable', endless: true }),
  ofAdapter(
    'throws at once',
    () => {
      throw new TypeError('broken');
    },
    { kind: 'bug', says: /TypeError: broken/ },
  ),
  ofAdapter('throws what is no error', () => Promise.reject('broken'), { kind: 'bug' }),
  ofAdapter('throws nothing', () => Promise.reject(undefined), { kind: 'bug' }),
  ofAdapter('gives nothing', async () => undefined as unknown as Reading, { kind: 'bug' }),
  ofAdapter('gives what contains itself', async () => circular(), { ends: 'pushed' }),
  ofAdapter('throws a message of 2 MB', () => Promise.reject(new Failure('offline', 'x'.repeat(2_000_000))), {
    kind: 'offline',
  }),
  ofAdapter('keeps the processor busy for a third of a second', async () => busy(), { ends: 'pushed' }),
];

const ofRuntime: Row[] = [
  {
    name: 'it cannot be opened',
    open() {
      throw new TypeError(`broken by ${secret}`);
    },
    ends: 'failed',
    kind: 'bug',
    says: /TypeError at .*troubles/,
  },
  { name: 'its tick throws at once', open: () => runtimeOf(throwing), ends: 'failed', kind: 'bug' },
  { name: 'its tick fails', open: () => runtimeOf(async () => throwing()), ends: 'failed', kind: 'bug' },
  {
    name: 'its tick never ends',
    open: () => runtimeOf(never),
    ends: 'failed',
    kind: 'unavailable',
    says: /not over/,
    endless: true,
    unfinished: true,
  },
];

const ofDestination: Row[] = [
  {
    name: 'its destination never answers',
    chargeHq: { act: () => {} },
    ends: 'failed',
    kind: 'unavailable',
    endless: true,
  },
  {
    name: 'its destination floods',
    chargeHq: { act: (_request, response) => response.end('x'.repeat(50 * 1024 * 1024)) },
    ends: 'failed',
  },
  { name: 'its destination refuses', chargeHq: { status: 403, json: {} }, ends: 'failed' },
];

const ofExpressions: Row[] = [
  ['never end', '($f := function() { $f() }; $f())'],
  ['take all memory', '$length($pad("", 400000000))'],
].map(([what, expr]) => ({
  name: `its expressions ${what}`,
  settings: { HTTP_JSON_FIELDS: JSON.stringify({ production: { expr, unit: 'W' } }) },
  ends: 'reported',
  says: /HTTP_JSON_FIELDS must be changed/,
}));

export const rows: readonly Row[] = [
  ...ofCloud,
  ...ofSettings,
  ...ofStore,
  ...ofBugs,
  ...ofRuntime,
  ...ofDestination,
  ...ofExpressions,
];

function noSettings(): Record<string, undefined> {
  const names = ['VENDOR', 'HTTP_JSON_REQUESTS', 'HTTP_JSON_FIELDS', 'CHARGE_HQ_API_KEY', 'CHARGE_HQ_URL'];
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function circular(): Reading {
  const around: Record<string, unknown> = { ...reading };
  around['itself'] = around;
  return around as Reading;
}

async function busy(): Promise<Reading> {
  for (const end = performance.now() + 333; performance.now() < end; );
  return reading;
}

function throwing(): never {
  throw new TypeError(`broken by ${secret}`);
}

const runtimeOf = (tick: () => unknown): HomeRuntime => ({
  tick: tick as HomeRuntime['tick'],
  connections: { close: async () => {} },
});

export { secret as secretOfTrouble };
