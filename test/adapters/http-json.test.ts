import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { httpJson } from '../../functions/push-solar-data/adapters/http-json.ts';
import { body, conversation, now, nowSeconds, power, written } from '../conversations/http-json.ts';
import { type Answer, type Exchange, playConversation } from '../support/conversation.ts';
import { openHome, playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (settings: Record<string, unknown>, answer: Answer | Exchange[], options = {}) =>
  playAdapter(httpJson, {
    settings: written(settings),
    now,
    exchanges: Array.isArray(answer) ? answer : [{ path: '/live', answer }],
    ...options,
  });
const meters = async (...from: Parameters<typeof play>) => (await play(...from)).pushes[0]?.siteMeters;
const kind = async (...from: Parameters<typeof play>) => (await play(...from)).report.kind;

testAdapter(httpJson, conversation);

describe('http-json: fields', () => {
  it('maps each with its unit', async () => {
    const fields = {
      production: { expr: 'd.p', unit: 'MW' },
      netImport: { expr: 'd.n', unit: 'mW' },
      batteryDischarge: { expr: 'd.b', unit: 'kW', invert: true },
      batterySoc: { expr: 'd.s', unit: '%' },
      importedEnergy: { expr: 'd.i', unit: 'Wh' },
      exportedEnergy: { expr: 'd.e', unit: 'MWh' },
    };
    const json = { p: 0.004, n: -1_500_000, b: 0.75, s: '88.5', i: 4_200_500, e: 0.5 };
    assert.deepEqual(await meters({ fields }, { json }), {
      ...{ production_kw: 4, net_import_kw: -1.5, battery_discharge_kw: -0.75, consumption_kw: 1.75 },
      ...{ battery_soc: 0.885, imported_kwh: 4200.5, exported_kwh: 500 },
    });
  });

  it('computes consumption from the balance, and what is missing from consumption', async () => {
    const consumption = { expr: 'd.home', unit: 'W' };
    const json = { ...body, home: 1650 };
    assert.equal((await meters({ fields: { ...power, consumption } }, { json }))?.['consumption_kw'], 1.7);
    const { production, netImport } = power;
    assert.equal((await meters({ fields: { production, consumption } }, { json }))?.['net_import_kw'], -1.45);
    assert.equal((await meters({ fields: { netImport, consumption } }, { json }))?.['production_kw'], 3.05);
  });

  const extras: [string, Record<string, unknown>, unknown, number | undefined][] = [
    ['a fraction of charge', { batterySoc: { expr: 'd.x', unit: 'fraction' } }, 0.31, 0.31],
    ['a charge above 1', { batterySoc: { expr: 'd.x', unit: 'fraction' } }, 31, undefined],
    ['a charge below 0', { batterySoc: { expr: 'd.x', unit: '%' } }, -1, undefined],
    ['no charge', { batterySoc: { expr: 'd.x', unit: '%' } }, null, undefined],
    ['a default charge', { batterySoc: { expr: 'd.x', unit: '%', default: 50 } }, null, 0.5],
    ['a charge that is no number', { batterySoc: { expr: 'd.x', unit: '%' } }, '--', undefined],
    ['a charge whose expression fails', { batterySoc: { expr: '$number(d.x)', unit: '%' } }, '--', undefined],
    ['a charge whose expression is none', { batterySoc: { expr: 'd.x +', unit: '%' } }, 1, undefined],
    ['a counter', { importedEnergy: { expr: 'd.x', unit: 'Wh' } }, 4_200_500, 4200.5],
    ['a counter below 0', { importedEnergy: { expr: 'd.x', unit: 'kWh' } }, -3.2, undefined],
    ['a counter that knows nothing', { exportedEnergy: { expr: 'd.x', unit: 'Wh' } }, 2_147_483_647, undefined],
    [
      'a text for a counter that knows nothing',
      { exportedEnergy: { expr: 'd.x', unit: 'kWh' } },
      '214748364.7',
      undefined,
    ],
  ];
  for (const [what, extra, x, figure] of extras)
    it(`${figure === undefined ? 'leaves out' : 'reads'} ${what}, and pushes the powers`, async () => {
      const { report, pushes } = await play({ fields: { ...power, ...extra } }, { json: { ...body, x } });
      const { production_kw, net_import_kw, consumption_kw: _, ...given } = pushes[0]?.siteMeters ?? {};
      assert.deepEqual([production_kw, net_import_kw], [3.1, -1.4]);
      assert.deepEqual(Object.values(given), figure === undefined ? [] : [figure]);
      assert.equal(/left out: /.test(report.sources[0]?.notes?.join() ?? ''), figure === undefined);
    });

  const numbers: [string, unknown, number | undefined][] = [
    ['a number', 250, 0.25],
    ['0', 0, 0],
    ['a text', ' +2.5e2 ', 0.25],
    ['a text without a leading digit', '.5', 0.001],
    ['an empty text', '', undefined],
    ['a dash', '--', undefined],
    ['a hexadecimal', '0x10', undefined],
    ['a text with a unit', '250 W', undefined],
    ['an infinite text', '1e999', undefined],
    ['true', true, undefined],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
    ['a list', [1, 2], undefined],
    ['an object', { watts: 1 }, undefined],
    ['200,000 digits', `${'1'.repeat(200_000)}x`, undefined],
  ];
  for (const [what, value, kw] of numbers)
    it(`${kw === undefined ? 'refuses' : 'reads'} ${what}`, async () => {
      const { report, pushes } = await play({ fields: { production: power.production } }, { json: { sun: value } });
      assert.equal(report.kind, kw === undefined ? 'bad-response' : undefined);
      assert.equal(pushes[0]?.siteMeters?.['production_kw'], kw);
    });

  it('takes the default for nothing and null, in the unit of the field and with its sign', async () => {
    const fields = { netImport: { expr: 'd.meter', unit: 'W', invert: true, default: 250 } };
    for (const json of [{}, { meter: null }])
      assert.equal((await meters({ fields }, { json }))?.['net_import_kw'], -0.25);
  });

  it('takes no default for a text that is no number, nor for an expression that fails', async () => {
    const fields = (expr: string) => ({ production: { expr, unit: 'W', default: 0 } });
    assert.equal(await kind({ fields: fields('d.sun') }, { json: { sun: '--' } }), 'bad-response');
    assert.equal(await kind({ fields: fields('d.sun + 1') }, { json: { sun: null } }), 'bad-response');
    assert.equal(await kind({ fields: fields('-d.sun') }, { json: { sun: '5' } }), 'bad-response');
  });

  it('inverts a number in quotes', async () => {
    const fields = { netImport: { expr: 'd.fed', unit: 'kW', invert: true } };
    assert.equal((await meters({ fields }, { json: { fed: '1.5' } }))?.['net_import_kw'], -1.5);
  });

  it('names the field and the expression, and quotes nothing of the answer', async () => {
    const fields = { production: { expr: '$number(d.sun)', unit: 'W' } };
    const { report } = await play({ fields }, { json: { sun: 'private words' } });
    assert.match(report.error ?? '', /^production: the expression \$number\(d\.sun\) fails \(JSONata D3030\)$/);
    const inPlain = await play({ fields: { production: power.production } }, { json: { sun: 'private words' } });
    assert.match(inPlain.report.error ?? '', /production: the expression d\.sun gives a text that is not a number/);
    assert.equal(JSON.stringify([report, inPlain.report]).includes('private'), false);
  });
});

describe('http-json: expressions', () => {
  const production = async (expr: string, json: unknown) =>
    (await meters({ fields: { production: { expr, unit: 'W' } } }, { json }))?.['production_kw'];

  for (const [expr, json, kw] of [
    ['$sum(d.inverters.power)', { inverters: [{ power: 700 }, { power: 50.5 }] }, 0.751],
    ['$sum(d.inverters.$number(power))', { inverters: [{ power: '700' }, { power: '51' }] }, 0.751],
    ['d.in - d.out', { in: 900, out: 400 }, 0.5],
    ['d.`a-b`', { 'a-b': 500 }, 0.5],
    [
      'd[name="PV"].value',
      [
        { name: 'grid', value: 1 },
        { name: 'PV', value: 500 },
      ],
      0.5,
    ],
    ['$number($match(d.text, /-?[0-9.]+/)[0].match)', { text: 'now 500 W' }, 0.5],
    ['d.dir = "out" ? d.p : d.dir = "in" ? -d.p', { dir: 'in', p: 500 }, -0.5],
    ['$count(d.i.p) = 2 ? $sum(d.i.p)', { i: [{ p: 300 }, { p: 200 }] }, 0.5],
  ] as [string, unknown, number][])
    it(`evaluates ${expr}`, async () => {
      assert.equal(await production(expr, json), kw);
    });

  for (const [what, expr, json] of [
    ['one inverter of two', '$count(d.i.p) = 2 ? $sum(d.i.p)', { i: [{ p: 300 }, { x: 200 }] }],
    ['an unknown direction', 'd.dir = "out" ? d.p : d.dir = "in" ? -d.p', { dir: 'idle', p: 500 }],
  ] as [string, string, unknown][])
    it(`gives up on ${what}`, async () => {
      assert.equal(await kind({ fields: { production: { expr, unit: 'W' } } }, { json }), 'bad-response');
    });

  for (const [what, expr, json, why] of [
    ['is not one', 'd.sun +', { sun: 1 }, 'fails (JSONata S0207)'],
    [
      'does not end',
      '$number($match(d.sun, /(\\d+ ?)+kW/)[0].match)',
      { sun: `${'1'.repeat(44)} x` },
      'does not end within a second',
    ],
    ['needs all memory', '$length($pad("", d.sun))', { sun: 400_000_000 }, 'needs more memory than it may have'],
  ] as [string, string, unknown, string][])
    it(`names the setting to change where one ${what}`, async () => {
      const fields = { fields: { production: { expr, unit: 'W' } } };
      const { report } = await play(fields, { json });
      assert.equal(report.kind, 'settings');
      assert.equal(report.error, `HTTP_JSON_FIELDS must be changed: production: the expression ${expr} ${why}`);
      assert.equal(await kind({ okExpr: expr }, { json }), 'settings');
      assert.match((await play({ okExpr: expr }, { json })).report.error ?? '', /^HTTP_JSON_OK_EXPR must be changed/);
    });

  it('names the setting by the label of its source, and quotes no more than 100 characters', async () => {
    const expr = `d.sun +${' '.repeat(200)}`;
    const vendor = await playConversation([{ path: '/live', answer: { json: body } }]);
    const texts = {
      VENDOR: 'roof:http-json',
      ROOF_REQUESTS: JSON.stringify([{ id: 'd', url: `${vendor.url}/live` }]),
      ROOF_FIELDS: JSON.stringify({ production: { expr, unit: 'W' } }),
    };
    const home = openHome({ adapters: [httpJson], now, texts });
    const { error = '' } = await home.tick();
    await home.close();
    await vendor.close();
    assert.match(error, /^ROOF_FIELDS must be changed: production: the expression d\.sun \+ {93}… fails/);
  });

  it('of what a reading can do without do not stop it, whatever they do', async () => {
    const batterySoc = { expr: '$match(d.text, /(\\d+ ?)+kW/)', unit: '%' };
    const json = { ...body, text: `${'1'.repeat(44)} x` };
    const { report, pushes } = await play({ fields: { ...power, batterySoc } }, { json });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 3.1);
    assert.match(report.sources[0]?.notes?.join() ?? '', /left out: HTTP_JSON_FIELDS must be changed: batterySoc/);
  });

  it('see the answers of all requests', async () => {
    const requests = [
      { id: 'roof', url: '{server}/roof' },
      { id: 'em_1', url: '{server}/em' },
    ];
    const fields = { consumption: { expr: 'roof.p + em_1.p', unit: 'W' } };
    const exchanges = [
      { path: '/roof', answer: { json: { p: 900 } } },
      { path: '/em', answer: { json: { p: -200 } } },
    ];
    assert.equal((await meters({ requests, fields }, exchanges))?.['consumption_kw'], 0.7);
  });

  for (const [what, okExpr, json, wanted] of [
    ['is true', 'd.code = 0', { ...body, code: 0 }, undefined],
    ['is false', 'd.code = 0', { ...body, code: 7 }, 'bad-response'],
    ['is only truthy', 'd.code', { ...body, code: 1 }, 'bad-response'],
    ['is nothing', 'd.code', body, 'bad-response'],
    ['fails', '$number(d.code) = 0', { ...body, code: 'x' }, 'bad-response'],
  ] as [string, string, unknown, string | undefined][])
    it(`${wanted ? 'refuse' : 'accept'} an answer whose okExpr ${what}`, async () => {
      const fields = { ...power, production: { ...power.production, default: 0 } };
      assert.equal(await kind({ fields, okExpr }, { json }), wanted);
    });
});

