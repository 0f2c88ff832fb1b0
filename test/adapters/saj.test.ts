import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { saj } from '../../functions/push-solar-data/adapters/saj.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';
import {
  app,
  base,
  conversation,
  done,
  hybrid,
  hybridMeters,
  live,
  measured,
  metered,
  now,
  ofDevice,
  refused,
  settings,
  string,
  times,
  token,
} from '../conversations/saj.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { apiKey, type Played, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(saj, { settings, now, exchanges, ...options });
const playLive = (data: unknown, chosen: Record<string, string> = {}) =>
  play([token(), live(done(data))], { settings: { ...settings, ...chosen } });

const calls = ({ vendor }: Played): string[] => vendor.received.map(({ path }) => path.replace(`${base}/`, ''));
const figures = ({ pushes }: Played) => pushes.at(-1)?.siteMeters;

testAdapter(saj, conversation);

describe('a hybrid', () => {
  const rows: [string, Record<string, unknown>, Record<string, number>][] = [
    [
      'takes magnitudes and leaves signs to the directions',
      { batPower: '-1500', sysGridPowerWatt: -2400 },
      { battery_discharge_kw: -1.5, net_import_kw: -2.4 },
    ],
    [
      'discharges and buys',
      { batteryDirection: '1', gridDirection: '-1', totalPVPower: 0 },
      { production_kw: 0, battery_discharge_kw: 1.5, net_import_kw: 2.4, consumption_kw: 3.9 },
    ],
    [
      'sells while discharging',
      { batteryDirection: 1, gridDirection: 1, totalPVPower: 1900 },
      { battery_discharge_kw: 1.5, net_import_kw: -2.4, consumption_kw: 1 },
    ],
    [
      'has no flow where the directions are 0',
      { batteryDirection: 0, gridDirection: '0' },
      {
        battery_discharge_kw: 0,
        net_import_kw: 0,
        consumption_kw: 5,
      },
    ],
    ['needs no grid power where the direction is 0', { gridDirection: 0, sysGridPowerWatt: '' }, { net_import_kw: 0 }],
    [
      'knows its battery by totalBatteryPower too',
      { batPower: null, totalBatteryPower: 700 },
      { battery_discharge_kw: -0.7 },
    ],
    [
      'derives the grid from the load where its power is missing',
      { sysGridPowerWatt: null, sysTotalLoadWatt: 6000 },
      { net_import_kw: 2.5, consumption_kw: 6 },
    ],
    [
      'derives the grid from the other load figure',
      { sysGridPowerWatt: null, gridDirection: '', sysTotalLoadWatt: null, totalLoadPowerWatt: '500' },
      { net_import_kw: -3, consumption_kw: 0.5 },
    ],
    [
      'derives the grid from the load where its direction is missing',
      { gridDirection: null },
      { net_import_kw: -2.42 },
    ],
  ];
  for (const [what, changed, expected] of rows)
    it(what, async () => {
      const pushed = figures(await playLive({ ...hybrid, ...changed }));
      assert.deepEqual({ ...pushed, ...expected }, pushed);
    });

  const silent: [string, Record<string, unknown>][] = [
    ['grid power and load', { sysGridPowerWatt: null, sysTotalLoadWatt: null }],
    ['grid direction and load', { gridDirection: null, sysTotalLoadWatt: null }],
  ];
  for (const [what, changed] of silent)
    it(`is offline without ${what}`, async () => {
      const played = await playLive({ ...hybrid, ...changed });
      assert.equal(played.report.kind, 'offline');
      assert.equal(figures(played), undefined);
    });

  const { consumption_kw: _, ...withoutConsumption } = hybridMeters;
  it('is told without the sun that it does not tell, and without the consumption', async () => {
    const { production_kw: __, ...known } = withoutConsumption;
    assert.deepEqual(figures(await playLive({ ...hybrid, totalPVPower: '' })), known);
  });

  it('is told without a battery power whose direction it does not tell, and without the consumption', async () => {
    const { battery_discharge_kw: __, ...known } = withoutConsumption;
    assert.deepEqual(figures(await playLive({ ...hybrid, batteryDirection: null })), known);
  });

  it('has a battery by its power alone, and then also while it rests', async () => {
    const { batEnergyPercent: __, ...without } = hybrid;
    const charging = live(done(without));
    const resting = live(done({ ...without, batPower: 0, batteryDirection: 0 }));
    const { pushes } = await play([token(), charging, resting], { settings, ticks: 2, everySeconds: 300 });
    assert.equal(pushes[0]?.siteMeters?.['battery_discharge_kw'], -1.5);
    assert.equal(pushes[1]?.siteMeters?.['battery_discharge_kw'], 0);
    assert.equal(figures(await playLive({ ...without, batPower: 0 }))?.['battery_discharge_kw'], undefined);
  });

  it('is asked for its battery where the owner says that there is one', async () => {
    const { batPower, batEnergyPercent, ...without } = hybrid;
    assert.equal((await playLive(without)).report.outcome, 'pushed');
    assert.equal(figures(await playLive(without, { hasBattery: 'true' }))?.['consumption_kw'], undefined);
    const standby = figures(await playLive({ ...without, batteryDirection: 0 }, { hasBattery: 'true' }));
    assert.equal(standby?.['battery_discharge_kw'], 0);
  });

  it('gives neither grid nor registers where the owner says that there is no meter', async () => {
    const { production_kw, battery_discharge_kw, battery_soc } = hybridMeters;
    const pushed = figures(await playLive(hybrid, { hasGridMeter: 'false' }));
    assert.deepEqual(pushed, { production_kw, battery_discharge_kw, battery_soc });
  });

  it('is remarked upon where its load is far from the balance', async () => {
    const notesWith = async (sysTotalLoadWatt: unknown) =>
      (await playLive({ ...hybrid, sysTotalLoadWatt })).report.sources[0]?.notes?.join();
    assert.match((await notesWith(1500)) ?? '', /1500 W.*1100 W/);
    assert.equal(await notesWith(1395), undefined); // 0.3 kW are allowed
    assert.equal(await notesWith(0), 'SAJ shows a load of 0 W where the balance gives 1100 W');
    const large = { ...hybrid, totalPVPower: 15_000, sysTotalLoadWatt: 12_000 }; // balance 11.1 kW
    assert.equal((await playLive(large)).report.sources[0]?.notes, undefined); // 20 percent are
  });
});

