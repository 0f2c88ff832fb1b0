import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { influxdb } from '../../functions/push-solar-data/destinations/influxdb.ts';
import { configured, figuresOf, type ReceiverAnswer, receive, sendingAt, tell } from '../support/destinations.ts';

const v1 = { database: 'solar', userName: 'bridge', password: 'made-up-pass-8f2e' };
const v2 = { bucket: 'solar', org: 'home-org', token: 'made-up-token-31f0==' };
const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });

const json = (body: object) => ({ headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) });

/** How one message ends at a database that answers so. */
async function told(t: TestContext, settings: Record<string, string>, answer: ReceiverAnswer) {
  const { url } = await receive(t, answer);
  return tell(t, configured(influxdb, { url, ...settings }), figures);
}

describe('an answer', () => {
  const html = { headers: { 'content-type': 'text/html' }, text: '<html><body>nginx</body></html>' };
  const conflict =
    'partial write: field type conflict: input field "production_kw" on measurement "solar_cloud_bridge" is type float, already exists as type integer dropped=1';
  const place = /^InfluxDB has no such database or bucket \(HTTP 404\): check INFLUXDB_BUCKET or INFLUXDB_DATABASE$/;
  const credentials = 'INFLUXDB_TOKEN, or INFLUXDB_USER_NAME and INFLUXDB_PASSWORD';
  for (const [what, answer, kind, sentence, waitSeconds] of [
    [
      'a line that it cannot read',
      { status: 400, ...json({ error: "unable to parse 'solar,site=org x': missing fields" }) },
      'bad-response',
      /^InfluxDB refuses the message \(HTTP 400\)$/,
      0,
    ],
    [
      'the same of version 2',
      { status: 400, ...json({ code: 'invalid', message: 'unable to parse' }) },
      'bad-response',
      /HTTP 400/,
      0,
    ],
    [
      'another type (v1)',
      { status: 400, ...json({ error: conflict }) },
      'settings',
      /^InfluxDB has fields of another type in this measurement \(HTTP 400\): choose another INFLUXDB_MEASUREMENT$/,
      300,
    ],
    [
      'another type (v2)',
      { status: 422, ...json({ code: 'unprocessable entity', message: conflict }) },
      'settings',
      /HTTP 422\): choose another INFLUXDB_MEASUREMENT/,
      300,
    ],
    [
      'another type, in the header alone',
      { status: 400, headers: { 'x-influxdb-error': conflict } },
      'settings',
      /another INFLUXDB_MEASUREMENT/,
      300,
    ],
    [
      'no database',
      { status: 400, ...json({ error: 'database is required' }) },
      'settings',
      /HTTP 400\): set INFLUXDB_DATABASE$/,
      300,
    ],
    [
      'no organisation',
      { status: 400, ...json({ code: 'invalid', message: 'Please provide either orgID or org' }) },
      'settings',
      /HTTP 400\): check INFLUXDB_ORG$/,
      300,
    ],
    [
      'an unknown organisation',
      { status: 404, ...json({ code: 'not found', message: 'organization name "hme" not found' }) },
      'settings',
      /HTTP 404\): check INFLUXDB_ORG$/,
      300,
    ],
    [
      'no log-in',
      { status: 401, ...json({ error: 'unable to parse authentication credentials' }) },
      'auth',
      new RegExp(`^InfluxDB refuses the credentials \\(HTTP 401\\): check ${credentials}$`),
      1_800,
    ],
    [
      'a wrong token',
      { status: 401, ...json({ code: 'unauthorized', message: 'unauthorized access' }) },
      'auth',
      /HTTP 401/,
      1_800,
    ],
    [
      'a reader',
      { status: 403, ...json({ error: '"reader" user is not authorized to write to database "solar"' }) },
      'auth',
      /^InfluxDB does not let us write \(HTTP 403\): check what /,
      1_800,
    ],
    ['an unknown database', { status: 404, ...json({ error: 'database not found: "nope"' }) }, 'settings', place, 300],
    [
      'an unknown bucket',
      { status: 404, ...json({ code: 'not found', message: 'bucket "nope" not found' }) },
      'settings',
      place,
      300,
    ],
    [
      'another version',
      { status: 404, headers: { 'content-type': 'text/plain' }, text: '404 page not found\n' },
      'settings',
      /^InfluxDB knows no such call \(HTTP 404\): check INFLUXDB_API and INFLUXDB_URL$/,
      300,
    ],
    ['a page with 404', { status: 404, ...html }, 'gone', /^InfluxDB is not at this address any more \(HTTP 404\)$/, 0],
    ['a page with 200', { status: 200, ...html }, 'gone', /HTTP 200/, 0],
    ['a redirect', { status: 301, headers: { location: 'https://elsewhere.example' } }, 'gone', /HTTP 301/, 0],
    ['410', { status: 410 }, 'gone', /HTTP 410/, 0],
    ['413', { status: 413 }, 'bad-response', /^InfluxDB finds the message too large \(HTTP 413\)$/, 0],
    ['422', { status: 422, ...json({ code: 'invalid', message: 'unprocessable' }) }, 'bad-response', /HTTP 422/, 0],
    ['429 for a while', { status: 429, headers: { 'retry-after': '40' } }, 'rate-limited', /HTTP 429/, 40],
    ['429 for a day', { status: 429, headers: { 'retry-after': '86400' } }, 'rate-limited', /HTTP 429/, 900],
    ['500', { status: 500, ...json({ error: 'timeout' }) }, 'unavailable', /^InfluxDB has trouble \(HTTP 500\)$/, 0],
    ['503 for a while', { status: 503, headers: { 'retry-after': '40' } }, 'unavailable', /HTTP 503/, 40],
  ] as const)
    it(`of ${what} is ${kind}`, async (t) => {
      const { row, state } = await told(t, v1, answer);
      assert.deepEqual([row.outcome, row.kind], ['failed', kind]);
      assert.match(row.error ?? '', sentence);
      assert.equal(state.failure?.retryAt, waitSeconds === 0 ? undefined : sendingAt + waitSeconds * 1000);
    });

  for (const status of [200, 204])
    it(`of ${status} is taken`, async (t) => assert.equal((await told(t, v1, { status })).row.outcome, 'pushed'));

  it('that repeats the credentials is not repeated', async (t) => {
    const encoded = Buffer.from(`bridge:${v1.password}`).toString('base64');
    for (const status of [400, 401, 403, 404, 500])
      for (const [settings, echo] of [
        [v1, { [v1.password]: 1, [encoded]: 2 }],
        [v2, { [v2.token]: 1 }],
      ] as const) {
        const { row, state } = await told(t, settings, { status, ...json(echo) });
        assert.doesNotMatch(JSON.stringify([row, state]), new RegExp(`made-up|${encoded}`));
      }
  });
});
