/** The bundle as it is deployed, invoked as Lambda does, against local servers for AWS, vendor and Charge HQ. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it, mock } from 'node:test';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { bundle } from '../infra/bundle.ts';
import { type Exchange, type MockServer, playChargeHq, playConversation } from './support/conversation.ts';
import { apiKey } from './support/home.ts';
import { type ParameterStage, playParameterStore } from './support/parameter-store.ts';

const event: ScheduledEvent = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-05-01T12:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/SolarCloudBridge-home-EachMinute'],
  detail: {},
};
const context = {
  functionName: 'solar-cloud-bridge-home',
  functionVersion: '$LATEST',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:solar-cloud-bridge-home',
  awsRequestId: 'b7b5a0a4-9d6f-4d4c-8a5e-000000000001',
  getRemainingTimeInMillis: () => 55_000,
} as unknown as Context;

const token = 'vrm-token-in-the-parameter-store';
const path = '/solar-cloud-bridge/home';

/** Victron's answers, with a record of this very moment. */
const vendorExchanges: Exchange[] = [
  { path: '/v2/users/me', headers: { 'x-authorization': `Token ${token}` }, answer: { json: { user: { id: 815 } } } },
  {
    path: '/v2/users/815/installations',
    headers: { 'x-authorization': `Token ${token}` },
    answer: () => ({ json: { records: [installation()] } }),
  },
  { path: '/v2/users/me', answer: { status: 401, json: { success: false } } },
];

const installation = () => ({
  idSite: 4711,
  last_timestamp: Math.floor(Date.now() / 1000) - 20,
  extended: [
    { code: 'solar_yield', rawValue: 4200 },
    { code: 'from_to_grid', rawValue: -1500 },
    { code: 'consumption', rawValue: 2600, dataAttributes: [{ code: 'a1' }] },
  ],
});

