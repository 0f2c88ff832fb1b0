import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { challengeOf, authenticityToken as tokenIn } from '../../functions/push-solar-data/adapters/sonnen/login.ts';
import { sonnen } from '../../functions/push-solar-data/adapters/sonnen.ts';
import {
  attributes,
  authenticityToken,
  authorizePath,
  byCode,
  byRefresh,
  cloudConversation,
  cloudSettings,
  form,
  given,
  live,
  livePath,
  logIn,
  me,
  measurementsPath,
  mePath,
  now,
  page,
  redirect,
  resumed,
  signIn,
  signInPath,
  tokenPath,
} from '../conversations/sonnen.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const settings = { ...cloudSettings, siteId: 'site-1' };
const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(sonnen, { settings, now, exchanges, ...options });
const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) => vendor.received.map(({ path }) => path);
const wholeLogIn = [authorizePath, signInPath, authorizePath, tokenPath];
const refused: Answer = { status: 401, json: { errors: [{ title: 'Unauthorized' }] } };
const notFound: Answer = { status: 404, json: { errors: [{ title: 'Not found' }] } };
const { siteMeters } = cloudConversation.push;
const at = (time: string) => ({ ...attributes, timestamp: `2026-05-01T${time}.000+02:00` });

testAdapter(sonnen, cloudConversation);

describe('the live state maps', () => {
  const still = { battery_charging: 0, battery_discharging: 0, grid_feedin: 0, grid_purchase: 0 };
  const rows: [what: string, changed: object, figures: Record<string, number | undefined>][] = [
    [
      'nothing to and from grid and battery',
      still,
      { ...{ net_import_kw: 0, battery_discharge_kw: 0 }, consumption_kw: 5 },
    ],
    [
      'a purchase and a discharge',
      { ...still, grid_purchase: 300, battery_discharging: 700 },
      { net_import_kw: 0.3, battery_discharge_kw: 0.7, consumption_kw: 6 },
    ],
    ['no charge that is missing', { battery_usoc: null }, { battery_soc: undefined }],
  ];
  for (const [what, changed, figures] of rows)
    it(what, async () => {
      const { pushes, report } = await play([...logIn, live({ ...attributes, ...changed })]);
      const expected = Object.entries({ ...siteMeters, ...figures }).filter(([, figure]) => figure !== undefined);
      assert.deepEqual(pushes[0]?.siteMeters, Object.fromEntries(expected), report.error);
    });

  for (const name of ['production_power', 'grid_purchase', 'grid_feedin', 'battery_charging', 'battery_discharging'])
    it(`nothing without ${name}`, async () => {
      const { report } = await play([...logIn, live({ ...attributes, [name]: null })]);
      assert.equal(report.kind, 'bad-response');
    });

  it('nothing without a time, or from a battery that is offline, whatever its figures are', async () => {
    const kindOf = async (changed: object) => (await play([...logIn, live({ ...attributes, ...changed })])).report.kind;
    assert.equal(await kindOf({ timestamp: null }), 'bad-response');
    assert.equal(await kindOf({ online: false }), 'offline');
    assert.equal(await kindOf({ online: false, production_power: null }), 'offline');
    assert.equal(await kindOf({ timestamp: '2026-05-01T11:54:59.000+02:00' }), 'stale');
  });

  it('a solar power of 0 a minute after sun, and a consumption below nothing, as they are', async () => {
    const dark = { ...at('12:01:05'), production_power: 0 };
    const { pushes } = await play([...logIn, live(attributes), live(dark)], { ticks: 2 });
    const { production_kw, consumption_kw } = pushes[1]?.siteMeters ?? {};
    assert.deepEqual([production_kw, consumption_kw], [0, -3.8]);
  });
});

