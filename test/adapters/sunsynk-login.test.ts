import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sunsynk } from '../../functions/push-solar-data/adapters/sunsynk.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { openHome, playAdapter, settingTexts } from '../support/home.ts';
import {
  ageless,
  decrypted,
  flow,
  get,
  keyPair,
  now,
  ok,
  paths,
  play,
  publicKey,
  realtime,
  refusal,
  settings,
  token,
  tokenCall,
} from './sunsynk-cloud.ts';

const nonce = Date.parse(now);
const tokenPath = '/oauth/token/new';
const live = [realtime(), flow()];

/** MD5 of `nonce=1785326400000&source=…` and its end; every key of 1024 bits begins with MIGfMA0GCS. */
const signs = {
  sunsynkKey: 'e779723bd761e68e78855b346d0c9902',
  sunsynkToken: '10f4b814182f2b7bcc3c2cc77b743a85',
  elinterKey: '994a0a4453fb5c79fb4e032e5cf6df00',
  elinterToken: '76bf6c828a7ae21b8a47b87d3a20afd4',
};

const from = (exchanges: Exchange[], changed = {}, options = {}) =>
  playAdapter(sunsynk, { settings: { ...settings, ...changed }, now, exchanges, ...options });
const tokenCalls = ({ vendor }: Awaited<ReturnType<typeof from>>) =>
  vendor.received.filter(({ path }) => path === tokenPath).map(({ body }) => body as Record<string, string>);

describe('Sunsynk Connect, log-in:', () => {
  it('asks by region at the hosts known for it', () => {
    const hostOf = (region: string) =>
      typeof sunsynk.baseUrl === 'function' ? sunsynk.baseUrl({ ...settings, region }) : undefined;
    assert.equal(hostOf('sunsynk'), 'https://api.sunsynk.net');
    assert.equal(hostOf('inteless'), 'https://pv.inteless.com');
    assert.equal(hostOf('solark'), 'https://p2.api.solarkcloud.com');
  });

  for (const modulusLength of [1024, 2048])
    it(`encrypts the password with the cloud's key of ${modulusLength} bits`, async () => {
      const { key, privateKey } = keyPair(modulusLength);
      const played = await from([publicKey(ok(key)), tokenCall(), ...live], { password: 'Grüß-Gott-2026' });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.equal(decrypted(tokenCalls(played)[0]?.['password'] ?? '', privateKey), 'Grüß-Gott-2026');
    });

  it('signs both steps', async () => {
    const played = await play(live);
    const [key] = played.vendor.received;
    assert.deepEqual(key?.query, { source: 'sunsynk', nonce: String(nonce), sign: signs.sunsynkKey });
    const { password: _, ...body } = tokenCalls(played)[0] ?? {};
    assert.deepEqual(body, {
      client_id: 'csp-web',
      grant_type: 'password',
      username: settings.username,
      source: 'sunsynk',
      nonce,
      sign: signs.sunsynkToken,
    });
  });

  it('is plain at Sol-Ark', async () => {
    const portal = 'https://www.solarkcloud.com';
    const plain = {
      method: 'POST',
      path: '/oauth/token',
      headers: { origin: portal, referer: `${portal}/` },
      json: { client_id: 'csp-web', grant_type: 'password', username: settings.username, password: settings.password },
      answer: token(1, 7200),
    };
    const { report, vendor } = await from([plain, ...live], { region: 'solark' });
    assert.equal(report.outcome, 'pushed', report.error);
    assert.deepEqual(vendor.misses, []);
  });

  const failures: [what: string, exchanges: Exchange[], kind: string, error: RegExp][] = [
    ['a wrong password', [publicKey(), tokenCall(refusal(102, 'Account or password error'))], 'auth', /password/],
    ['HTTP 401', [publicKey(), tokenCall({ status: 401, json: {} })], 'auth', /credentials/],
    ['another code', [publicKey(), tokenCall(refusal(9, 'Come back later'))], 'bad-response', /9: Come back later/],
    ['HTTP 500 for the token', [publicKey(), tokenCall({ status: 500 })], 'unavailable', /step "token"/],
    ['HTTP 503 for the key', [publicKey({ status: 503 })], 'unavailable', /step "public key"/],
    [
      'a server error in the body',
      [publicKey(), tokenCall(refusal(1, 'Internal Server Error'))],
      'unavailable',
      /Internal Server Error/,
    ],
    ['no key', [publicKey(ok('bm8ga2V5'))], 'bad-response', /key/],
    ['no token', [publicKey(), tokenCall(ok({ token_type: 'bearer' }))], 'bad-response', /access_token/],
    ['a web page', [publicKey(), tokenCall({ text: '<html>' })], 'unavailable', /trouble/],
  ];
  for (const [what, exchanges, kind, error] of failures)
    it(`${what} is ${kind}`, async () => {
      const { report, pushes } = await from(exchanges);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', error);
      assert.equal(JSON.stringify([report, pushes[0]?.error]).includes(settings.password), false);
    });

  it('is tried once a minute while the cloud answers it with a server error', async () => {
    const played = await from([publicKey(), tokenCall({ status: 500 })], {}, { ticks: 3 });
    assert.equal(tokenCalls(played).length, 3);
  });

  it('is not tried again for a quarter of an hour after a refusal that nobody knows', async () => {
    const exchanges = [publicKey(), tokenCall(refusal(9, 'Too many attempts'))];
    const early = await from(exchanges, {}, { ticks: 15 });
    assert.equal(tokenCalls(early).length, 1);
    assert.match(early.report.error ?? '', /step "token".*15 minutes/);
    assert.equal(tokenCalls(await from(exchanges, {}, { ticks: 16 })).length, 2);
  });

  it('is not tried again for half an hour after a wrong password', async () => {
    const exchanges = [publicKey(), tokenCall(refusal(102, 'Account or password error'))];
    const played = await from(exchanges, {}, { ticks: 30 });
    assert.equal(tokenCalls(played).length, 1);
  });
});

