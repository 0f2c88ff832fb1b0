import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fusionsolar } from '../../functions/push-solar-data/adapters/fusionsolar.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';
import {
  account,
  battery,
  conversation,
  type Devices,
  done,
  exchange,
  homeWith,
  hybrid,
  inverter,
  kpi,
  kpisOf,
  listOf,
  logIn,
  logInAndList,
  meter,
  now,
  refused,
  settings,
} from '../conversations/fusionsolar.ts';
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { apiKey, type Played, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(fusionsolar, { settings, now, exchanges, ...options });
const playHome = (devices: Devices, options: Options = {}) => play(homeWith(devices), options);

/** What was asked: `login`, `getDevRealKpi 1` … */
const calls = ({ vendor }: Played): string[] =>
  vendor.received.map(({ path, body }) =>
    [path.replace('/thirdData/', ''), (body as { devTypeId?: number }).devTypeId].filter(Boolean).join(' '),
  );
const figures = ({ pushes }: Played) => pushes.at(-1)?.siteMeters;

testAdapter(fusionsolar, conversation);

describe('a home with battery and meter', () => {
  it('is asked one call for each type: inverter, meter, battery; and the dongle not at all', async () => {
    const played = await playHome(hybrid);
    assert.deepEqual(calls(played), ['login', 'getDevList', 'getDevRealKpi 1', 'getDevRealKpi 47', 'getDevRealKpi 39']);
    assert.deepEqual(played.vendor.misses, []);
  });

  it('is pushed with production without the battery, export negative, charging negative', async () => {
    assert.deepEqual(figures(await playHome(hybrid)), {
      production_kw: 4.3,
      net_import_kw: -2.05,
      battery_discharge_kw: -1.2,
      consumption_kw: 1.05,
      battery_soc: 0.715,
      imported_kwh: 1904.25,
      exported_kwh: 812.5,
    });
  });

  it('has no time of measurement: the clock of the server is none', async () => {
    const { pushes } = await playHome(hybrid);
    assert.equal(pushes[0]?.tsms, undefined);
  });

  const situations: [string, Devices, Record<string, number>][] = [
    [
      'feeds the house from the battery at night; what is lost on the way is no negative production',
      { '1': inverter(0.48), '47': meter(-20), '39': battery(-510, 33) },
      { production_kw: 0, net_import_kw: 0.02, battery_discharge_kw: 0.51, battery_soc: 0.33, consumption_kw: 0.53 },
    ],
    [
      'charges from the grid at night',
      { '1': inverter(-2.6), '47': meter(-3000), '39': battery(2500, 1) },
      { production_kw: 0, net_import_kw: 3, battery_discharge_kw: -2.5, battery_soc: 0.01, consumption_kw: 0.5 },
    ],
    [
      'sleeps, and imports',
      { '1': inverter(0, { inverter_state: 40960 }), '47': meter(-412) },
      { production_kw: 0, net_import_kw: 0.412, consumption_kw: 0.412 },
    ],
    [
      'draws some watts by an inverter that has no battery',
      { '1': inverter(-0.008), '47': meter(-412) },
      { production_kw: -0.008, net_import_kw: 0.412, consumption_kw: 0.404 },
    ],
    [
      'has several inverters of both types and several batteries of both types',
      {
        '11': inverter(1.5),
        '12': inverter('0.5'),
        '38': { type: 38, values: { active_power: 2, run_state: 1 } },
        '47': meter(1000),
        '391': battery('-600', 40),
        '41': { type: 41, values: { ch_discharge_power: 200, battery_soc: '60' } },
      },
      { production_kw: 3.4, net_import_kw: -1, battery_discharge_kw: 0.8, battery_soc: 0.5, consumption_kw: 3.2 },
    ],
    [
      'has a battery with an AC side of its own (type 41), which charges and is in no power of an inverter',
      {
        '1': inverter(9),
        '47': meter(1000),
        '41': { type: 41, values: { ch_discharge_power: -5000, battery_soc: 60 } },
      },
      { production_kw: 9, net_import_kw: -1, battery_discharge_kw: -5, battery_soc: 0.6, consumption_kw: 3 },
    ],
    [
      'has no meter: production and battery, and no word about the rest',
      { '1': inverter(2), '39': battery(500, 20) },
      {
        production_kw: 2.5,
        battery_discharge_kw: -0.5,
        battery_soc: 0.2,
      },
    ],
    [
      'has solar power that this account does not see',
      { '1': inverter(1), '47': meter(2500) },
      {
        production_kw: 1,
        net_import_kw: -2.5,
        consumption_kw: -1.5,
      },
    ],
    [
      'does not know state of charge and registers',
      { '1': inverter(1), '47': meter(0, { active_cap: null }), '39': battery(0, 'N/A') },
      {
        production_kw: 1,
        net_import_kw: 0,
        battery_discharge_kw: 0,
        consumption_kw: 1,
      },
    ],
  ];
  for (const [what, devices, expected] of situations)
    it(what, async () => assert.deepEqual(figures(await playHome(devices)), expected));

  it('says in the log that a battery of type 39 may have the other sign, by its model', async () => {
    const devices = { '1': inverter(1), '39': battery(100) };
    const notesWith = async (more: { invType?: string; devName?: string }) => {
      const list = listOf(devices).map((each) => (each.devTypeId === 39 ? { ...each, ...more } : each));
      const { report } = await play([logIn(), exchange('getDevList', done(list)), ...homeWith(devices).slice(-1)]);
      return report.sources[0]?.notes;
    };
    for (const more of [{ invType: 'LUNA2000-215-2S10' }, { devName: 'ESS luna2000-215' }])
      assert.match((await notesWith(more))?.join() ?? '', /LUNA2000-215/);
    assert.equal(await notesWith({ invType: 'LUNA2000-10-S0' }), undefined);
  });

  it('joins the ids of a type in the order of the list, without blanks', async () => {
    const { vendor } = await playHome({ '-31': inverter(1), '-30': inverter(1) });
    assert.deepEqual(vendor.received.at(-1)?.body, { devIds: '-31,-30', devTypeId: 1 });
  });
});

describe('the meter', () => {
  const phases = (volts: number, amperes: number) => ({
    a_u: volts,
    b_u: volts,
    c_u: volts,
    a_i: amperes,
    b_i: -amperes,
    c_i: amperes,
  });
  const rows: [string, number, Record<string, unknown>, string, number][] = [
    ['type 47 is in W', 47, { active_power: -900 }, 'auto', 0.9],
    ['type 47 is in W whatever the setting for type 17 says', 47, { active_power: -900 }, 'kW', 0.9],
    ['type 17 in W, known by its phases', 17, { active_power: -900, ...phases(230, 1.4) }, 'auto', 0.9],
    ['type 17 in kW, known by its phases', 17, { active_power: 0.9, ...phases(230, -1.4) }, 'auto', -0.9],
    ['type 17 in kW on a single phase', 17, { active_power: 0.9, a_u: 230, a_i: -4 }, 'auto', -0.9],
    ['type 17 with a small power in kW', 17, { active_power: 0.04, ...phases(230, 0) }, 'auto', -0.04],
    ['type 17 without phases counts as W', 17, { active_power: -900 }, 'auto', 0.9],
    [
      'type 17 without currents counts as W',
      17,
      { active_power: 3, ...phases(230, 9), a_i: null, b_i: null, c_i: null },
      'auto',
      -0.003,
    ],
    ['type 17 in W by the setting', 17, { active_power: 3, ...phases(230, 9) }, 'W', -0.003],
    ['type 17 in kW by the setting', 17, { active_power: -3 }, 'kW', 3],
  ];
  for (const [what, type, values, gridMeterPowerUnit, net_import_kw] of rows)
    it(what, async () => {
      const devices = { '1': inverter(5), '4': { type, values: { run_state: 1, ...values } } };
      const pushed = figures(await playHome(devices, { settings: { ...settings, gridMeterPowerUnit } }));
      assert.equal(pushed?.['net_import_kw'], net_import_kw);
    });

  it('is never a value of a broken register', async () => {
    const { report } = await playHome({ '1': inverter(5), '17': { type: 17, values: { active_power: -56_553_600 } } });
    assert.equal(report.kind, 'bad-response');
  });

  const several: Devices = {
    '1': inverter(5),
    '170': { type: 17, values: { active_power: 17 } },
    '470': meter(470),
    '471': meter(471),
  };
  const chosen: [string | undefined, string, number][] = [
    [undefined, 'getDevRealKpi 47', -0.47],
    ['471', 'getDevRealKpi 47', -0.471],
    ['170', 'getDevRealKpi 17', -0.017],
  ];
  for (const [meterDeviceId, call, net_import_kw] of chosen)
    it(`is ${meterDeviceId ? 'the one of meterDeviceId' : 'the first 47'} alone: ${net_import_kw}`, async () => {
      const played = await playHome(several, {
        settings: { ...settings, ...(meterDeviceId ? { meterDeviceId } : {}) },
      });
      assert.deepEqual(calls(played).slice(2), ['getDevRealKpi 1', call]);
      assert.equal(figures(played)?.['net_import_kw'], net_import_kw);
    });

  it('is never given up where meterDeviceId names none: the ids there are are listed', async () => {
    const { report } = await playHome(several, { settings: { ...settings, meterDeviceId: '1' } });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /470, 471, 170/);
    const untaken = { settings: { ...settings, meterDeviceId: '1' }, texts: { FUSIONSOLAR_TAKE: 'production' } };
    assert.deepEqual(figures(await playHome(several, untaken)), { production_kw: 5 });
  });

  it('is not an EMMA: nothing of it is asked, and the log says why', async () => {
    const played = await playHome({ '1': inverter(2), '23070': { type: 23070, values: { active_power: 1 } } });
    assert.deepEqual(figures(played), { production_kw: 2 });
    assert.match(played.report.sources[0]?.notes?.join() ?? '', /EMMA/);
    const beside = await playHome({ '1': inverter(2), '47': meter(0), '23070': { type: 23070 } });
    assert.equal(beside.report.sources[0]?.notes, undefined);
  });
});

