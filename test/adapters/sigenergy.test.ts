import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wrappedPassword } from '../../functions/push-solar-data/adapters/sigenergy/platform.ts';
import { sigenergy } from '../../functions/push-solar-data/adapters/sigenergy.ts';
import {
  account,
  app,
  appConversation,
  appFlow,
  appToken,
  byAccount,
  byApp,
  byKey,
  calls,
  conversation,
  failure,
  key,
  loginPath,
  now,
  ofApp,
  official,
  officialFlow,
  officialPath,
  officialToken,
  password,
  refresh,
  siteMeters,
  success,
  wrapped,
} from '../conversations/sigenergy.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (settings: Record<string, string>, exchanges: Exchange[], options = {}) =>
  playAdapter(sigenergy, { settings, now, exchanges, everySeconds: 300, ...options });
const metersOf = async (flow: Record<string, unknown>) => {
  const { pushes, report } = await play(app, [byApp(), ofApp(success(flow))]);
  return pushes[0]?.siteMeters ?? report.kind;
};

testAdapter(sigenergy, conversation);
testAdapter(sigenergy, appConversation);

describe('settings', () => {
  it('lead to the host of the mode and region', () => {
    const { baseUrl } = sigenergy;
    assert.ok(typeof baseUrl === 'function');
    assert.equal(baseUrl({ mode: 'app', region: 'aus' }), 'https://api-aus.sigencloud.com');
    assert.equal(baseUrl({ mode: 'openapi-key', region: 'us' }), 'https://openapi-us.sigencloud.com');
    assert.equal(baseUrl({ mode: 'openapi-account', region: 'eu' }), 'https://openapi-eu.sigencloud.com');
  });

  for (const [mode, missing] of [
    ['openapi-account', ['SIGENERGY_USERNAME', 'SIGENERGY_PASSWORD']],
    ['app', ['SIGENERGY_USERNAME', 'SIGENERGY_PASSWORD']],
    ['openapi-key', ['SIGENERGY_APP_KEY', 'SIGENERGY_APP_SECRET']],
  ] as const)
    it(`of mode ${mode} are missed by name`, async () => {
      const { report } = await play({ mode }, []);
      assert.equal(report.kind, 'settings');
      for (const name of missing) assert.match(report.error ?? '', new RegExp(`${name} is missing`));
    });

  it('let mode app be asked every two minutes, the official modes not before five', async () => {
    const outcome = async (settings: Record<string, string>, exchanges: Exchange[]) =>
      (await play({ ...settings, pollSeconds: '120' }, exchanges)).report.outcome;
    assert.equal(await outcome(app, [byApp(), ofApp()]), 'pushed');
    assert.equal(await outcome(key, [byKey(), official()]), 'reported');
  });
});