describe('the deployed bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const environment = { ...process.env };
  let store: ParameterStage;
  let vendor: MockServer;
  let chargeHq: Awaited<ReturnType<typeof playChargeHq>>;
  let coldStarts = 0;

  before(() => {
    bundle(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    store = await playParameterStore({
      [`${path}/CHARGE_HQ_API_KEY`]: apiKey,
      [`${path}/VICTRON_VRM_ACCESS_TOKEN`]: token,
      '/solar-cloud-bridge/homestead/VICTRON_VRM_ACCESS_TOKEN': "the neighbour's",
    });
    vendor = await playConversation(vendorExchanges);
    chargeHq = await playChargeHq();
    Object.assign(process.env, {
      SITE: 'home',
      VENDOR: 'victron-vrm',
      VICTRON_VRM_ID_SITE: '4711',
      VICTRON_VRM_BASE_URL: vendor.url,
      CHARGE_HQ_URL: `${chargeHq.url}/push`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SSM: store.url,
      POWERTOOLS_DEV: 'false',
    });
  });
  afterEach(async () => {
    mock.timers.reset();
    process.env = { ...environment };
    for (const stage of [store, vendor, chargeHq]) await stage.close();
  });

  /** A fresh instance of the function: nothing is known but what is stored. */
  async function coldStart(): Promise<(event: ScheduledEvent, context: Context) => Promise<string>> {
    coldStarts += 1;
    return (await import(`${join(folder, 'handler.mjs')}?${coldStarts}`)).handler;
  }

  /** What an invocation writes to its log, line by line. */
  async function logOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
    const written: string[] = [];
    const streams = [process.stdout, process.stderr];
    const mocks = streams.map((stream) =>
      mock.method(stream, 'write', (chunk: string | Uint8Array) => written.push(String(chunk)) > 0),
    );
    try {
      await work();
    } finally {
      for (const mocked of mocks) mocked.mock.restore();
    }
    return written
      .join('')
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  }

  it('pushes the right figures for a scheduled event', async () => {
    const handler = await coldStart();
    assert.equal(await handler(event, context), 'pushed');
    const [push] = chargeHq.pushes;
    assert.equal(push?.apiKey, apiKey);
    assert.deepEqual(push?.siteMeters, { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });
  });

  it("evaluates an owner's expressions, and outlives them", async () => {
    const fields = (expr: string) => JSON.stringify({ consumption: { expr, unit: 'W' } });
    const live = await playConversation([{ path: '/live', answer: { json: { phases: [700, 50] } } }]);
    process.env['VENDOR'] = 'http-json';
    process.env['HTTP_JSON_REQUESTS'] = JSON.stringify([{ id: 'em', url: `${live.url}/live` }]);
    process.env['HTTP_JSON_FIELDS'] = fields('$length($pad("", 4e8))');
    try {
      assert.equal(await (await coldStart())(event, context), 'reported');
      mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 });
      process.env['HTTP_JSON_FIELDS'] = fields('$sum(em.phases)');
      assert.equal(await (await coldStart())(event, context), 'pushed');
    } finally {
      await live.close();
    }
    assert.match(
      chargeHq.pushes[0]?.error ?? '',
      /^HTTP_JSON_FIELDS must be changed: .* (needs more memory|does not end within a second)/,
    );
    assert.deepEqual(chargeHq.pushes[1]?.siteMeters, { consumption_kw: 0.75 });
  });

  it('reads its parameters once, writes its state once, and nothing of another site', async () => {
    const handler = await coldStart();
    await handler(event, context);
    await handler(event, context);
    assert.deepEqual(
      store.calls.filter((call) => call !== 'PutParameter'),
      ['GetParametersByPath'],
    );
    const written = [...store.parameters.keys()].filter((name) => name.includes('/state/'));
    assert.deepEqual(written.sort(), [`${path}/state/adapter/victron-vrm`, `${path}/state/site`]);
    assert.equal(store.parameters.get(`${path}/state/site`)?.type, 'String', 'it holds no secret, and costs no key');
  });

  it('knows after a cold start what was stored', async () => {
    await (await coldStart())(event, context);
    await (await coldStart())(event, context);
    assert.deepEqual(
      vendor.received.map((received) => received.path),
      ['/v2/users/me', '/v2/users/815/installations', '/v2/users/815/installations'],
    );
  });

  it('writes one line with everything about the tick, and the metrics of the home', async () => {
    const handler = await coldStart();
    const [line, metrics, ...others] = await logOf(() => handler(event, context));
    assert.deepEqual(others, []);
    assert.equal(line?.['outcome'], 'pushed');
    assert.equal(line?.['level'], 'INFO');
    assert.deepEqual(line?.['figures'], { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });
    assert.deepEqual(line?.['derived'], ['consumption_kw']);
    assert.equal(metrics?.['Pushed'], 1);
    assert.equal(metrics?.['NetImportKilowatts'], -1.5);
    assert.equal(metrics?.['service'], 'home');
  });

  it('tells refused credentials to Charge HQ, and uses a mended secret at the next tick', async () => {
    store.set(`${path}/VICTRON_VRM_ACCESS_TOKEN`, 'mistyped-token');
    const handler = await coldStart();
    const lines = await logOf(() => handler(event, context));
    assert.equal(lines[0]?.['kind'], 'auth');
    assert.equal(JSON.stringify(lines).includes('mistyped-token'), false);
    assert.match(String(chargeHq.pushes[0]?.error), /refused/);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 });
    await handler(event, context);
    assert.equal(vendor.received.length, 1, 'calls with the refused token during the back-off');
    store.set(`${path}/VICTRON_VRM_ACCESS_TOKEN`, token);
    mock.timers.setTime(Date.now() + 60_000);
    assert.equal(await handler(event, context), 'pushed');
  });

  it('says in one sentence that AWS forbids it its parameters', async () => {
    store.fail({ status: 400, type: 'AccessDeniedException' });
    const handler = await coldStart();
    const [line] = await logOf(() => handler(event, context));
    assert.equal(line?.['outcome'], 'failed');
    assert.match(
      String(line?.['error']),
      /does not let the bridge use the parameters below \/solar-cloud-bridge\/home/,
    );
  });

  it('goes on with the settings that it knows when the store fails later', async () => {
    const handler = await coldStart();
    await handler(event, context);
    store.fail({ status: 500, type: 'InternalServerError' });
    assert.equal(await handler(event, context), 'idle');
  });

  it('holds no path of the machine it was built on and no secret', () => {
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8');
      assert.equal(text.includes(process.cwd()), false, file);
      assert.equal(text.includes('sourceMappingURL'), false, file);
      assert.equal(text.includes(token), false, file);
    }
  });
});
