import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growatt } from '../../functions/push-solar-data/adapters/growatt.ts';
import {
  account,
  asked,
  batch,
  deviceList,
  done,
  min,
  minWithBattery,
  mix,
  now,
  plantList,
  refused,
  spa,
  sph,
  time,
  tlx,
  type Values,
} from '../conversations/growatt.ts';
import type { Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { type Played, playAdapter } from '../support/home.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (settings: Record<string, string>, exchanges: Exchange[], options: Options = {}) =>
  playAdapter(growatt, { settings: { ...account, ...settings }, now, exchanges, ...options });
/** What is told of each poll: the figures, or the error. */
const toldOf = ({ pushes }: Played) => pushes.map(({ siteMeters, error }) => siteMeters ?? error ?? '');
const productionOf = (played: Played) =>
  toldOf(played).map((told) => (typeof told === 'string' ? told : told['production_kw']));
const callsTo = ({ vendor }: Played, part: string) => vendor.received.filter(({ path }) => path.includes(part)).length;
/** What the clocks of Brisbane show so many seconds after the usual time of a row. */
const at = (seconds: number) =>
  new Date(Date.parse(`${time.replace(' ', 'T')}Z`) + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
const unmetered = { pacToGridTotal: 0, pacToUserTotal: 0, etoUserTotal: 0, etogridTotal: 0 };

describe('Growatt adds up several devices:', () => {
  const ofTwo = async (first: Values, second: Values, options?: Options) => {
    const rows = batch({ A: { ...sph, ...first }, B: { ...sph, ...second } });
    const played = await play({ devices: 'sph:A,sph:B' }, [asked('mix/mixs_data', {}, rows)], options);
    return { told: toldOf(played)[0] as Values, kind: played.report.kind, error: played.report.error, played };
  };
  const sums = { production_kw: 8.2, battery_discharge_kw: -1.9, consumption_kw: 4.66, battery_soc: 0.57 };
  const meter = { net_import_kw: -1.64, imported_kwh: 812.5, exported_kwh: 1904.3 };

  it('the grid is that of the one with a meter, the time that of the older row', async () => {
    const { told, played } = await ofTwo({ ...unmetered, time: at(-300) }, { soc: 50 });
    assert.deepEqual(told, { ...sums, ...meter });
    assert.equal(played.pushes[0]?.tsms, Date.parse('2026-03-10T02:25:00Z'));
  });

  it('a meter that has never counted gives way to one that has', async () => {
    const { told } = await ofTwo({ ...unmetered, pacToUserTotal: 900 }, { soc: 50 });
    assert.deepEqual(told, { ...sums, ...meter });
  });

  it('two that agree to 0.1 kW see one meter', async () => {
    assert.deepEqual((await ofTwo({ soc: 50 }, { pacToGridTotal: 1740 })).told, { ...sums, ...meter });
  });

  it('two that do not are not understood', async () => {
    const { kind, error } = await ofTwo({}, { pacToGridTotal: 1741 });
    assert.equal(kind, 'bad-response');
    assert.match(error ?? '', /A: -1640 W, B: -1741 W/);
  });

  it('two that do not are no matter where the grid is not taken', async () => {
    const { told } = await ofTwo({}, { pacToGridTotal: 1741 }, { texts: { GROWATT_TAKE: 'production' } });
    assert.deepEqual(told, { production_kw: 8.2 });
  });

  it('one silent meter makes the grid unknown, whatever the other one shows', async () => {
    assert.equal((await ofTwo({ pacToUserTotal: '', pacToGridTotal: '' }, {})).kind, 'offline');
  });

  it('no charge of the home where one battery tells none that can be', async () => {
    assert.equal('battery_soc' in (await ofTwo({ soc: 255 }, {})).told, false);
  });

  for (const [what, rows] of [
    ['without a row', { A: sph }],
    ['with an empty row', { A: sph, B: '' }],
  ] as const)
    it(`an SPH ${what} is offline`, async () => {
      const played = await play({ devices: 'sph:A,sph:B' }, [asked('mix/mixs_data', {}, batch(rows))]);
      assert.equal(played.report.kind, 'offline');
    });

  it('a string inverter without a row leaves the solar power unknown, and the rest as it is', async () => {
    const played = await play({ devices: 'sph:SPH1,min:MIN1' }, [mix(done(sph)), tlx(done(''))]);
    assert.deepEqual(toldOf(played)[0], { ...meter, battery_discharge_kw: -0.95, battery_soc: 0.64 });
  });
});

describe('Growatt beside an inverter whose row is old', () => {
  const beside = (row: Values, hybrid: Values = { ppv: 300 }) =>
    play({ devices: 'sph:SPH1,min:MIN1' }, [mix(done({ ...sph, ...hybrid })), tlx(done({ ...min, ...row }))]);
  const old = at(-1200);

  it('counts it as 0, and forgets its time, where it gave next to nothing', async () => {
    const played = await beside({ time: old, pac: 49 });
    assert.deepEqual(productionOf(played), [0.3]);
    assert.equal(played.pushes[0]?.tsms, Date.parse('2026-03-10T02:30:00Z'));
  });

  it('does not believe that it sleeps in full sun for more than an hour', async () => {
    const played = await beside({ time: at(-3600), pac: 49 }, {});
    assert.deepEqual(productionOf(played), [undefined]);
    assert.match(JSON.stringify(played.report.warnings), /solar production of MIN1/);
  });

  for (const [what, row, hybrid] of [
    ['it gave 50 W', { time: old, pac: 50 }],
    ['it gave nobody knows what', { time: old, pac: '' }],
    ['it has a battery', { time: old, pac: 10, ppv: 10, bmsSoc: 5 }],
    ['it has the meter', { time: old, pac: 10, etoUserTotal: 4 }],
    ['the other one is old too', { time: old, pac: 10 }, { time: old }],
    ['it is the other one that is old', {}, { time: old }],
    ['its clock is ahead, so that nobody knows how old it is', { time: at(3600), pac: 10 }],
  ] as const)
    it(`is stale if ${what}`, async () => assert.equal((await beside(row, hybrid)).report.kind, 'stale'));

  it('is stale at night where there are only such inverters', async () => {
    const dark = { ...min, pac: 10, time: old };
    const rows = asked('tlx/tlxs_data', {}, batch({ A: dark, B: dark }));
    assert.equal((await play({ devices: 'min:A,min:B' }, [rows])).report.kind, 'stale');
  });

  it('lets it sleep in the sun for an hour', async () =>
    assert.deepEqual(productionOf(await beside({ time: at(-3500), pac: 49 }, {})), [4.1]));

  it('believes a row of just 20 minutes', async () => {
    assert.deepEqual(productionOf(await beside({ time: at(-1140) })), [2.8]);
  });
});

describe('Growatt from poll to poll', () => {
  it('asks an SPH each minute, a MIN every five, and serves the kept row meanwhile', async () => {
    const hybrids = Array.from({ length: 6 }, (_, nth) => mix(done({ ...sph, time: at(60 * nth) })));
    const exchanges = [...hybrids, tlx(done(min)), tlx(done({ ...min, pac: 1000, time: at(300) }))];
    const played = await play({ devices: 'sph:SPH1,min:MIN1' }, exchanges, { ticks: 6 });
    assert.deepEqual(productionOf(played), [6.6, 6.6, 6.6, 6.6, 6.6, 5.1]);
    assert.deepEqual([callsTo(played, 'mix'), callsTo(played, 'tlx')], [6, 2]);
  });

  it('does not make a kept row younger than it is', async () => {
    const played = await play({ devices: 'min:MIN1' }, [tlx(done({ ...min, time: at(-1110) }))], { ticks: 3 });
    assert.equal(played.report.kind, 'stale');
    assert.equal(callsTo(played, 'tlx'), 1);
  });

  it('keeps what cannot be read as that', async () => {
    const row = { ...minWithBattery, bdc1Soc: 'full', etoUserTotal: 'much' };
    const played = await play({ devices: 'min:MIN1' }, [tlx(done(row))], { ticks: 2 });
    const [first, second] = toldOf(played);
    assert.deepEqual(second, first);
    assert.equal('imported_kwh' in (first as Values), false);
    assert.equal(callsTo(played, 'tlx'), 1);
    const stored = JSON.parse(played.documents.get('adapter/growatt') ?? '{}').value;
    assert.deepEqual(
      growatt.state?.safeParse({ plantId: '', listed: { devices: [], at: 0 }, plantCalls: [], ...stored }).success,
      true,
    );
  });

  it('leaves an endpoint of five minutes alone after a failure, and one of ten seconds for a minute', async () => {
    for (const [devices, exchange, calls] of [
      ['min:MIN1', tlx(refused(10012)), 1],
      ['min:MIN1', tlx({ status: 500, json: {} }), 1],
      ['sph:SPH1', mix(refused(10012)), 5],
    ] as const)
      assert.equal((await play({ devices }, [exchange], { ticks: 5 })).vendor.received.length, calls);
  });

  it('goes on after the token was refused for a while', async () => {
    const exchanges = [mix(done(sph)), mix(refused(10011)), mix(done({ ...sph, time: at(3600) }))];
    const played = await play({ devices: 'sph:SPH1' }, exchanges, { ticks: 3, everySeconds: 1800 });
    assert.match(String(toldOf(played)[1]), /GROWATT_API_TOKEN/);
    assert.equal(productionOf(played)[2], 4.1);
  });

  it('knows a resting battery and a quiet meter that were there, and misses what it lacks', async () => {
    const rows: Values[] = [
      minWithBattery,
      {
        ...minWithBattery,
        bdc1DischargePower: 0,
        bdc2ChargePower: 0,
        bdc1Soc: 0,
        pacToGridTotal: 0,
        etoUserTotal: '',
        etoGridTotal: '',
      },
      { ...minWithBattery, bdc2ChargePower: '', bdc2DischargePower: '' },
      { ...minWithBattery, ...unmetered, etoGridTotal: 0 },
      minWithBattery,
    ];
    const exchanges = rows.map((row, nth) => tlx(done({ ...row, time: at(300 * nth) })));
    const played = await play({ devices: 'min:MIN1' }, exchanges, { ticks: 5, everySeconds: 300 });
    const powers = toldOf(played).map((told) =>
      typeof told === 'string' ? 'error' : [told['production_kw'], told['net_import_kw'], told['battery_discharge_kw']],
    );
    const whole = [2.56, -1.2, 0.6];
    assert.deepEqual(powers, [whole, [2.56, 0, 0], [2.56, -1.2, undefined], 'error', whole]);
  });

  it('has an inverter back that was away', async () => {
    const both = batch({ MIN1: minWithBattery, MIN2: min });
    const exchanges = [both, batch({ MIN1: minWithBattery }), both].map((answer) => asked('tlx/tlxs_data', {}, answer));
    const played = await play({ devices: 'min:MIN1,min:MIN2' }, exchanges, { ticks: 3, everySeconds: 300 });
    assert.deepEqual(productionOf(played), [5.06, undefined, 5.06]);
  });
});

describe('Growatt lists', () => {
  const lists = [plantList({ plant_id: 77, name: 'Home' }), deviceList({ LOG: 3, SPF: 2, SPH1: 5, MIN1: 7, X: 99 })];
  const rows = [mix(done(sph)), tlx(done(min))];

  it('plant and devices once, and names what it does not read', async () => {
    const played = await play({}, [...lists, ...rows], { ticks: 2 });
    assert.deepEqual(played.vendor.misses, []);
    assert.deepEqual([callsTo(played, 'plant/list'), callsTo(played, 'device/list')], [1, 1]);
    const first = await play({}, [...lists, ...rows]);
    assert.match(JSON.stringify(first.report), /storage inverter SPF is not read/);
  });

  it('no plants where the owner names one, and nothing where the devices are named', async () => {
    const named = await play({ plantId: '77' }, [...lists, ...rows]);
    assert.deepEqual([callsTo(named, 'plant/list'), callsTo(named, 'device/list')], [0, 1]);
    const all = await play({ devices: 'sph:SPH1' }, [...lists, ...rows]);
    assert.equal(callsTo(all, 'list'), 0);
  });

  it('both anew after a day, and after a device that does not exist', async () => {
    const dayLater = await play({}, [...lists, ...rows], { ticks: 2, everySeconds: 86_400 });
    assert.deepEqual([callsTo(dayLater, 'plant/list'), callsTo(dayLater, 'device/list')], [2, 2]);
    for (const code of [10002, 10005]) {
      const exchanges = [
        ...lists,
        mix(done(sph)),
        mix(refused(code)),
        mix(done({ ...sph, time: at(3600) })),
        ...rows.slice(1),
      ];
      const replaced = await play({}, exchanges, { ticks: 3, everySeconds: 1800 });
      assert.deepEqual([callsTo(replaced, 'plant/list'), callsTo(replaced, 'device/list')], [2, 2]);
    }
  });

  it('several plants by name for the owner to choose, ten times a day at most', async () => {
    const several = [plantList({ plant_id: 77, name: 'Home' }, { plant_id: 78, name: 'Barn' })];
    const played = await play({}, several, { ticks: 48, everySeconds: 1800 });
    assert.equal(played.report.kind, 'auth');
    assert.match(played.report.error ?? '', /GROWATT_PLANT_ID to one of 77 \(Home\), 78 \(Barn\)/);
    assert.equal(callsTo(played, 'plant/list'), 10);
  });

  it('nothing that can be read: the account is a wrong one, or the devices are to be named', async () => {
    for (const exchanges of [[plantList()], [lists[0], deviceList({ LOG: 3, SPF: 2 })]]) {
      const played = await play(
        {},
        exchanges.filter((each) => each !== undefined),
      );
      assert.equal(played.report.kind, 'auth', played.report.error);
    }
  });

  it('an SPA beside another inverter, whose sun may count twice', async () => {
    const exchanges = [
      plantList({ plant_id: 77 }),
      deviceList({ SPA1: 6, MIN1: 7 }),
      asked('spa/spa_last_data', {}, done(spa)),
      tlx(done(min)),
    ];
    assert.match(JSON.stringify((await play({}, exchanges)).report), /sun counts twice/);
  });

  it('for the set-up plants, and all devices of the account where one must be named, with their types', async () => {
    const page = (nth: number, lastPager: boolean, ...data: Values[]): Exchange => ({
      method: 'POST',
      path: '/v4/new-api/queryDeviceList',
      query: { page: String(nth) },
      answer: { json: { code: 0, message: 'OK', data: { data, lastPager } } },
    });
    const exchanges = [
      plantList({ plant_id: 77, name: 'Home' }),
      page(1, false, { deviceSn: 'SPH1', deviceType: 'sph' }, { deviceSn: 'N', deviceType: 'noah' }),
      page(2, true, { deviceSn: 'SPS1', deviceType: 'sph-s' }),
    ];
    assert.deepEqual(await discover(growatt, { settings: account, now, exchanges }), {
      plantId: [{ value: '77', title: 'Home' }],
      devices: [{ value: 'sph:SPH1,sph-s:SPS1', title: 'all devices of the account' }],
    });
    const usual = [plantList({ plant_id: 77 }), page(1, true, { deviceSn: 'SPH1', deviceType: 'sph' })];
    assert.deepEqual((await discover(growatt, { settings: account, now, exchanges: usual }))?.['devices'], []);
    const homes = [plantList({ plant_id: 77 }, { plant_id: 78 }), ...exchanges.slice(1)];
    const values = (await discover(growatt, { settings: account, now, exchanges: homes }))?.['devices'];
    assert.deepEqual(
      values?.map(({ value }) => value),
      ['sph:SPH1,sph-s:SPS1', 'sph:SPH1', 'sph-s:SPS1'],
    );
  });

  for (const devices of ['wit:W1', 'sph', 'sph:', 'storage:S1', ':S1'])
    it(`not "${devices}", which is a matter of the settings`, async () => {
      const { report, vendor } = await play({ devices }, rows);
      assert.equal(report.kind, 'settings');
      assert.match(report.error ?? '', /GROWATT_DEVICES.*WIT, NOAH and SPF/);
      assert.equal(vendor.received.length, 0);
    });
});

describe('Growatt reads the clocks of the plant', () => {
  const follow = async (times: (string | 'fails')[], options: Options & { timeZone?: string } = {}) => {
    const exchanges = times.map((each, nth) =>
      mix(each === 'fails' ? refused(10001) : done({ ...sph, ppv: 4100 + nth, time: each })),
    );
    const { timeZone = 'Australia/Brisbane', ...more } = options;
    const played = await play({ devices: 'sph:SPH1', timeZone }, exchanges, { ticks: times.length, ...more });
    return played.pushes.map(({ siteMeters, tsms }) => (siteMeters ? (tsms ?? 'live') : 'error'));
  };
  const hour = 3600;

  it('of an hour ahead only while they move, and tells no time then', async () => {
    assert.deepEqual(await follow([at(hour), at(hour), at(hour + 120), at(hour + 120)]), [
      'error',
      'error',
      'live',
      'error',
    ]);
  });

  it('also where a poll between has failed', async () => {
    assert.deepEqual(await follow([at(hour), 'fails', at(hour + 120)]), ['error', 'error', 'live']);
  });

  it('but not where the poll before was too long ago to tell anything', async () => {
    assert.deepEqual(await follow([at(hour), at(hour + 900)], { everySeconds: 1260 }), ['error', 'error']);
  });

  it('but not where they jump', async () => {
    const tomorrow = 24 * hour;
    assert.deepEqual(await follow([time, at(tomorrow), at(tomorrow + 60)]), [
      Date.parse('2026-03-10T02:30:00Z'),
      'error',
      'live',
    ]);
  });

  it('of two minutes ahead as of now', async () => {
    assert.deepEqual(await follow([at(180)]), [Date.parse('2026-03-10T02:33:00Z')]);
    assert.deepEqual(await follow([at(181)]), ['error']);
  });

  it('across midnight', async () => {
    const midnight = { now: '2026-03-10T13:59:40Z', timeZone: 'Australia/Brisbane' };
    assert.deepEqual(await follow(['2026-03-10 23:59:30', '2026-03-11 00:00:30'], midnight), [
      Date.parse('2026-03-10T13:59:30Z'),
      Date.parse('2026-03-10T14:00:30Z'),
    ]);
  });

  it('when summer time ends, and when the data logger does not know that', async () => {
    const sydney = { now: '2026-04-04T15:59:00Z', timeZone: 'Australia/Sydney', everySeconds: 300 };
    const before = Date.parse('2026-04-04T15:58:00Z');
    assert.deepEqual(await follow(['2026-04-05 02:58:00', '2026-04-05 02:03:00'], sydney), [before, before + 300_000]);
    assert.deepEqual(await follow(['2026-04-05 02:58:00', '2026-04-05 03:03:00'], sydney), [before, 'live']);
  });

  it('when summer time begins', async () => {
    const sydney = { now: '2026-10-03T15:59:00Z', timeZone: 'Australia/Sydney', everySeconds: 300 };
    const before = Date.parse('2026-10-03T15:58:00Z');
    assert.deepEqual(await follow(['2026-10-04 01:58:00', '2026-10-04 03:03:00'], sydney), [before, before + 300_000]);
  });

  it('and wonders about an SPA that sees no sun at noon', async () => {
    const exchange = asked('spa/spa_last_data', {}, done({ ...spa, ppvInverter: 0 }));
    assert.match(JSON.stringify((await play({ devices: 'spa:SPA1' }, [exchange])).report), /no sun at noon/);
  });
});