describe('a figure that nobody steers by', () => {
  const powers = { production_kw: 1, net_import_kw: -0.1, consumption_kw: 0.9 };
  const withBattery = { ...powers, battery_discharge_kw: 0 };
  const rows: [string, Devices, Record<string, number>, RegExp | undefined][] = [
    [
      'a state of charge that is no number',
      { '1': inverter(1), '47': meter(100), '39': battery(0, 'full') },
      withBattery,
      /battery_soc/,
    ],
    [
      'a state of charge beyond 100 %',
      { '1': inverter(1), '47': meter(100), '39': battery(0, 101) },
      withBattery,
      /battery_soc/,
    ],
    [
      'that of both batteries, where one is impossible',
      { '1': inverter(1), '47': meter(100), '39': battery(0, 150), '41': battery(0, 20) },
      withBattery,
      /battery_soc/,
    ],
    [
      'a counter that is no number',
      { '1': inverter(1), '47': meter(100, { active_cap: 'broken', reverse_active_cap: '7.5' }) },
      { ...powers, imported_kwh: 7.5 },
      /exported_kwh/,
    ],
    [
      'a counter below 0',
      { '1': inverter(1), '47': meter(100, { active_cap: -1, reverse_active_cap: 7.5 }) },
      { ...powers, imported_kwh: 7.5 },
      /exported_kwh/,
    ],
    [
      'both counters, where both stand at 0',
      { '1': inverter(1), '47': meter(100, { active_cap: 0, reverse_active_cap: '0.0' }) },
      powers,
      /imported_kwh/,
    ],
    [
      "nothing of the reading, where the panels' own power is no number",
      { '1': inverter(1, { mppt_power: 'broken' }), '47': meter(100) },
      powers,
      undefined,
    ],
  ];
  for (const [what, devices, expected, remark] of rows)
    it(`is left out alone: ${what}`, async () => {
      const played = await playHome(devices);
      assert.deepEqual(figures(played), expected, played.report.error);
      const notes = played.report.sources[0]?.notes?.join();
      if (remark) assert.match(notes ?? '', remark);
      else assert.equal(notes, undefined);
    });
});

