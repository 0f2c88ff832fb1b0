import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alphaess } from '../../functions/push-solar-data/adapters/alphaess.ts';
import {
  app,
  conversation,
  done,
  figures,
  history,
  historyConversation,
  historyPath,
  listed,
  listPath,
  live,
  livePath,
  noonMeters,
  nothing,
  now,
  otherSn,
  refused,
  row,
  sn,
  system,
  type Values,
} from '../conversations/alphaess.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { openHome, type Played, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const one = { ...app, serials: sn };
const both = { ...app, serials: `${sn}, ${otherSn}` };
const storion = { ...one, timeZone: 'Europe/Berlin' };

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(alphaess, { settings: one, now, exchanges, ...options });
const metersOf = ({ pushes, report }: Played) => pushes.at(-1)?.siteMeters ?? report.kind;
const readLive = async (changed: Values, options?: Options) => metersOf(await play([live(changed)], options));
const pathsOf = ({ vendor }: Played) => vendor.received.map(({ path }) => path);
const without = (meters: Record<string, number>, ...names: string[]) =>
  Object.fromEntries(Object.entries(meters).filter(([name]) => !names.includes(name)));

testAdapter(alphaess, conversation);
testAdapter(alphaess, historyConversation);

it('signs every call with the seconds of the clock', async () => {
  const settings = { ...one, appId: 'alphaef0123456789abcdef', appSecret: '0123456789abcdef0123456789abcdef' };
  const { vendor } = await play([{ path: livePath, answer: refused(6042) }], { settings, now: 1_790_000_000_900 });
  const headers = vendor.received[0]?.headers ?? {};
  assert.equal(headers['appid'], settings.appId);
  assert.equal(headers['timestamp'], '1790000000');
  assert.equal(
    headers['sign'],
    'c4698588a9fb197149bfbf5411bbc80dc95dddd7d2c7a1dad5247feb86d7f1bf29758b47f5615da101b15da1fb06dccf87e91c8b2a00f2da6b6a2b867638f632',
  );
});

describe('AlphaESS says by its code', () => {
  const network = 'The network is busy';
  const tooOld = 'The request timestamp is not within the validity period';
  for (const [code, kind, calls, msg] of [
    [6001, 'bad-response', 1],
    [6002, 'auth', 1],
    [6003, 'bad-response', 1],
    [6005, 'auth', 1],
    [6006, 'auth', 2],
    [6007, 'auth', 1],
    [6008, 'unavailable', 2],
    [6009, 'auth', 1, 'whitelist check failed'],
    [6009, 'auth', 2, tooOld],
    [6010, 'bad-response', 1],
    [6011, 'bad-response', 1],
    [6012, 'bad-response', 1],
    [6016, 'offline', 1],
    [6017, 'auth', 1],
    [6026, 'unavailable', 2, network],
    [6029, 'unavailable', 2],
    [6038, 'auth', 1],
    [6042, 'offline', 1],
    [6053, 'rate-limited', 1],
    [10_001, 'bad-response', 1],
    [99_999, 'bad-response', 1],
    [6001, 'bad-response', 1, 'no valid timestamp'],
    [6001, 'rate-limited', 1, 'The maximum number of requests has been reached'],
  ] as const)
    it(`${code} ${msg ?? ''}: ${kind}, after ${calls} calls`, async () => {
      const { report, vendor } = await play([{ path: livePath, answer: refused(code, msg) }]);
      assert.equal(report.kind, kind, report.error);
      assert.equal(vendor.received.length, calls);
    });

  it('6009 in words that it is the clock', async () => {
    const { report } = await play([{ path: livePath, answer: refused(6009, tooOld) }]);
    assert.match(report.error ?? '', /clock of this machine/);
  });

  it('6006 once, and the call that is signed once more is answered', async () => {
    const played = await play([{ path: livePath, answer: refused(6006) }, live()]);
    assert.deepEqual(metersOf(played), noonMeters);
  });

  for (const [what, answer, kind] of [
    ['a code as text', { json: { code: '200', msg: 'Success', data: figures() } }, 'pushed'],
    ['no code', { json: { data: figures() } }, 'bad-response'],
    ['a web page with HTTP 502', { status: 502, text: '<html>502 Bad Gateway</html>' }, 'unavailable'],
    ['HTTP 403', { status: 403, json: {} }, 'auth'],
  ] as [string, Answer, string][])
    it(`${what}: ${kind}`, async () => {
      const { report } = await play([{ path: livePath, answer }]);
      assert.equal(report.kind ?? report.outcome, kind);
    });
});