describe('the log-in', () => {
  it('wraps passwords as the app does, a full block too', () => {
    assert.equal(wrappedPassword('Sunny-Day-2026'), wrapped);
    assert.equal(wrappedPassword('0123456789abcdef'), 'paQt1PwhakURXgKUcqkosG0swN6DK3H6WwocCV0XhYs=');
  });

  it('by key sends key and secret joined, in base64', async () => {
    const { vendor } = await play(key, [byKey(), official()]);
    assert.deepEqual(vendor.received[0]?.body, { key: 'ZGVtb0FwcEtleTAxOmRlbW9BcHBTZWNyZXQwMQ==' });
  });

  it('by account takes a token as an object, and keeps it for half a day', async () => {
    const token = success({ tokenType: 'Bearer', accessToken: 'official-token-1', expiresIn: 43199 });
    const played = await play(account, [byAccount(password, token), official()], { ticks: 3 });
    assert.equal(played.pushes.length, 3);
    assert.deepEqual(calls(played), [`POST ${loginPath.account}`, ...Array(3).fill(`GET ${officialPath}`)]);
  });

  it('by account sends the wrapped password where the clear one is refused, and from then on', async () => {
    const exchanges = [
      byAccount(password, failure(11002)),
      byAccount(wrapped, officialToken()),
      official(),
      official({ status: 401, json: {} }),
      byAccount(wrapped, officialToken('official-token-2')),
      official(success(officialFlow), 'official-token-2'),
    ];
    const { vendor, pushes } = await play(account, exchanges, { ticks: 2 });
    assert.equal(pushes.length, 2);
    const sent = vendor.received.filter(({ path }) => path === loginPath.account).map(({ body }) => body);
    assert.deepEqual(
      sent.map((body) => (body as { password: string }).password),
      [password, wrapped, wrapped],
    );
  });

  it('by account tries each form once, then leaves the account alone', async () => {
    const refused = [byAccount(password, failure(11003)), byAccount(wrapped, failure(11003))];
    const played = await play(account, refused, { ticks: 6 });
    assert.equal(played.report.kind, 'auth');
    assert.equal(calls(played).length, 2);
  });

  it('does not try the wrapped password after another refusal', async () => {
    const played = await play(account, [byAccount(password, failure(1601))]);
    assert.equal(played.report.kind, 'auth');
    assert.equal(calls(played).length, 1);
  });

  for (const [what, answer] of [
    ['HTTP 400', { status: 400, json: { error: 'invalid_grant' } }],
    ['HTTP 401', { status: 401, json: { error: 'unauthorized' } }],
    ['HTTP 403', { status: 403, json: { error: 'forbidden' } }],
    ['code 11003', failure(11003)],
    ['a code that nobody knows', failure(500123)],
    ['a code with a refusal of its own', failure(1104)],
  ] as [string, Answer][])
    it(`of the app is refused by ${what}`, async () => {
      const played = await play(app, [byApp(answer)], { ticks: 5 });
      assert.equal(played.report.kind, 'auth');
      assert.equal(calls(played).length, 1);
    });

  for (const [what, answer, kind] of [
    ['a firewall page', { status: 403, text: '<html>Request blocked.</html>' }, 'unavailable'],
    ['an HTTP 400 of a gateway', { status: 400, text: '<html>Bad Request</html>' }, 'bad-response'],
    ['HTTP 502', { status: 502, text: '<html></html>' }, 'unavailable'],
    ['the code of an internal error', failure(1501), 'unavailable'],
    ['the code for asking too often', failure(1110), 'rate-limited'],
    ['HTTP 429', { status: 429, json: {} }, 'rate-limited'],
    ['an answer without a token', success({ scope: 'server' }), 'bad-response'],
    ['a success without content', success(), 'bad-response'],
    ['a web page', { text: '<html>Welcome</html>' }, 'bad-response'],
  ] as [string, Answer, string][])
    it(`of the app is not refused by ${what}, and not repeated at once`, async () => {
      const played = await play(app, [byApp(answer)]);
      assert.equal(played.report.kind, kind);
      assert.equal(calls(played).length, 1);
    });

  it('of the app takes tokens without the envelope too', async () => {
    const bare = { json: { access_token: 'app-token-1', refresh_token: 'app-refresh-1', expires_in: '43199' } };
    assert.deepEqual((await play(app, [byApp(bare), ofApp()])).pushes[0]?.siteMeters, siteMeters);
  });

  it('of the app shows the same 32 hex digits as device each time', async () => {
    const exchanges = [byApp(), ofApp(), ofApp({ status: 401, json: {} }), refresh('app-refresh-1', appToken(2))];
    const { vendor } = await play(app, [...exchanges, ofApp(success(appFlow), 'app-token-2')], { ticks: 2 });
    const forms = vendor.received.filter(({ path }) => path === loginPath.app).map(({ body }) => body);
    const [first, second] = forms.map((body) => (body as { userDeviceId: string }).userDeviceId);
    assert.match(first ?? '', /^[0-9a-f]{32}$/);
    assert.equal(first, second);
  });

  it('is not quoted where its answer breaks off inside the token', async () => {
    const half = { text: '{"code":0,"data":{"access_token":"half-a-tok' };
    for (const [settings, login] of [
      [app, byApp(half)],
      [key, byKey(half)],
    ] as const) {
      const { report } = await play(settings, [login]);
      assert.equal(report.kind, 'bad-response');
      assert.doesNotMatch(JSON.stringify(report), /half-a-tok/);
    }
  });
});