describe('a device that is not listed any more', () => {
  /** Hourly rounds: between two lists one is refused, so that the devices are listed anew. */
  const listedAnew = (...lists: Devices[]) => {
    let round = -1;
    const answer = (received: ReceivedRequest): Answer => {
      const isFirst = (received.body as { devTypeId: number }).devTypeId === 1;
      if (isFirst) round += 1;
      return round % 2 === 1 && isFirst ? refused(20008) : kpisOf(lists[round / 2] ?? {}, received);
    };
    const listings = lists.map((devices) => exchange('getDevList', done(listOf(devices))));
    const exchanges = [logIn(), ...listings, exchange('getDevRealKpi', answer)];
    return play(exchanges, { ticks: 2 * lists.length - 1, everySeconds: 3600 });
  };
  const roofs: Devices = { '1': inverter(2), '2': inverter(3), '47': meter(1000) };

  const { '2': _gone, ...one } = roofs;

  it('is missed, and no sum passes for the whole, until it comes back', async () => {
    const played = await listedAnew(roofs, one);
    assert.deepEqual(figures(played), { net_import_kw: -1 });
    assert.match(played.report.warnings?.join() ?? '', /solar production of 2/);
    assert.equal(figures(await listedAnew(roofs, one, roofs))?.['production_kw'], 5);
  });

  it('is missed also where another meter is left, which measures something else', async () => {
    const left = { '1': inverter(2), '2': inverter(3), '48': meter(7) };
    const played = await listedAnew({ ...left, ...roofs }, left);
    assert.equal(played.report.kind, 'offline', played.report.error);
  });

  it('is missed in the production too, if it is a battery that the sun charges', async () => {
    assert.deepEqual(figures(await listedAnew({ ...roofs, '39': battery(500, 40) }, roofs)), { net_import_kw: -1 });
  });
});

