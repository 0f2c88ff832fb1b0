/** What SOLARMAN and Deye Cloud must do alike at their log-in, and when they are refused something. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  bodyOf,
  callsTo,
  type Dialect,
  endOf,
  hashed,
  home,
  later,
  measured,
  playChanges,
  playing,
  settings,
  speak,
} from './solarman-conversation.ts';

export function testAccount(dialect: Dialect): void {
  testLogIn(dialect);
  testCodes(dialect);
}

function testLogIn(dialect: Dialect): void {
  const { adapter, paths } = dialect;
  const say = speak(dialect);
  const play = playing(adapter);

  describe(`${dialect.adapter.title}, at its log-in,`, () => {
    const names: [string, Record<string, string>, Record<string, string>][] = [
      ['e-mail address', { email: 'ada@example.org' }, { email: 'ada@example.org' }],
      ['user name', { username: 'ada' }, { username: 'ada' }],
      ['telephone number', { mobile: '400111222', countryCode: '61' }, { mobile: '400111222', countryCode: '61' }],
      [
        'e-mail address before a user name',
        { email: 'ada@example.org', username: 'ada' },
        { email: 'ada@example.org' },
      ],
    ];
    for (const [what, given, sent] of names)
      it(`logs in by ${what}, with the password hashed`, async () => {
        const { email: _, ...rest } = settings;
        const { vendor } = await play([say.token(), say.station(home)], { settings: { ...rest, ...given } });
        assert.deepEqual(vendor.received[0]?.body, { appSecret: account.appSecret, ...sent, password: hashed });
        assert.equal(vendor.received[0]?.query['appId'], account.appId);
      });

    it('hashes a password as UTF-8', async () => {
      const exchanges = [say.token(), say.station(home)];
      const played = await play(exchanges, { settings: { ...settings, password: 'pässword' } });
      const sha256 = '3478267b5612791b40988906b3a7897eb6ab501e04b95ed32f99d0afdf669d9c';
      assert.equal(bodyOf(played, 0)?.['password'], sha256);
    });

    it('wants one name of the account, and a country with a telephone number', async () => {
      const { email: _, ...rest } = settings;
      const nameless = await play([], { settings: rest });
      assert.match(nameless.report.error ?? '', /_EMAIL or \w+_USERNAME or \w+_MOBILE is missing/);
      const stateless = await play([], { settings: { ...rest, mobile: '400111222' } });
      assert.match(stateless.report.error ?? '', /_COUNTRY_CODE is missing/);
      assert.equal(endOf(stateless), 'settings');
    });

    it('keeps the token until a day before its end', async () => {
      const exchanges = [
        say.token('token-one', String(30 * 86_400)),
        say.station(home),
        say.station(home, later(28 * 86_400)),
        say.token('token-two', '5183999'),
        say.station(home, later(29 * 86_400 + 1), 'token-two'),
      ];
      const second = await play(exchanges, { ticks: 2, everySeconds: 28 * 86_400 });
      assert.equal(endOf(second), 'pushed');
      assert.equal(callsTo(paths.token, second), 1);
      const late = await play(exchanges.toSpliced(2, 1), { ticks: 2, everySeconds: 29 * 86_400 + 1 });
      assert.equal(endOf(late), 'pushed');
      assert.equal(callsTo(paths.token, late), 2);
    });

    const prefix = adapter.vendor.toUpperCase();
    for (const [name, text] of [
      ['APP_ID', '77002'],
      ['APP_SECRET', 'another-secret'],
      ['EMAIL', 'grace@example.org'],
      ['PASSWORD', 'Rainy-Day-2026'],
      ['REGION', dialect.anotherRegion],
      [dialect.business, '31'],
    ] as const)
      it(`drops the token when ${name} changes`, async () => {
        const exchanges = [
          say.token(),
          say.station(home),
          say.token('token-two'),
          say.station(home, measured, 'token-two'),
        ];
        const { vendor } = await playChanges(adapter, settings, exchanges, [{}, { [`${prefix}_${name}`]: text }]);
        assert.equal(vendor.received.filter(({ path }) => path === paths.token).length, 2);
      });

    it('takes a token that begins with the word Bearer, and a number of seconds', async () => {
      const { json } = say.token('Bearer token-one').answer as { json: Record<string, unknown> };
      const exchange = { ...say.token(), answer: { json: { ...json, expiresIn: 5_183_999, expires_in: 5_183_999 } } };
      assert.equal(endOf(await play([exchange, say.station(home)])), 'pushed');
    });

    it('says so when a log-in brings no token', async () => {
      const played = await play([{ ...say.token(), answer: { json: dialect.good } }]);
      assert.equal(endOf(played), 'bad-response');
    });

    for (const refusal of [
      { code: '2101019', msg: 'auth invalid token' },
      { code: '2101017', msg: 'auth token not found' },
      { code: 2_101_019, msg: null },
      { code: '9', msg: 'Token is expired' },
    ])
      it(`logs in once and asks again when a kept token is refused with ${JSON.stringify(refusal)}`, async () => {
        const exchanges = [
          say.token(),
          say.station(home),
          say.stationSays({ json: { success: false, ...refusal } }),
          say.token('token-two'),
          say.station({ ...home, pv: 4400 }, later(300), 'token-two'),
        ];
        const played = await play(exchanges, { ticks: 2, everySeconds: 300 });
        assert.equal(played.pushes[1]?.siteMeters?.['production_kw'], 4.4, played.report.error);
        assert.equal(callsTo(paths.token, played), 2);
        assert.equal(played.stored.includes('token-two') && !played.stored.includes('token-one'), true);
      });

    it('gives up when the new token is refused too', async () => {
      const exchanges = [
        say.token(),
        say.station(home),
        say.stationSays({ json: { success: false, code: '2101019', msg: 'auth invalid token' } }),
        say.token('token-two'),
        say.stationSays({ json: { success: false, code: '2101019', msg: 'auth invalid token' } }, 'token-two'),
      ];
      const played = await play(exchanges, { ticks: 2, everySeconds: 300 });
      assert.equal(endOf(played), 'auth');
      assert.equal(callsTo(paths.token, played), 2);
      assert.equal(callsTo(paths.station, played), 3);
    });
  });
}

function testCodes(dialect: Dialect): void {
  const { adapter, paths } = dialect;
  const say = speak(dialect);
  const play = playing(adapter);

  describe(`${dialect.adapter.title}, when it is refused something,`, () => {
    const codes: [code: unknown, msg: string | null, kind: FailureKind][] = [
      ['2101019', 'auth invalid token', 'auth'],
      ['2101003', 'client is forbidden', 'auth'],
      ['2101009', 'appId or api is locked', 'auth'],
      ['2101018', 'auth appId not found', 'auth'],
      ['2101020', 'auth invalid orgId', 'auth'],
      [2_101_021, 'auth invalid appId', 'auth'],
      ['2101022', 'bussiness error', 'auth'],
      ['2101023', 'access denied', 'auth'],
      ['2101025', 'auth failed', 'auth'],
      ['2101028', 'auth invalid user', 'auth'],
      [null, 'auth invalid appId', 'auth'],
      ['2101002', 'client execute too frequently', 'rate-limited'],
      [null, 'client execute too frequently', 'rate-limited'],
      ['2101010', null, 'rate-limited'],
      [null, 'appId insufficient allowance', 'rate-limited'],
      ['2101016', 'device no upload records found', 'offline'],
      ['2101005', 'parameter missing', 'bad-response'],
      ['2101008', 'parameter token missing', 'bad-response'],
      ['2101026', 'parameter error', 'bad-response'],
      ['2101024', 'resource not found', 'bad-response'],
      ['2101031', 'station not found', 'bad-response'],
      ['2101032', 'device not found', 'bad-response'],
      ['3201001', 'service unavailable', 'unavailable'],
      ['3501004', 'remote rpc exception', 'unavailable'],
      ['4711', 'the moon is full', 'bad-response'],
      [null, null, 'bad-response'],
    ];
    for (const [code, msg, kind] of codes)
      it(`reads code ${code} (${msg}) as ${kind}, without another log-in`, async () => {
        const exchanges = [say.token(), say.stationSays({ json: { success: false, code, msg } })];
        const played = await play(exchanges);
        assert.equal(endOf(played), kind, played.report.error);
        assert.equal(callsTo(paths.token, played), 1);
      });

    it('does not take code 2101021 of a kept token for a token that has run out', async () => {
      const exchanges = [
        say.token(),
        say.station(home),
        say.stationSays({ json: { success: false, code: '2101021', msg: 'auth invalid appId' } }),
      ];
      const played = await play(exchanges, { ticks: 2, everySeconds: 3_600 });
      assert.equal(endOf(played), 'auth');
      assert.equal(callsTo(paths.token, played), 1);
      assert.match(played.report.error ?? '', /_REGION/);
    });

    it("tells the vendor's words for an error that it does not know", async () => {
      const played = await play([
        say.token(),
        say.stationSays({ json: { success: false, code: '4711', msg: 'the moon is full' } }),
      ]);
      assert.match(played.report.error ?? '', /4711: the moon is full/);
    });

    it('takes success codes where the word success is missing', async () => {
      const { success: _, ...rest } = (say.station(home).answer as { json: Record<string, unknown> }).json;
      for (const code of [0, '1000000', 1_106_000])
        assert.equal(endOf(await play([say.token(), say.stationSays({ json: { ...rest, code } })])), 'pushed');
    });

    for (const [what, refusal, kind] of [
      ['wrong password', { code: '2101025', msg: 'auth failed' }, 'auth'],
      ['unknown code', { code: '1', msg: 'no way' }, 'auth'],
      ['message that is itself JSON', { code: null, msg: '{"code":"AUTH_INVALID_USERNAME_OR_PASSWORD"}' }, 'auth'],
      ['unknown parameter', { code: '2101006', msg: 'parameter error' }, 'auth'],
      ['too many calls', { code: '2101002', msg: 'client execute too frequently' }, 'rate-limited'],
      ['spent allowance', { code: '2101010', msg: 'appId insufficient allowance' }, 'rate-limited'],
    ] as const)
      it(`calls a log-in refused for ${what} ${kind}, and tries it once`, async () => {
        const played = await play([say.refusedToken(refusal)], { ticks: 5, everySeconds: 60 });
        assert.equal(endOf(played), kind);
        assert.equal(played.vendor.received.length, 1);
        assert.equal(played.report.error?.includes('{'), false, played.report.error);
      });

    it('keeps quiet for two hours after the allowance is spent, then goes on with the same token', async () => {
      const exchanges = [
        say.token(),
        say.stationSays({ json: { success: false, code: '2101010', msg: 'appId insufficient allowance' } }),
        say.station(home, later(7_200)),
      ];
      const quiet = await play(exchanges, { ticks: 24, everySeconds: 300 });
      assert.equal(endOf(quiet), 'rate-limited');
      assert.equal(callsTo(paths.station, quiet), 1);
      const after = await play(exchanges, { ticks: 2, everySeconds: 7_200 });
      assert.equal(endOf(after), 'pushed', after.report.error);
      assert.equal(callsTo(paths.token, after), 1);
    });

    it('takes a lock that follows the end of the allowance for a part of it', async () => {
      const exchanges = [
        say.token(),
        say.stationSays({ json: { success: false, code: '2101010', msg: 'appId insufficient allowance' } }),
        say.stationSays({ json: { success: false, code: '2101009', msg: 'appId or api is locked' } }),
      ];
      assert.equal(endOf(await play(exchanges, { ticks: 2, everySeconds: 7_200 })), 'rate-limited');
      const between = exchanges.toSpliced(2, 0, say.station(home, later(7_200)));
      assert.equal(endOf(await play(between, { ticks: 3, everySeconds: 7_200 })), 'auth');
    });

    for (const [what, answer] of [
      ['a web page', { text: '<html>maintenance</html>' }],
      ['nothing', { text: '' }],
      ['an HTTP 503', { status: 503, json: {} }],
      [
        'an HTTP 500 with a code',
        { status: 500, json: { success: false, code: '2101019', msg: 'auth invalid token' } },
      ],
    ] as const)
      it(`has trouble, not a wrong log-in, where ${what} answers`, async () => {
        assert.equal(endOf(await play([say.token(), say.stationSays(answer)])), 'unavailable');
        assert.equal(endOf(await play([{ ...say.token(), answer }])), 'unavailable');
      });
  });
}