describe('AlphaESS live', () => {
  for (const [what, changed, meters] of [
    ['numbers as texts', { ppv: '4200.0', pgrid: '-1350.0', pbat: '-2100.0', pload: '750.0', soc: '71.5' }, noonMeters],
    ['solar power of the extra meter, once', { ppvDetail: { ppv1: 0, ppv2: null, pmeterDc: 4200 } }, noonMeters],
    ['a wall box, which is part of the load', { pev: 700, pevDetail: { ev1Power: 700 } }, noonMeters],
    ['a night', { ppv: 0, pgrid: 11, pbat: 1264, pload: 1275, soc: 56 }, [0, 0.011, 1.275, 1.264, 0.56]],
    ['no load, which is the sum of the others', { pload: null }, noonMeters],
    ['no battery', { pgrid: -3450, pbat: 0, soc: 0 }, [4.2, -3.45, 0.75]],
    ['no battery, by nulls', { pgrid: -3450, pbat: null, soc: null }, [4.2, -3.45, 0.75]],
    ['a battery that rests', { pgrid: -3450, pbat: 0 }, [4.2, -3.45, 0.75, 0, 0.715]],
    ['a battery without a known power', { pbat: null }, [4.2, -1.35, undefined, undefined, 0.715]],
    ['a battery of which only the load tells', { pbat: null, soc: null }, [4.2, -1.35]],
    ['a charge of 0 of a battery that works', { soc: 0 }, [4.2, -1.35, 0.75, -2.1]],
    ['no charge of a battery that works', { soc: null }, [4.2, -1.35, 0.75, -2.1]],
    ['a charge that is no number', { soc: 'full' }, [4.2, -1.35, 0.75, -2.1]],
    ['a charge beyond 100 %', { soc: 101 }, [4.2, -1.35, 0.75, -2.1]],
    ['a load a little below nothing', { pbat: -2869, pload: -19 }, [4.2, -1.35, -0.019, -2.869, 0.715]],
    ['a load that cannot be', { pbat: -2870, pload: -20 }, 'bad-response'],
    ['the same, where only the sum shows it', { pbat: -4200, pload: null }, 'bad-response'],
    ['no grid power', { pgrid: null }, 'offline'],
    ['no solar power', { ppv: null }, 'offline'],
    ['all powers 0', { ppv: 0, pgrid: 0, pbat: 0, pload: 0 }, 'offline'],
    ['all powers 0 without a battery', { ppv: 0, pgrid: 0, pbat: null, pload: 0 }, 'offline'],
    ['all powers null', nothing, 'offline'],
    ['a power that is no number', { pgrid: 'none of yours' }, 'bad-response'],
  ] as [string, Values, Record<string, number> | (number | undefined)[] | string][])
    it(`reads ${what}`, async () => {
      const fields = Object.keys(noonMeters);
      const expected = Array.isArray(meters)
        ? Object.fromEntries(meters.flatMap((value, nth) => (value === undefined ? [] : [[fields[nth], value]])))
        : meters;
      assert.deepEqual(await readLive(changed), expected);
    });

  it('names the battery whose power it does not give', async () => {
    const { report } = await play([live({ pbat: null })]);
    assert.match(report.warnings?.join() ?? '', /does not give the battery power of ALD2310417/);
  });

  it('has no figures in an answer without data, and says what a Storion needs', async () => {
    const { report } = await play([{ path: livePath, answer: done(null) }]);
    assert.equal(report.kind, 'offline');
    assert.match(report.error ?? '', /ALPHAESS_TIME_ZONE/);
  });

  it('says what to do where another inverter makes the load impossible', async () => {
    const { report } = await play([live({ pgrid: -3350, pload: -1250 })]);
    assert.match(report.error ?? '', /consumption of -1250 W.* ALPHAESS_TAKE /);
  });

  it('demands nothing that is not taken', async () => {
    const texts = { ALPHAESS_TAKE: 'production,battery' };
    assert.deepEqual(
      await readLive({ pgrid: null }, { texts }),
      without(noonMeters, 'net_import_kw', 'consumption_kw'),
    );
  });

  it('lets another inverter, which it does not see, make its load negative, where the load is not taken', async () => {
    const texts = { ALPHAESS_TAKE: 'production,grid,battery' };
    const played = await play([live({ pgrid: -3350, pload: -1250 })], { texts });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
  });

  it('keeps a battery that has shown itself, when charge and power are 0', async () => {
    const changes = [{}, { pgrid: -3450, pbat: 0, soc: 0 }, {}];
    const { pushes } = await play(
      changes.map((each) => live(each)),
      { ticks: 3 },
    );
    assert.equal(pushes[1]?.siteMeters?.['battery_discharge_kw'], 0);
    assert.equal(pushes[1]?.siteMeters?.['consumption_kw'], 0.75);
    assert.deepEqual(pushes[2]?.siteMeters, noonMeters);
  });

  it('has no consumption while the power of a known battery is missing, whatever the list says', async () => {
    const settings = app;
    const exchanges = [listed([system({ cobat: null })]), live(), live({ pbat: null, pload: 2850 })];
    const { pushes } = await play(exchanges, { settings, ticks: 2 });
    assert.deepEqual(pushes[0]?.siteMeters, noonMeters);
    assert.deepEqual(pushes[1]?.siteMeters, without(noonMeters, 'battery_discharge_kw', 'consumption_kw'));
  });
});