describe('a string inverter', () => {
  it('without meter gives its AC power alone', async () => {
    const data = { ...string, sysGridPowerWatt: 0, gridDirection: 0, totalSellEnergy: '5', totalFeedInEnergy: '6' };
    assert.deepEqual(figures(await playLive(data)), { production_kw: 2.05 });
  });

  it('gives its solar power where the AC power is missing', async () => {
    assert.deepEqual(figures(await playLive({ ...string, totalGridPowerWatt: '' })), { production_kw: 2.1 });
  });

  it('with a meter gives the grid and the registers that there are', async () => {
    const expected = { production_kw: 2.05, net_import_kw: 0.35, consumption_kw: 2.4, imported_kwh: 12 };
    assert.deepEqual(figures(await playLive(metered)), expected);
    assert.deepEqual(figures(await playLive({ ...metered, meterAStatus: '0' }, { hasGridMeter: 'true' })), expected);
  });

  it('has no battery for a direction, a charge or a power alone', async () => {
    for (const trace of [{ batteryDirection: 1 }, { batEnergyPercent: '0' }, { batPower: '0' }])
      assert.deepEqual(figures(await playLive({ ...string, ...trace })), { production_kw: 2.05 });
  });

  it('has one that gives or takes, also without a state of charge', async () => {
    const trace = { batPower: 1200, batteryDirection: -1, sysGridPowerWatt: 0, gridDirection: 0 };
    assert.deepEqual(figures(await playLive({ ...string, ...trace })), {
      production_kw: 2.1,
      net_import_kw: 0,
      battery_discharge_kw: -1.2,
      consumption_kw: 0.9,
    });
  });

  it('has none either where the owner says so', async () => {
    const data = { ...metered, batPower: 0, batEnergyPercent: 0 };
    assert.equal(figures(await playLive(data, { hasBattery: 'false' }))?.['battery_soc'], undefined);
  });
});

