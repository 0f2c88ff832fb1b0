/** `npm run page` against a local CloudWatch Logs: which homes it shows, what it asks AWS for, and what it keeps. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { TickReport } from '../../../functions/push-solar-data/core/report.ts';
import { accountOf } from '../../../functions/push-solar-data/local/aws-account.ts';
import { History, HomeState, Homes } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { type Answer, type MockServer, playConversation, type ReceivedRequest } from '../../support/conversation.ts';
import { lookAtPage } from '../../support/page-of-aws.ts';

const noon = Date.parse('2026-05-20T12:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const pushed: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: { production_kw: 4.2, net_import_kw: -1.5 },
  sources: [{ label: 'roof', vendor: 'victron-vrm', result: 'read' }],
  destinations: [{ label: 'charge-hq', outcome: 'pushed' }],
  ms: 500,
};
type LogEvent = { timestamp: number; message: string };
const lineAt = (timestamp: number, report: object = pushed): LogEvent => ({
  timestamp,
  message: JSON.stringify({ level: 'INFO', service: 'home', ...report }),
});
/** One for each minute up to noon. */
const minutes = (count: number, report?: object) =>
  Array.from({ length: count }, (_, nth) => lineAt(noon - (count - 1 - nth) * minuteMs, report));

type Filter = { logGroupName: string; startTime: number; endTime?: number; nextToken?: string; filterPattern: string };

let aws: MockServer;
let folder: string;
let events: Record<string, LogEvent[]>;
let asked: Filter[];
let refusal: Answer | undefined;
let listing: Answer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  events = { home: minutes(60) };
  asked = [];
  refusal = undefined;
  listing = undefined;
  aws = await playConversation([{ method: 'POST', path: '/', answer }]);
});
afterEach(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

function answer({ headers, body }: ReceivedRequest): Answer {
  if (String(headers['x-amz-target']).endsWith('DescribeLogGroups')) {
    const names = Object.keys(events).flatMap((site) => [site, `${site}/feed`]);
    return listing ?? { json: { logGroups: names.map((name) => ({ logGroupName: `/solar-cloud-bridge/${name}` })) } };
  }
  const filter = body as Filter;
  asked.push(filter);
  if (refusal) return refusal;
  const { logGroupName, startTime, endTime = Number.POSITIVE_INFINITY, nextToken = '0' } = filter;
  const all = events[logGroupName.slice('/solar-cloud-bridge/'.length)] ?? [];
  const found = all.filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime);
  const from = Number(nextToken);
  return {
    json: {
      events: found.slice(from, from + 500),
      ...(from + 500 < found.length ? { nextToken: `${from + 500}` } : {}),
    },
  };
}