describe('AlphaESS figures that stand still', () => {
  /** Kind or outcome of each tick. */
  const outcomes = async (exchanges: Exchange[], seconds: number[], texts = {}) => {
    const found: (string | undefined)[] = [];
    for (let ticks = 1; ticks <= seconds.length; ticks++) {
      const { report } = await play(exchanges, { ticks, everySeconds: seconds[1] ?? 60, texts });
      found.push(report.kind ?? report.outcome);
    }
    return found;
  };
  const times = [0, 300, 600, 900, 1200];

  it('are stale after a quarter of an hour, and good again as soon as one moves', async () => {
    const exchanges = [
      ...Array(4)
        .fill(0)
        .map(() => live()),
      live({ soc: 71 }),
    ];
    assert.deepEqual(await outcomes(exchanges, times), ['pushed', 'pushed', 'pushed', 'stale', 'pushed']);
  });

  it('are so too when a dropped sample or trouble lies between', async () => {
    const zeros = live({ ppv: 0, pgrid: 0, pbat: 0, pload: 0 });
    const busy = { ...live(), answer: refused(6042) };
    const kinds = await outcomes([live(), zeros, busy, live()], times.slice(0, 4));
    assert.deepEqual(kinds, ['pushed', 'offline', 'offline', 'stale']);
  });

  it('may do so as long as the owner says', async () => {
    const texts = { ALPHAESS_STALE_AFTER_SECONDS: '1200' };
    assert.deepEqual(await outcomes([live()], times, texts), ['pushed', 'pushed', 'pushed', 'pushed', 'stale']);
  });

  it('are counted from the present where a clock that ran ahead is set back', async () => {
    const [vendor, chargeHq] = [await playConversation([live()]), await playChargeHq()];
    const { url: baseUrl } = vendor;
    const texts = { VENDOR: 'alphaess', CHARGE_HQ_URL: chargeHq.url, ...settingTexts('alphaess', { ...one, baseUrl }) };
    const home = openHome({ adapters: [alphaess], texts, now });
    const kinds: (string | undefined)[] = [];
    for (const seconds of [0, -86_400, 300, 300, 300]) {
      home.clock.advance(seconds);
      const { kind, outcome } = await home.tick();
      kinds.push(kind ?? outcome);
    }
    await Promise.all([home.close(), vendor.close(), chargeHq.close()]);
    assert.deepEqual(kinds.slice(-2), ['pushed', 'stale']);
  });

  it('may do so in an idle night, for hours', async () => {
    const idle = { ppv: 0, pgrid: 49, pbat: 0, pload: 49, soc: 10 };
    const { report } = await play([live(idle)], { ticks: 30, everySeconds: 300 });
    assert.equal(report.outcome, 'pushed', report.error);
    const imports = await play([live({ ...idle, pgrid: 50, pload: 50 })], { ticks: 4, everySeconds: 300 });
    assert.equal(imports.report.kind, 'stale');
  });
});