describe('several inverters', () => {
  const list = { settings: { ...app, deviceSn: 'SN1, SN2' } };
  const follower = {
    ...hybrid,
    invTime: '2026-05-01T02:55Z',
    totalPVPower: 1000,
    batPower: 500,
    batEnergyPercent: 50,
    sysGridPowerWatt: 9999,
    sysTotalLoadWatt: 9999,
    totalSellEnergy: 9999,
  };

  it('add up; grid and registers come from the first, the time from the oldest', async () => {
    const { pushes } = await play([token(), ofDevice('SN1', hybrid), ofDevice('SN2', follower)], list);
    assert.deepEqual(pushes, [
      {
        apiKey,
        tsms: Date.parse('2026-05-01T02:55:00Z'),
        siteMeters: {
          ...hybridMeters,
          production_kw: 6,
          battery_discharge_kw: -2,
          battery_soc: 0.57,
          consumption_kw: 1.6,
        },
      },
    ]);
  });

  it('count together where the grid is derived from the load', async () => {
    const first = { ...hybrid, sysGridPowerWatt: null, sysTotalLoadWatt: 3000 };
    const played = await play([token(), ofDevice('SN1', first), ofDevice('SN2', follower)], list);
    assert.equal(figures(played)?.['net_import_kw'], -1);
  });

  it('are no reading if the first one is offline', async () => {
    const asleep = { ...hybrid, isOnline: 0 };
    const { report } = await play([token(), ofDevice('SN1', asleep), ofDevice('SN2', follower)], list);
    assert.equal(report.kind, 'offline');
  });

  const second = (first: object, other: object) =>
    play([token(), ofDevice('SN1', first), ofDevice('SN2', other)], list);
  it('know no production of the home while another one is offline by day', async () => {
    const { pushes, report } = await second(hybrid, { ...string, isOnline: 0 });
    const { production_kw: _, consumption_kw: __, ...known } = hybridMeters;
    assert.deepEqual(pushes[0]?.siteMeters, known);
    assert.match(JSON.stringify(report.warnings), /SN2/);
  });

  it('count a string inverter as 0 that is offline in the dark', async () => {
    const night = { ...hybrid, totalPVPower: 0, sysGridPowerWatt: 0, gridDirection: 0, batteryDirection: 1 };
    const meters = figures(await second(night, { ...string, isOnline: 0 }));
    assert.deepEqual([meters?.['production_kw'], meters?.['consumption_kw']], [0, 1.5]);
  });

  it('know no battery of the home while one of two does not tell its own', async () => {
    const meters = figures(await second(hybrid, { ...follower, batPower: null }));
    assert.deepEqual([meters?.['battery_discharge_kw'], meters?.['production_kw']], [undefined, 6]);
    const both = [ofDevice('SN1', hybrid), ofDevice('SN2', follower), ofDevice('SN2', { ...follower, batPower: null })];
    const { pushes } = await play([token(), ...both], { ...list, ticks: 2, everySeconds: 300 });
    const { battery_discharge_kw, consumption_kw, production_kw } = pushes[1]?.siteMeters ?? {};
    assert.deepEqual([battery_discharge_kw, consumption_kw, production_kw], [undefined, undefined, 6]);
  });
});