describe('Sunsynk Connect, log-in at E-Linter:', () => {
  const region = { region: 'inteless' };
  const first = (answer: Answer) => tokenCall(answer, { source: 'elinter', sign: signs.sunsynkToken });
  const second = (answer: Answer) => tokenCall(answer, { source: 'elinter', sign: signs.elinterToken });

  it("signs the first step with the cloud's own name, the second with sunsynk", async () => {
    const played = await from([publicKey(), first(token()), ...live], region);
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(played.vendor.received[0]?.query, {
      source: 'elinter',
      nonce: String(nonce),
      sign: signs.elinterKey,
    });
    assert.equal(tokenCalls(played).length, 1);
  });

  for (const [what, refused] of [
    ['HTTP 500', { status: 500 }],
    ['HTTP 502', { status: 502 }],
    ['a code', refusal(1, 'sign error')],
    ['the code 401', refusal(401, 'Unauthorized')],
  ] satisfies [string, Answer][])
    it(`signs with its own name after ${what}, with the same key`, async () => {
      const played = await from([publicKey(), first(refused), second(token()), ...live], region);
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.equal(tokenCalls(played).length, 2);
      assert.equal(played.vendor.received.filter(({ path }) => path === '/anonymous/publicKey').length, 1);
    });

  it('takes a new nonce for each call while the clock goes on', async () => {
    const vendor = await playConversation([publicKey(), tokenCall({ status: 500 }), tokenCall(), ...live]);
    const chargeHq = await playChargeHq();
    const given = { ...settings, ...region, baseUrl: vendor.url };
    const texts = { VENDOR: 'sunsynk', CHARGE_HQ_URL: chargeHq.url, ...settingTexts('sunsynk', given) };
    const home = openHome({ adapters: [sunsynk], texts, now });
    let reads = 0;
    home.clock.now = () => nonce + reads++;
    const { outcome } = await home.tick();
    await Promise.all([home.close(), vendor.close(), chargeHq.close()]);
    const nonces = vendor.received
      .slice(0, 3)
      .map(({ query, body }) => query['nonce'] ?? (body as { nonce: number }).nonce);
    assert.equal(new Set(nonces.map(Number)).size, 3, String(nonces));
    assert.equal(outcome, 'pushed');
  });

  it('does not sign again after a wrong password', async () => {
    const played = await from([publicKey(), first(refusal(102, 'Account or password error'))], region);
    assert.equal(played.report.kind, 'auth');
    assert.equal(tokenCalls(played).length, 1);
  });

  it('gives up for this minute when both are refused', async () => {
    const played = await from([publicKey(), first({ status: 500 }), second({ status: 500 })], region);
    assert.equal(played.report.kind, 'unavailable');
    assert.equal(tokenCalls(played).length, 2);
  });
});