describe('AlphaESS systems', () => {
  it('are listed once a day', async () => {
    const played = await play([listed(), live(), live({ soc: 70 })], { settings: app, ticks: 2, everySeconds: 86_399 });
    assert.deepEqual(pathsOf(played), [listPath, livePath, livePath]);
    const later = await play([listed(), live(), live({ soc: 70 })], { settings: app, ticks: 2, everySeconds: 86_400 });
    assert.deepEqual(pathsOf(later), [listPath, livePath, listPath, livePath]);
  });

  it('are not listed where one is set', async () => {
    assert.deepEqual(pathsOf(await play([live()])), [livePath]);
    const twice = await play([live()], { settings: { ...app, serials: `${sn},${sn}` } });
    assert.deepEqual(pathsOf(twice), [livePath]);
  });

  it('are listed anew when the one that was kept is not bound any more', async () => {
    const exchanges = [
      listed(),
      listed([system({ sysSn: otherSn })]),
      live(),
      { ...live(), answer: refused(6005) },
      live({}, otherSn),
    ];
    const played = await play(exchanges, { settings: app, ticks: 3, everySeconds: 1800 });
    assert.deepEqual(played.vendor.received.at(-1)?.query, { sysSn: otherSn });
  });

  for (const [what, data, kind, words] of [
    ['a single one without a list', system(), 'pushed', /^$/],
    ['none', [], 'auth', /bind the system/],
    ['null', null, 'auth', /bind the system/],
    [
      'several',
      [system(), system({ sysSn: otherSn })],
      'auth',
      /ALPHAESS_SERIALS to one of ALD2310417 .*, ALD2310418 /,
    ],
    ['one that is not normal', [system({ emsStatus: 'Offline' })], 'offline', /ALD2310417 is not normal: Offline/],
    ['one that tells no state', [system({ emsStatus: null })], 'pushed', /^$/],
    ['one whose capacity cannot be read', [system({ cobat: 'large' })], 'pushed', /^$/],
  ] as const)
    it(`of which the AppID has ${what}: ${kind}`, async () => {
      const { report } = await play([listed(data), live()], { settings: app });
      assert.equal(report.kind ?? report.outcome, kind, report.error);
      assert.match(report.error ?? '', words);
    });

  for (const [what, changed, figure, expected] of [
    ['has no battery by the list', { cobat: 0 }, { pgrid: -3450, pbat: 0, soc: 50 }, [undefined, undefined]],
    ['has one that works, whatever the list says', { cobat: 0 }, {}, [-2.1, 0.715]],
    ['has an empty one by the list', {}, { pgrid: -3450, pbat: 0, soc: 0 }, [0, 0]],
    ['has one that works and tells no charge', {}, { soc: 0 }, [-2.1, undefined]],
  ] as const)
    it(`of which one ${what}`, async () => {
      const { pushes } = await play([listed([system(changed)]), live(figure)], { settings: app });
      const meters = pushes[0]?.siteMeters ?? {};
      assert.deepEqual([meters['battery_discharge_kw'], meters['battery_soc']], expected);
    });

  it('are found to choose from', async () => {
    const exchanges = [listed([system(), system({ sysSn: otherSn, minv: null })])];
    assert.deepEqual(await discover(alphaess, { settings: app, now, exchanges }), {
      serials: [
        { value: sn, title: 'SMILE-INV, battery of 10 kWh' },
        { value: otherSn, title: 'battery of 10 kWh' },
      ],
    });
  });
});