describe('an eManager', () => {
  const emsSettings = { ...settings, emsSn: 'EM1', dataSource: 'realtime' };
  const balanced = {
    ...times,
    parallLoadPower: '900',
    parallGridPower: '-400',
    gridDirection: '-1',
    parallBatPower: -300,
    batteryDirection: 1,
    parallSOC: '41',
    parallPVPower: 0,
    parallTotalSellEnergy: '10',
    parallTotalFeedInEnergy: '20',
  };
  const says = (data: unknown) => ({
    path: `${base}/device/emsRealtimeDataCommon`,
    query: { emsSn: 'EM1' },
    answer: done(data),
  });
  const ems = (data: unknown, chosen: Record<string, string> = {}) =>
    play([token(), says(data)], { settings: { ...emsSettings, ...chosen } });
  const emsOften = (...data: unknown[]) =>
    play([token(), ...data.map(says)], { settings: emsSettings, ticks: data.length, everySeconds: 300 });

  const rows: [string, Record<string, unknown>, Record<string, string>, Record<string, number>][] = [
    [
      'is read alone, and its production follows from load, grid and battery',
      {},
      {},
      {
        production_kw: 0.2,
        net_import_kw: 0.4,
        consumption_kw: 0.9,
        battery_discharge_kw: 0.3,
        battery_soc: 0.41,
        imported_kwh: 20,
        exported_kwh: 10,
      },
    ],
    [
      'sees solar power of other makers, which is sold and charged',
      { gridDirection: 1, batteryDirection: -1, parallTotalSellEnergy: '', parallTotalFeedInEnergy: null },
      {},
      { production_kw: 1.6, net_import_kw: -0.4, consumption_kw: 0.9, battery_discharge_kw: -0.3, battery_soc: 0.41 },
    ],
    [
      'has no battery where power and charge are 0 or missing',
      { parallBatPower: '0', parallSOC: null },
      {},
      { production_kw: 0.5, net_import_kw: 0.4, consumption_kw: 0.9, imported_kwh: 20, exported_kwh: 10 },
    ],
    [
      'has a battery at rest',
      { parallBatPower: '0', batteryDirection: 0 },
      {},
      {
        production_kw: 0.5,
        net_import_kw: 0.4,
        consumption_kw: 0.9,
        battery_discharge_kw: 0,
        battery_soc: 0.41,
        imported_kwh: 20,
        exported_kwh: 10,
      },
    ],
    [
      'has no battery where the owner says so',
      {},
      { hasBattery: 'false' },
      { production_kw: 0.5, net_import_kw: 0.4, consumption_kw: 0.9, imported_kwh: 20, exported_kwh: 10 },
    ],
    [
      'has no negative production; then consumption follows from the balance',
      { parallLoadPower: 100, parallBatPower: 0, parallSOC: 0 },
      {},
      { production_kw: 0, net_import_kw: 0.4, consumption_kw: 0.4, imported_kwh: 20, exported_kwh: 10 },
    ],
  ];
  for (const [what, changed, chosen, expected] of rows)
    it(what, async () => {
      const played = await ems({ ...balanced, ...changed }, chosen);
      assert.deepEqual(figures(played), expected);
      assert.deepEqual(calls(played), ['access_token', 'device/emsRealtimeDataCommon']);
      assert.equal(played.pushes[0]?.tsms, measured);
    });

  it('knows neither sun nor consumption without a battery power that it has given', async () => {
    const { pushes } = await emsOften(balanced, { ...balanced, parallBatPower: null, parallSOC: null });
    assert.deepEqual(pushes[1]?.siteMeters, { net_import_kw: 0.4, imported_kwh: 20, exported_kwh: 10 });
  });

  for (const missing of ['parallLoadPower', 'parallGridPower', 'gridDirection'])
    it(`is offline without ${missing}`, async () => {
      assert.equal((await ems({ ...balanced, [missing]: '' })).report.kind, 'offline');
    });

  it('is offline with a grid direction of 0 and no grid power', async () => {
    assert.equal((await ems({ ...balanced, gridDirection: 0, parallGridPower: null })).report.kind, 'offline');
  });

  it('is offline where it says so', async () => {
    assert.equal((await ems({ ...balanced, isOnline: '0' })).report.kind, 'offline');
  });

  it('may be asked each minute, an inverter may not', async () => {
    const pollOf = async (chosen: Record<string, string>) => {
      const texts = {
        ...settingTexts('saj', chosen),
        VENDOR: 'saj',
        SAJ_POLL_SECONDS: '60',
        CHARGE_HQ_API_KEY: apiKey,
      };
      return (await openSite(texts, { saj: async () => saj })).sources[0]?.pollSeconds;
    };
    assert.equal(await pollOf(emsSettings), 60);
    assert.equal(await pollOf(settings), undefined);
  });
});

