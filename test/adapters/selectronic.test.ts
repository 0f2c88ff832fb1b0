import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selectronic } from '../../functions/push-solar-data/adapters/selectronic.ts';
import {
  asked,
  conversation,
  live,
  livePath,
  logIn,
  logInPage,
  measured,
  noonMeters,
  now,
  settings,
  welcome,
} from '../conversations/selectronic.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { type Played, playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(selectronic, { settings, now, exchanges, ...options });
const calls = ({ vendor }: Played) => vendor.received.map(({ path }) => path);
const told = ({ pushes, report }: Played) => pushes.at(-1)?.siteMeters ?? report.kind;
/** A reading that stays fresh while the clock runs. */
const ageless = { SELECTRONIC_STALE_AFTER_SECONDS: '100000' };

testAdapter(selectronic, conversation);

describe('Selectronic, figures:', () => {
  const rows: [what: string, changed: object, wanted: unknown][] = [
    ['grid + is import', { grid_w: 400 }, { ...noonMeters, net_import_kw: 0.4, consumption_kw: 4.4 }],
    [
      'battery + is discharging',
      { battery_w: 1000, grid_w: -5500 },
      { ...noonMeters, battery_discharge_kw: 1, net_import_kw: -5.5 },
    ],
    [
      'a generator counts as import',
      { solarinverter_w: 0, shunt_w: 0, battery_w: -3950, grid_w: 5120, load_w: 910, gen_status: 1 },
      { ...noonMeters, production_kw: 0, battery_discharge_kw: -3.95, net_import_kw: 5.12, consumption_kw: 1.17 },
    ],
    [
      'some watts below 0 are no production',
      { solarinverter_w: -8, shunt_w: -25, battery_w: 700, grid_w: 0, load_w: 600 },
      { ...noonMeters, production_kw: 0, battery_discharge_kw: 0.7, net_import_kw: 0, consumption_kw: 0.7 },
    ],
    [
      'a home without shunt',
      { shunt_w: null, load_w: 550 },
      { ...noonMeters, production_kw: 5.2, consumption_kw: 0.7 },
    ],
    ['the load is not needed', { load_w: null }, noonMeters],
    [
      'an off-grid home has exported nothing',
      { grid_w: 0, grid_out_wh_total: 0 },
      { ...noonMeters, net_import_kw: 0, exported_kwh: 0, consumption_kw: 4 },
    ],
    ['texts are read as numbers', { battery_w: '-2000.4', battery_soc: '64.5' }, noonMeters],
    ['a power that is no number is not understood', { grid_w: 'much' }, 'bad-response'],
    ...['solarinverter_w', 'grid_w', 'battery_w'].flatMap((name): [string, object, unknown][] => [
      [`without ${name} it is offline`, { [name]: null }, 'offline'],
      [`without the key ${name} too`, { [name]: undefined }, 'offline'],
    ]),
    ['without a time they are not understood', { timestamp: null }, 'bad-response'],
    ['with an unreadable time neither', { timestamp: 'noon' }, 'bad-response'],
    ['they are stale after ten minutes', { timestamp: measured / 1000 - 596 }, 'stale'],
  ];
  for (const [what, changed, wanted] of rows)
    it(what, async () => assert.deepEqual(told(await play([logIn(), live(changed)])), wanted));

  it('are fresh for ten minutes, by our clock', async () => {
    const timestamp = measured / 1000 - 590;
    assert.deepEqual((await play([logIn(), live({ timestamp })])).pushes[0]?.tsms, timestamp * 1000);
  });

  for (const [field, changed] of [
    ['battery_soc', { battery_soc: 101 }],
    ['battery_soc', { battery_soc: 'full' }],
    ['imported_kwh', { grid_in_wh_total: null }],
    ['imported_kwh', { grid_in_wh_total: -1 }],
    ['exported_kwh', { grid_out_wh_total: 'many' }],
  ] as const)
    it(`leave out ${field} alone for ${JSON.stringify(changed)}`, async () => {
      const { [field]: _, ...others } = noonMeters;
      assert.deepEqual(told(await play([logIn(), live(changed)])), others);
    });

  for (const json of [{ items: null }, { device: { name: 'SP-PRO' } }])
    it(`are none in ${JSON.stringify(json)}`, async () => {
      assert.equal(told(await play([logIn(), asked({ json })])), 'offline');
    });

  it('of the shunt are left out where the owner says so', async () => {
    const ignoring = { settings: { ...settings, shunt: 'ignore' } };
    const wanted = { ...noonMeters, production_kw: 5.2, consumption_kw: 0.7 };
    assert.deepEqual(told(await play([logIn(), live({ load_w: 600 })], ignoring)), wanted);
  });

  it('of a shunt that was there today and is gone are unknown, and so is the production', async () => {
    const gone = live({ shunt_w: null });
    const { report, pushes } = await play([logIn(), live(), gone], { ticks: 2 });
    const { production_kw: _production, consumption_kw: _consumption, ...others } = noonMeters;
    assert.deepEqual(pushes.at(-1)?.siteMeters, others);
    assert.match(report.warnings?.join() ?? '', /solar production/);
    const back = await play([logIn(), live(), gone, live()], { ticks: 3 });
    assert.deepEqual(told(back), noonMeters);
  });
});