describe('http-json: requests', () => {
  const received = async (request: Record<string, unknown>, settings: Record<string, unknown> = {}) => {
    const requests = [{ id: 'd', url: '{server}/live', ...request }];
    const answer = { json: body };
    const exchanges = ['GET', 'POST', 'PUT'].map((method) => ({ method, path: '/live', answer }));
    const { vendor, report } = await play({ requests, ...settings }, exchanges);
    assert.equal(report.outcome, 'pushed', report.error);
    assert.equal(vendor.received.length, 1);
    const [call] = vendor.received;
    assert(call);
    return call;
  };

  it('are GET without a body and POST with one, unless told otherwise', async () => {
    assert.equal((await received({})).method, 'GET');
    assert.equal((await received({ body: { a: 1 } })).method, 'POST');
    assert.equal((await received({ body: 'a', method: 'PUT' })).method, 'PUT');
  });

  it('send objects and lists as JSON, and texts as they stand', async () => {
    const asJson = await received(
      { body: { ask: [1, { deep: '{secret:s}' }] }, headers: { 'X-A': 'b' } },
      { secrets: { s: 'a b"&' } },
    );
    assert.deepEqual(asJson.body, { ask: [1, { deep: 'a b"&' }] });
    assert.equal(asJson.headers['content-type'], 'application/json');
    assert.deepEqual((await received({ body: [1] })).body, [1]);
    const asText = await received(
      { body: 'SELECT {secret:s}', headers: { 'Content-Type': 'text/plain' } },
      { secrets: { s: 'x = y' } },
    );
    assert.equal(asText.body, 'SELECT x = y');
    assert.equal(asText.headers['content-type'], 'text/plain');
  });

  it('add the query to that of the address, encoded, secrets in both', async () => {
    const request = {
      url: '{server}/live?a=1%202&key={secret:k}',
      query: { 'b c': '3&4', n: 5, again: '{secret:k}' },
    };
    const { query } = await received(request, { secrets: { k: 'ä=?&/' } });
    assert.deepEqual(query, { a: '1 2', key: 'ä=?&/', 'b c': '3&4', n: '5', again: 'ä=?&/' });
  });

  const auths: [string, Record<string, unknown>, string | undefined][] = [
    ['none', { type: 'none' }, undefined],
    ['basic', { type: 'basic', username: 'chargehq', password: '{secret:fake}' }, 'Basic Y2hhcmdlaHE6ZmFrZQ=='],
    ['basic in UTF-8', { type: 'basic', username: 'ü', password: '{secret:foreign}' }, 'Basic w7w6w5/Dn8Ofw58='],
    ['bearer', { type: 'bearer', token: '{secret:fake}' }, 'Bearer fake'],
  ];
  const secrets = { fake: 'fake', foreign: 'ßßßß', mine: 'mine' };
  for (const [what, auth, authorization] of auths)
    it(`log in with ${what}`, async () => {
      assert.equal((await received({ auth }, { secrets })).headers.authorization, authorization);
    });

  it('let the log-in win over a header of the same name', async () => {
    const headers = { Authorization: '{secret:mine}' };
    const auth = { type: 'bearer', token: '{secret:fake}' };
    assert.equal((await received({ headers, auth }, { secrets })).headers.authorization, 'Bearer fake');
    assert.equal((await received({ headers }, { secrets })).headers.authorization, 'mine');
  });

  it('wait no longer than they are told', async () => {
    const requests = [{ id: 'slow', url: '{server}/live', timeoutSeconds: 0.05 }];
    const { report } = await play({ requests }, { act: () => {} });
    assert.equal(report.kind, 'unavailable');
    assert.match(report.error ?? '', /Request slow .* 0\.05 s/);
  });

  it('run side by side, and tell the first failure in their order', async () => {
    const requests = [
      { id: 'a', url: '{server}/a' },
      { id: 'b', url: '{server}/b' },
    ];
    const late: Answer = { act: (_, response) => setTimeout(() => response.writeHead(404).end(), 60) };
    const exchanges = [
      { path: '/a', answer: late },
      { path: '/b', answer: { status: 401, json: {} } },
    ];
    const { report, vendor } = await play({ requests }, exchanges);
    assert.equal(vendor.received.length, 2);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /Request a /);
  });

  it('read JSON whatever its content type', async () => {
    assert.equal(await kind({}, { text: JSON.stringify(body) }), undefined);
  });

  const rows: [string, Answer, string, RegExp][] = [
    ['refused credentials', { status: 401, json: {} }, 'auth', /refused the credentials/],
    ['a forbidden call', { status: 403, json: {} }, 'auth', /refused the credentials/],
    ['a limit', { status: 429, json: {} }, 'rate-limited', /slow down/],
    ['a server error', { status: 599, json: {} }, 'unavailable', /599/],
    ['a page that is not there', { status: 404, text: 'private' }, 'bad-response', /404/],
    ['a wrong method', { status: 405, json: {} }, 'bad-response', /405/],
    [
      'a redirect',
      { status: 301, headers: { location: 'https://log.in.example/x?private' } },
      'bad-response',
      /log\.in\.example/,
    ],
    ['a redirect to nowhere', { status: 302 }, 'bad-response', /302/],
    ['a log-in page', { text: '<html>private' }, 'bad-response', /web page/],
    ['an empty answer', { status: 204 }, 'bad-response', /nothing/],
    ['a text', { text: 'private' }, 'bad-response', /not JSON/],
    ['a refusal of 1.5 MB', { status: 401, json: { x: 'x'.repeat(1_500_000) } }, 'auth', /HTTP 401/],
    ['1.5 MB', { json: { ...body, x: 'x'.repeat(1_500_000) } }, 'bad-response', /1 MB/],
  ];
  for (const [what, answer, wanted, sentence] of rows)
    it(`report ${what} as ${wanted}, naming the request and quoting nothing`, async () => {
      const { report } = await play({}, answer);
      assert.equal(report.kind, wanted);
      assert.match(report.error ?? '', /^Request d \(127\.0\.0\.1:/);
      assert.match(report.error ?? '', sentence);
      assert.equal(JSON.stringify(report).includes('private'), false);
    });
});

