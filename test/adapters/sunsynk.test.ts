import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sunsynk } from '../../functions/push-solar-data/adapters/sunsynk.ts';
import { callsTo, conversation } from '../conversations/sunsynk.ts';
import type { Answer } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import {
  ageless,
  flow,
  get,
  inverters,
  login,
  metersOf,
  noon,
  now,
  ok,
  paths,
  play,
  realtime,
  refusal,
  settings,
} from './sunsynk-cloud.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(sunsynk, conversation);

describe('Sunsynk Connect, directions:', () => {
  const grid: [what: string, flow: object, net_import_kw: number][] = [
    ['gridTo is import', { gridOrMeterPower: 1200, gridTo: true, toGrid: false }, 1.2],
    ['gridTo is import, whatever the sign', { gridOrMeterPower: -1200, gridTo: true, toGrid: false }, 1.2],
    ['toGrid is export', { gridOrMeterPower: 1200, toGrid: true }, -1.2],
    ['toGrid is export, whatever the sign', { gridOrMeterPower: -1200, toGrid: true }, -1.2],
    ['an arrow that is null counts as none', { gridOrMeterPower: 1200, gridTo: null, toGrid: true }, -1.2],
    ['0 W need no arrow', { gridOrMeterPower: 0, gridTo: false, toGrid: false }, 0],
    ['20 W without an arrow are nothing', { gridOrMeterPower: -20, gridTo: false, toGrid: false }, 0],
    ['20 W with both arrows are nothing', { gridOrMeterPower: 20, gridTo: true, toGrid: true }, 0],
    ['20 W with one arrow are 20 W', { gridOrMeterPower: 20, gridTo: true, toGrid: false }, 0.02],
  ];
  for (const [what, changed, net_import_kw] of grid)
    it(`grid: ${what}`, async () => {
      const meters = await metersOf(changed);
      assert.equal(Object(meters)['net_import_kw'], net_import_kw);
    });

  const battery: [what: string, flow: object, battery_discharge_kw: number][] = [
    ['batTo is discharging', { battPower: 900, batTo: true, toBat: false }, 0.9],
    ['batTo is discharging, whatever the sign', { battPower: -900, batTo: true, toBat: false }, 0.9],
    ['toBat is charging, whatever the sign', { battPower: -900, batTo: false, toBat: true }, -0.9],
    ['a second bank adds to the first', { battPower: '900', battPower2: -100, toBat: true, soc2: 71 }, -1],
    ['0 W need no arrow', { battPower: 0, batTo: false, toBat: false }, 0],
    ['15 W without an arrow are nothing', { battPower: 15, batTo: false, toBat: false }, 0],
  ];
  for (const [what, changed, battery_discharge_kw] of battery)
    it(`battery: ${what}`, async () => {
      const meters = await metersOf(changed);
      assert.equal(Object(meters)['battery_discharge_kw'], battery_discharge_kw);
      assert.equal(Object(meters)['battery_soc'], 0.71);
    });
});

describe('Sunsynk Connect, a battery of two banks', () => {
  const both = { battPower: 900, battPower2: 100, toBat: true, soc: 64, soc2: 52 };
  it('has the mean charge', async () => {
    assert.equal(Object(await metersOf(both))['battery_soc'], 0.58);
  });

  it('has no known charge or power where one bank does not tell', async () => {
    assert.equal('battery_soc' in Object(await metersOf({ ...both, soc2: '--' })), false);
    assert.equal('battery_soc' in Object(await metersOf({ ...both, soc: 120 })), false, 'a mean would cover it');
    const silent = Object(await metersOf({ ...both, battPower2: null }));
    assert.deepEqual([silent['battery_discharge_kw'], silent['consumption_kw']], [undefined, undefined]);
  });

  it('has only no known charge where that is no number', async () => {
    const meters = Object(await metersOf({ soc: 'full' }));
    assert.deepEqual([meters['battery_discharge_kw'], 'battery_soc' in meters], [-0.9, false]);
  });

  it('is one battery where the second bank shows nothing', async () => {
    assert.equal(Object(await metersOf({ ...both, battPower2: null, soc2: 0 }))['battery_soc'], 0.64);
  });
});

