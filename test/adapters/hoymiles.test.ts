import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { salted, unsalted } from '../../functions/push-solar-data/adapters/hoymiles/login.ts';
import { hoymiles } from '../../functions/push-solar-data/adapters/hoymiles.ts';
import {
  answered,
  conversation,
  figures,
  home,
  inspection,
  live,
  login,
  now,
  said,
  salt,
  settings,
  station,
} from '../conversations/hoymiles.ts';
import type { Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (exchanges: readonly Exchange[], options = {}) =>
  playAdapter(hoymiles, { settings, now, exchanges, everySeconds: 120, ...options });
const playFigures = (meter: object | null, own: { station?: object; data?: object } = {}) =>
  play([inspection(), login, station(own.station), figures(live(meter, own.data))]);
const metersOf = async (...asked: Parameters<typeof playFigures>) =>
  (await playFigures(...asked)).pushes[0]?.siteMeters;

testAdapter(hoymiles, conversation);

describe('a password', () => {
  it('is sent as Argon2id where the account has a salt, in hex or base64', async () => {
    const hex = await salted('correct horse', '00112233445566778899aabbccddeeff');
    assert.equal(hex, '37508715a63aa62ed076f6ea870102f18a25b1953268f777a1cfb7ccfd98eb37');
    assert.equal(await salted('correct horse', 'ABEiM0RVZneImaq7zN3u/w=='), hex);
  });

  it('is sent as two hashes where it has none', () => {
    assert.equal(
      unsalted('correct horse'),
      '3cb4e732631f47e6eb961f34554b7cde.QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=',
    );
  });

  it('of an older account is sent once more, with a nonce of its own', async () => {
    const refusing = { ...login, answer: said('1', 'failed') };
    const { report, vendor } = await play([
      inspection({ n: 'nonce-1', a: null }),
      refusing,
      inspection({ n: 'nonce-2', a: null }),
      login,
      station(),
      figures(),
    ]);
    assert.equal(report.outcome, 'pushed');
    const sent = vendor.received.filter(({ path }) => path.endsWith('/login')).map(({ body }) => Object(body));
    assert.deepEqual(
      sent.map(({ n }) => n),
      ['nonce-1', 'nonce-2'],
    );
    assert.match(sent[1].ch, /^[0-9a-f]{64}$/);
  });

  it('is inspected where the answer carries the nonce without a status', async () => {
    const bare = { ...inspection(), answer: { json: { n: 'nonce-1', a: null, u: 'owner@example.com' } } };
    assert.equal((await play([bare, login, station(), figures()])).report.outcome, 'pushed');
  });

  it('is inspected at whatever level the answer carries the nonce', async () => {
    const bare = { ...inspection(), answer: { json: { status: '0', message: 'success', n: 'nonce-1', a: salt } } };
    assert.equal((await play([bare, login, station(), figures()])).report.outcome, 'pushed');
  });
});

describe('a log-in', () => {
  it('that was refused is not tried again for half an hour, then once', async () => {
    const refusing = { ...login, answer: said('7', 'incorrect account or password') };
    const asked = inspection({ n: 'nonce-1', a: salt });
    const exchanges = [asked, refusing, asked, login, station(), figures()];
    const early = await play(exchanges, { ticks: 2, everySeconds: 1_790 });
    assert.equal(early.vendor.received.length, 2);
    const later = await play(exchanges, {
      ticks: 2,
      everySeconds: 1_810,
      texts: { HOYMILES_STALE_AFTER_SECONDS: '7200' },
    });
    assert.equal(later.report.outcome, 'pushed');
  });

  it('is not held against us where the cloud has trouble', async () => {
    const down = { ...inspection(), answer: { status: 502, text: '<html>Bad gateway</html>' } };
    const { report } = await play([down, down, ...conversation.exchanges], { ticks: 2 });
    assert.equal(report.outcome, 'pushed');
  });

  it('is not held against us where a gateway refuses it, or the answer says nothing', async () => {
    for (const answer of [{ status: 403, text: '{}' }, { json: { message: 'being updated' } }]) {
      const exchanges = [
        inspection(),
        { ...login, answer },
        inspection(),
        login,
        station(),
        figures(live(home, { data_time: '2026-05-01 12:33:00' })),
      ];
      const { report } = await play(exchanges, { ticks: 2, everySeconds: 1_801 });
      assert.equal(report.outcome, 'pushed');
      const { vendor } = await play(exchanges);
      assert.equal(vendor.received.length, 2, 'no second form of the password');
    }
  });

  it('is renewed once when its token ends in between', async () => {
    const ended = { ...figures(), answer: said('100', 'token invalid') };
    const { report, vendor } = await play(
      [
        ...conversation.exchanges,
        ended,
        inspection(),
        login,
        figures(live(home, { data_time: '2026-05-01 12:02:00' })),
      ],
      { ticks: 2 },
    );
    assert.equal(report.outcome, 'pushed');
    assert.equal(
      vendor.received.filter(({ path }) => path.endsWith('/find')).length,
      1,
      'the station is known for a day',
    );
  });

  it('is made anew after two hours, by the clock', async () => {
    const logIns = async (everySeconds: number) =>
      (await play(conversation.exchanges, { ticks: 2, everySeconds })).vendor.received.filter(({ path }) =>
        path.endsWith('/login'),
      ).length;
    assert.equal(await logIns(6_600), 1);
    assert.equal(await logIns(7_201), 2);
  });

  it('goes to the host of its kind of account, under the name of its app', async () => {
    const { authUrl } = hoymiles;
    assert.ok(typeof authUrl === 'function');
    assert.equal(authUrl({ account: 'web' }), 'https://neapi.hoymiles.com');
    assert.equal(authUrl({ account: 'home' }), 'https://euapi.hoymiles.com');
    const { vendor } = await play(conversation.exchanges, { settings: { ...settings, account: 'home' } });
    assert.equal(vendor.received.length, 4);
    for (const { headers } of vendor.received) assert.equal(headers['user-agent'], 'sma/ad/2.10.0/159/0');
  });

  it('of the other app says which account it is', async () => {
    const message = 'The account can only be used for logging in to the S-Miles Home app';
    const { report } = await play([inspection(), { ...login, answer: said('2', message) }]);
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /HOYMILES_ACCOUNT=home/);
  });
});