describe('http-json: OAuth2 client credentials', () => {
  const auth = {
    type: 'oauth2-client-credentials',
    tokenUrl: '{server}/token',
    clientId: 'client',
    clientSecret: '{secret:c}',
  };
  const settings = (more: Record<string, unknown> = {}) => ({
    requests: [{ id: 'd', url: '{server}/live', auth: { ...auth, ...more } }],
    secrets: { c: 'c-secret' },
  });
  const grant = (access_token: string, more: Record<string, unknown> = {}): Exchange => ({
    method: 'POST',
    path: '/token',
    answer: { json: { access_token, token_type: 'Bearer', expires_in: 3600, ...more } },
  });
  const live = (authorization: string, answer: Answer = { json: body }, path = '/live'): Exchange => ({
    path,
    headers: { authorization },
    answer,
  });
  const paths = ({ vendor }: Awaited<ReturnType<typeof play>>) => vendor.received.map(({ path }) => path);

  it('sends id and secret in the form, or in the header', async () => {
    const inForm = await play(settings({ scope: 'a b', audience: 'https://x' }), [grant('t1'), live('Bearer t1')]);
    const [form] = inForm.vendor.received;
    const given = { grant_type: 'client_credentials', scope: 'a b', audience: 'https://x' };
    assert.deepEqual(form?.body, { ...given, client_id: 'client', client_secret: 'c-secret' });
    assert.equal(form?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(form?.headers.authorization, undefined);
    const inHeader = await play(settings({ clientAuth: 'basic' }), [grant('t1'), live('Bearer t1')]);
    assert.deepEqual(inHeader.vendor.received[0]?.body, { grant_type: 'client_credentials' });
    assert.equal(inHeader.vendor.received[0]?.headers.authorization, 'Basic Y2xpZW50OmMtc2VjcmV0');
    assert.equal(inHeader.report.outcome, 'pushed');
  });

  for (const [what, token_type, scheme] of [
    ['bearer in any case', 'BEARER', 'Bearer'],
    ['nothing', undefined, 'Bearer'],
    ['another word', 'DPoP', 'DPoP'],
  ])
    it(`uses as the scheme ${what}`, async () => {
      const { report } = await play(settings(), [grant('t1', { token_type }), live(`${scheme} t1`)]);
      assert.equal(report.outcome, 'pushed');
    });

  const lifetimes: [string, unknown, number, number][] = [
    ['a number', 600, 500, 1],
    ['a number, in its last minute', 600, 550, 2],
    ['a number, with more than a minute left', 600, 539, 1],
    ['a text', '600', 500, 1],
    ['a text, in its last minute', '600', 550, 2],
    ['not given: 300 s', undefined, 265, 1],
    ['not given: 300 s, in its last tenth', undefined, 275, 2],
  ];
  for (const [what, expires_in, everySeconds, logIns] of lifetimes)
    it(`asks ${logIns === 1 ? 'once' : 'again'} where the lifetime is ${what}`, async () => {
      const exchanges = [grant('t1', { expires_in }), live('Bearer t1')];
      const played = await play(settings(), exchanges, { ticks: 2, everySeconds });
      assert.equal(paths(played).filter((path) => path === '/token').length, logIns);
    });

  const refused = { status: 401, json: {} };

  it('renews a refused token once, and keeps the new one', async () => {
    const exchanges = [grant('t1'), live('Bearer t1'), live('Bearer t1', refused), grant('t2'), live('Bearer t2')];
    const played = await play(settings(), exchanges, { ticks: 3 });
    assert.equal(played.report.outcome, 'pushed');
    assert.deepEqual(paths(played), ['/token', '/live', '/live', '/token', '/live', '/live']);
  });

  it('renews also a token that was refused at once', async () => {
    const played = await play(settings(), [grant('t1'), live('Bearer t1', refused), grant('t2'), live('Bearer t2')]);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('gives up when the new token is refused too', async () => {
    const played = await play(settings(), [grant('t1'), live('Bearer t1', refused)]);
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(paths(played), ['/token', '/live', '/token', '/live']);
  });

  it('asks for no third token where the one in place of a kept one is refused', async () => {
    const exchanges = [grant('t1'), live('Bearer t1'), live('Bearer t1', refused), grant('t2')];
    const played = await play(settings(), [...exchanges, live('Bearer t2', refused)], { ticks: 2 });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(paths(played), ['/token', '/live', '/live', '/token', '/live']);
  });

  it('shares a token between requests with the same client, and renews it once for both', async () => {
    const requests = ['a', 'b'].map((id) => ({ id, url: `{server}/${id}`, auth }));
    const fields = { production: { expr: 'a.sun', unit: 'W' }, netImport: { expr: 'b.meter', unit: 'W' } };
    const json = { json: body };
    const exchanges = [
      ...[grant('t1'), live('Bearer t1', json, '/a'), live('Bearer t1', json, '/b')],
      ...[live('Bearer t1', refused, '/a'), live('Bearer t1', refused, '/b')],
      ...[grant('t2'), live('Bearer t2', json, '/a'), live('Bearer t2', json, '/b')],
    ];
    const shared = { requests, fields, secrets: { c: 'c-secret' } };
    const logIns = async (ticks: number) => {
      const played = await play(shared, exchanges, { ticks });
      assert.equal(played.report.outcome, 'pushed');
      return paths(played).filter((path) => path === '/token').length;
    };
    assert.equal(await logIns(1), 1);
    assert.equal(await logIns(2), 2);
  });

  it('drops a refused token also where it gets no other', async () => {
    const down = { method: 'POST', path: '/token', answer: { status: 500, json: {} } };
    const exchanges = [grant('t1'), live('Bearer t1'), live('Bearer t1', refused), down];
    const played = await play(settings(), exchanges, { ticks: 2 });
    assert.equal(played.report.kind, 'unavailable');
    assert.deepEqual(paths(played), ['/token', '/live', '/live', '/token', '/token']);
  });

  it('keeps a token for each client and scope', async () => {
    const requests = ['a', 'b'].map((id) => ({ id, url: `{server}/${id}`, auth: { ...auth, scope: id } }));
    const fields = { production: { expr: 'a.sun', unit: 'W' }, netImport: { expr: 'b.meter', unit: 'W' } };
    const exchanges = ['a', 'b'].flatMap((id) => [
      { ...grant(`token-${id}`), form: { scope: id } },
      live(`Bearer token-${id}`, { json: body }, `/${id}`),
    ]);
    const played = await play({ requests, fields, secrets: { c: 'c-secret' } }, exchanges, { ticks: 2 });
    assert.equal(played.report.outcome, 'pushed');
    assert.equal(paths(played).filter((path) => path === '/token').length, 2);
  });

  it('tells neither token nor secret', async () => {
    const exchanges = [grant('token-to-hide'), live('Bearer token-to-hide', { json: { sun: 'token-to-hide' } })];
    const { report, pushes } = await play(settings(), exchanges);
    assert.equal(report.outcome, 'reported');
    assert.equal(/token-to-hide|c-secret/.test(JSON.stringify([report, pushes])), false);
  });

  const rows: [string, Answer, string][] = [
    ['an unknown client', { status: 400, json: { error: 'invalid_client' } }, 'auth'],
    ['a wrong secret', { status: 401, json: {} }, 'auth'],
    ['a forbidden client', { status: 403, json: {} }, 'auth'],
    ['a limit', { status: 429, json: {} }, 'rate-limited'],
    ['trouble', { status: 502, text: 'x' }, 'unavailable'],
    ['a wrong address', { status: 404, text: 'x' }, 'bad-response'],
    ['no token', { json: { token_type: 'Bearer' } }, 'bad-response'],
    ['an empty token', { json: { access_token: '' } }, 'bad-response'],
    ['a page', { text: '<html>' }, 'bad-response'],
    ['a page that refuses', { status: 403, text: '<html>' }, 'auth'],
    ['a page about a wrong request', { status: 400, text: '<html>' }, 'auth'],
    ['a page in place of a gateway', { status: 502, text: '<html>' }, 'unavailable'],
  ];
  for (const [what, answer, wanted] of rows)
    it(`reports ${what} at the log-in as ${wanted}, without a call for figures`, async () => {
      const played = await play(settings(), [{ method: 'POST', path: '/token', answer }]);
      assert.equal(played.report.kind, wanted);
      assert.match(played.report.error ?? '', /^The log-in at 127\.0\.0\.1:/);
      assert.equal(paths(played).includes('/live'), false);
    });

  it('asks a log-in that refuses the client once', async () => {
    const played = await play(settings(), [{ method: 'POST', path: '/token', answer: { status: 401, json: {} } }]);
    assert.deepEqual(paths(played), ['/token']);
  });
});

describe('http-json: timestamps', () => {
  const rows: [string, Record<string, string>, unknown, string | undefined, string?][] = [
    ['UTC', {}, '2026-05-20T09:39:30Z', '2026-05-20T09:39:30Z'],
    ['a space and a fraction', {}, '2026-05-20 09:39:30.123456Z', '2026-05-20T09:39:30.123Z'],
    ['a fraction of 20 digits', {}, '2026-05-20T09:39:30.12345678901234567890+00:00', '2026-05-20T09:39:30.123Z'],
    ['an offset', {}, '2026-05-20T19:39:30+10:00', '2026-05-20T09:39:30Z'],
    ['an offset without colon', {}, '2026-05-20T05:09:30-0430', '2026-05-20T09:39:30Z'],
    [
      'an offset, whatever the zone',
      { timestampZone: 'Asia/Tokyo' },
      '2026-05-20T11:39:30+02:00',
      '2026-05-20T09:39:30Z',
    ],
    ['local time in summer', { timestampZone: 'Europe/Berlin' }, '2026-05-20T11:39:30', '2026-05-20T09:39:30Z'],
    [
      'local time of half an hour',
      { timestampZone: 'Australia/Adelaide' },
      '2026-05-20 19:09:30',
      '2026-05-20T09:39:30Z',
    ],
    ['local time without zone', {}, '2026-05-20T09:39:30', undefined],
    ['a date alone', {}, '2026-05-20', undefined],
    ['a time that does not exist', {}, '2026-13-20T09:39:30Z', undefined],
    ['a number as iso', {}, nowSeconds, undefined],
    ['nothing', {}, undefined, undefined],
    ['null', {}, null, undefined],
    ['unix seconds', { timestampFormat: 'unix' }, nowSeconds - 30, '2026-05-20T09:39:30Z'],
    ['unix seconds as text', { timestampFormat: 'unix' }, `${nowSeconds - 30}`, '2026-05-20T09:39:30Z'],
    ['unix ms', { timestampFormat: 'unixms' }, (nowSeconds - 30) * 1000, '2026-05-20T09:39:30Z'],
    ['seconds taken for ms', { timestampFormat: 'unixms' }, nowSeconds, undefined],
    ['ms taken for seconds', { timestampFormat: 'unix' }, nowSeconds * 1000, undefined],
    ['a text as unix', { timestampFormat: 'unix' }, '2026-05-20T09:39:30Z', undefined],
    ['before 2015', {}, '2014-12-31T23:59:59Z', undefined],
    ['4 minutes ahead', {}, '2026-05-20T09:44:00Z', '2026-05-20T09:44:00Z'],
    ['6 minutes ahead', {}, '2026-05-20T09:46:00Z', undefined],
    ['9 minutes ago', {}, '2026-05-20T09:31:00Z', '2026-05-20T09:31:00Z'],
    ['11 minutes ago', {}, '2026-05-20T09:29:00Z', undefined, 'stale'],
    ['11 minutes ago within 20', { staleAfterSeconds: '1200' }, '2026-05-20T09:29:00Z', '2026-05-20T09:29:00Z'],
  ];
  for (const [what, settings, at, instant, wanted = 'bad-response'] of rows)
    it(`${instant ? 'reads' : wanted}: ${what}`, async () => {
      const { report, pushes } = await play({ timestamp: 'd.at', ...settings }, { json: { ...body, at } });
      assert.equal(report.kind, instant ? undefined : wanted);
      assert.equal(pushes[0]?.tsms, instant && Date.parse(instant));
    });

  it('takes the instant nearer to now in the hour that comes twice', async () => {
    const settings = { timestamp: 'd.at', timestampZone: 'Europe/Berlin' };
    const json = { ...body, at: '2026-10-25T02:30:00' };
    for (const instant of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'])
      for (const ahead of [-60_000, 60_000]) {
        const { pushes } = await play(settings, { json }, { now: Date.parse(instant) + ahead });
        assert.equal(pushes[0]?.tsms, Date.parse(instant));
      }
  });

  it('takes the oldest of several', async () => {
    const json = { ...body, a: nowSeconds - 100, b: nowSeconds - 50 };
    const settings = { timestamp: '[d.b, d.a]', timestampFormat: 'unix' };
    assert.equal((await play(settings, { json })).pushes[0]?.tsms, (nowSeconds - 100) * 1000);
    assert.equal(await kind(settings, { json: { ...json, b: nowSeconds + 400 } }), 'bad-response');
  });

  it('refuses a list of them that nobody would write', async () => {
    const all = (length: number) => ({ json: { ...body, all: Array.from({ length }, () => nowSeconds) } });
    const settings = { timestamp: 'd.all', timestampFormat: 'unix' };
    assert.equal(await kind(settings, all(100)), undefined);
    assert.equal(await kind(settings, all(50_000)), 'bad-response');
  });

  it('says where none is set that nobody sees figures standing still', async () => {
    const { report, pushes } = await play({}, { json: body });
    assert.equal(pushes[0]?.tsms, undefined);
    assert.match(report.sources[0]?.notes?.join() ?? '', /no timestamp/);
  });
});

describe('http-json: settings', () => {
  it('shows how a secret is referred to, which looks like none', async () => {
    const { report } = await play({ requests: 'x' }, { json: body });
    assert.match(report.error ?? '', /\{secret:em\}/);
  });

  const request = { id: 'd', url: '{server}/live' };
  const field = { expr: 'd.sun', unit: 'W' };
  const secretUse = [{ ...request, headers: { 'X-Key': '{secret:key}' } }];
  const oauth = { type: 'oauth2-client-credentials', clientId: 'a', clientSecret: '{secret:key}' };
  const literals: [string, Record<string, unknown>][] = [
    ['auth.password', { auth: { type: 'basic', username: 'me', password: 'word' } }],
    ['auth.username', { auth: { type: 'basic', username: 'my-key', password: '' } }],
    ['auth.token', { auth: { type: 'bearer', token: 'word' } }],
    ['auth.clientSecret', { auth: { ...oauth, tokenUrl: 'https://id.example.net/t', clientSecret: 'word' } }],
    ['auth.tokenUrl', { auth: { ...oauth, tokenUrl: 'https://me:word@id.example.net/t' } }],
    ['headers.Authorization', { headers: { Authorization: 'Bearer word' } }],
    ['headers.X-Api-Key', { headers: { 'X-Api-Key': 'word' } }],
    ['headers.X-Of-Mine', { headers: { 'X-Of-Mine': 'Basic word' } }],
    ['query.apikey', { query: { apikey: 'word' } }],
    ['url', { url: 'https://em.example.net/live?a=1&access_token=word' }],
    ['body.user.password', { body: { user: { password: 'word' } } }],
    ['body.pin', { body: 'user=me&pin=1234' }],
    ['body.token', { body: '{"token":"word"}' }],
  ];
  const rows: [string, Record<string, unknown>, RegExp][] = [
    [
      'requests that are not JSON',
      { requests: '[{"id":"d"' },
      /HTTP_JSON_REQUESTS is not JSON from line 1, column 11 on/,
    ],
    ['requests that are no list', { requests: request }, /HTTP_JSON_REQUESTS must be a JSON list/],
    ['no request', { requests: [] }, /HTTP_JSON_REQUESTS is empty/],
    ['six requests', { requests: [...'abcdef'].map((id) => ({ ...request, id })) }, /more than five/],
    ['an id twice', { requests: [request, request] }, /uses an id twice/],
    ['an id that expressions cannot name', { requests: [{ ...request, id: 'a-b' }] }, /0\.id is not a name/],
    ['no address', { requests: [{ id: 'd' }] }, /0\.url is missing/],
    ['an unknown member', { requests: [{ ...request, urll: 'x' }] }, /not known: 0: urll/],
    ['an unknown method', { requests: [{ ...request, method: 'FETCH' }] }, /0\.method must be one of GET/],
    ['a body that is a number', { requests: [{ ...request, body: 5 }] }, /0\.body/],
    ['no time to wait', { requests: [{ ...request, timeoutSeconds: 0 }] }, /timeoutSeconds/],
    ['an unknown auth', { requests: [{ ...request, auth: { type: 'digest' } }] }, /0\.auth\.type/],
    [
      'an auth without its member',
      { requests: [{ ...request, auth: { type: 'basic', username: 'a' } }] },
      /0\.auth\.password/,
    ],
    ['fields that are not JSON', { fields: 'production' }, /HTTP_JSON_FIELDS must be a JSON object/],
    ['an unknown field', { fields: { ...power, prodution: field } }, /not known: prodution/],
    [
      'an unknown member of a field',
      { fields: { production: { ...field, factor: 2 } } },
      /not known: production: factor/,
    ],
    ['no unit', { fields: { production: { expr: 'd.sun' } } }, /production\.unit must be one of mW, W, kW, MW/],
    ['a unit of energy for a power', { fields: { production: { ...field, unit: 'kWh' } } }, /production\.unit/],
    ['a unit of power for an energy', { fields: { ...power, importedEnergy: field } }, /importedEnergy\.unit/],
    ['no power', { fields: { batterySoc: { expr: 'd.soc', unit: '%' } } }, /names no power/],
    ['a default that is a text', { fields: { production: { ...field, default: '0' } } }, /production\.default/],
    ['a long expression', { fields: { production: { ...field, expr: `d.${'a'.repeat(500)}` } } }, /longer than 500/],
    ['a long timestamp', { timestamp: 'a'.repeat(501) }, /HTTP_JSON_TIMESTAMP is longer than 500/],
    ['an unknown format', { timestampFormat: 'epoch' }, /HTTP_JSON_TIMESTAMP_FORMAT must be/],
    ['an unknown zone', { timestampZone: 'Europe/Nowhere' }, /HTTP_JSON_TIMESTAMP_ZONE must be/],
    ['no secrets', { requests: secretUse }, /HTTP_JSON_SECRETS is missing/],
    ['a secret that is not there', { requests: secretUse, secrets: { other: 'a-secret' } }, /secret "key"/],
    [
      'a secret under a name of JavaScript',
      { requests: [{ ...request, query: { a: '{secret:toString}' } }], secrets: {} },
      /secret "toString"/,
    ],
    ['secrets that are not JSON', { secrets: 'key=1' }, /HTTP_JSON_SECRETS must be a JSON object/],
    ['a secret that is a number', { secrets: { key: 1 } }, /HTTP_JSON_SECRETS is wrong: key/],
    [
      'a header that cannot be sent',
      { requests: secretUse, secrets: { key: 'ab\ncd' } },
      /the header X-Key cannot be sent/,
    ],
    ['plain http', { requests: [request, { id: 'e', url: 'http://10.0.0.5/live' }] }, /Request e: .* https/],
    [
      'plain http to the log-in',
      {
        requests: [request, { ...request, id: 'e', auth: { ...oauth, tokenUrl: 'http://id.example.net/t' } }],
        secrets: { key: 'a-secret' },
      },
      /Request e: .*https/,
    ],
    ['a path alone', { requests: [{ id: 'd', url: '/live' }] }, /https/],
    ['a file', { requests: [{ id: 'd', url: 'file:///etc/hostname' }] }, /https/],
    ['an address of the link', { requests: [{ id: 'd', url: 'https://169.254.170.2/v2' }] }, /https/],
    [
      'a password in the address',
      { requests: [{ id: 'd', url: 'https://me:word@example.net/' }] },
      /user name or password in the address of request 0: .*into auth/,
    ],
    [
      'a short secret',
      { requests: secretUse, secrets: { key: 'abc' } },
      /HTTP_JSON_SECRETS is wrong: key is too short/,
    ],
    ...literals.map(([where, given]): [string, Record<string, unknown>, RegExp] => [
      `a credential as it is in ${where}`,
      { requests: [{ ...request, ...given }] },
      new RegExp(`HTTP_JSON_REQUESTS holds a credential .*\\(0\\.${where}\\): write \\{secret:NAME\\}`),
    ]),
  ];
  for (const [what, settings, sentence] of rows)
    it(`asks nobody with ${what}`, async () => {
      const { report, vendor } = await play(settings, { json: body });
      assert.equal(report.kind, 'settings');
      assert.match(report.error ?? '', sentence);
      assert.equal(vendor.received.length, 0);
    });

  it('ignores the base URL, which belongs to adapters with a host of their own', async () => {
    assert.equal(await kind({ baseUrl: 'https://nobody.example.net' }, { json: body }), undefined);
  });
});

describe('http-json: from poll to poll', () => {
  /** What is told at each poll, whose answers are these. */
  const told = async (settings: Record<string, unknown>, answers: unknown[], options = {}) => {
    let nth = 0;
    const answer = (): Answer => ({ json: answers[nth++] });
    const { pushes } = await play(settings, [{ path: '/live', answer }], {
      ticks: answers.length,
      ...options,
    });
    return pushes;
  };

  it('a figure goes and comes back, and is never 0 in between', async () => {
    const fields = { ...power, batteryDischarge: { expr: 'd.battery', unit: 'W' } };
    const whole = { ...body, battery: 500 };
    const pushes = await told({ fields }, [whole, body, whole]);
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['battery_discharge_kw']),
      [0.5, undefined, 0.5],
    );
    assert.match(pushes[1]?.error ?? '', /batteryDischarge: the expression d\.battery gives nothing/);
  });

  it('a time that stands still is told until it is too old', async () => {
    const answers = Array.from({ length: 3 }, () => ({ ...body, at: nowSeconds }));
    const pushes = await told({ timestamp: 'd.at', timestampFormat: 'unix' }, answers, { everySeconds: 400 });
    assert.deepEqual(
      pushes.map(({ tsms }) => tsms),
      [nowSeconds * 1000, nowSeconds * 1000, undefined],
    );
    assert.match(pushes[2]?.error ?? '', /old|ago/);
  });

  const clocks: [string, string, string, string[]][] = [
    ['over midnight', '2026-05-20T21:59:30Z', 'Europe/Berlin', ['2026-05-20 23:59:20', '2026-05-21 00:00:20']],
    ['into summer time', '2026-03-29T00:59:30Z', 'Europe/Berlin', ['2026-03-29 01:59:20', '2026-03-29 03:00:20']],
    ['out of summer time', '2026-10-25T00:59:30Z', 'Europe/Berlin', ['2026-10-25 02:59:20', '2026-10-25 02:00:20']],
    [
      'out of it by half an hour',
      '2026-04-04T14:59:30Z',
      'Australia/Lord_Howe',
      ['2026-04-05T01:59:20', '2026-04-05T01:30:20'],
    ],
  ];
  for (const [what, begin, timestampZone, shown] of clocks)
    it(`clocks of the place go ${what}`, async () => {
      const answers = shown.map((at) => ({ ...body, at }));
      const pushes = await told({ timestamp: 'd.at', timestampZone }, answers, { now: begin });
      const first = Date.parse(begin) - 10_000;
      assert.deepEqual(
        pushes.map(({ tsms }) => tsms),
        [first, first + 60_000],
      );
    });
});