it('keeps its own name in the log although the app is known by a part of it', async () => {
  const { report } = await play(app, [byApp(), ofApp()]);
  assert.equal(report.sources[0]?.vendor, 'sigenergy');
});

describe('a token', () => {
  it('of the official API is replaced by a log-in when refused, by status or by code', async () => {
    for (const refusal of [{ status: 401, json: {} }, failure(401)]) {
      const again = [byKey(officialToken('official-token-2')), official(success(officialFlow), 'official-token-2')];
      const played = await play(key, [byKey(), official(), official(refusal), ...again], { ticks: 2 });
      assert.deepEqual(played.pushes[1]?.siteMeters, siteMeters);
      assert.equal(calls(played).length, 5);
    }
  });

  it('of the official API that is refused again after the log-in is reported as auth', async () => {
    const played = await play(key, [byKey(), official(), official(failure(401))], { ticks: 2 });
    assert.equal(played.report.kind, 'auth');
    assert.equal(calls(played).length, 5);
  });

  it('is not replaced for a refusal that is not its own', async () => {
    for (const [settings, exchanges] of [
      [key, [byKey(), official(), official(failure(1116))]],
      [app, [byApp(), ofApp(), ofApp({ status: 403, json: {} })]],
    ] as [Record<string, string>, Exchange[]][]) {
      const played = await play(settings, exchanges, { ticks: 2 });
      assert.equal(played.report.kind, 'auth');
      assert.equal(calls(played).length, 3);
    }
  });

  it('is replaced ten minutes before its end', async () => {
    for (const [settings, exchanges] of [
      [key, [byKey(), official()]],
      [app, [byApp(), ofApp(), refresh('app-refresh-1', appToken())]],
    ] as [Record<string, string>, Exchange[]][]) {
      const early = await play(settings, exchanges, { ticks: 2, everySeconds: 43_199 - 601 });
      assert.equal(calls(early).length, 3);
      const late = await play(settings, exchanges, { ticks: 2, everySeconds: 43_199 - 600 });
      assert.equal(calls(late).length, 4);
    }
  });

  it('of the app is refreshed before its end, with the newest refresh token', async () => {
    const exchanges = [
      byApp(),
      ofApp(),
      refresh('app-refresh-1', appToken(2)),
      ofApp(success({ ...appFlow, pvPower: 6.1 }), 'app-token-2'),
      refresh('app-refresh-2', appToken(3, { refresh_token: null })),
      ofApp(success({ ...appFlow, pvPower: 6.2 }), 'app-token-3'),
      refresh('app-refresh-2', appToken(4)), // none came with the third
      ofApp(success({ ...appFlow, pvPower: 6.3 }), 'app-token-4'),
    ];
    const patient = { ...app, staleAfterSeconds: '200000' }; // the figures of this cloud stand still
    const played = await play(patient, exchanges, { ticks: 4, everySeconds: 43_000 });
    assert.equal(played.pushes.filter(({ siteMeters: figures }) => figures).length, 4);
    assert.deepEqual(played.vendor.misses, []);
    const grants = played.vendor.received.filter(({ path }) => path === loginPath.app);
    const used = grants.map(({ body }) => (body as { refresh_token?: string }).refresh_token);
    assert.deepEqual(used, [undefined, 'app-refresh-1', 'app-refresh-2', 'app-refresh-2']);
  });

  for (const [what, answer] of [
    ['HTTP 400', { status: 400, json: { error: 'invalid_grant' } }],
    ['HTTP 401', { status: 401, json: {} }],
    ['a code', failure(11003)],
    ['an answer without token', success({})],
  ] as [string, Answer][])
    it(`of the app whose refresh is refused by ${what} is replaced by one log-in`, async () => {
      const exchanges = [byApp(), ofApp(), ofApp({ status: 401, json: {} }), refresh('app-refresh-1', answer)];
      const again = [byApp(appToken(2)), ofApp(success(appFlow), 'app-token-2')];
      const played = await play(app, [...exchanges, ...again], { ticks: 2 });
      assert.deepEqual(played.pushes[1]?.siteMeters, siteMeters);
      assert.equal(calls(played).length, 6);
    });

  for (const [what, answer, kind] of [
    ['blocked by the firewall', { status: 403, text: '<html>Request blocked.</html>' }, 'unavailable'],
    ['too much', failure(1110), 'rate-limited'],
    ['met by HTTP 500', { status: 500, json: {} }, 'unavailable'],
  ] as [string, Answer, string][])
    it(`of the app whose refresh is ${what} is kept, without a log-in`, async () => {
      const exchanges = [byApp(), ofApp(), ofApp({ status: 401, json: {} }), refresh('app-refresh-1', answer)];
      const played = await play(app, exchanges, { ticks: 2 });
      assert.equal(played.report.kind, kind);
      assert.equal(calls(played).length, 4);
      assert.match(played.stored, /app-refresh-1/);
    });

  it('of the app that is refused again after the refresh is reported as auth', async () => {
    const refused = { status: 401, json: {} };
    const exchanges = [byApp(), ofApp(), ofApp(refused), refresh('app-refresh-1', appToken(2))];
    const played = await play(app, [...exchanges, ofApp(refused, 'app-token-2')], { ticks: 2 });
    assert.equal(played.report.kind, 'auth');
    assert.equal(calls(played).length, 5);
  });
});