/** Runs the command while `look` looks at its page. */
async function page<Result>(look: Parameters<typeof lookAtPage<Result>>[1], { now = noon, SITE = '' } = {}) {
  const account = accountOf({ AWS_REGION: 'eu-central-1', STATE_DIR: folder, ...(SITE ? { SITE } : {}) });
  const logs = new CloudWatchLogsClient({
    ...account.client,
    endpoint: aws.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  try {
    return await lookAtPage({ account, logs, now }, look);
  } finally {
    logs.destroy();
  }
}

const stateIn = async (get: (path: string) => Promise<{ json: unknown }>, home = 'home') =>
  HomeState.parse((await get(`api/state?home=${home}`)).json);

describe('npm run page', () => {
  it('shows the deployed home as its log tells it, and ends', async () => {
    const { code, said, result } = await page((get) => stateIn(get));
    assert.equal(code, 0);
    assert.match(said[0] ?? '', /^See the home: http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.equal(result?.flows.grid.is === 'known' && result.flows.grid.words, 'exporting 1.50 kW');
    assert.equal(result?.sources[0]?.title, 'Victron VRM (roof)');
    assert.equal(result?.destinations[0]?.title, 'Charge HQ');
  });

  it('offers every home of the account, that of the settings first, and no log of a feed', async () => {
    events = { beach: minutes(5, { ...pushed, site: 'beach' }), home: minutes(5), zoo: [] };
    const { said, result } = await page(async (get) => [await get('api/homes'), await stateIn(get, 'beach')] as const);
    assert.deepEqual(Homes.parse(result?.[0].json), {
      origin: 'aws',
      homes: [{ site: 'home' }, { site: 'beach' }, { site: 'zoo' }],
    });
    assert.equal(result?.[1].flows.sun.is, 'known');
    assert.match(said[1] ?? '', /^Homes: home, beach, zoo\./);
  });

  it('shows the own home to whoever may not list logs', async () => {
    listing = {
      status: 400,
      json: {
        __type: 'AccessDeniedException',
        message: 'User: x is not authorized to perform: logs:DescribeLogGroups on resource: y',
      },
    };
    const { result } = await page(async (get) => (await get('api/homes')).json);
    assert.deepEqual(Homes.parse(result).homes, [{ site: 'home' }]);
  });

  it('says that nothing is deployed', async () => {
    events = {};
    assert.match((await page(async () => 0)).refused ?? '', /^No bridge is deployed in eu-central-1/);
  });

  it('asks AWS for what is new alone, and of a look that is a moment old for nothing', async () => {
    await page(async (get, clock) => {
      await stateIn(get);
      assert.deepEqual(
        asked.map(({ startTime }) => (noon - startTime) / minuteMs),
        [24 * 60 + 2],
      );
      await stateIn(get);
      assert.equal(asked.length, 1);
      clock.advance(60);
      events['home']?.push(lineAt(noon + minuteMs, { ...pushed, figures: { net_import_kw: 2 } }));
      const { flows } = await stateIn(get);
      assert.equal(flows.grid.is === 'known' && flows.grid.kw, 2);
      assert.deepEqual([asked.length, asked[1]?.startTime], [2, noon - 2 * minuteMs]);
    });
    assert.match(asked[0]?.filterPattern ?? '', /^\{ \(\$\.outcome = "pushed"\) \|\| .*platform\.report/);
  });

  it('goes back no further than is looked at, and asks for no time twice, not even the next day', async () => {
    events = { home: minutes(3 * 24 * 60) };
    const rowsOf = (json: unknown) => History.parse(json).times.length;
    const first = await page(async (get) => rowsOf((await get('api/history?hours=48')).json));
    assert.equal(first.result, 48 * 60 + 1);
    const calls = asked.length;
    // Two days in two parts, 500 lines a call.
    assert.ok(calls <= 8, `${calls} calls`);
    const again = await page(async (get) => rowsOf((await get('api/history?hours=47')).json), { now: noon + hourMs });
    assert.equal(again.result, 46 * 60 + 1);
    assert.deepEqual(
      asked.slice(calls).map(({ startTime }) => startTime),
      [noon - 2 * minuteMs],
    );
  });

  it('goes on where AWS has broken off', async () => {
    events = { home: minutes(3 * 24 * 60) };
    await page(async (get) => {
      await get('api/history?hours=24');
      refusal = { status: 500, json: { __type: 'InternalFailure' } };
      const { status, json } = await get('api/history?hours=72');
      assert.equal(status, 502);
      assert.match((json as { says: string }).says, /^AWS does not answer/);
      refusal = undefined;
      assert.equal(History.parse((await get('api/history?hours=72')).json).times.length, 72 * 60);
    });
  });

  it('asks again for what could not be kept', async () => {
    const obstacle = join(folder, 'aws-log/default/eu-central-1/home/2026-05-20.jsonl');
    await mkdir(obstacle, { recursive: true });
    const timesOf = (json: unknown) => History.parse(json).times.length;
    const look = () => page(async (get) => timesOf((await get('api/history?hours=1')).json));
    assert.equal((await look()).result, 60);
    await rmdir(obstacle);
    assert.equal((await look()).result, 60);
  });

  it('has the trouble of an invocation as a mark, and counts a line that comes twice once', async () => {
    const failed = {
      type: 'platform.report',
      record: { requestId: 'r', status: 'timeout', metrics: { durationMs: 1 } },
    };
    events = { home: [...minutes(10), lineAt(noon + 1, failed)] };
    await page(async (get, clock) => {
      await get('api/state');
      clock.advance(60);
      await get('api/state');
      const { marks, times, columns } = History.parse((await get('api/history?hours=1')).json);
      assert.deepEqual(
        marks.map(({ says }) => says),
        ['the invocation ended with timeout'],
      );
      assert.deepEqual([times.length, columns.production.at(-1)], [10, 4.2]);
      const cache = await readFile(join(folder, 'aws-log/default/eu-central-1/home/2026-05-20.jsonl'), 'utf8');
      assert.equal(cache.match(/^\{/gm)?.length, 11);
    });
  });
});