describe('the status of an answer', () => {
  const rows: [string, string][] = [
    ['1', 'auth'],
    ['3', 'auth'],
    ['7', 'auth'],
    ['100', 'auth'],
    ['42', 'unavailable'],
  ];
  for (const [status, kind] of rows)
    it(`${status} is ${kind}`, async () => {
      const refusing = { ...figures(), answer: said(status, 'no') };
      const { report } = await play([inspection(), login, station(), refusing, inspection(), login, refusing]);
      assert.equal(report.kind, kind);
    });

  it('0 without data is not understood', async () => {
    const { report } = await play([inspection(), login, station(), figures(null)]);
    assert.equal(report.kind, 'bad-response');
  });

  for (const status of [300, 304, 307])
    it(`${status} of HTTP means that the cloud is elsewhere`, async () => {
      const moved = {
        ...inspection(),
        answer: { status, headers: { location: 'https://elsewhere.example' }, text: '' },
      };
      assert.equal((await play([moved, moved])).report.kind, 'unavailable');
    });
});

describe('the grid', () => {
  const noBattery = { bms_power: '-', bms_soc: '', flows: [], load_power: '2000' };
  const without = { station: { bms_capacitor: '0' } };

  it('is derived, whatever sign the cloud gives it', async () => {
    for (const grid_power of ['-800', '800'])
      assert.equal(
        (await metersOf({ ...home, ...noBattery, pv_power: '1200', grid_power }, without))?.['net_import_kw'],
        0.8,
      );
  });

  const rows: [string, object, boolean][] = [
    ['as large as its figure, but for 20 W', { grid_power: '1519' }, true],
    ['off by 20 W to the last digit', { pv_power: '0', load_power: '320', bms_power: '0', grid_power: '300' }, true],
    ['further off than 20 W and 5 %', { grid_power: '1620' }, false],
    ['not shown', { grid_power: '-' }, true],
  ];
  for (const [what, changes, isTold] of rows)
    it(`${what} is ${isTold ? 'told' : 'not believed'}`, async () => {
      const { report } = await playFigures({ ...home, ...changes });
      assert.equal(report.kind, isTold ? undefined : 'bad-response');
    });

  it('is unknown where the meter is silent: production alone would read as free surplus', async () => {
    assert.equal((await playFigures(null)).report.kind, 'offline');
  });

  it('is not demanded of a source that is to give its production only', async () => {
    const texts = { HOYMILES_TAKE: 'production' };
    for (const meter of [null, { ...home, load_power: '-' }]) {
      const { pushes } = await play([inspection(), login, station(), figures(live(meter))], { texts });
      assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.2 });
    }
  });

  it('is not told of a station without a meter', async () => {
    assert.deepEqual(await metersOf(null, { data: { is_reflux: 0 } }), { production_kw: 4.2 });
  });
});