describe('Sunsynk Connect, token:', () => {
  const days = 86_400;
  const lives: [what: string, expires_in: unknown, everySeconds: number, logIns: number][] = [
    ['serves six days of seven', 604_800, 6 * days, 1],
    ['is renewed with less than a tenth of seven days left', 604_800, 6.4 * days, 2],
    ['serves 107 minutes of two hours', 7200, 6420, 1],
    ['is renewed with less than 12 minutes of two hours left', '7200', 6540, 2],
    ['serves until it is refused where the cloud does not say how long', null, 30 * days, 1],
  ];
  for (const [what, expires_in, everySeconds, logIns] of lives)
    it(what, async () => {
      const exchanges = [publicKey(), tokenCall(token(1, expires_in)), ageless, flow()];
      const played = await from(exchanges, {}, { ticks: 2, everySeconds });
      assert.equal(played.pushes.length, 2);
      assert.equal(tokenCalls(played).length, logIns);
    });

  const refusals: [string, Answer][] = [
    ['HTTP 401', { status: 401, text: '' }],
    ['the code 401', refusal(401, 'no')],
    ['«token expired»', refusal(1, 'Token expired')],
    ['«invalid token»', refusal(1, 'INVALID access TOKEN')],
    ['«unauthorized»', refusal(5, 'Request Unauthorized')],
    ['«not logged in»', refusal(3, 'User is not logged in')],
  ];
  const again = (refused: Answer) => [
    publicKey(),
    tokenCall(token(1)),
    tokenCall(token(2)),
    ageless,
    flow(),
    get(paths.realtime, refused),
    get(paths.realtime, ok({}), 2),
    get(paths.flow, ok({ pvPower: 100, gridOrMeterPower: 0, battPower: null }), 2),
  ];
  for (const [what, refused] of refusals)
    it(`is renewed, and the read repeated, after ${what}`, async () => {
      const played = await from(again(refused), {}, { ticks: 2 });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.equal(played.pushes[1]?.siteMeters?.['production_kw'], 0.1);
      assert.equal(tokenCalls(played).length, 2);
      assert.equal(played.stored.includes('unused-refresh'), false);
    });

  it('that is refused at once is a refused log-in, without a second one', async () => {
    const played = await from([publicKey(), tokenCall(), get(paths.realtime, refusal(401, 'Unauthorized'))]);
    assert.equal(played.report.kind, 'auth');
    assert.equal(tokenCalls(played).length, 1);
  });

  it('that is refused twice, old and new, ends in auth after one new log-in', async () => {
    const refused = refusal(1, 'token expired');
    const exchanges = [
      publicKey(),
      tokenCall(token(1)),
      tokenCall(token(2)),
      ageless,
      flow(),
      get(paths.realtime, refused),
      get(paths.realtime, refused, 2),
    ];
    const played = await from(exchanges, {}, { ticks: 3 });
    assert.equal(played.report.kind, 'auth');
    assert.equal(tokenCalls(played).length, 2);
  });

  it('is not renewed for a plant that the account may not see', async () => {
    const noPermission = get(paths.flow, refusal(2, 'No Permissions'));
    const played = await from([publicKey(), tokenCall(), ageless, flow(), noPermission], {}, { ticks: 2 });
    assert.equal(played.report.kind, 'auth');
    assert.equal(tokenCalls(played).length, 1);
  });
});