describe('an incomplete round is no reading', () => {
  const rows: [string, Devices][] = [
    ['an inverter that is disconnected', { '1': inverter(2, { run_state: 0 }) }],
    ['an inverter without power', { '1': inverter(null) }],
    ['the second of two inverters without power', { '1': inverter(2), '2': inverter('N/A') }],
    ['an inverter without any value', { '1': { type: 1, values: null } }],
    ['a meter that is offline', { '1': inverter(2), '47': meter(100, { meter_status: '0' }) }],
    ['a meter that is disconnected', { '1': inverter(2), '47': meter(100, { run_state: 0 }) }],
    ['a meter without power', { '1': inverter(2), '47': meter('') }],
    ['a battery without power', { '1': inverter(2), '47': meter(0), '39': battery(null) }],
  ];
  for (const [what, devices] of rows)
    it(`offline: ${what}`, async () => {
      const played = await playHome(devices);
      assert.equal(played.report.kind, 'offline', played.report.error);
      assert.equal(figures(played), undefined);
    });

  it('offline: a device that is missing in the answer', async () => {
    const devices = { '1': inverter(2), '47': meter(0) };
    const { report } = await play([
      ...logInAndList(devices),
      kpi(47, done([])),
      kpi(1, (received) => kpisOf(devices, received)),
    ]);
    assert.equal(report.kind, 'offline');
    assert.match(report.error ?? '', /meter 47/);
  });

  it('bad-response: figures that the account may not see', async () => {
    const { report } = await play([...logInAndList({ '1': inverter(2) }), kpi(1, done(null))]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /installer/);
  });

  it('but a meter is not missed of which the owner takes nothing: it is not even asked', async () => {
    const played = await playHome(
      { '1': inverter(2), '47': meter(100, { meter_status: 0 }) },
      { texts: { FUSIONSOLAR_TAKE: 'production' } },
    );
    assert.deepEqual(figures(played), { production_kw: 2 });
    assert.deepEqual(calls(played).slice(2), ['getDevRealKpi 1']);
  });

  it('nor has a home of two batteries a known charge while one does not tell its own', async () => {
    const devices = { '1': inverter(2), '39': battery(0, 80), '40': battery(0, null) };
    assert.equal('battery_soc' in (figures(await playHome(devices)) ?? {}), false);
  });

  it('keeps the quota: the meter is not asked once the inverter is silent', async () => {
    assert.deepEqual(calls(await playHome({ '1': inverter(null), '47': meter(0) })).slice(2), ['getDevRealKpi 1']);
  });
});