describe('uploadData', () => {
  const chosen = { ...settings, dataSource: 'uploadData', timeZone: 'Australia/Sydney' };
  const row = {
    dataTime: '2026-05-01 13:00:00',
    pvPower: 3000,
    buyPower: 0,
    sellPower: '1200',
    chargePower: 900,
    dischargePower: 0,
    loadPower: 900,
    batterySOC: 88,
  };
  const uploads = (rows: unknown, more: Record<string, string> = {}) =>
    play(
      [token(), { path: `${base}/device/uploadData`, query: { deviceSn: 'SN1', timeUnit: '0' }, answer: done(rows) }],
      { settings: { ...chosen, ...more } },
    );
  const rowsOf = (...rows: unknown[]) => ({ deviceType: 1, timeUnit: 0, data: rows });

  it('gives the newest row, wherever it stands, with one field for each direction', async () => {
    const older = { ...row, dataTime: '2026-05-01 12:55:00', pvPower: 1 };
    const { pushes } = await uploads(rowsOf(older, row, { ...older, dataTime: '2026-05-01 12:50:00' }));
    const siteMeters = {
      production_kw: 3,
      net_import_kw: -1.2,
      battery_discharge_kw: -0.9,
      battery_soc: 0.88,
      consumption_kw: 0.9,
    };
    assert.deepEqual(pushes, [{ apiKey, tsms: measured, siteMeters }]);
  });

  it('is asked for the last half hour on the clocks of the plant', async () => {
    const { vendor } = await uploads(rowsOf(row));
    const { startTime, endTime } = vendor.received[1]?.query ?? {};
    assert.deepEqual([startTime, endTime], ['2026-05-01 12:32:00', '2026-05-01 13:02:00']);
  });

  it('buys and discharges', async () => {
    const night = { ...row, pvPower: 0, buyPower: 200, sellPower: 0, chargePower: 0, dischargePower: 500 };
    const { production_kw, net_import_kw, battery_discharge_kw, consumption_kw } =
      figures(await uploads(rowsOf(night))) ?? {};
    assert.deepEqual([production_kw, net_import_kw, battery_discharge_kw, consumption_kw], [0, 0.2, 0.5, 0.7]);
  });

  it('gives the AC power of a string inverter alone', async () => {
    const rows = rowsOf({ dataTime: row.dataTime, power: '1750', pv1volt: '380' });
    assert.deepEqual(figures(await uploads({ ...rows, deviceType: 0 })), { production_kw: 1.75 });
  });

  it('leaves out battery or grid where the owner says that there is none', async () => {
    const without = figures(await uploads(rowsOf(row), { hasBattery: 'false' }));
    assert.deepEqual(without, { production_kw: 3, net_import_kw: -1.2, consumption_kw: 1.8 });
    const gridless = figures(await uploads(rowsOf(row), { hasGridMeter: 'false' }));
    assert.deepEqual(gridless, { production_kw: 3, battery_discharge_kw: -0.9, battery_soc: 0.88 });
  });

  const failures: [string, unknown, string][] = [
    ['no rows', rowsOf(), 'offline'],
    ['no list', { deviceType: 1, data: null }, 'offline'],
    ['no data', null, 'offline'],
    ['a row without power', rowsOf({ dataTime: row.dataTime, batterySOC: 5 }), 'offline'],
    ['a row without grid', rowsOf({ ...row, buyPower: null }), 'offline'],
    ['a row of half an hour ago', rowsOf({ ...row, dataTime: '2026-05-01 12:40:00' }), 'stale'],
    ['a row whose time cannot be read', rowsOf({ ...row, dataTime: '13:00' }), 'bad-response'],
  ];
  for (const [what, rows, kind] of failures)
    it(`is ${kind} with ${what}`, async () => assert.equal((await uploads(rows)).report.kind, kind));

  it('needs the time zone of the plant', async () => {
    const { report } = await play([], { settings: { ...settings, dataSource: 'uploadData' } });
    assert.equal(report.kind, 'settings');
    assert.match(report.error ?? '', /SAJ_TIME_ZONE is missing/);
  });
});