describe('without a live state', () => {
  type Columns = Record<string, (number | null)[] | null>;
  const series: Columns = {
    production_power: [9, 4000, 5000, null],
    battery_charging: [0, 0, 2010, null],
    battery_discharging: [0, 0, 10, null],
    grid_feedin: [0, 0, 1825, 5],
    grid_purchase: [0, 0, 25, null],
    battery_usoc: [40, 41, 42, null],
  };
  const start = '2026-05-01T11:56:00.000+02:00';
  const measured = (columns: Columns, more = {}): Exchange => ({
    path: measurementsPath,
    headers: { authorization: 'Bearer access-token-1', origin: 'https://my.sonnen.de' },
    query: { 'filter[start]': '2026-05-01T09:00:00.000Z', 'filter[end]': '2026-05-01T10:00:00.000Z' },
    answer: { json: { data: { attributes: { start, resolution: '1m', ...columns, ...more } } } },
  });
  const playSeries = (columns: Columns, more = {}) => play([...logIn, live(notFound), measured(columns, more)]);

  it('the newest minute of the last hour counts of which all is known', async () => {
    const { pushes, report } = await playSeries(series);
    assert.deepEqual(pushes[0]?.siteMeters, siteMeters, report.error);
    assert.equal(pushes[0]?.tsms, Date.parse('2026-05-01T09:58:00Z'));
  });

  const rows: [string, Columns, object, string | undefined][] = [
    ['a minute without the charge', { ...series, battery_usoc: null }, {}, undefined],
    ['columns of different length', { ...series, grid_feedin: [0, 0, 1825] }, {}, undefined],
    ['a minute six minutes old', series, { start: '2026-05-01T11:52:00.000+02:00' }, 'stale'],
    ['no whole minute', { ...series, grid_purchase: [null, null, null, 5] }, {}, 'stale'],
    ['no minute', Object.fromEntries(Object.keys(series).map((name) => [name, []])), {}, 'stale'],
    ['no column of the grid', { ...series, grid_purchase: null }, {}, 'bad-response'],
    ['other steps than minutes', series, { resolution: '15m' }, 'bad-response'],
    ['no beginning', series, { start: null }, 'bad-response'],
  ];
  for (const [what, columns, more, kind] of rows)
    it(`${what}: ${kind ?? 'a reading'}`, async () => {
      const { report } = await playSeries(columns, more);
      assert.equal(report.kind, kind, report.error);
    });

  it('is asked for anew at each poll, and told again when it is back', async () => {
    const later = live(at('12:01:05'));
    const played = await play([...logIn, live(notFound), measured(series), later], { ticks: 2 });
    assert.deepEqual(pathsOf(played), [...wholeLogIn, livePath, measurementsPath, livePath]);
    assert.equal(played.pushes[1]?.tsms, Date.parse('2026-05-01T10:01:05Z'));
  });

  it('and without measurements the site is not known, and looked up again where it was found', async () => {
    const unknown = [live(notFound), { path: measurementsPath, answer: notFound }];
    const chosen = await play([...logIn, ...unknown]);
    assert.equal(chosen.report.kind, 'bad-response');
    assert.match(chosen.report.error ?? '', /no site site-1: check SONNEN_SITE_ID/);
    const found = await play([...logIn, me(), ...unknown], { settings: cloudSettings, ticks: 2 });
    assert.equal(pathsOf(found).filter((path) => path === mePath).length, 2);
  });
});

describe('the site', () => {
  for (const [what, exchange, path] of [
    ['is the default one', me(['site-2', 'site-1'], 'site-1'), livePath],
    ['is the first one without a default', me(['site-1', 'site-2'], null), livePath],
  ] as const)
    it(`${what}, and looked up once`, async () => {
      const exchanges = [...logIn, exchange, live(attributes), live(at('12:01:05'))];
      const played = await play(exchanges, { settings: cloudSettings, ticks: 2 });
      assert.deepEqual(pathsOf(played), [...wholeLogIn, mePath, path, path]);
    });

  it('is missing in an account without any', async () => {
    const { report } = await play([...logIn, me([], null)], { settings: cloudSettings });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /SONNEN_SITE_ID/);
  });

  it('can be chosen of all, the default one first', async () => {
    const found = await discover(sonnen, { settings: cloudSettings, now, exchanges: [...logIn, me()] });
    assert.deepEqual(found, { siteId: [{ value: 'site-1', title: 'the default site' }, { value: 'site-2' }] });
  });
});