describe('Sunsynk Connect gives less than a minute ago', () => {
  const twice = async (changed: object) => {
    const exchanges = [ageless, flow(), flow(changed)];
    const { pushes } = await play(exchanges, { ticks: 2 });
    return pushes[1]?.siteMeters;
  };
  const known = { production_kw: 4, net_import_kw: -1.2 };

  it('no battery power: the battery is there, and the consumption is not known', async () => {
    assert.deepEqual(await twice({ battPower: null }), { ...known, battery_soc: 0.71 });
  });

  it('an empty battery at rest: it is there', async () => {
    const empty = { battPower: 0, soc: 0, toBat: false, batTo: false };
    assert.deepEqual(await twice(empty), { ...known, consumption_kw: 2.8, battery_discharge_kw: 0, battery_soc: 0 });
  });

  it('no sun: it is not known, nor is the consumption', async () => {
    const { production_kw, consumption_kw, net_import_kw } = (await twice({ pvPower: null })) ?? {};
    assert.deepEqual([production_kw, consumption_kw, net_import_kw], [undefined, undefined, -1.2]);
  });
});

it('Sunsynk Connect: what was kept by a clock that ran ahead is not kept', async () => {
  const counted = (etotalFrom: string) => get(paths.grid('A'), ok({ pac: 0, etotalFrom, etotalTo: '5' }));
  const home = {
    settings: { ...settings, lifetimeMeters: 'true' },
    now: Date.parse(now) + 1e10,
    everySeconds: -86_400,
  };
  const { pushes } = await play([ageless, flow(), inverters('A'), counted('10'), counted('11')], { ...home, ticks: 2 });
  assert.equal(pushes[1]?.siteMeters?.['imported_kwh'], 11);
});

describe('Sunsynk Connect, where the arrows do not tell,', () => {
  const noGridArrow = { gridOrMeterPower: 1200, gridTo: false, toGrid: false };
  const bothBatteryArrows = { batTo: true, toBat: true };
  const answers = (grid1: unknown, grid2: unknown, battery1: unknown = {}, battery2: unknown = {}) => [
    inverters('SN1', 'SN2'),
    get(paths.grid('SN1'), ok(grid1)),
    get(paths.grid('SN2'), ok(grid2)),
    get(paths.battery('SN1'), ok(battery1)),
    get(paths.battery('SN2'), ok(battery2)),
  ];

  it('takes the signed power of the grid, summed over the inverters, not of single phases', async () => {
    const phases = [{ power: 9 }];
    const meters = await metersOf(noGridArrow, ...answers({ pac: -800, vip: phases }, { pac: '-390' }));
    assert.deepEqual(meters, {
      production_kw: 4,
      net_import_kw: -1.19,
      consumption_kw: 1.91,
      battery_discharge_kw: -0.9,
      battery_soc: 0.71,
    });
  });

  it('takes the signed power of the batteries, summed over the inverters', async () => {
    const meters = await metersOf(bothBatteryArrows, ...answers({}, {}, { power: 700, soc: '70' }, { power: 150 }));
    assert.deepEqual(meters, {
      production_kw: 4,
      net_import_kw: -1.2,
      consumption_kw: 3.65,
      battery_discharge_kw: 0.85,
      battery_soc: 0.71,
    });
  });

  it('asks for nothing that the arrows tell', async () => {
    const { vendor } = await play([realtime(), flow(noGridArrow), ...answers({ pac: 1 }, { pac: 2 })]);
    assert.equal(callsTo(vendor, paths.battery('SN1')), 0);
  });

  for (const [what, others] of [
    ['an inverter gives no power', answers({ pac: 1200 }, { pac: null })],
    ['an inverter gives nothing', answers({ pac: 1200 }, null)],
    ['the plant lists no inverter', [inverters()]],
    ['the account may not see the inverters', [get(paths.inverters, refusal(2, 'No Permissions'))]],
  ] as const)
    it(`reports bad-response if ${what}`, async () => {
      const { report, pushes } = await play([realtime(), flow(noGridArrow), ...others]);
      assert.equal(report.kind, 'bad-response');
      assert.match(report.error ?? '', /direction .* grid/);
      assert.equal(pushes[0]?.siteMeters, undefined);
    });

  it('reports unavailable if the inverters cannot be asked just now', async () => {
    const { report } = await play([realtime(), flow(noGridArrow), get(paths.inverters, { status: 503 })]);
    assert.equal(report.kind, 'unavailable');
  });
});

