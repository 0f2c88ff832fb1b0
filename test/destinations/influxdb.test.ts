import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { commonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import { influxdb, lineOf } from '../../functions/push-solar-data/destinations/influxdb.ts';
import { configured, figuresOf, type ReceiverAnswer, receive, sendingAt, tell } from '../support/destinations.ts';

const v1 = { database: 'solar', userName: 'bridge', password: 'made-up-pass-8f2e' };
const v2 = { bucket: 'solar', org: 'home-org', token: 'made-up-token-31f0==' };
const figures = figuresOf({ tsms: sendingAt - 60_000, production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });
const failure: Message = { error: 'No figures', kind: 'offline' };

/** What a database got of one message, and how that ended. */
async function told(
  t: TestContext,
  settings: Record<string, string>,
  { answer = { status: 204 }, message = figures }: { answer?: ReceiverAnswer; message?: Message } = {},
) {
  const { url, received } = await receive(t, answer);
  const destination = configured(influxdb, { url, ...settings });
  assert.deepEqual(destination.problems, []);
  return { ...(await tell(t, destination, message)), received };
}

describe('a call', () => {
  const basic = `Basic ${Buffer.from('bridge:made-up-pass-8f2e').toString('base64')}`;
  const token = 'Token made-up-token-31f0==';
  for (const [what, settings, path, query, authorization] of [
    ['version 2', v2, '/api/v2/write', 'org=home-org&bucket=solar&precision=ms', token],
    ['version 3', { bucket: 'solar', token: v2.token }, '/api/v2/write', 'bucket=solar&precision=ms', token],
    [
      'version 2 beside a user',
      { ...v2, userName: 'me' },
      '/api/v2/write',
      'org=home-org&bucket=solar&precision=ms',
      token,
    ],
    ['version 1', v1, '/write', 'db=solar&precision=ms', basic],
    ['version 1 without log-in', { database: 'solar' }, '/write', 'db=solar&precision=ms', undefined],
    ['version 1 with a token', { database: 'solar', token: v2.token }, '/write', 'db=solar&precision=ms', token],
    ['version 1 beside a bucket', { ...v1, bucket: 'other', api: 'V1' }, '/write', 'db=solar&precision=ms', basic],
    ['Grafana Cloud', { userName: 'bridge', password: v1.password }, '/write', 'precision=ms', basic],
  ] as const)
    it(`of ${what}`, async (t) => {
      const { row, received } = await told(t, settings);
      assert.deepEqual(row, { label: 'influxdb', outcome: 'pushed' });
      const [request, ...more] = received;
      assert.deepEqual(more, []);
      assert.deepEqual([request?.method, request?.path, request?.query], ['POST', path, query]);
      assert.equal(request?.headers.authorization, authorization);
      assert.equal(request?.headers['content-type'], 'text/plain; charset=utf-8');
      const line = 'solar_cloud_bridge,site=home production_kw=4.2,net_import_kw=-1.5,consumption_kw=2.7,up=1';
      assert.equal(request?.text, `${line} 1777636740000`);
    });

  for (const end of ['/', '//', '/api/v1/push/influx', '/api/v1/push/influx/'])
    it(`goes below an address that ends with ${end}`, async (t) => {
      const { url, received } = await receive(t, { status: 204 });
      await tell(t, configured(influxdb, { url: url + end, ...v1 }), figures);
      assert.equal(received[0]?.path, `${end.replace(/\/+$/, '')}/write`);
    });

  it("of a vendor's failure is up=0 alone, at the time of sending", async (t) => {
    const { row, received } = await told(t, v1, { message: failure });
    assert.equal(row.outcome, 'reported');
    assert.equal(received[0]?.text, 'solar_cloud_bridge,site=home up=0 1777636800000');
  });
});

describe('a line', () => {
  const line = (message: Message, measurement = 'm') => lineOf(commonDocument(message, 'home', sendingAt), measurement);

  it('holds every figure in a fixed order, as numbers without a suffix', () => {
    const reading = {
      ...{ exported_kwh: 10422.9, imported_kwh: 8123, battery_energy_kwh: 5.6, battery_soc: 0.555 },
      ...{ battery_discharge_kw: -0.7, consumption_kw: 2, net_import_kw: -1.5, production_kw: 4.2 },
    };
    assert.equal(
      line(figuresOf(reading, ['consumption_kw'])),
      'm,site=home production_kw=4.2,net_import_kw=-1.5,consumption_kw=2,battery_discharge_kw=-0.7,battery_soc=0.555,' +
        'battery_energy_kwh=5.6,imported_kwh=8123,exported_kwh=10422.9,up=1 1777636800000',
    );
  });

  it('has no negative zero, and no exponent', () => {
    const reading = { production_kw: -0, net_import_kw: -0.0000001, imported_kwh: 12_345_678_901.234 };
    assert.equal(
      line(figuresOf(reading)),
      'm,site=home production_kw=0,net_import_kw=0,imported_kwh=12345678901.234,up=1 1777636800000',
    );
  });

  for (const [measurement, escaped] of [
    ['solar', 'solar'],
    ['my solar, roof', 'my\\ solar\\,\\ roof'],
    ['a=b', 'a=b'],
    ['C:\\roof', 'C:\\roof'],
    ['Überschuß "roof"', 'Überschuß\\ "roof"'],
  ] as const)
    it(`of the measurement ${measurement} begins with ${escaped}`, () => {
      assert.ok(line(failure, measurement).startsWith(`${escaped},site=home up=0 `));
    });
});

describe('settings', () => {
  const url = 'https://influx.example';
  const odd = /^INFLUXDB_MEASUREMENT must be one line that begins with neither # nor _ and does not end with \\$/;
  for (const [settings, problem] of [
    [{ database: 'solar' }, /^INFLUXDB_URL is missing: /],
    [{ url: 'http://influx.example', ...v1 }, /^INFLUXDB_URL must be an address that begins with https:/],
    [{ url: `${url}/?db=solar`, ...v1 }, /^INFLUXDB_URL must end before any \? or #$/],
    [{ url: `${url}/write`, ...v1 }, /^INFLUXDB_URL must end before \/api or \/write$/],
    [{ url: `${url}/api/v2/write/`, ...v2 }, /^INFLUXDB_URL must end before \/api or \/write$/],
    [{ url, ...v1, api: 'v3' }, /^INFLUXDB_API must be v1 or v2 \(it is "v3"\)/],
    [{ url, bucket: 'solar' }, /^INFLUXDB_TOKEN is missing: /],
    [{ url, api: 'v2', token: v2.token }, /^INFLUXDB_BUCKET is missing: /],
    [{ url, password: v1.password }, /^INFLUXDB_USER_NAME is missing: /],
    [{ url, userName: 'bridge' }, /^INFLUXDB_PASSWORD is missing: /],
    [{ url, ...v2, token: 'made-up-tok→en' }, /^INFLUXDB_TOKEN holds a character that no HTTP header may hold/],
    [{ url, ...v1, measurement: 'two\nlines' }, odd],
    [{ url, ...v1, measurement: '# a remark' }, odd],
    [{ url, ...v1, measurement: '_internal' }, odd],
    [{ url, ...v1, measurement: 'roof\\' }, odd],
  ] as const)
    it(`${JSON.stringify(settings)} are refused by name, without a secret`, () => {
      const { problems } = configured(influxdb, settings);
      assert.equal(problems.length, 1, problems.join());
      assert.match(problems[0] ?? '', problem);
      assert.doesNotMatch(problems[0] ?? '', /made-up/);
    });
});