describe('the log-in', () => {
  it('proves itself as RFC 7636 says', async () => {
    const [verifier, challenge] = [
      'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    ];
    assert.equal(challengeOf(verifier), challenge);
    const { vendor } = await play([...logIn, live(attributes)]);
    const { code_challenge, nonce, state } = vendor.received[0]?.query ?? {};
    const { code_verifier = '' } = (vendor.received[3]?.body ?? {}) as Record<string, string>;
    assert.match(code_verifier, /^[\w-]{128}$/);
    assert.equal(challengeOf(code_verifier), code_challenge);
    assert.match(nonce ?? '', /^[a-z0-9]{11}$/);
    const sent = JSON.parse(Buffer.from(state ?? '', 'base64url').toString());
    assert.deepEqual(sent, { s: { url: '/landing' }, v: code_verifier });
    assert.match(String(vendor.received[1]?.headers['user-agent']), /^Mozilla/);
  });

  it('finds the hidden input in any page', () => {
    const rows: [string, string | undefined][] = [
      [form(), authenticityToken],
      ['<input value="a&amp;b&#43;c&#x2F;&quot;&unknown;" type=hidden name=authenticity_token>', 'a&b+c/"&unknown;'],
      ["<INPUT><input type='text' name='other' value='x'><input name='authenticity_token' value='one'/>", 'one'],
      [`<html>${'<meta content="x">'.repeat(5_000)}${form('late')}`, 'late'],
      ['<p>authenticity_token</p><input name="utf8" value="authenticity_token">', undefined],
      ['', undefined],
    ];
    for (const [text, token] of rows) assert.equal(tokenIn(text), token, text.slice(0, 60));
  });

  it('follows redirects, also to its page, and relative ones', async () => {
    const first = { ...page(redirect('/users/sign_in?locale=de', '_sso=cookie-nought; path=/')) };
    const shown: Exchange = {
      path: signInPath,
      headers: { cookie: '_sso=cookie-nought' },
      answer: { headers: { 'set-cookie': '_sso=cookie-one; path=/' }, text: form() },
    };
    const exchanges = [
      first,
      shown,
      signIn(redirect('/oauth/authorize?resumed=1')),
      resumed(),
      byCode(),
      live(attributes),
    ];
    assert.equal((await play(exchanges)).report.outcome, 'pushed');
  });

  const elsewhere = redirect('https://captcha.example.com/?code=code-of-a-test');
  const refusals: [string, Exchange[], string, string[]][] = [
    ['the form again', [page(), signIn({ text: form() })], 'auth', [authorizePath, signInPath]],
    ['HTTP 422', [page(), signIn({ status: 422, text: form() })], 'auth', [authorizePath, signInPath]],
    ['HTTP 401 for the client', [page({ status: 401, text: '<html>' })], 'auth', [authorizePath]],
    ['another host', [page(), signIn(elsewhere)], 'auth', [authorizePath, signInPath]],
    [
      'the portal without a code',
      [page(), signIn(redirect('https://my.sonnen.de/'))],
      'auth',
      [authorizePath, signInPath],
    ],
    [
      'redirects without end',
      [page(), signIn(), resumed(redirect('{server}/oauth/authorize?resumed=1'))],
      'auth',
      [authorizePath, signInPath, ...Array(5).fill(authorizePath)],
    ],
    ['a page without a form', [page({ text: '<html>Hello</html>' })], 'bad-response', [authorizePath]],
    [
      'a code that is refused',
      [...logIn.slice(0, 3), byCode({ status: 400, json: { error: 'invalid_grant' } })],
      'auth',
      wholeLogIn,
    ],
  ];
  for (const [what, exchanges, kind, paths] of refusals)
    it(`fails by ${what}, and is not tried again for an hour`, async () => {
      const played = await play(exchanges, { ticks: 60 });
      assert.equal(played.report.kind, kind);
      assert.deepEqual(pathsOf(played), paths);
    });

  it('is tried again after an hour, and at once with another password', async () => {
    const wrong = [page(), signIn({ text: form() })];
    const right = [...logIn, live({ ...attributes, timestamp: '2026-05-01T13:00:05+02:00' })];
    const { pushes } = await play([...wrong, ...right], { ticks: 61 });
    assert.deepEqual(pushes.at(-1)?.siteMeters, siteMeters);
  });

  for (const [status, kind, calls] of [
    [503, 'unavailable', 4],
    [429, 'rate-limited', 1],
  ] as const)
    it(`is not held back for an hour by HTTP ${status}: ${kind}`, async () => {
      const played = await play([page({ status, text: '' })], { ticks: 2 });
      assert.equal(played.report.kind, kind);
      assert.equal(played.vendor.received.length, calls, 'with the second try of a tick');
    });
});

describe('the token', () => {
  const tenHours = 36_000;
  const [first, later] = [
    live(attributes),
    (nth: number, answer: Answer | object = at('12:01:05')) => live(answer, nth),
  ];
  const kept = [...wholeLogIn, livePath];

  it('is renewed by the clock, each time with the newest refresh token', async () => {
    const evening = (hour: string) => ({ ...attributes, timestamp: `2026-05-0${hour}:00:05.000+02:00` });
    const exchanges = [
      ...logIn,
      first,
      byRefresh(1),
      later(2, evening('1T22')),
      byRefresh(2),
      later(3, evening('2T08')),
    ];
    const played = await play(exchanges, { ticks: 3, everySeconds: tenHours });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(pathsOf(played), [...kept, tokenPath, livePath, tokenPath, livePath]);
  });

  it('that is refused is renewed, and the call repeated', async () => {
    const played = await play([...logIn, first, later(1, refused), byRefresh(1), later(2)], { ticks: 2 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(pathsOf(played), [...kept, livePath, tokenPath, livePath]);
  });

  it('that is refused again is no reason to log in', async () => {
    const played = await play([...logIn, first, later(1, refused), byRefresh(1), later(2, refused)], { ticks: 2 });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(pathsOf(played), [...kept, livePath, tokenPath, livePath]);
  });

  for (const status of [400, 401])
    it(`that cannot be renewed (HTTP ${status}) is got anew by a log-in`, async () => {
      const dead = { status, json: { error: 'invalid_grant' } };
      const again = [page(), signIn(), resumed(), byCode(given(2))];
      const exchanges = [...logIn, first, later(1, refused), byRefresh(1, dead), ...again, later(2)];
      const played = await play(exchanges, { ticks: 2 });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.deepEqual(pathsOf(played), [...kept, livePath, tokenPath, ...wholeLogIn, livePath]);
    });

  it('is not got anew while its renewal has trouble', async () => {
    const trouble = byRefresh(1, { status: 503, text: '' });
    const played = await play([...logIn, first, later(1, refused), trouble], { ticks: 2 });
    assert.equal(played.report.kind, 'unavailable');
    assert.equal(pathsOf(played).filter((path) => path === signInPath).length, 1);
  });

  it('is stored before it is used', async () => {
    const { documents } = await play(
      [...logIn, first, later(1, refused), byRefresh(1), later(2, { status: 500, text: '' })],
      {
        ticks: 2,
      },
    );
    assert.match(documents.get('session/sonnen') ?? '', /refresh-token-2/);
  });
});

it('mode cloud needs the log-in and the id of the portal', async () => {
  for (const name of ['email', 'password', 'clientId'] as const) {
    const { report } = await play([], { settings: { ...settings, [name]: '' } });
    assert.equal(report.kind, 'settings');
    assert.match(report.error ?? '', /SONNEN_(EMAIL|PASSWORD|CLIENT_ID) is missing/);
  }
});