describe('Sunsynk Connect, solar power:', () => {
  const strings = [
    { power: 300, toInv: true },
    { power: '55', toInv: true },
    { power: 999, toInv: false },
  ];
  const cases: [what: string, flow: object, production_kw: number | undefined][] = [
    ['the total counts where there is one', { pvPower: 4000, pv: strings }, 4],
    ['the strings that feed count where the total is 0', { pvPower: 0, pv: strings }, 0.355],
    ['the strings that feed count where there is no total', { pvPower: null, pv: strings }, 0.355],
    ['0 is 0 at night', { pvPower: 0, pv: [{ power: 0, toInv: false }] }, 0],
    ['0 without strings is 0', { pvPower: 0, pv: undefined }, 0],
    ['no total and no string is no figure', { pvPower: null, pv: [] }, undefined],
    ['a string without a figure makes no total', { pvPower: 0, pv: [{ power: null, toInv: true }] }, undefined],
    ['micro-inverters add to it', { minPower: 540, minTo: true }, 4.54],
    ['micro-inverters draw a little at night', { minPower: -12, minTo: true }, 3.988],
    ['micro-inverters without their arrow do not', { minPower: 540, minTo: false, existsMin: true }, 4],
    ['micro-inverters add if they exist and have no arrow', { minPower: 540, minTo: null, existsMin: true }, 4.54],
    ['micro-inverters add if they are on and have no arrow', { minPower: 540, minTo: null, microOn: true }, 4.54],
    ['a port without micro-inverters does not', { minPower: 540, minTo: null, existsMin: false, microOn: false }, 4],
    ['micro-inverters without a figure make no total', { minPower: '--', minTo: true }, undefined],
  ];
  for (const [what, changed, production_kw] of cases)
    it(what, async () => {
      const meters = await metersOf(changed);
      assert.equal(Object(meters)['net_import_kw'], -1.2);
      assert.equal(Object(meters)['production_kw'], production_kw);
    });
});

describe('Sunsynk Connect, the rest of the home:', () => {
  it('counts a running generator as import', async () => {
    const meters = await metersOf({ gridOrMeterPower: 0, toGrid: false, genPower: -2500, genTo: true });
    assert.equal(Object(meters)['net_import_kw'], 2.5);
  });

  it('knows no net import while a generator runs without a figure', async () => {
    const meters = await metersOf({ genTo: true, genPower: null });
    assert.match(String(meters), /grid flow is not known/);
  });

  it('does not count a generator that stands still', async () => {
    const meters = await metersOf({ genPower: 2500, genTo: false });
    assert.equal(Object(meters)['net_import_kw'], -1.2);
  });

  const withoutBattery = { production_kw: 4, net_import_kw: -1.2, consumption_kw: 2.8 };
  const noBattery: [what: string, flow: object][] = [
    ['no battery power', { battPower: null, soc: 50, toBat: false }],
    ['0 W, 0 % and no arrow', { battPower: 0, soc: 0, toBat: false }],
    ['0 W, no state of charge and no arrow', { battPower: '0', soc: null, toBat: false }],
  ];
  for (const [what, changed] of noBattery)
    it(`has no battery where there is ${what}`, async () => {
      assert.deepEqual(await metersOf(changed), withoutBattery);
    });

  it('has an empty battery where 0 W and 0 % come with an arrow', async () => {
    const meters = await metersOf({ battPower: 0, soc: 0, toBat: true });
    assert.deepEqual(meters, { ...withoutBattery, battery_discharge_kw: 0, battery_soc: 0 });
  });

  it('derives consumption and does not read the load, which may be 0 without a clamp', async () => {
    assert.equal(Object(await metersOf({ loadOrEpsPower: 0, homeLoadPower: 0 }))['consumption_kw'], 1.9);
  });

  it('asks the inverters for the grid where the flow has none, and pushes no sun without it', async () => {
    const gridless = { gridOrMeterPower: '--' };
    const signed = get(paths.grid('A'), ok({ pac: '-1100' }));
    assert.equal(Object(await metersOf(gridless, inverters('A'), signed))['net_import_kw'], -1.1);
    assert.match(String(await metersOf(gridless, inverters('A'), get(paths.grid('A'), ok({})))), /no grid power/);
  });

  it('demands no grid of which the owner takes nothing', async () => {
    const { pushes } = await play([realtime(), flow({ gridOrMeterPower: null })], {
      texts: { SUNSYNK_TAKE: 'production' },
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4 });
  });

  it('remarks that the inverter has lost its battery', async () => {
    const { report } = await play([realtime(), flow({ bmsCommFaultFlag: 1 })]);
    assert.match(report.sources[0]?.notes?.join() ?? '', /battery/);
  });
});