describe('an answer', () => {
  const meanings: [string, Answer, string][] = [
    ...[11002, 11003, 1116, 1111, 1401, 1402, 1301, 1103, 1112, 1600, 1601, 1609].map(
      (code): [string, Answer, string] => [`code ${code}`, failure(code), 'auth'],
    ),
    ...[1110, 1201].map((code): [string, Answer, string] => [`code ${code}`, failure(code), 'rate-limited']),
    ...[1104, 1302].map((code): [string, Answer, string] => [`code ${code}`, failure(code), 'offline']),
    ...[1106, 1108, 1101, 1000, 777].map((code): [string, Answer, string] => [
      `code ${code}`,
      failure(code),
      'bad-response',
    ]),
    ...[1102, 1105, 1304, 1001, 1109, 1501, 1502, 13008].map((code): [string, Answer, string] => [
      `code ${code}`,
      failure(code),
      'unavailable',
    ]),
    ['a code in text', { json: { code: '1104', msg: 'offline' } }, 'offline'],
    ['a code with HTTP 400', { status: 400, json: { code: 1104 } }, 'offline'],
    ['no code', { json: { data: officialFlow } }, 'bad-response'],
    ['HTTP 403 with JSON', { status: 403, json: {} }, 'auth'],
    ['HTTP 403 with a page', { status: 403, text: '<html>Request blocked.</html>' }, 'unavailable'],
    ['HTTP 404', { status: 404, json: {} }, 'bad-response'],
    ['HTTP 424', { status: 424, json: {} }, 'rate-limited'],
    ['HTTP 503', { status: 503, text: '' }, 'unavailable'],
    ['a text that is no JSON', success('aBcD'.repeat(32)), 'bad-response'],
    ['a figure that is no number', success({ ...officialFlow, pvPower: 'lots' }), 'bad-response'],
  ];
  for (const [what, answer, kind] of meanings)
    it(`with ${what} is ${kind}, without a second call`, async () => {
      for (const [settings, exchanges] of [
        [key, [byKey(), official(answer)]],
        [app, [byApp(), ofApp(answer)]],
      ] as [Record<string, string>, Exchange[]][]) {
        const played = await play(settings, exchanges);
        assert.equal(played.report.kind, kind);
        assert.equal(calls(played).length, 2);
      }
    });

  it('with an unknown code tells what Sigenergy says', async () => {
    const { report } = await play(key, [byKey(), official(failure(1000, 'illegal parameter'))]);
    assert.match(report.error ?? '', /1000.*illegal parameter/);
  });

  it('with words of no known form is read all the same', async () => {
    const { pushes } = await play(key, [
      byKey(),
      official({ json: { code: 0, msg: { en: 'ok' }, data: officialFlow } }),
    ]);
    assert.deepEqual(pushes[0]?.siteMeters, siteMeters);
  });

  it('without content is asked for once more by the app', async () => {
    const played = await play(app, [byApp(), ofApp(success()), ofApp()]);
    assert.deepEqual(played.pushes[0]?.siteMeters, siteMeters);
    const again = await play(app, [byApp(), ofApp(success(null))]);
    assert.equal(again.report.kind, 'bad-response');
    assert.equal(calls(again).length, 3);
  });

  it('without content is not asked for again at the official API, which counts calls', async () => {
    const played = await play(key, [byKey(), official(success(null))]);
    assert.equal(played.report.kind, 'bad-response');
    assert.equal(calls(played).length, 2);
  });

  for (const [settings, login, flow, holdSeconds] of [
    [key, byKey(), official, 300],
    [app, byApp(), ofApp, 1800],
  ] as const)
    it(`that asks mode ${settings.mode} to slow down is obeyed for ${holdSeconds} s, and the token kept`, async () => {
      for (const busy of [failure(1110), failure(1201), { status: 429, json: {} }, { status: 424, json: {} }]) {
        const exchanges = [login, flow(busy), flow()];
        const early = await play(settings, exchanges, { ticks: 2, everySeconds: holdSeconds - 1 });
        assert.equal(early.report.kind, 'rate-limited');
        assert.equal(calls(early).length, 2);
        const later = await play(settings, exchanges, { ticks: 2, everySeconds: holdSeconds });
        assert.deepEqual(later.pushes.at(-1)?.siteMeters, siteMeters);
        assert.equal(calls(later).length, 3);
      }
    });
});

