import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gatewayOf, webOriginOf } from '../../functions/push-solar-data/adapters/goodwe-sems/login.ts';
import { goodweSems } from '../../functions/push-solar-data/adapters/goodwe-sems.ts';
import {
  flow,
  identity,
  live,
  login,
  now,
  paths,
  pwd,
  refusal,
  settings,
  siteMeters,
  success,
  token,
} from '../conversations/goodwe-sems.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { type Played, playAdapter } from '../support/home.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(goodweSems, { settings, now, exchanges, ...options });
/** So that only the session ends, and no figure grows old. */
const fresh = (answer = live({ refreshTime: undefined })): Exchange => flow(answer);
const logInsOf = ({ vendor }: Played) => vendor.received.filter(({ path }) => path === paths.login);
const sessionOf = ({ documents }: Played) => JSON.stringify(documents.get('session/goodwe-sems'));

describe('a region', () => {
  it('has a host for the log-in and a gateway', () => {
    assert.equal(webOriginOf({ region: 'au' }), 'https://au-semsplus.goodwe.com');
    assert.equal(gatewayOf({ region: 'us' }), 'https://us-gateway.semsportal.com');
    assert.equal(goodweSems.authUrl, webOriginOf);
    assert.equal(goodweSems.baseUrl, gatewayOf);
  });
});