describe('Sunsynk Connect, time of measurement:', () => {
  const tsmsOf = async (answer: Answer) => {
    const { pushes, report } = await play([get(paths.realtime, answer), flow()]);
    assert.deepEqual(report.outcome, 'pushed', report.error);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 4);
    return pushes[0]?.tsms;
  };

  it('is the last upload, in UTC or with an offset', async () => {
    const at = Date.parse('2026-07-29T11:50:00Z');
    assert.equal(await tsmsOf(ok({ updateAt: '2026-07-29T11:50:00Z' })), at);
    assert.equal(await tsmsOf(ok({ updateAt: '2026-07-29T13:50:00.000+0200' })), at);
  });

  for (const [what, answer] of [
    ['the upload has no time', ok({ pac: 1 })],
    ['its time is null', ok({ updateAt: null })],
    ['its time has no zone', ok({ updateAt: '2026-07-29 11:50:00' })],
    ['nothing is told', ok(null)],
    ['the call fails', { status: 500 }],
    ['the call is refused in the body', refusal(9, 'no such plant')],
    ['the answer is no JSON', { text: '<html>' }],
  ] satisfies [string, Answer][])
    it(`is left out where ${what}, and the reading goes on`, async () => {
      assert.equal(await tsmsOf(answer), undefined);
    });

  it('makes a reading stale after 20 minutes, whatever the flow says, and nothing more is asked', async () => {
    const outcomeAt = async (updateAt: string) => {
      const { report, vendor } = await play([realtime({ updateAt }), flow({ toGrid: false })]);
      return [report.kind, callsTo(vendor, paths.flow), callsTo(vendor, paths.inverters)];
    };
    assert.deepEqual(await outcomeAt('2026-07-29T11:39:59Z'), ['stale', 0, 0]);
    const { report } = await play([realtime({ updateAt: '2026-07-29T11:40:01Z' }), flow()]);
    assert.equal(report.outcome, 'pushed');
  });

  it('obeys the owner on what is stale', async () => {
    const texts = { SUNSYNK_STALE_AFTER_SECONDS: '3600' };
    const { report } = await play([realtime({ updateAt: '2026-07-29T11:10:00Z' }), flow()], { texts });
    assert.equal(report.outcome, 'pushed', report.error);
  });

  it('does not go on where the cloud asks to slow down', async () => {
    const { report, vendor } = await play([get(paths.realtime, { status: 429 }), flow()]);
    assert.equal(report.kind, 'rate-limited');
    assert.equal(callsTo(vendor, paths.flow), 0);
  });
});

describe('Sunsynk Connect, errors in answers with status 200:', () => {
  const cases: [what: string, answer: Answer, kind: string, error: RegExp][] = [
    ['a plant of somebody else', refusal(2, 'No Permissions'), 'auth', /does not show this plant/],
    ['any other code', refusal(7, 'Inverter on holiday'), 'bad-response', /7: Inverter on holiday/],
    ['no success with code 0', refusal(0, 'Something else'), 'bad-response', /Something else/],
    ['a code without success', { json: { code: 3, msg: 'Odd' } }, 'bad-response', /Odd/],
    ['no data', ok(null), 'bad-response', /no figures yet/],
    ['success without data', { json: { code: 0, success: true } }, 'bad-response', /no figures yet/],
    ['no figures at all', ok({ toGrid: true, soc: 50 }), 'bad-response', /neither solar, grid nor battery/],
    ['a figure that is none', ok({ ...noon, pvPower: 'many' }), 'bad-response', /pvPower/],
    ['something that is not JSON', { text: 'upstream gone' }, 'unavailable', /trouble/],
  ];
  for (const [what, answer, kind, error] of cases)
    it(`${what} is ${kind}`, async () => {
      const { report, vendor } = await play([realtime(), get(paths.flow, answer)]);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', error);
      assert.equal(callsTo(vendor, '/oauth/token/new'), 1, 'log-ins');
    });
});

describe('Sunsynk Connect, plants:', () => {
  const { plantId: _, ...withoutPlant } = settings;
  const page = (total: number, ...plants: object[]) => ok({ total, infos: plants });
  const plant = (id: number, name: string) => ({ id, name, status: 1 });

  it('finds the only plant, once', async () => {
    const exchanges = [get(paths.plants, page(1, plant(4711, 'Home'))), ageless, flow()];
    const { pushes, vendor } = await play(exchanges, { settings: withoutPlant, ticks: 3 });
    assert.equal(pushes.length, 3);
    assert.equal(callsTo(vendor, paths.plants), 1);
    assert.deepEqual(vendor.misses, []);
  });

  it('lists the plants of all pages where there are several', async () => {
    const first = { ...get(paths.plants, page(2, plant(1, 'Home'))), query: { page: '1' } };
    const second = { ...get(paths.plants, page(2, plant(2, 'Barn'))), query: { page: '2' } };
    const { report } = await play([first, second], { settings: withoutPlant });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /1 \(Home\), 2 \(Barn\)/);
  });

  it('are found for the set-up', async () => {
    const exchanges = [...login, get(paths.plants, page(2, plant(1, 'Home'), { id: '2' }))];
    assert.deepEqual(await discover(sunsynk, { settings: withoutPlant, now, exchanges }), {
      plantId: [
        { value: '1', title: 'Home' },
        { value: '2', title: undefined },
      ],
    });
  });

  it('says that the account sees no plant, and does not log in again for it', async () => {
    const { report, vendor } = await play([get(paths.plants, page(0))], { settings: withoutPlant });
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /no plant/);
    assert.equal(callsTo(vendor, '/oauth/token/new'), 1);
  });

  it('does not list the plants where one is chosen', async () => {
    const { vendor } = await play([realtime(), flow()]);
    assert.equal(callsTo(vendor, paths.plants), 0);
  });
});