describe('the time of measurement', () => {
  const tsmsOf = async (changed: Record<string, unknown>, chosen: Record<string, string> = {}, at = now) => {
    const exchanges = [token(), live(done({ ...hybrid, ...changed }))];
    const { pushes, report } = await play(exchanges, { now: at, settings: { ...settings, ...chosen } });
    const tsms = pushes[0]?.tsms;
    return report.kind ?? (tsms === undefined ? 'none' : new Date(tsms).toISOString());
  };
  const sydney = { timeZone: 'Australia/Sydney' };

  it('is invTime, in UTC, whatever the zone of the plant', async () => {
    assert.equal(await tsmsOf({ dataTime: '2026-05-01 08:00:00' }, sydney), '2026-05-01T03:00:00.000Z');
  });

  it('is dataTime on the clocks of the plant where invTime is missing, summer and winter', async () => {
    for (const invTime of ['', null, undefined])
      assert.equal(await tsmsOf({ invTime }, sydney), '2026-05-01T03:00:00.000Z');
    const summer = { invTime: null, dataTime: '2026-01-15 12:30:00' };
    assert.equal(await tsmsOf(summer, sydney, '2026-01-15T01:32:00Z'), '2026-01-15T01:30:00.000Z');
  });

  it('is right in both hours of the night when summer time ends', async () => {
    const twice = { invTime: null, dataTime: '2026-04-05 02:30:00' };
    assert.equal(await tsmsOf(twice, sydney, '2026-04-04T15:32:00Z'), '2026-04-04T15:30:00.000Z');
    assert.equal(await tsmsOf(twice, sydney, '2026-04-04T16:32:00Z'), '2026-04-04T16:30:00.000Z');
  });

  it('is none without a zone', async () => {
    assert.equal(await tsmsOf({ invTime: '' }), 'none');
  });

  it('is stale when it is more than 20 minutes old', async () => {
    assert.equal(await tsmsOf({ invTime: '2026-05-01T02:42Z' }), '2026-05-01T02:42:00.000Z');
    assert.equal(await tsmsOf({ invTime: '2026-05-01T02:41Z' }), 'stale');
    assert.equal(await tsmsOf({ invTime: null, dataTime: '2026-05-01 12:41:00' }, sydney), 'stale');
  });

  it('does not matter where the device is offline: its last values stay', async () => {
    for (const isOnline of ['0', 0]) assert.equal(await tsmsOf({ isOnline }), 'offline');
  });
});

describe('the only device', () => {
  const page = (rows: unknown): Exchange => ({
    path: `${base}/developer/device/page`,
    query: { appId: 'VH_test', pageSize: '100', pageNum: '1' },
    headers: { accesstoken: 'token-of-a-test' },
    answer: { json: { code: 200, msg: 'ok', total: 1, totalPage: 1, rows } },
  });
  const row = (deviceSn: string, plantName: string | null) => ({ deviceSn, plantName, deviceType: 'H2', isOnline: 1 });

  it('is found once and kept', async () => {
    const exchanges = [token(), page([row('SN1', 'Home')]), live(done(hybrid))];
    const played = await play(exchanges, { settings: app, ticks: 2, everySeconds: 300 });
    const device = 'device/realtimeDataCommon';
    assert.deepEqual(calls(played), ['access_token', 'developer/device/page', device, device]);
  });

  it('is looked for again after it was refused', async () => {
    const exchanges = [token(), page([row('SN1', 'Home')]), live(refused(10005)), live(done(hybrid))];
    const played = await play(exchanges, { settings: app, ticks: 2, everySeconds: 1800 });
    assert.deepEqual(calls(played).slice(3, 4), ['developer/device/page']);
  });

  it('is found for the set-up, with its plant', async () => {
    const found = await discover(saj, {
      settings: app,
      now,
      exchanges: [token(), page([row('SN1', 'Home'), row('SN2', null)])],
    });
    assert.deepEqual(found, {
      deviceSn: [
        { value: 'SN1', title: 'Home' },
        { value: 'SN2', title: null },
      ],
    });
  });

  it('is not chosen among several: they are listed', async () => {
    const played = await play([token(), page([row('SN1', 'Home'), row('SN2', null)])], { settings: app });
    assert.equal(played.report.kind, 'bad-response');
    assert.match(played.report.error ?? '', /SN1 \(Home\), SN2/);
    assert.deepEqual(calls(played), ['access_token', 'developer/device/page']);
  });

  it('is missing where nothing is authorised', async () => {
    assert.equal((await play([token(), page([])], { settings: app })).report.kind, 'bad-response');
  });
});