describe('a log-in', () => {
  it('sends the password as the web app does, signed as nobody', async () => {
    const played = await play([login(), flow()], { now: 1790000000000 });
    const [sent] = logInsOf(played);
    assert.ok(sent);
    const { headers, body } = sent;
    assert.deepEqual(body, { account: settings.email, pwd, agreement: 1, isChinese: false, isLocal: false });
    assert.equal(headers['origin'], 'https://eu-semsplus.goodwe.com');
    assert.equal(headers['referer'], 'https://eu-semsplus.goodwe.com/');
    assert.match(headers['user-agent'] ?? '', /^Mozilla/);
    // Of the maker's own scheme: base64 of the SHA-256 of `1790000000000@@`, `@` and the time.
    const hash = 'fe9b21373fc40b6d03e2e581f0807790b3edde8a8dd60db24a9ee4961981839c';
    assert.equal(headers['x-signature'], Buffer.from(`${hash}@1790000000000`).toString('base64'));
  });

  it('is followed by calls that carry what it answered, in order, signed with it', async () => {
    const given = { uid: '11111111-2222-4333-8444-555555555555', token: '0123456789abcdef0123456789abcdef' };
    const played = await play([login(token(1, given)), flow()], { now: 1790000000123 });
    const { headers = {} } = played.vendor.received[1] ?? {};
    const { uid: _, token: __, ...rest } = { ...identity, api: `${played.vendor.url}/web/sems` };
    const { timestamp, ...others } = rest;
    assert.equal(headers['token'], JSON.stringify({ uid: given.uid, timestamp, token: given.token, ...others }));
    const hash = 'a7e40172982a4be06db5c7b8ff9c7a4e963e3f5869acf3f4fb97b2c47e9a10b1';
    assert.equal(headers['x-signature'], Buffer.from(`${hash}@1790000000123`).toString('base64'));
    assert.equal(headers['origin'], 'https://eu-semsplus.goodwe.com');
  });

  it('that gives no uuid is completed by one of this installation, in whatever session', async () => {
    const bare = (nth: number) => login(token(nth, { uuid: undefined, api: null, region: undefined }));
    const exchanges = [bare(1), flow(), flow(refusal('100002')), bare(2), flow()];
    const played = await play(exchanges, { ticks: 2 });
    const sent = played.vendor.received
      .filter(({ path }) => path === paths.flow)
      .map(({ headers }) => JSON.parse(String(headers['token'])) as Record<string, unknown>);
    const [first] = sent;
    assert.deepEqual(Object.keys(first ?? {}), ['uid', 'timestamp', 'token', 'client', 'version', 'language', 'uuid']);
    assert.match(String(first?.['uuid']), /^[0-9a-f-]{36}$/);
    assert.deepEqual(
      sent.map(({ uuid }) => uuid),
      Array(3).fill(first?.['uuid']),
    );
  });

  for (const code of ['00000', '0', 0, 200])
    it(`succeeds with the code ${JSON.stringify(code)}`, async () => {
      const answer = { json: { code, data: identity } };
      assert.equal((await play([login(answer), flow()])).report.outcome, 'pushed');
    });

  for (const [what, data] of [
    ['no content', null],
    ['no token', { ...identity, token: null }],
    ['an empty token', { ...identity, token: '' }],
    ['no uid', { ...identity, uid: undefined }],
    ['a demand for a second factor', { ...identity, mfaRequired: true }],
  ] as const)
    it(`with ${what} is no session`, async () => {
      const played = await play([login(success(data))], { ticks: 25 });
      assert.equal(played.report.kind, 'auth');
      assert.equal(logInsOf(played).length, 1);
    });

  const gateways: [what: string, api: unknown, gateway: string | undefined][] = [
    ['of the maker', 'https://eu2-gateway.semsportal.com/web/sems/', 'https://eu2-gateway.semsportal.com'],
    ['of the maker in other letters', 'https://EU-gateway.GoodWe.com/web/sems', 'https://eu-gateway.goodwe.com'],
    ['of somebody else', 'https://gateway.example.com/web/sems', undefined],
    ['with a like name', 'https://evil-semsportal.com/web/sems', undefined],
    ['of a host that only begins so', 'https://x.semsportal.com.example.com/', undefined],
    ['in the clear', 'http://eu-gateway.semsportal.com/web/sems', undefined],
    ['that is no address', 'gateway', undefined],
    ['that is missing', undefined, undefined],
  ];
  for (const [what, api, gateway] of gateways)
    it(`names a gateway ${what}, which is ${gateway ? 'kept' : 'not asked'}; the owner's own address is asked`, async () => {
      const played = await play([login(token(1, { api })), flow()]);
      assert.equal(played.report.outcome, 'pushed');
      const kept = sessionOf(played);
      assert.equal(kept.includes('gateway\\":\\"') ? gateway !== undefined : gateway === undefined, true, kept);
      if (gateway) assert.ok(kept.includes(gateway), kept);
    });

  it('may name the gateway beside its content', async () => {
    const { api: _, ...data } = identity;
    const answer = { json: { code: '0', api: 'https://hk-gateway.semsportal.com/web/sems', data } };
    assert.ok(sessionOf(await play([login(answer), flow()])).includes('https://hk-gateway.semsportal.com'));
    const empty = { json: { ...answer.json, data: { ...data, api: '' } } };
    assert.ok(sessionOf(await play([login(empty), flow()])).includes('https://hk-gateway.semsportal.com'));
  });

  it('taken for abnormal is tried once at the global host', async () => {
    const played = await play([login(refusal('C0602')), login(), flow()]);
    assert.deepEqual(played.pushes[0]?.siteMeters, siteMeters);
    assert.deepEqual(
      logInsOf(played).map(({ headers }) => headers['origin']),
      ['https://eu-semsplus.goodwe.com', 'https://semsplus.goodwe.com'],
    );
    assert.equal(played.vendor.received[2]?.headers['origin'], 'https://eu-semsplus.goodwe.com');
  });

  it('taken for abnormal there too is told, and tried after 1, 2, 4 … 30 minutes', async () => {
    const answer = login(refusal('C0602', 'account_login_abnormal'));
    const played = await play([answer], { ticks: 100 });
    assert.equal(played.report.kind, 'unavailable');
    // Two calls each: at 0, 1, 3, 7, 15, 31, 61 and 91 minutes.
    assert.equal(logInsOf(played).length, 16);
  });

  const refusals: [string, Answer, string, waitedMinutes: number][] = [
    ['100005', refusal('100005', 'Email or password error'), 'auth', 30],
    ['a code that nobody knows', refusal('Z9999'), 'bad-response', 1],
    ['100004', refusal('100004'), 'bad-response', 1],
    ['100000', refusal(100000, 'ver is not fund'), 'unavailable', 1],
    ['GY0429', refusal('GY0429'), 'rate-limited', 5],
    ['HTTP 429', { status: 429, json: {} }, 'rate-limited', 5],
    ['HTTP 500', { status: 500, json: {} }, 'unavailable', 1],
    ['a web page', { text: '<html>Sign in</html>' }, 'unavailable', 1],
    ['a web page with HTTP 403', { status: 403, text: '<html>Blocked</html>' }, 'unavailable', 1],
    ['a text', { text: 'busy' }, 'unavailable', 1],
    ['a text with HTTP 403', { status: 403, text: 'Access denied' }, 'unavailable', 1],
  ];
  for (const [what, answer, kind, minutes] of refusals)
    it(`that is answered with ${what} is ${kind}, and left alone for ${minutes} minutes`, async () => {
      const once = await play([login(answer)], { ticks: 2, everySeconds: minutes * 60 - 1 });
      assert.equal(once.report.kind, kind, once.report.error);
      assert.equal(logInsOf(once).length, 1);
      const twice = await play([login(answer)], { ticks: 2, everySeconds: minutes * 60 });
      assert.equal(logInsOf(twice).length, 2);
    });
});

