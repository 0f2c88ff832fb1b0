import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soliscloud } from '../../functions/push-solar-data/adapters/soliscloud.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  conversation,
  detailPath,
  envelope,
  hybrid,
  inverter,
  key,
  keySecret,
  listed,
  listPath,
  now,
  stationsListed,
} from '../conversations/soliscloud.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(soliscloud, conversation);

describe('SolisCloud signs', () => {
  const published = { keyId: '1300386381676644416', keySecret: '6680182547abcdef6680182547abcdef' };
  const refused = envelope(null, 'R0000', 'No authority');
  for (const [path, settings, md5, signature] of [
    [detailPath, { inverterSns: '120B40198150131' }, 'j6Z1BT+xfhptHSESpEHf0Q==', '0DUSFAmGYzSWFFkLV1FQ1kLvcks='],
    [listPath, {}, 'U0Xj//qmRi3zoyapfAAuXw==', 'JBp2MDgrYHGnnZw3F8dTUsGqOzo='],
  ] as const)
    it(`${path} with the exact body, the type and the time in whole seconds`, async () => {
      const { vendor } = await playAdapter(soliscloud, {
        settings: { ...published, ...settings },
        now: Date.parse('2026-01-01T00:00:00Z') + 999,
        exchanges: [{ method: 'POST', path, answer: refused }],
      });
      const headers = vendor.received[0]?.headers ?? {};
      assert.equal(headers['content-md5'], md5);
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers['date'], 'Thu, 01 Jan 2026 00:00:00 GMT');
      assert.equal(headers['authorization'], `API 1300386381676644416:${signature}`);
    });
});

describe('SolisCloud refuses', () => {
  const recorded = 'No authority, too many request in a short time';
  const rows: [what: string, answer: Answer, kind: FailureKind][] = [
    ['R0000 without authority', envelope(null, 'R0000', 'No authority'), 'auth'],
    ['R0000 with both texts', envelope(null, 'R0000', recorded), 'rate-limited'],
    ['R0000 in another case', envelope(null, 'R0000', 'Too Many Requests'), 'rate-limited'],
    ['R0000 without a text', envelope(null, 'R0000'), 'auth'],
    ['1004', envelope(null, '1004', 'busy'), 'rate-limited'],
    ['1007 as a number', envelope(null, 1007, 'busy'), 'rate-limited'],
    ['B0049', envelope(null, 'B0049', 'collector'), 'auth'],
    ['B0011', envelope(null, 'B0011', 'user'), 'auth'],
    ['I0012', envelope(null, 'I0012', 'password'), 'auth'],
    ['I0000', envelope(null, 'I0000', 'empty'), 'bad-response'],
    ['I0003', envelope(null, 'I0003', 'sn'), 'bad-response'],
    ['code 1 beside success: true', envelope(null, '1', '数据异常 请联系管理员'), 'unavailable'],
    ['B0115, which is of commands', envelope(null, 'B0115', 'command'), 'unavailable'],
    ['a code that nobody knows', envelope(null, 'Z9999', 'odd'), 'unavailable'],
    ['figures beside another code than 0', envelope(hybrid, '00'), 'unavailable'],
    ['an answer without a code', { json: { success: true, data: hybrid } }, 'bad-response'],
    ['no data with code 0', envelope(null), 'bad-response'],
    ['no key of data with code 0', envelope(undefined), 'bad-response'],
    ['figures of another inverter', envelope({ ...hybrid, sn: 'TWO' }), 'bad-response'],
    ['HTTP 401', { status: 401, json: {} }, 'auth'],
    ['HTTP 403 with a web page', { status: 403, text: '<html>' }, 'auth'],
    ['HTTP 408', { status: 408, text: '' }, 'unavailable'],
    ['HTTP 429', { status: 429, json: {} }, 'rate-limited'],
    ['HTTP 504 with a web page', { status: 504, text: '<html>504</html>' }, 'unavailable'],
    ['HTTP 500 with an unknown code', { ...envelope(null, 'Z9999'), status: 500 }, 'unavailable'],
    ['a text that is no JSON', { text: 'maintenance' }, 'unavailable'],
  ];
  for (const [what, answer, kind] of rows)
    it(`${what}: ${kind}`, async () => {
      const { report, vendor } = await playAdapter(soliscloud, {
        settings: { ...key, inverterSns: 'ONE' },
        now,
        exchanges: [{ method: 'POST', path: detailPath, answer }],
      });
      assert.equal(report.kind, kind, report.error);
      assert.equal(vendor.received.length, kind === 'unavailable' ? 2 : 1, 'calls in this tick');
      assert.ok(!JSON.stringify(report).includes(keySecret));
    });

  it('a clock that is wrong, and says where to look', async () => {
    const exchanges = [{ method: 'POST', path: detailPath, answer: { status: 408, text: '' } }];
    const { report } = await playAdapter(soliscloud, { settings: { ...key, inverterSns: 'ONE' }, now, exchanges });
    assert.match(report.error ?? '', /clock/);
  });
});

it('SolisCloud finds the plants of an account, and for its meter the inverters of one with several', async () => {
  const [one, two] = [inverter('ONE', { stationName: 'Home' }), inverter('TWO', { stationName: null })];
  const stations = stationsListed({ id: '11', stationName: 'Home' }, { id: 12 });
  const exchanges: Exchange[] = [listed(one, two), stations];
  const inverters = [
    { value: 'ONE', title: 'Home' },
    { value: 'TWO', title: null },
  ];
  assert.deepEqual(await discover(soliscloud, { settings: key, now, exchanges }), {
    stationId: [
      { value: '11', title: 'Home' },
      { value: '12', title: undefined },
    ],
    meterInverterSn: inverters,
  });
  const alone = await discover(soliscloud, { settings: key, now, exchanges: [listed(one), stations] });
  assert.deepEqual(alone?.['meterInverterSn'], []);
});