describe('the battery', () => {
  const rows: [string, object, object, number | undefined][] = [
    ['takes what flows to it', { flows: [{ out: 2, in: 10 }] }, { grid_power: '1500' }, -0.7],
    ['gives what flows from it', { flows: [{ out: '10', in: 1 }] }, { grid_power: '2900' }, 0.7],
    ['is charged where the mode forces it', { flows: [], work_mode: 5000 }, { grid_power: '1500' }, -0.7],
    ['is discharged where the mode forces it', { flows: null, work_mode: 6000 }, { grid_power: '2900' }, 0.7],
    ['rests below 20 W', { flows: [], bms_power: '15' }, { grid_power: '2200' }, 0],
    ['rests below 20 W in whatever mode', { flows: [], bms_power: '15', work_mode: 5000 }, { grid_power: '2200' }, 0],
    ['takes what flows to it, whatever the mode is called', { work_mode: 'self-use' }, {}, -0.7],
    [
      'is discharged where the mode forces it and the flows are none',
      { flows: '-', work_mode: '6000' },
      { grid_power: '2900' },
      0.7,
    ],
  ];
  for (const [what, changes, shown, power] of rows)
    it(what, async () => {
      assert.equal((await metersOf({ ...home, ...changes, ...shown }))?.['battery_discharge_kw'], power);
    });

  it('is not guessed a direction', async () => {
    assert.equal((await playFigures({ ...home, flows: [] })).report.kind, 'bad-response');
  });

  it('whose power is missing is unknown, and so is the grid that would be derived from it', async () => {
    for (const bms_power of [null, '-', ''])
      assert.equal((await playFigures({ ...home, bms_power, grid_power: '-' })).report.kind, 'offline');
  });

  for (const bms_capacitor of ['-', '', null, undefined, 0])
    it(`is not there with a capacity of ${bms_capacitor}`, async () => {
      const meters = await metersOf(
        { ...home, flows: [], bms_power: '-', grid_power: '2200' },
        { station: { bms_capacitor } },
      );
      assert.deepEqual(meters, { production_kw: 4.2, consumption_kw: 2, net_import_kw: -2.2 });
    });

  it('that the figures have proven is there for a day, also at rest', async () => {
    const at = (data_time: string, own: object) => figures(live({ ...home, ...own }, { data_time }));
    const resting = { flows: [], bms_power: '10', grid_power: '2200' };
    const unknown = { flows: [], bms_power: '-', grid_power: '-' };
    const none = station({ bms_capacitor: '0' });
    const first = [inspection(), login, none, figures()];
    const rested = await play([...first, at('2026-05-01 12:02:00', resting)], { ticks: 2 });
    assert.equal(rested.pushes.at(-1)?.siteMeters?.['battery_discharge_kw'], 0);
    const lost = await play([...first, at('2026-05-01 12:02:00', unknown)], { ticks: 2 });
    assert.equal(lost.report.kind, 'offline');
  });

  it('is proven by its power, not by a state of charge', async () => {
    const none = { station: { bms_capacitor: '0' } };
    const alone = { ...home, flows: [], bms_power: '0', grid_power: '2200' };
    assert.equal('battery_soc' in ((await metersOf(alone, none)) ?? {}), false);
    assert.equal((await metersOf(home, none))?.['battery_soc'], 0.615);
  });

  for (const bms_soc of ['full', '101'])
    it(`loses a state of charge of ${bms_soc} alone`, async () => {
      const meters = await metersOf({ ...home, bms_soc });
      assert.deepEqual([meters?.['battery_discharge_kw'], 'battery_soc' in (meters ?? {})], [-0.7, false]);
    });
});

describe('over time', () => {
  it('it is asked every two minutes', async () => {
    const lives = async (everySeconds: number) =>
      (await play(conversation.exchanges, { ticks: 2, everySeconds })).vendor.received.filter(({ path }) =>
        path.endsWith('/count_station_real_data'),
      ).length;
    assert.equal(await lives(60), 1);
    assert.equal(await lives(120), 2);
  });

  it('figures that nobody renews are stale after twenty minutes', async () => {
    const { report } = await play([...conversation.exchanges, figures(), figures()], { ticks: 3, everySeconds: 600 });
    assert.equal(report.kind, 'stale');
  });

  it('a station without data is stale, whatever else is 0', async () => {
    assert.equal((await playFigures({ ...home, pv_power: '0' }, { data: { real_power: null } })).report.kind, 'stale');
  });

  it('the hour that comes twice is read as the later one that is not ahead', async () => {
    const twice = live(home, { data_time: '2026-10-25 02:30:00' });
    const { pushes } = await play([inspection(), login, station(), figures(twice)], { now: '2026-10-25T01:33:00Z' });
    assert.equal(pushes[0]?.tsms, Date.parse('2026-10-25T01:30:00Z'));
  });
});

it('a number of a station that is none is a wrong setting', async () => {
  const { report } = await play([], { settings: { ...settings, stationId: 'Home' } });
  assert.equal(report.kind, 'settings');
});

describe('several stations', () => {
  const list = (...names: string[]): Exchange => ({
    method: 'POST',
    path: '/pvm/api/0/station/select_by_page',
    answer: answered({ list: names.map((name, nth) => ({ id: 4711 + nth, name })), total: names.length }),
  });
  const { stationId: _, ...unchosen } = settings;

  it('are not added up, nor is one taken: the sentence lists them', async () => {
    const { report } = await play([inspection(), login, list('Home', 'Shed')], { settings: unchosen });
    assert.equal(report.kind, 'settings');
    assert.match(report.error ?? '', /HOYMILES_STATION_ID to one of 4711 \(Home\), 4712 \(Shed\)/);
  });

  it('of which there is one only need no setting', async () => {
    const { report } = await play([inspection(), login, list('Home'), station(), figures()], { settings: unchosen });
    assert.equal(report.outcome, 'pushed');
  });

  it('are found to choose from', async () => {
    const exchanges = [inspection(), login, list('Home', 'Shed')];
    assert.deepEqual(await discover(hoymiles, { settings: unchosen, now, exchanges }), {
      stationId: [
        { value: '4711', title: 'Home' },
        { value: '4712', title: 'Shed' },
      ],
    });
  });
});