describe('Sunsynk Connect, lifetime meters:', () => {
  const withMeters = { ...settings, lifetimeMeters: 'true' };
  const meter = (sn: string, etotalFrom: unknown, etotalTo: unknown) =>
    get(paths.grid(sn), ok({ pac: 5, etotalFrom, etotalTo }));
  const list = inverters('SN1', 'SN2');
  const one = meter('SN1', '1000.5', '20.0');
  const both = [list, one, meter('SN2', '200.25', '3.5')];

  it('add up over the inverters', async () => {
    const { pushes } = await play([realtime(), flow(), ...both], { settings: withMeters });
    assert.equal(pushes[0]?.siteMeters?.['imported_kwh'], 1200.75);
    assert.equal(pushes[0]?.siteMeters?.['exported_kwh'], 23.5);
  });

  it('are not asked without the setting', async () => {
    const { vendor, pushes } = await play([realtime(), flow(), ...both]);
    assert.equal(callsTo(vendor, paths.grid('SN1')), 0);
    assert.equal(pushes[0]?.siteMeters?.['imported_kwh'], undefined);
  });

  it('are asked every 5 minutes, and sent again in between', async () => {
    const { vendor, pushes } = await play([ageless, flow(), ...both, meter('SN1', '1001.5', '20')], {
      settings: withMeters,
      ticks: 7,
    });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['imported_kwh']),
      [1200.75, 1200.75, 1200.75, 1200.75, 1200.75, 1201.75, 1201.75],
    );
    assert.equal(callsTo(vendor, paths.grid('SN1')), 2);
    assert.equal(callsTo(vendor, paths.inverters), 1);
  });

  it('list the inverters anew after a day', async () => {
    const { vendor } = await play([ageless, flow(), ...both], { settings: withMeters, ticks: 3, everySeconds: 50_000 });
    assert.equal(callsTo(vendor, paths.inverters), 2);
  });

  it('turn the pages of the list of inverters', async () => {
    const listPage = (nth: string, sn: string) => ({
      ...get(paths.inverters, ok({ total: 2, infos: [{ sn }] })),
      query: { page: nth, limit: '20', status: '-1', type: '-2' },
    });
    const exchanges = [realtime(), flow(), listPage('1', 'SN1'), listPage('2', 'SN2'), ...both.slice(1)];
    const { pushes } = await play(exchanges, { settings: withMeters });
    assert.equal(pushes[0]?.siteMeters?.['imported_kwh'], 1200.75);
  });

  for (const [what, others] of [
    ['one inverter gives no import', [list, one, meter('SN2', '--', '3.5')]],
    ['one inverter gives nothing', [list, one, get(paths.grid('SN2'), ok(null))]],
    ['the list of inverters fails', [get(paths.inverters, { status: 502 })]],
  ] as const)
    it(`are both left out where ${what}, and the powers are pushed`, async () => {
      const { pushes, vendor } = await play([ageless, flow(), ...others], { settings: withMeters, ticks: 4 });
      assert.equal(pushes.length, 4);
      for (const { siteMeters } of pushes) {
        assert.equal(siteMeters?.['net_import_kw'], -1.2);
        assert.equal(siteMeters?.['imported_kwh'] ?? siteMeters?.['exported_kwh'], undefined);
      }
      assert.equal(callsTo(vendor, paths.inverters), 1, 'asked again within 5 minutes');
    });

  it('come from the same answer as a direction that had to be asked', async () => {
    const { vendor, pushes } = await play([realtime(), flow({ toGrid: false }), ...both], { settings: withMeters });
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], 0.01);
    assert.equal(callsTo(vendor, paths.grid('SN1')), 1);
  });
});