describe('Selectronic, the sign of the grid', () => {
  const reversed = { settings: { ...settings, gridSign: 'export-positive' } };
  const importing = { solarinverter_w: 0, shunt_w: 0, battery_w: -1000 };

  it('is turned round where the owner says so', async () => {
    assert.deepEqual(told(await play([logIn(), live({ grid_w: 2499.6 })], reversed)), noonMeters);
  });

  it('is refused where the other one balances plainly better', async () => {
    const wrong = await play([logIn(), live({ grid_w: 2499.6 })]);
    assert.equal(told(wrong), 'bad-response');
    assert.match(wrong.report.error ?? '', /SELECTRONIC_GRID_SIGN to export-positive/);
    const turned = await play([logIn(), live()], reversed);
    assert.equal(told(turned), 'bad-response');
    assert.match(turned.report.error ?? '', /SELECTRONIC_GRID_SIGN to import-positive/);
  });

  it('is not judged by less than 500 W, nor by a gain of 300 W, nor without a load', async () => {
    const isRefused = async (changed: object) => told(await play([logIn(), live(changed)])) === 'bad-response';
    // The battery gives less than the load takes, and yet the grid seems to take something too.
    assert.equal(await isRefused({ ...importing, battery_w: 1000, grid_w: -499, load_w: 1500 }), false);
    assert.equal(await isRefused({ ...importing, battery_w: 1000, grid_w: -500, load_w: 1500 }), true);
    assert.equal(await isRefused({ ...importing, battery_w: 1000, grid_w: -600, load_w: 1149 }), false);
    assert.equal(await isRefused({ ...importing, battery_w: 1000, grid_w: -600, load_w: 1151 }), true);
    assert.equal(await isRefused({ ...importing, battery_w: 1000, grid_w: -600, load_w: null }), false);
  });

  it('is not judged where the owner takes nothing of the grid', async () => {
    const texts = { SELECTRONIC_TAKE: 'production' };
    assert.deepEqual(told(await play([logIn(), live({ grid_w: 2499.6 })], { texts })), { production_kw: 6 });
  });
});