describe('AlphaESS with several systems in one home', () => {
  const second = system({ sysSn: otherSn, cobat: 5 });
  const other = { ppv: 1000, pgrid: 0, pbat: -700, pload: 300, soc: 50 };
  const playBoth = (changed: Values, more: Values = {}, list: Exchange = listed([system(), second])) =>
    play([list, live(more), live({ ...other, ...changed }, otherSn)], { settings: both });

  it('adds them up in the order of the setting, the charge by capacity', async () => {
    const played = await playBoth({});
    assert.deepEqual(metersOf(played), {
      production_kw: 5.2,
      net_import_kw: -1.35,
      consumption_kw: 1.05,
      battery_discharge_kw: -2.8,
      battery_soc: 0.6433,
    });
    assert.deepEqual(
      played.vendor.received.map(({ query }) => query['sysSn']),
      [undefined, sn, otherSn],
    );
  });

  it('asks also for one that is not in the list, and then takes the plain mean of the charges', async () => {
    const { pushes } = await playBoth({}, {}, listed([system()]));
    assert.equal(pushes[0]?.siteMeters?.['battery_soc'], 0.6075);
  });

  it('knows no charge while one battery tells none', async () => {
    const { pushes } = await playBoth({ soc: 0 });
    assert.equal('battery_soc' in (pushes[0]?.siteMeters ?? {}), false);
    assert.equal(pushes[0]?.siteMeters?.['battery_discharge_kw'], -2.8);
  });

  for (const [what, first, grid, net] of [
    ['one meter that both see counts', -1350, -1450, -1.35],
    ['the same on import', 300, 250, 0.3],
    ['two flows that differ by more add up', 300, 401, 0.701],
    ['two small flows add up', 100, 100, 0.2],
    ['opposite flows add up', 150, -150, 0],
  ] as const)
    it(`${what}: ${first} W and ${grid} W`, async () => {
      const played = await playBoth({ pgrid: grid, pload: 300 + grid }, { pgrid: first, pload: 2100 + first });
      const expected = { production_kw: 5.2, net_import_kw: net, battery_discharge_kw: -2.8 };
      const meters = metersOf(played);
      assert.ok(typeof meters === 'object', played.report.error);
      assert.deepEqual(without(meters, 'battery_soc', 'consumption_kw'), expected);
      assert.equal(meters['consumption_kw'], Math.round((2.4 + net) * 1000) / 1000);
    });

  it('does not call the load of one impossible that another one feeds', async () => {
    const played = await playBoth({ ppv: 0, pbat: -700, pload: -700 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
  });

  for (const [what, answer, kind] of [
    ['is off line', refused(6042), 'offline'],
    ['is not bound', refused(6005), 'auth'],
    ['has dropped a sample', done(figures({ ppv: 0, pgrid: 0, pbat: 0, pload: 0 })), 'offline'],
    ['does not tell its grid power', done(figures({ pgrid: null })), 'offline'],
  ] as const)
    it(`fails as a whole while one ${what}`, async () => {
      const exchanges = [listed([system(), second]), live(), { ...live({}, otherSn), answer }];
      assert.equal((await play(exchanges, { settings: both })).report.kind, kind);
    });
});

describe('AlphaESS history', () => {
  const at = (time: string) => `2026-05-01 ${time}`;
  const read = (rows: unknown[], options: Options = {}) =>
    play([live(nothing), history('2026-05-01', ...rows)], { settings: storion, ...options });

  it('is asked for after the live call, tick after tick', async () => {
    const played = await read([row(at('13:58:20'))], { ticks: 2 });
    assert.deepEqual(pathsOf(played), [livePath, historyPath, livePath, historyPath]);
  });

  for (const [order, rows] of [
    ['oldest first', [at('13:48:18'), at('13:53:19'), at('13:58:20')]],
    ['in no order', [at('13:53:19'), at('13:58:20'), at('13:48:18')]],
  ] as const)
    it(`gives its newest row, also ${order}`, async () => {
      const played = await read(rows.map((time, nth) => row(time, { gridCharge: nth, feedIn: 0 })));
      assert.equal(played.pushes[0]?.tsms, Date.parse('2026-05-01T11:58:20Z'));
    });

  for (const [what, changed, expected] of [
    ['a row of 16 minutes ago', { uploadTime: at('13:44:20') }, 'stale'],
    ['a row of another system', { sysSn: otherSn }, 'bad-response'],
    ['a row without a time that can be read', { uploadTime: 'yesterday' }, 'bad-response'],
    ['a row without import', { gridCharge: null }, 'offline'],
    ['a row without sun', { ppv: null }, 'offline'],
    ['a row of zeros, but for a standby', { ppv: 0, load: 0, feedIn: 0, gridCharge: 104, cbat: 100 }, 'offline'],
    ['a row that exports and charges without sun', { ppv: 0, cbat: 34 }, 'offline'],
    ['a row that exports from the battery', { ppv: 0, cbat: 33 }, 3.35],
    ['an importing row', { ppv: 100, feedIn: 0, gridCharge: 900 }, -0.35],
    ['a charge that is no number', { cbat: 'full' }, -2.25],
    ['the charge as the documentation spells it', { cbat: undefined, cobat: 20 }, -2.25],
  ] as const)
    it(`reads ${what}`, async () => {
      const { pushes, report } = await read([row(at('13:58:20'), changed), row(at('13:40:00'), { cbat: 33.5 })]);
      assert.equal(pushes[0]?.siteMeters?.['battery_discharge_kw'] ?? report.kind, expected, report.error);
    });

  it('has nothing of a day on which nothing came', async () => {
    assert.equal((await read([])).report.kind, 'offline');
  });

  it('knows no battery power and no consumption without a load', async () => {
    const { pushes } = await read([row(at('13:58:20'), { load: null })]);
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 5.6, net_import_kw: -2.7, battery_soc: 0.332 });
  });

  for (const [what, changed, battery, consumption] of [
    ['a battery by its power, where none tells a charge', { cbat: null }, -2.25, 0.65],
    ['a battery by its power, where the charge is a 0', { cbat: 0 }, -2.25, 0.65],
    ['no battery where only losses are left and none tells a charge', { cbat: null, load: 2760 }, undefined, 2.9],
  ] as const)
    it(`has ${what}`, async () => {
      const { pushes } = await read([row(at('13:58:20'), changed)]);
      const { battery_discharge_kw, consumption_kw, ...others } = pushes[0]?.siteMeters ?? {};
      assert.deepEqual([battery_discharge_kw, consumption_kw], [battery, consumption]);
      assert.deepEqual(others, { production_kw: 5.6, net_import_kw: -2.7 });
    });

  it('is asked for by the day of the place, over midnight', async () => {
    const exchanges = [
      live(nothing),
      history('2026-04-30', row('2026-04-30 23:56:00')),
      history('2026-05-01', row(at('00:01:00'))),
    ];
    const played = await play(exchanges, {
      settings: storion,
      now: '2026-04-30T21:58:00Z',
      ticks: 2,
      everySeconds: 240,
    });
    assert.deepEqual(
      played.pushes.map(({ tsms }) => tsms),
      ['2026-04-30T21:56:00Z', '2026-04-30T22:01:00Z'].map((text) => Date.parse(text)),
    );
  });

  describe('in the night in which summer time ends', () => {
    const night = (time: string, load: number) => row(`2026-10-25 ${time}`, { ppv: 0, feedIn: 0, gridCharge: 0, load });
    const first = [night('02:59:00', 590), night('02:06:00', 60), night('02:01:00', 10)];
    for (const [when, moment, rows, tsms, battery] of [
      ['an hour before', '2026-10-25T00:02:00Z', [night('02:01:00', 10)], '2026-10-25T00:01:00Z', 0.01],
      ['again at two', '2026-10-25T01:07:00Z', [night('02:05:00', 200), ...first], '2026-10-25T01:05:00Z', 0.2],
      ['just after', '2026-10-25T02:00:30Z', [night('02:58:00', 300), ...first], '2026-10-25T01:58:00Z', 0.3],
      ['later', '2026-10-25T04:02:00Z', [night('05:01:00', 400), ...first], '2026-10-25T04:01:00Z', 0.4],
    ] as const)
      for (const order of ['newest first', 'oldest first'])
        it(`gives its newest row ${when}, ${order}`, async () => {
          const ordered = order === 'newest first' ? rows : rows.toReversed();
          const exchanges = [live(nothing), history('2026-10-25', ...ordered)];
          const { pushes } = await play(exchanges, { settings: storion, now: moment });
          assert.equal(pushes[0]?.tsms, Date.parse(tsms));
          assert.equal(pushes[0]?.siteMeters?.['battery_discharge_kw'], battery);
        });
  });

  it('gives way to live figures when they come', async () => {
    const exchanges = [live(nothing), live(), history('2026-05-01', row(at('13:58:20')))];
    const { pushes } = await play(exchanges, { settings: storion, ticks: 2 });
    assert.deepEqual(pushes[1]?.siteMeters, noonMeters);
    assert.equal(pushes[1]?.tsms, undefined);
  });
});