describe('plant and devices', () => {
  const plants = (...names: string[]) => names.map((name, nth) => ({ plantCode: `NE=${nth + 1}`, plantName: name }));
  const page = (list: unknown, pageCount: number) => done({ list, pageCount, pageNo: 1, total: 2 });
  const roof = exchange('getDevList', done([{ id: 1, devTypeId: 1 }]));
  const power = kpi(1, done([{ devId: 1, dataItemMap: { active_power: 1 } }]));

  const morePower = kpi(1, done([{ devId: 1, dataItemMap: { active_power: 2 } }]));

  it('finds the only plant, and asks for its devices', async () => {
    const played = await play(
      [logIn(), exchange('stations', page(plants('Home'), 1), { json: { pageNo: 1 } }), roof, power],
      {
        settings: account,
      },
    );
    assert.deepEqual(calls(played), ['login', 'stations', 'getDevList', 'getDevRealKpi 1']);
    assert.deepEqual(played.vendor.received[2]?.body, { stationCodes: 'NE=1' });
    assert.equal(played.report.outcome, 'pushed');
  });

  it('reads the list of plants to its last page before it names them all, and goes no further', async () => {
    const [home, barn] = plants('Home', 'Barn');
    const exchanges = [
      logIn(),
      exchange('stations', page([home], 2), { json: { pageNo: 1 } }),
      exchange('stations', page([barn], 2), { json: { pageNo: 2 } }),
    ];
    const played = await play(exchanges, { settings: account });
    assert.deepEqual(calls(played), ['login', 'stations', 'stations']);
    assert.equal(played.report.kind, 'bad-response');
    assert.match(played.report.error ?? '', /NE=1 \(Home\), NE=2 \(Barn\)/);
  });

  it('asks an old account by the old interface', async () => {
    const old = exchange('getStationList', done([{ stationCode: 'NE=9', stationName: 'Home', capacity: 0.005 }]));
    const played = await play([logIn(), exchange('stations', refused(401)), old, roof, power], { settings: account });
    assert.deepEqual(calls(played), ['login', 'stations', 'getStationList', 'getDevList', 'getDevRealKpi 1']);
    assert.deepEqual(played.vendor.received[3]?.body, { stationCodes: 'NE=9' });
  });

  it('says auth where neither interface is allowed', async () => {
    const { report } = await play(
      [logIn(), exchange('stations', refused(401)), exchange('getStationList', refused(401))],
      {
        settings: account,
      },
    );
    assert.equal(report.kind, 'auth');
  });

  const unseen: [string, Exchange, Record<string, string>][] = [
    ['no plant', exchange('stations', page([], 0)), account],
    ['null for the plants', exchange('stations', done(null)), account],
    ['null for the devices', exchange('getDevList', done(null)), settings],
    ['no devices', exchange('getDevList', done([])), settings],
    ['no inverter', exchange('getDevList', done([{ id: 47, devTypeId: 47 }])), settings],
  ];
  for (const [what, list, chosen] of unseen)
    it(`points to the permissions where the account sees ${what}, and asks again in an hour`, async () => {
      const played = await play([logIn(), list], { settings: chosen, ticks: 12, everySeconds: 299 });
      assert.equal(played.report.kind, 'bad-response');
      assert.match(played.report.error ?? '', /installer/);
      assert.deepEqual(calls(played), ['login', list.path.replace('/thirdData/', '')]);
    });

  it('finds them to choose from, but none beside a kiosk link', async () => {
    const list = exchange('stations', page(plants('Home', 'Barn'), 1));
    assert.deepEqual(await discover(fusionsolar, { settings: account, now, exchanges: [logIn(), list] }), {
      stationCode: [
        { value: 'NE=1', title: 'Home' },
        { value: 'NE=2', title: 'Barn' },
      ],
      meterDeviceId: [],
    });
    const kioskUrl = 'https://eu5.fusionsolar.huawei.com/singleKiosk.html?kk=abc';
    assert.deepEqual(await discover(fusionsolar, { settings: { kioskUrl }, now, exchanges: [] }), {});
  });

  it('finds the meters of the only plant, or of the chosen one, where it has several', async () => {
    const meters = [
      { id: 17, devTypeId: 17, devName: 'Heat pump' },
      { id: 1, devTypeId: 1 },
      { id: 47, devTypeId: 47, devName: 'Street' },
    ];
    const stations = (...names: string[]) => exchange('stations', page(plants(...names), 1));
    const found = async (list: Exchange, devices: unknown[], settings: Record<string, string> = account) => {
      const exchanges = [logIn(), list, exchange('getDevList', done(devices))];
      return (await discover(fusionsolar, { settings, now, exchanges }))?.['meterDeviceId'];
    };
    const both = [
      { value: '47', title: 'Street' },
      { value: '17', title: 'Heat pump' },
    ];
    assert.deepEqual(await found(stations('Home'), meters), both);
    assert.deepEqual(await found(stations('Home', 'Barn'), meters, { ...account, stationCode: 'NE=2' }), both);
    assert.deepEqual(await found(stations('Home'), meters.slice(1)), []);
  });

  it('keeps plant and devices for a day', async () => {
    const exchanges = [logIn(), exchange('stations', page(plants('Home'), 1)), roof, power];
    const halfDays = await play(exchanges, { settings: account, ticks: 4, everySeconds: 43_200 });
    assert.deepEqual(
      calls(halfDays).filter((call) => /stations|List/.test(call)),
      ['stations', 'getDevList', 'stations', 'getDevList'],
    );
  });

  it('does not ask for the plant again where only the devices could not be listed', async () => {
    const exchanges = [
      logIn(),
      exchange('stations', page(plants('Home'), 1)),
      exchange('getDevList', refused(20200)),
      roof,
      power,
    ];
    const played = await play(exchanges, { settings: account, ticks: 2, everySeconds: 300 });
    assert.deepEqual(calls(played), ['login', 'stations', 'getDevList', 'getDevList', 'getDevRealKpi 1']);
  });

  for (const code of [20006, 20007, 20008, 20013])
    it(`lists the devices anew after code ${code}, but not more often than each hour`, async () => {
      const exchanges = [...logInAndList({ '1': inverter(1) }), power, kpi(1, refused(code)), morePower];
      const later = await play(exchanges, { ticks: 3, everySeconds: 3600 });
      assert.equal(calls(later).filter((call) => call === 'getDevList').length, 2);
      assert.equal(later.report.outcome, 'pushed');
      const soon = await play(exchanges.slice(0, -1), { ticks: 2, everySeconds: 300 });
      assert.equal(calls(soon).filter((call) => call === 'getDevList').length, 1);
      assert.equal(soon.report.kind, code === 20007 || code === 20008 ? 'auth' : 'bad-response');
    });
});