describe('the access token', () => {
  const oldThenNew = (end: Answer): Exchange[] => [
    token('first-token'),
    token('second-token'),
    live(done(hybrid), { headers: { accesstoken: 'first-token' } }),
    live(end, { headers: { accesstoken: 'first-token' } }),
    live(done(hybrid), { headers: { accesstoken: 'second-token' } }),
  ];
  const twoRounds = { ticks: 2, everySeconds: 300 };

  for (const [what, end] of [
    ...[10002, 10004, 10007, 200010].map((code) => [`code ${code}`, refused(code)] as const),
    ['code 10004 in errCode', { json: { errCode: '10004', errMsg: 'token error' } }],
    ['HTTP 401', { status: 401, json: {} }],
  ] as const)
    it(`is fetched anew once after ${what}, and the call repeated`, async () => {
      const played = await play(oldThenNew(end), twoRounds);
      const device = 'device/realtimeDataCommon';
      assert.deepEqual(calls(played), ['access_token', device, device, 'access_token', device]);
      assert.equal(played.report.outcome, 'pushed', played.report.error);
    });

  it('is fetched once in a round, and a second refusal is auth', async () => {
    const played = await play([token(), live(done(hybrid)), live(refused(10002))], twoRounds);
    assert.equal(played.report.kind, 'auth');
    assert.equal(calls(played).filter((call) => call === 'access_token').length, 2);
    assert.equal(calls(played).length, 5);
  });

  it('is renewed ten minutes before its end', async () => {
    const tokens = async (expires: unknown, everySeconds: number) =>
      calls(await play([token('token-of-a-test', expires), live(done(hybrid))], { ticks: 2, everySeconds })).filter(
        (call) => call === 'access_token',
      ).length;
    assert.equal(await tokens(7200, 6599), 1);
    assert.equal(await tokens('7200', 6600), 2);
    assert.equal(await tokens(null, 100_000), 1);
  });

  it('is not told to the log, not even of an answer that breaks off', async () => {
    const broken = { text: '{"code":200,"data":{"access_token":"half-of-a-token' };
    const { report } = await play([{ ...token(), answer: broken }]);
    assert.equal(report.kind, 'bad-response');
    assert.equal(JSON.stringify(report).includes('half-of-a-token'), false);
  });
});

describe('codes', () => {
  const rows: [number, string, string][] = [
    [10001, 'server error', 'unavailable'],
    [10003, 'no permission', 'auth'],
    [10005, 'not authorised', 'auth'],
    [10006, 'Request too FREQUENT', 'rate-limited'],
    [10006, 'parameter error', 'bad-response'],
    [10016, 'device timeout', 'offline'],
    [10021, 'data error', 'unavailable'],
    [200005, 'parameter missing', 'bad-response'],
    [200015, 'not authorised', 'auth'],
    [500, 'Request method not supported', 'bad-response'],
    [4711, 'whatever', 'bad-response'],
  ];
  for (const [code, message, kind] of rows)
    it(`${code} "${message}" is ${kind}, in code and in errCode`, async () => {
      const inCode = await play([token(), live(refused(code, message))]);
      assert.equal(inCode.report.kind, kind);
      assert.match(inCode.report.error ?? '', new RegExp(`code ${code}`));
      const inErrCode = await play([token(), live({ json: { errCode: String(code), errMsg: message } })]);
      assert.equal(inErrCode.report.kind, kind);
    });

  for (const code of [100009, 200008, 200014])
    it(`${code} at the log-in is auth, and no data call follows`, async () => {
      const played = await play([{ ...token(), answer: refused(code) }]);
      assert.equal(played.report.kind, 'auth');
      assert.deepEqual(calls(played), ['access_token']);
    });

  const successes: [string, object][] = [
    ['code 200', { code: 200 }],
    ['code "200"', { code: '200' }],
    ['code 0', { code: 0 }],
    ['errCode 0', { errCode: 0 }],
    ['errCode "0"', { errCode: '0', errMsg: '' }],
  ];
  for (const [what, envelope] of successes)
    it(`${what} is success`, async () => {
      const played = await play([token(), live({ json: { ...envelope, data: hybrid } })]);
      assert.deepEqual(figures(played), hybridMeters);
    });

  for (const data of [undefined, null, {}])
    it(`success with ${JSON.stringify(data)} as data is offline`, async () => {
      assert.equal((await play([token(), live(done(data))])).report.kind, 'offline');
    });

  it('neither code nor errCode is bad-response', async () => {
    assert.equal((await play([token(), live({ json: { data: hybrid } })])).report.kind, 'bad-response');
  });
});
