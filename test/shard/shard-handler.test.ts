/** The Lambda of a stack of several homes, against local servers for AWS, vendors and Charge HQ. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { Context } from 'aws-lambda';
import { stackMetricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import type { ShardSummary } from '../../functions/push-solar-data/shard.ts';
import { type MockServer, playChargeHq, playConversation } from '../support/conversation.ts';
import { apiKey } from '../support/home.ts';
import { type ParameterStage, playParameterStore } from '../support/parameter-store.ts';

const context = { getRemainingTimeInMillis: () => 55_000 } as unknown as Context;
const sites = ['home', 'cabin', 'barn'];

describe('the function of a stack of several homes', () => {
  const environment = { ...process.env };
  let store: ParameterStage;
  let vendor: MockServer;
  let chargeHq: Awaited<ReturnType<typeof playChargeHq>>;
  let coldStarts = 0;

  beforeEach(async () => {
    chargeHq = await playChargeHq();
    vendor = await playConversation(
      sites.map((site, nth) => ({
        path: `/${site}`,
        headers: { authorization: `Bearer token-of-${site}` },
        answer: { json: { solar: 1000 * (nth + 1), grid: -500 } },
      })),
    );
    const parametersOf = (site: string) =>
      Object.entries({
        VENDOR: 'http-json',
        HTTP_JSON_REQUESTS: JSON.stringify([
          { id: 'em', url: `${vendor.url}/${site}`, headers: { authorization: 'Bearer {secret:key}' } },
        ]),
        HTTP_JSON_SECRETS: JSON.stringify({ key: `token-of-${site}` }),
        HTTP_JSON_FIELDS: JSON.stringify({
          production: { expr: 'em.solar', unit: 'W' },
          netImport: { expr: 'em.grid', unit: 'W' },
        }),
        CHARGE_HQ_API_KEY: apiKey.replace('test', site.padEnd(4, '0').slice(0, 4)),
        CHARGE_HQ_URL: `${chargeHq.url}/push`,
      }).map(([name, value]) => [`/solar-cloud-bridge/${site}/${name}`, value]);
    store = await playParameterStore(Object.fromEntries(sites.flatMap(parametersOf)));
    Object.assign(process.env, {
      STACK: 'valley',
      METRICS_OF: 'cabin',
      // settings of the function are nobody's
      VENDOR: 'victron-vrm',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SSM: store.url,
      POWERTOOLS_DEV: 'false',
    });
  });
  afterEach(async () => {
    process.env = { ...environment };
    for (const stage of [store, vendor, chargeHq]) await stage.close();
  });

  async function coldStart(): Promise<(event: unknown, context: Context) => Promise<ShardSummary>> {
    coldStarts += 1;
    return (await import(`../../functions/push-solar-data/shard-handler.ts?${coldStarts}`)).handler;
  }

  /** What an invocation writes to its log, line by line. */
  async function logOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
    const written: string[] = [];
    const stdout = process.stdout.write.bind(process.stdout);
    const mocked = mock.method(process.stdout, 'write', (chunk: string | Uint8Array) =>
      typeof chunk === 'string' && chunk.startsWith('{') ? written.push(chunk) > 0 : stdout(chunk),
    );
    try {
      await work();
    } finally {
      mocked.mock.restore();
    }
    return written.flatMap((chunk) => chunk.trimEnd().split('\n')).map((line) => JSON.parse(line));
  }

  it('tells the figures of each home, by its own settings, and counts how they ended', async () => {
    const handler = await coldStart();
    let summary: ShardSummary | undefined;
    const log = await logOf(async () => {
      summary = await handler({ sites }, context);
    });
    assert.deepEqual(summary, { homes: 3, pushed: 3, reported: 0, idle: 0, failed: 0, bugs: 0, unfinished: 0 });
    const figures = chargeHq.pushes.map((push) => [push.apiKey.slice(9, 13), push.siteMeters?.['production_kw']]);
    assert.deepEqual(figures.toSorted(), [
      ['barn', 3],
      ['cabi', 2],
      ['home', 1],
    ]);
    const lines = log.filter((line) => 'outcome' in line);
    assert.deepEqual(lines.map(({ site, level }) => `${site} ${level}`).toSorted(), [
      'barn INFO',
      'cabin INFO',
      'home INFO',
    ]);
  });

  it('writes one line of metrics for the stack, and one for each home that is named for it', async () => {
    const handler = await coldStart();
    const log = await logOf(() => handler({ sites }, context));
    const [stack, cabin, ...others] = log.filter((line) => '_aws' in line);
    assert.deepEqual(others, []);
    assert.equal(stack?.['service'], 'valley');
    const names = Object.keys(stack ?? {}).filter((name) => !['_aws', 'service'].includes(name));
    assert.deepEqual(
      names.toSorted(),
      Object.values(stackMetricNames)
        .filter((name) => name !== stackMetricNames.oldestAge) // the cloud gives no times
        .toSorted(),
    );
    assert.equal(stack?.['Homes'], 3);
    assert.equal(cabin?.['service'], 'cabin');
    assert.equal(cabin?.['ProductionKilowatts'], 2);
  });

  it('says of an event that names no homes, or too many, what is wrong', async () => {
    const handler = await coldStart();
    const many = Array.from({ length: 26 }, (_, nth) => `home-${nth}`);
    for (const event of [{}, { sites: [] }, { sites: ['../home'] }, { sites: many }, { time: '2026-05-01T12:00:00Z' }])
      await assert.rejects(handler(event, context), /must name 1 to 25 homes/);
  });
});