describe('the session', () => {
  const devices = { '1': inverter(1), '47': meter(100), '39': battery(0) };
  const live = (type: number, token: string) => kpi(type, (received) => kpisOf(devices, received), token);
  const relogin: Answer = { json: { failCode: 305, immediately: true, message: 'USER_MUST_RELOGIN' } };

  const ends: [string, Answer][] = [
    ['code 305', relogin],
    ['code 306', refused(306)],
    ['code 307', refused(307)],
    ['HTTP 401', { status: 401, text: '' }],
  ];
  for (const [what, end] of ends)
    it(`is renewed once after ${what}, and only the refused call is repeated`, async () => {
      const exchanges = [
        logIn('first-token'),
        logIn('second-token'),
        exchange('getDevList', done(listOf(devices))),
        live(1, 'first-token'),
        live(47, 'first-token'),
        live(39, 'first-token'),
        live(1, 'first-token'),
        kpi(47, end, 'first-token'),
        live(47, 'second-token'),
        live(39, 'second-token'),
      ];
      const played = await play(exchanges, { ticks: 2, everySeconds: 300 });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.deepEqual(calls(played).slice(5), [
        'getDevRealKpi 1',
        'getDevRealKpi 47',
        'login',
        'getDevRealKpi 47',
        'getDevRealKpi 39',
      ]);
    });

  it('that ends at once is an auth error after a single log-in', async () => {
    const played = await play([...logInAndList(devices), kpi(1, relogin)]);
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(calls(played), ['login', 'getDevList', 'getDevRealKpi 1']);
  });

  it('is renewed only once in a round, however often it ends', async () => {
    const good = [1, 47, 39].map((type) => live(type, 'xsrf-of-a-test'));
    const ending = [kpi(1, relogin), live(1, 'xsrf-of-a-test'), kpi(47, relogin)];
    const played = await play([...logInAndList(devices), ...good, ...ending], { ticks: 2, everySeconds: 300 });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(calls(played).slice(5), ['getDevRealKpi 1', 'login', 'getDevRealKpi 1', 'getDevRealKpi 47']);
  });

  it('is renewed when it is 25 minutes old', async () => {
    const played = await playHome({ '1': inverter(0) }, { ticks: 6, everySeconds: 300 });
    const logIns = calls(played).flatMap((call, nth) => (call === 'login' ? [nth] : []));
    assert.deepEqual(logIns, [0, 7]); // login, list, five rounds, login
  });

  it('needs a token in the header of the log-in', async () => {
    const { report } = await play([exchange('login', done(null))]);
    assert.equal(report.kind, 'bad-response');
  });

  const cookie = 'XSRF-TOKEN=of-the-cookie; Path=/; Secure';
  const places: [string, Record<string, string>, string][] = [
    ['a cookie alone', { 'set-cookie': cookie }, 'of-the-cookie'],
    ['a cookie beside an empty header', { 'XSRF-TOKEN': '', 'set-cookie': cookie }, 'of-the-cookie'],
    ['the header rather than the cookie', { 'XSRF-TOKEN': 'of-the-header', 'set-cookie': cookie }, 'of-the-header'],
  ];
  for (const [what, headers, token] of places)
    it(`takes the token from ${what}`, async () => {
      const exchanges = [
        exchange('login', { headers, ...done(null) }),
        exchange('getDevList', done(listOf(devices)), { headers: { 'xsrf-token': token } }),
        ...[1, 47, 39].map((type) => live(type, token)),
      ];
      const { report } = await play(exchanges);
      assert.equal(report.outcome, 'pushed', report.error);
    });

  it('is not told to the log', async () => {
    const exchanges = [...logInAndList({ '1': inverter(1) }), kpi(1, { text: 'no figures for xsrf-of-a-test' })];
    assert.equal(JSON.stringify((await play(exchanges)).report).includes('xsrf-of-a-test'), false);
  });
});

describe('codes and statuses', () => {
  const kinds: [number, string][] = [
    [401, 'auth'],
    [403, 'rate-limited'],
    [407, 'rate-limited'],
    [429, 'rate-limited'],
    [20001, 'auth'],
    [20002, 'auth'],
    [20003, 'auth'],
    [20004, 'unavailable'],
    [20006, 'bad-response'],
    [20007, 'auth'],
    [20008, 'auth'],
    [20009, 'bad-response'],
    [20010, 'bad-response'],
    [20013, 'bad-response'],
    [20014, 'bad-response'],
    [20200, 'unavailable'],
    [20400, 'auth'],
    [20403, 'auth'],
    [20604, 'bad-response'],
    [20614, 'unavailable'],
    [20618, 'rate-limited'],
    [30008, 'unavailable'],
    [99999, 'bad-response'],
  ];
  for (const [code, kind] of kinds)
    it(`code ${code} is ${kind}, without another call`, async () => {
      const played = await play([...logInAndList(hybrid), kpi(1, refused(code))]);
      assert.equal(played.report.kind, kind);
      assert.match(played.report.error ?? '', new RegExp(`code ${code}`));
      assert.deepEqual(calls(played), ['login', 'getDevList', 'getDevRealKpi 1']);
    });

  const statuses: [string, Answer, string][] = [
    ['403 of the gateway', { status: 403, json: { errorCode: 'overload' } }, 'rate-limited'],
    ['429', { status: 429, json: {} }, 'rate-limited'],
    ['404', { status: 404, text: 'not found' }, 'bad-response'],
    ['503', { status: 503, json: {} }, 'unavailable'],
  ];
  for (const [status, answer, kind] of statuses)
    it(`HTTP ${status} is ${kind}, at the log-in and later`, async () => {
      assert.equal((await play([exchange('login', answer)])).report.kind, kind);
      const later = await play([...logInAndList(hybrid), kpi(1, answer)]);
      assert.equal(later.report.kind, kind);
      assert.deepEqual(calls(later), ['login', 'getDevList', 'getDevRealKpi 1']);
    });

  it('success false without a code is bad-response', async () => {
    const data = [{ devId: 1, dataItemMap: { active_power: 1 } }];
    const { report } = await play([...logInAndList({ '1': inverter(1) }), kpi(1, { json: { success: false, data } })]);
    assert.equal(report.kind, 'bad-response');
  });

  it('a refused log-in leaves the account alone for half an hour', async () => {
    const played = await play([exchange('login', refused(20400))], { ticks: 7, everySeconds: 299 });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(calls(played), ['login']);
  });

  it('a day that is used up is over at midnight', async () => {
    const limited = [logIn(), exchange('getDevList', refused(20618))];
    const listCalls = async (ticks: number) =>
      calls(await play(limited, { ticks, everySeconds: 3600 })).filter((call) => call === 'getDevList').length;
    assert.equal(await listCalls(13), 1); // 11:00 to 23:00
    assert.equal(await listCalls(14), 2);
  });
});