describe('the system', () => {
  const { systemId: _, ...anySystem } = key;
  const list = (data: unknown): Exchange => ({ path: '/openapi/system', answer: success(data) });

  for (const [what, data] of [
    ['a list', [{ systemId: 'SYS-1', systemName: 'Home' }]],
    ['a list of texts', [JSON.stringify({ systemId: 'SYS-1', systemName: null })]],
    ['a text', JSON.stringify([{ systemId: 'SYS-1' }])],
  ] as const)
    it(`is found in ${what}, once`, async () => {
      const played = await play(anySystem, [byKey(), list(data), official()], { ticks: 2 });
      assert.equal(played.pushes.length, 2);
      assert.deepEqual(calls(played).slice(1), ['GET /openapi/system', ...Array(2).fill(`GET ${officialPath}`)]);
    });

  it('is looked for again where it is not known any more', async () => {
    const moved = { path: '/openapi/systems/SYS-2/energyFlow', answer: success(officialFlow) };
    const lists = [list([{ systemId: 'SYS-1' }]), list([{ systemId: 'SYS-2' }])];
    const exchanges = [byKey(), ...lists, official(failure(1106)), moved];
    const played = await play(anySystem, exchanges, { ticks: 2 });
    assert.deepEqual(played.pushes.at(-1)?.siteMeters, siteMeters);
  });

  it('is kept although the flow behind it fails', async () => {
    const exchanges = [byKey(), list([{ systemId: 'SYS-1' }]), official(failure(1110)), official()];
    const played = await play(anySystem, exchanges, { ticks: 2 });
    assert.equal(calls(played).filter((call) => call === 'GET /openapi/system').length, 1);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('is refused to an access that sees none', async () => {
    assert.equal((await play(anySystem, [byKey(), list([])])).report.kind, 'auth');
  });

  it('must be chosen out of several, which are named', async () => {
    const several = [
      { systemId: 'SYS-1', systemName: 'Home' },
      { systemId: 'SYS-2', systemName: 'Barn' },
    ];
    const { report } = await play(anySystem, [byKey(), list(several)]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /SIGENERGY_SYSTEM_ID.*SYS-1 \(Home\).*SYS-2 \(Barn\)/);
  });

  it('cannot be found in a list that is not one', async () => {
    for (const data of ['not JSON', null, ['not JSON'], [{ systemName: 'Home' }]])
      assert.equal((await play(anySystem, [byKey(), list(data)])).report.kind, 'bad-response', String(data));
  });
});

it('finds the home station of the app once, and asks nobody where it is set', async () => {
  const { stationId: _, ...anyStation } = app;
  const path = '/device/owner/station/home';
  const exchanges = [byApp(), { path, answer: success({ stationId: 4711, hasPv: true }) }, ofApp()];
  const played = await play(anyStation, exchanges, { ticks: 2 });
  assert.equal(played.pushes.length, 2);
  assert.equal(calls(played).filter((call) => call === `GET ${path}`).length, 1);
  assert.equal(calls(await play(app, exchanges)).includes(`GET ${path}`), false);
});

it('lists what can be chosen, in both ways', async () => {
  const { systemId: _, ...anySystem } = key;
  const { stationId: __, ...anyStation } = app;
  const systems = { path: '/openapi/system', answer: success([{ systemId: 'SYS-1', systemName: 'Home' }]) };
  const station = { path: '/device/owner/station/home', answer: success({ stationId: 4711 }) };
  assert.deepEqual(await discover(sigenergy, { settings: anySystem, now, exchanges: [byKey(), systems] }), {
    systemId: [{ value: 'SYS-1', title: 'Home' }],
  });
  assert.deepEqual(await discover(sigenergy, { settings: anyStation, now, exchanges: [byApp(), station] }), {
    stationId: [{ value: '4711' }],
  });
});

describe('the mapping', () => {
  const flows: [string, Record<string, unknown>, unknown][] = [
    [
      'takes positive grid power as sold, negative as bought, and negative battery power as discharge',
      { pvPower: 0, buySellPower: -0.8, batteryPower: -1.2, batterySoc: 20, loadPower: 2 },
      { production_kw: 0, net_import_kw: 0.8, consumption_kw: 2, battery_discharge_kw: 1.2, battery_soc: 0.2 },
    ],
    [
      'derives the consumption with both kinds of car charger and the heat pump',
      { pvPower: 1, buySellPower: -9, batteryPower: 0, batterySoc: 50, loadPower: 1, evPower: 6, heatPumpPower: 3 },
      { production_kw: 1, net_import_kw: 9, consumption_kw: 10, battery_discharge_kw: 0, battery_soc: 0.5 },
    ],
    [
      'leaves a battery out that has no power',
      { pvPower: '3', buySellPower: '1', batteryPower: null, batterySoc: 0, loadPower: 2 },
      { production_kw: 3, net_import_kw: -1, consumption_kw: 2 },
    ],
    [
      'leaves out a state of charge that is missing',
      { pvPower: 3, buySellPower: 1, batteryPower: 1, batterySoc: null, loadPower: 1 },
      { production_kw: 3, net_import_kw: -1, consumption_kw: 1, battery_discharge_kw: -1 },
    ],
    [
      'derives nothing where only PV is missing',
      { pvPower: null, buySellPower: -1, batteryPower: -1, batterySoc: 40, loadPower: 2 },
      { net_import_kw: 1, battery_discharge_kw: 1, battery_soc: 0.4 },
    ],
    [
      'is offline where only the grid is missing: production alone would be surplus',
      { pvPower: 2, buySellPower: null, batteryPower: 1, batterySoc: 40, loadPower: 1, generatorPower: 3 },
      'offline',
    ],
    [
      'knows no consumption where only the power of the battery is missing',
      { pvPower: 3, buySellPower: 1, batteryPower: null, batterySoc: 60, loadPower: 2 },
      { production_kw: 3, net_import_kw: -1, battery_soc: 0.6 },
    ],
    [
      'counts a generator as import',
      { pvPower: 1, buySellPower: 0, batteryPower: 2, batterySoc: 40, loadPower: 3, generatorPower: 4 },
      { production_kw: 1, net_import_kw: 4, consumption_kw: 3, battery_discharge_kw: -2, battery_soc: 0.4 },
    ],
    [
      'does not count a negative generator',
      { pvPower: 1, buySellPower: 0, loadPower: 1, generatorPower: -4 },
      { production_kw: 1, net_import_kw: 0, consumption_kw: 1 },
    ],
    [
      'adds the PV of other inverters where the balance needs it',
      { pvPower: 4, thirdPvPower: 2, buySellPower: 3, batteryPower: 1, batterySoc: 40, loadPower: 2 },
      { production_kw: 6, net_import_kw: -3, consumption_kw: 2, battery_discharge_kw: -1, battery_soc: 0.4 },
    ],
    [
      'leaves it out where pvPower holds it already',
      { pvPower: 6, thirdPvPower: 2, buySellPower: 3, batteryPower: 1, batterySoc: 40, loadPower: 2 },
      { production_kw: 6, net_import_kw: -3, consumption_kw: 2, battery_discharge_kw: -1, battery_soc: 0.4 },
    ],
    [
      'adds it where no load tells',
      { pvPower: 4, thirdPvPower: 2, buySellPower: 3, loadPower: null },
      { production_kw: 6, net_import_kw: -3, consumption_kw: 3 },
    ],
    [
      'says that the station is offline where all powers are missing, whatever its status says',
      { pvPower: null, buySellPower: null, batteryPower: null, loadPower: null, batterySoc: 50, onGrid: true },
      'offline',
    ],
    [
      'takes good figures of a station with status 0',
      { pvPower: 0, buySellPower: -0.4, batteryPower: 0, batterySoc: 5, loadPower: 0.4, stationStatus: 0 },
      { production_kw: 0, net_import_kw: 0.4, consumption_kw: 0.4, battery_discharge_kw: 0, battery_soc: 0.05 },
    ],
  ];
  for (const [what, flow, expected] of flows)
    it(what, async () => {
      assert.deepEqual(await metersOf(flow), expected);
    });

  for (const batterySoc of ['lots', 655.35, -1])
    it(`leaves out a state of charge of ${batterySoc} alone`, async () => {
      const flow = { pvPower: 3, buySellPower: 1, batteryPower: 1, batterySoc, loadPower: 1 };
      const meters = { production_kw: 3, net_import_kw: -1, consumption_kw: 1, battery_discharge_kw: -1 };
      assert.deepEqual(await metersOf(flow), meters);
    });

  it('says that the station is offline also to an owner who takes its production alone', async () => {
    const flow = { pvPower: null, buySellPower: null, batteryPower: null, loadPower: null };
    const { report } = await play(app, [byApp(), ofApp(success(flow))], { texts: { SIGENERGY_TAKE: 'production' } });
    assert.equal(report.kind, 'offline');
  });

  for (const [what, missing] of [
    ['the solar production', { pvPower: null }],
    ['the battery power', { batteryPower: null }],
  ] as const)
    it(`names ${what} as lacking from the first reading on`, async () => {
      const { report } = await play(app, [byApp(), ofApp(success({ ...appFlow, ...missing }))]);
      assert.match(JSON.stringify(report.warnings), new RegExp(what));
    });

  it('demands no grid of which the owner takes nothing', async () => {
    const flow = { pvPower: 4, buySellPower: null, loadPower: 1 };
    const { pushes } = await play(app, [byApp(), ofApp(success(flow))], { texts: { SIGENERGY_TAKE: 'production' } });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4 });
  });

  it('misses the PV of other inverters that was there five minutes ago', async () => {
    const flow = { pvPower: 0, thirdPvPower: 4.2, buySellPower: 1.1, batteryPower: 0.8, batterySoc: 61 };
    const exchanges = [byApp(), ofApp(success(flow)), ofApp(success({ ...flow, thirdPvPower: null }))];
    const { pushes } = await play(app, exchanges, { ticks: 2, everySeconds: 300 });
    assert.deepEqual(pushes[1]?.siteMeters, { net_import_kw: -1.1, battery_discharge_kw: -0.8, battery_soc: 0.61 });
  });

  it('counts without that PV when it has not been there for a day', async () => {
    const flow = { pvPower: 2, thirdPvPower: 4.2, buySellPower: 1.1, batteryPower: 0.8, batterySoc: 61 };
    const rest = { ...flow, thirdPvPower: 0 };
    const gone = { ...flow, thirdPvPower: null };
    const exchanges = [byApp(), ...[flow, rest, gone, gone].map((each) => ofApp(success(each)))];
    const again = [refresh('app-refresh-1', appToken(1)), refresh('app-refresh-1', appToken(1))];
    const { pushes } = await play(app, [...exchanges, ...again], { ticks: 4, everySeconds: 9 * 3600 });
    const powers = pushes.map((push) => push.siteMeters?.['production_kw']);
    assert.deepEqual(powers, [6.2, 2, undefined, 2]);
  });

  it('has the station back as it was after hours without figures', async () => {
    const nulls = { pvPower: null, buySellPower: null, batteryPower: null, loadPower: null, batterySoc: null };
    const flows = [appFlow, nulls, nulls, appFlow].map((each) => ofApp(success(each)));
    const { pushes } = await play(app, [byApp(), ...flows], { ticks: 4, everySeconds: 2 * 3600 });
    const told = pushes.map((push) => push.siteMeters ?? 'offline');
    assert.deepEqual(told, [siteMeters, 'offline', 'offline', siteMeters]);
    for (const { error } of pushes.slice(1, 3)) assert.match(error ?? '', /no live figure/);
  });

  it('knows the grid of the official API by its own name', async () => {
    const flow = { pvPower: 5, gridPower: 3.5, batteryPower: 0, loadPower: 1.5, buySellPower: 99 };
    const { pushes } = await play(key, [byKey(), official(success(JSON.stringify(flow)))]);
    assert.deepEqual(pushes[0]?.siteMeters, {
      production_kw: 5,
      net_import_kw: -3.5,
      consumption_kw: 1.5,
      battery_discharge_kw: 0,
    });
  });
});