describe('Selectronic, the log-in', () => {
  it('is kept', async () => {
    const played = await play([logIn(), live(), logIn(welcome(2))], { ticks: 3, texts: ageless });
    assert.deepEqual(calls(played), ['/login', livePath, livePath, livePath]);
  });

  it('keeps every cookie', async () => {
    const act: Answer['act'] = (_request, response) => {
      response.writeHead(302, { location: '/dashboard/4711', 'set-cookie': ['a=one; path=/', 'b=two; HttpOnly'] });
      response.end();
    };
    const wanted: Exchange = { ...live(), headers: { cookie: 'a=one; b=two' } };
    assert.deepEqual(told(await play([logIn({ act }), wanted])), noonMeters);
  });

  for (const ended of [
    { status: 401, json: {} },
    { status: 403, text: 'no' },
    { status: 302, headers: { location: '/login' } },
    { text: '<html><form action="/login"></form></html>' },
  ] as Answer[]) {
    const what = JSON.stringify(ended);
    it(`is made anew once when the session has ended with ${what}`, async () => {
      const exchanges = [logIn(), live(), asked(ended), logIn(welcome(2)), live({}, 2)];
      const played = await play(exchanges, { ticks: 2 });
      assert.deepEqual(calls(played), ['/login', livePath, livePath, '/login', livePath]);
      assert.deepEqual(told(played), noonMeters);
    });

    it(`is given up for half an hour when the new session ends with ${what} too`, async () => {
      const exchanges = [logIn(), live(), asked(ended), logIn(welcome(2)), asked(ended, 2)];
      const played = await play(exchanges, { ticks: 30 });
      assert.equal(told(played), 'auth');
      assert.deepEqual(calls(played), ['/login', livePath, livePath, '/login', livePath]);
    });
  }

  const { headers, ...withoutHeaders } = welcome();
  const rows: [what: string, answer: Answer, kind: string][] = [
    ['its error sentence', logInPage('Bad email address or password'), 'auth'],
    ['HTTP 401', { status: 401, text: 'no' }, 'auth'],
    ['HTTP 403', { status: 403, text: 'no' }, 'auth'],
    ['another page', logInPage('Welcome'), 'unavailable'],
    ['a redirect to itself', welcome(1, '/login'), 'unavailable'],
    ['a redirect to itself with a reason', welcome(1, '{server}/login?again=1'), 'unavailable'],
    ['a redirect to nowhere', { ...welcome(), headers: { 'set-cookie': 'a=b' } }, 'unavailable'],
    ['no cookie', { ...withoutHeaders, headers: { location: headers?.['location'] ?? '' } }, 'unavailable'],
    ['a redirect to elsewhere', { status: 301, headers: { location: 'https://other.example/' } }, 'bad-response'],
    ['HTTP 500', { status: 500, text: '<html>Page not available</html>' }, 'unavailable'],
    ['HTTP 504', { status: 504, text: '<html>Gateway Time-out</html>' }, 'unavailable'],
    ['HTTP 429', { status: 429, text: 'Too many' }, 'rate-limited'],
  ];
  for (const [what, answer, kind] of rows)
    it(`is ${kind} with ${what}, and nothing else is asked`, async () => {
      const played = await play([logIn(answer), live()]);
      assert.equal(played.report.kind, kind, played.report.error);
      assert.ok(calls(played).every((path) => path === '/login'));
    });

  it('that was declined is tried once a minute', async () => {
    const exchanges = [logIn(logInPage('Welcome')), logIn(), live()];
    assert.deepEqual(calls(await play(exchanges)), ['/login']);
    const played = await play(exchanges, { ticks: 2 });
    assert.deepEqual(calls(played), ['/login', '/login', livePath]);
    assert.deepEqual(told(played), noonMeters);
  });

  it('that was refused is not repeated for half an hour', async () => {
    const played = await play([logIn(logInPage('Bad email address or password'))], { ticks: 29 });
    assert.deepEqual(calls(played), ['/login']);
  });

  it('is not lost with a gateway that is away', async () => {
    const away = asked({ status: 504, text: '<html>Gateway Time-out</html>' });
    const played = await play([logIn(), live(), away, away, live()], { ticks: 3 });
    assert.deepEqual(calls(played), ['/login', livePath, livePath, livePath, livePath]);
    assert.deepEqual(told(played), noonMeters);
  });
});

it('Selectronic: a system that the account does not show is a matter of the settings', async () => {
  const { report } = await play([logIn(), asked({ status: 404, text: '<html>Page not found</html>' })]);
  assert.equal(report.kind, 'auth');
  assert.match(report.error ?? '', /SELECTRONIC_SYSTEM_ID/);
});