describe('too frequent calls (407)', () => {
  const tooOften: Answer = {
    json: { data: 'ACCESS_FREQUENCY_IS_TOO_HIGH', failCode: 407, params: null, success: false },
  };
  const power = kpi(1, done([{ devId: 1, dataItemMap: { active_power: 1 } }]));
  const start = logInAndList({ '1': inverter(1) });

  it('end the round; the next one goes straight to the figures', async () => {
    const played = await play([...start, kpi(1, tooOften), power], { ticks: 2, everySeconds: 300 });
    assert.deepEqual(calls(played), ['login', 'getDevList', 'getDevRealKpi 1', 'getDevRealKpi 1']);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('twice in a row stop all calls for a quarter of an hour', async () => {
    const live = async (ticks: number) =>
      calls(await play([...start, kpi(1, tooOften)], { ticks, everySeconds: 300 })).filter((call) => /Kpi/.test(call));
    assert.equal((await live(4)).length, 2); // 0 and 5 minutes; not at 10 and 15
    assert.equal((await live(5)).length, 3); // again at 20
  });

  it('are forgotten after a good round', async () => {
    const exchanges = [...start, kpi(1, tooOften), power, kpi(1, tooOften), power];
    const played = await play(exchanges, { ticks: 4, everySeconds: 300 });
    assert.equal(played.report.outcome, 'pushed');
  });
});

describe('values that stand still', () => {
  const still = { '1': inverter(3, { temperature: 40 }), '47': meter(100) };

  it('are stale after 20 minutes of production', async () => {
    const outcomeAfter = async (ticks: number) => {
      const { report } = await playHome(still, { ticks, everySeconds: 300 });
      return report.kind ?? report.outcome;
    };
    assert.equal(await outcomeAfter(4), 'pushed');
    assert.equal(await outcomeAfter(5), 'stale');
  });

  it('are read again as soon as any value has changed, whatever its place in the answer', async () => {
    let round = 0;
    const changing = (received: ReceivedRequest): Answer => {
      round += 1;
      const temperature = round > 5 ? 41 : 40;
      const more = round % 2 ? { temperature, a_freq: 50 } : { a_freq: 50, temperature };
      return kpisOf({ '1': inverter(3, more) }, received);
    };
    const exchanges = [...logInAndList({ '1': inverter(3) }), kpi(1, changing)];
    const played = await play(exchanges, { ticks: 6, everySeconds: 300 });
    assert.deepEqual(
      played.pushes.map(({ error }) => (error === undefined ? 'figures' : 'error')),
      ['figures', 'figures', 'figures', 'figures', 'error', 'figures'],
    );
  });

  it('are the truth while nothing is produced', async () => {
    const { report } = await playHome({ '1': inverter(0), '47': meter(-300) }, { ticks: 7, everySeconds: 300 });
    assert.equal(report.outcome, 'pushed');
  });

  it('may stand longer where the owner allows it', async () => {
    const texts = { FUSIONSOLAR_STALE_AFTER_SECONDS: '3600' };
    const { report } = await playHome({ '1': inverter(3) }, { ticks: 7, everySeconds: 300, texts });
    assert.equal(report.outcome, 'pushed');
  });
});

describe('the sign of the battery', () => {
  const outcomeOf = async (dc: unknown, ticks: number) => {
    let round = 0;
    const answer = (received: ReceivedRequest) => {
      round += 1;
      const devices = { '1': inverter(2, { mppt_power: dc, round }), '39': battery(1500) };
      return kpisOf(devices, received);
    };
    const devices = { '1': inverter(2), '39': battery(1500) };
    const exchanges = [...logInAndList(devices), exchange('getDevRealKpi', answer)];
    const { report } = await play(exchanges, { ticks, everySeconds: 300 });
    return report.kind ?? report.outcome;
  };

  it('is refused where the panels contradict it in three rounds', async () => {
    assert.equal(await outcomeOf(0.51, 2), 'pushed');
    assert.equal(await outcomeOf(0.51, 3), 'bad-response');
  });

  it('is believed where the panels agree, do not tell, or stand between', async () => {
    for (const dc of [3.6, null, 1.9]) assert.equal(await outcomeOf(dc, 4), 'pushed', `DC ${dc}`);
  });
});

describe('the kiosk link', () => {
  const kiosk = { kioskUrl: '{server}/pvmswebsite/nologin/assets/build/index.html#/kiosk?kk=kkOfATest0001' };
  const quoted = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const file = (answer: Answer): Exchange[] => [
    { path: '/rest/pvms/web/kiosk/v1/station-kiosk-file', query: { kk: 'kkOfATest0001' }, answer },
  ];
  const shows = (realTimePower: unknown, encode = quoted) => {
    const plant = { realKpi: { realTimePower, dailyEnergy: '4.2' }, stationOverview: { stationName: 'A & "B"' } };
    return file({ json: { success: true, data: encode(JSON.stringify(plant)) } });
  };

  const forms: [string, Exchange[], Record<string, string>][] = [
    ['the text of a number', shows('1.25'), kiosk],
    ['a number', shows(1.25), kiosk],
    ['entities encoded twice', shows(1.25, (text) => quoted(quoted(text))), kiosk],
    ['plain JSON', shows(1.25, (text) => text), kiosk],
    ['the older form of the link', shows(1.25), { kioskUrl: '{server}/singleKiosk.html?kk=kkOfATest0001#top' }],
    ['a link beside an account', shows(1.25), { ...kiosk, ...settings }],
  ];
  for (const [what, exchanges, chosen] of forms)
    it(`gives production alone: ${what}`, async () => {
      const { pushes, vendor } = await play(exchanges, { settings: chosen });
      assert.deepEqual(pushes, [{ apiKey, siteMeters: { production_kw: 1.25 } }]);
      assert.equal(vendor.received.length, 1);
    });

  const failures: [string, Exchange[], string][] = [
    ['success false', file({ json: { success: false, data: null } }), 'auth'],
    ['no text', file({ json: { success: true, data: null } }), 'auth'],
    ['a text that is no JSON', file({ json: { success: true, data: 'link is invalid' } }), 'auth'],
    ['no power', shows('--'), 'bad-response'],
    ['no realKpi', file({ json: { success: true, data: '{}' } }), 'bad-response'],
    ['an empty object', file({ json: {} }), 'bad-response'],
    ['HTTP 500', file({ status: 500, text: '' }), 'unavailable'],
  ];
  for (const [what, exchanges, kind] of failures)
    it(`is ${kind} for ${what}`, async () => {
      assert.equal((await play(exchanges, { settings: kiosk })).report.kind, kind);
    });

  it('is asked each half hour', async () => {
    const { vendor } = await play(shows(1), { settings: kiosk, ticks: 7, everySeconds: 300 });
    assert.equal(vendor.received.length, 2);
  });

  it('is hidden in the log, even where the cloud echoes its key', async () => {
    const asName = await play(file({ json: { kkOfATest0001: 'is unknown' } }), { settings: kiosk });
    const { report } = await play(file({ text: 'unknown kk kkOfATest0001' }), { settings: kiosk });
    assert.equal(JSON.stringify([asName.report, report]).includes('kkOfATest0001'), false);
    assert.match(JSON.stringify(report), /text, 24 characters/);
  });
});

describe('the settings', () => {
  const open = (chosen: Record<string, string>) =>
    openSite(
      { VENDOR: 'fusionsolar', CHARGE_HQ_API_KEY: apiKey, ...settingTexts('fusionsolar', chosen) },
      { fusionsolar: async () => fusionsolar },
    );

  it('lead to the host of the region, or to that of the kiosk link', async () => {
    const hostOf = async (chosen: Record<string, string>) => (await open(chosen)).sources[0]?.baseUrl;
    assert.equal(await hostOf(account), 'https://intl.fusionsolar.huawei.com');
    assert.equal(await hostOf({ ...account, region: 'eu5' }), 'https://eu5.fusionsolar.huawei.com');
    const kioskUrl = 'https://region01eu5.fusionsolar.huawei.com:8443/singleKiosk.html?kk=abc';
    assert.equal(await hostOf({ ...account, kioskUrl }), 'https://region01eu5.fusionsolar.huawei.com:8443');
  });

  it('let a kiosk figure stand longer than its hour, and all others 20 minutes', async () => {
    const limitOf = async (chosen: Record<string, string>) => (await open(chosen)).sources[0]?.staleAfterSeconds;
    assert.equal(await limitOf(account), 1200);
    assert.equal(await limitOf({ kioskUrl: 'https://eu5.fusionsolar.huawei.com/singleKiosk.html?kk=abc' }), 3660);
  });

  const wrong: [string, Record<string, string>, RegExp][] = [
    ['no account', {}, /FUSIONSOLAR_USER_NAME is missing.*FUSIONSOLAR_SYSTEM_CODE is missing/],
    ['a whole address as region', { ...account, region: 'eu5.fusionsolar.huawei.com' }, /REGION must be one word/],
    ['a link without its key', { kioskUrl: 'https://eu5.fusionsolar.huawei.com/kiosk' }, /KIOSK_URL must be the whole/],
    ['a unit that is none', { ...settings, gridMeterPowerUnit: 'MW' }, /GRID_METER_POWER_UNIT must be auto or W or kW/],
  ];
  for (const [what, chosen, problem] of wrong)
    it(`are refused with ${what}`, async () => assert.match((await open(chosen)).problems.join(' '), problem));
});