describe('a session', () => {
  it('serves for days', async () => {
    const patient = { ...settings, staleAfterSeconds: '900000' }; // the figures of this cloud stand still
    const played = await play([login(), fresh()], { settings: patient, ticks: 4, everySeconds: 86_400 });
    assert.deepEqual(played.pushes.at(-1)?.siteMeters, siteMeters);
    assert.equal(logInsOf(played).length, 1);
  });

  const ends: [string, Answer][] = [
    ...['C0602', '100001', '100002', 'C0607', 'A0301', 'Z0100', 100002].map((code): [string, Answer] => [
      `the code ${JSON.stringify(code)}`,
      refusal(code),
    ]),
    ['HTTP 401', { status: 401, json: {} }],
    ['HTTP 401 and a text', { status: 401, text: 'Unauthorized' }],
  ];
  for (const [what, ended] of ends) {
    it(`that ends with ${what} is replaced by one log-in, and the call repeated`, async () => {
      const exchanges = [login(), flow(), flow(ended), login(token(2)), flow()];
      const played = await play(exchanges, { ticks: 2 });
      assert.deepEqual(played.pushes[1]?.siteMeters, siteMeters);
      assert.equal(logInsOf(played).length, 2);
      const last = JSON.parse(String(played.vendor.received.at(-1)?.headers['token'])) as { token: string };
      assert.equal(last.token, 'sems-token-2');
    });

    it(`that ends with ${what}, the new one too, ends in a wait`, async () => {
      const exchanges = [login(), flow(ended)];
      const played = await play(exchanges, { ticks: 2, everySeconds: 59 });
      assert.equal(played.report.kind, what.includes('C0602') ? 'unavailable' : 'auth');
      assert.equal(logInsOf(played).length, 1);
    });
  }

  it('that two users end for each other is not replaced more than ten times an hour', async () => {
    const answers = Array.from({ length: 60 }, (_, nth) => [login(token(nth + 1)), fresh(), fresh(refusal('C0602'))]);
    const exchanges = answers.flat();
    const played = await play(exchanges, { ticks: 40 });
    assert.equal(played.report.kind, 'unavailable');
    assert.match(played.report.error ?? '', /nothing but the bridge uses/);
    assert.equal(logInsOf(played).length, 10);
  });

  const answers: [string, Answer, string][] = [
    ['P0214', refusal('P0214', 'missing parameter'), 'bad-response'],
    ['100004', refusal('100004', 'parameter error'), 'bad-response'],
    ['100000', refusal('100000', 'system error'), 'unavailable'],
    ['GY0429', refusal('GY0429'), 'rate-limited'],
    ['a code that nobody knows', refusal('B0001'), 'bad-response'],
    ['no code', { json: { data: identity } }, 'bad-response'],
    ['HTTP 404', { status: 404, json: { error_msg: '404 Route Not Found' } }, 'bad-response'],
    ['HTTP 404 and a page', { status: 404, text: '<html></html>' }, 'unavailable'],
    ['HTTP 404 and a text', { status: 404, text: 'default backend - 404' }, 'unavailable'],
    ['HTTP 404 and nothing', { status: 404, text: '' }, 'bad-response'],
    ['HTTP 400 and a text', { status: 400, text: 'Bad request' }, 'bad-response'],
    ['HTTP 403', { status: 403, json: {} }, 'auth'],
    ['HTTP 502', { status: 502, text: '<html></html>' }, 'unavailable'],
  ];
  for (const [what, answer, kind] of answers)
    it(`is kept where the flow is answered with ${what}, which is ${kind}`, async () => {
      const played = await play([login(), flow(), flow(answer)], { ticks: 2 });
      assert.equal(played.report.kind, kind);
      assert.equal(logInsOf(played).length, 1);
    });

  it('is left alone for five minutes when it asks too much', async () => {
    for (const answer of [refusal('GY0429'), { status: 429, json: {} }]) {
      const played = await play([login(), flow(answer), fresh()], { ticks: 2, everySeconds: 299 });
      assert.equal(played.vendor.received.length, 2);
    }
  });
});