describe('the guard', () => {
  const guarded: [string, Record<string, unknown>, boolean][] = [
    ['refuses a grid reversed', { pvPower: 5, buySellPower: -3, batteryPower: 1, loadPower: 1 }, false],
    ['refuses grid and battery reversed', { pvPower: 5, buySellPower: -3, batteryPower: -1, loadPower: 1 }, false],
    ['refuses it where a generator runs', { pvPower: 1, buySellPower: 3, loadPower: 6, generatorPower: 2 }, false],
    ['refuses what fits within 0.1 kW', { pvPower: 5, buySellPower: -3, batteryPower: 1, loadPower: 1.09 }, false],
    ['passes what fits less', { pvPower: 5, buySellPower: -3, batteryPower: 1, loadPower: 1.2 }, true],
    ['passes a miss of up to 0.5 kW', { pvPower: 5, buySellPower: -0.24, batteryPower: 0, loadPower: 4.76 }, true],
    ['passes a miss that no sign explains', { pvPower: 5, buySellPower: 1, batteryPower: 0, loadPower: 2 }, true],
    ['says nothing without a load', { pvPower: 5, buySellPower: -3, batteryPower: 1, loadPower: null }, true],
  ];
  for (const [what, flow, passes] of guarded)
    it(what, async () => {
      const result = await metersOf(flow);
      if (passes) assert.equal(typeof result, 'object', String(result));
      else assert.equal(result, 'bad-response');
    });
});
