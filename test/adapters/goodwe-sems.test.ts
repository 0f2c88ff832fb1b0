import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goodweSems } from '../../functions/push-solar-data/adapters/goodwe-sems.ts';
import {
  conversation,
  figures,
  flow,
  live,
  login,
  now,
  paths,
  refusal,
  settings,
  siteMeters,
  stationId,
  success,
} from '../conversations/goodwe-sems.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(goodweSems, conversation);

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], changed: Record<string, string> = {}, options: Options = {}) =>
  playAdapter(goodweSems, { settings: { ...settings, ...changed }, now, exchanges, ...options });
/** Settings without these, as an owner leaves them out. */
const without = (...names: string[]) => ({
  settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name))),
});
const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) => vendor.received.map(({ path }) => path);

/** What is pushed of these figures alone, or the kind of the error. */
const toldOf = async (only: Record<string, unknown>, options: Options = {}) => {
  const alone = success({ refreshTime: '2026-06-15T12:00:00', ...only });
  const { pushes, report } = await play([login(), flow(alone)], {}, options);
  return pushes[0]?.siteMeters ?? report.kind;
};
/** The same of the second of two answers, a minute later. */
const toldAfter = async (first: Record<string, unknown>, second: Record<string, unknown>) => {
  const [one, two] = [first, second].map((only) => success({ refreshTime: '2026-06-15T12:00:00', ...only }));
  const { pushes, report } = await play([login(), flow(one), flow(two)], {}, { ticks: 2 });
  return pushes[1]?.siteMeters ?? report.kind;
};

describe('the powers of the flow', () => {
  const arrows = { pBat: ['pConsum', 'pGrid'] };
  const homes: [string, Record<string, unknown>, Record<string, number> | string][] = [
    [
      'are signed: discharging and exporting +',
      { pSystem: 0, pAc: 1.2, pBat: 1.2, pGrid: 0.2, pConsum: 1 },
      { production_kw: 0, net_import_kw: -0.2, consumption_kw: 1, battery_discharge_kw: 1.2 },
    ],
    [
      'are signed: charging and importing −',
      { pSystem: 1, pAc: -1, pBat: -2, pGrid: -1.5, pConsum: 0.5 },
      { production_kw: 1, net_import_kw: 1.5, consumption_kw: 0.5, battery_discharge_kw: -2 },
    ],
    [
      'may be texts',
      { pSystem: '2.5', pGrid: '1.5', pConsum: '1' },
      { production_kw: 2.5, net_import_kw: -1.5, consumption_kw: 1 },
    ],
    ['are not understood where one is no number', { pSystem: 'lots', pGrid: 1 }, 'bad-response'],
    [
      'hold a consumption with a minus sign, which counts for nothing',
      { pSystem: 3, pGrid: 2.5, pConsum: -0.5 },
      { production_kw: 3, net_import_kw: -2.5, consumption_kw: 0.5 },
    ],
    [
      'of PV a little below 0 at night are 0, and the consumption follows from that',
      { pSystem: -0.012, pAc: -0.012, pGrid: -1.994, pConsum: 1.982 },
      { production_kw: 0, net_import_kw: 1.994, consumption_kw: 1.994 },
    ],
    [
      'of PV follow from the inverter and its battery where they are absent',
      { pAc: 1.5, pBat: 0.5, pGrid: -0.25, pConsum: 1.75 },
      { production_kw: 1, net_import_kw: 0.25, consumption_kw: 1.75, battery_discharge_kw: 0.5 },
    ],
    ['of a home without meter are the production alone', { pSystem: 2, pAc: 2 }, { production_kw: 2 }],
    [
      'tell nothing of the grid where the consumption just equals the inverter',
      { pSystem: 2, pAc: 2, pConsum: 2 },
      { production_kw: 2 },
    ],
    [
      'of the grid follow from another consumption',
      { pSystem: 2, pAc: 2, pConsum: 0.75 },
      { production_kw: 2, net_import_kw: -1.25, consumption_kw: 0.75 },
    ],
    [
      'of the sun follow from the consumption where the inverter is absent too',
      { pGrid: -0.5, pConsum: 0.75 },
      { production_kw: 0.25, net_import_kw: 0.5, consumption_kw: 0.75 },
    ],
    ['of the grid alone are the grid alone', { pGrid: -0.5 }, { net_import_kw: 0.5 }],
    ['that are all absent are offline', { soc: 50, pConsum: 1 }, 'offline'],
    [
      'take their direction from the arrows where these balance and the signs do not',
      { pSystem: 0, pBat: -1.2, pGrid: -0.2, pConsum: 1, flows: arrows },
      { production_kw: 0, net_import_kw: -0.2, consumption_kw: 1, battery_discharge_kw: 1.2 },
    ],
    [
      'are not believed where arrows against the signs do not balance',
      { pSystem: 0, pBat: 1.2, pGrid: -0.2, pConsum: 1.4, flows: arrows },
      'bad-response',
    ],
    [
      'are not believed where arrows against the signs cannot be held against a consumption',
      { pSystem: 0, pBat: 1.2, pGrid: -0.2, flows: arrows },
      'bad-response',
    ],
    [
      'keep their signs where the arrows say both or nothing',
      {
        pSystem: 3,
        pBat: -1,
        pGrid: 1.5,
        pConsum: 0.5,
        flows: { pGrid: ['pConsum', 'pGrid'], pBat: [], pSystem: null },
      },
      { production_kw: 3, net_import_kw: -1.5, consumption_kw: 0.5, battery_discharge_kw: -1 },
    ],
    [
      'keep their signs where the arrows are none',
      { pSystem: 3, pGrid: 2.5, pConsum: 0.5, flows: 'unknown' },
      { production_kw: 3, net_import_kw: -2.5, consumption_kw: 0.5 },
    ],
    [
      "of another maker's inverter are added",
      { pSystem: 3, pThird: 1, pGrid: 3.5, pConsum: 0.5 },
      { production_kw: 4, net_import_kw: -3.5, consumption_kw: 0.5 },
    ],
    ["of another maker's inverter must balance", { pSystem: 3, pThird: 1, pGrid: 2.5, pConsum: 0.5 }, 'bad-response'],
    [
      'of a battery that is only charged, by its state, are unknown, and so is what depends on them',
      { pAc: 1.5, pGrid: -0.25, pConsum: 1.75, soc: 40 },
      { net_import_kw: 0.25 },
    ],
    [
      'of a battery that only an arrow names are unknown',
      { pSystem: 1.5, pGrid: 0.5, pConsum: 0.8, flows: { pSystem: ['pBat'] } },
      { production_kw: 1.5, net_import_kw: -0.5 },
    ],
    [
      'of no battery are none beside 0 %',
      { pSystem: 1, pGrid: 1, soc: 0 },
      { production_kw: 1, net_import_kw: -1, consumption_kw: 0 },
    ],
  ];
  for (const [what, only, told] of homes) it(what, async () => assert.deepEqual(await toldOf(only), told));

  for (const [what, soc] of [
    ['of more than 100 %', 101],
    ['below 0 %', -1],
    ['that is no number', '?'],
  ] as const)
    it(`leave out a state of charge ${what}, alone`, async () => {
      const { battery_soc: _, ...others } = siteMeters;
      assert.deepEqual(await toldOf({ ...figures, soc }), others);
    });

  it('are no matter of a grid or a battery that the owner does not take', async () => {
    const reversed = { ...figures, pConsum: 9, flows: { pBat: ['pConsum'], pGrid: ['pConsum'] } };
    assert.equal(await toldOf(reversed), 'bad-response');
    const texts = { GOODWE_SEMS_TAKE: 'production' };
    assert.deepEqual(await toldOf(reversed, { texts }), { production_kw: 4 });
    const { pSystem: _, ...dusk } = reversed; // here the production follows from the battery
    assert.equal(await toldOf(dusk, { texts }), 'bad-response');
  });

  it("of another maker's inverter are no matter of a production that the owner does not take", async () => {
    const texts = { GOODWE_SEMS_TAKE: 'grid' };
    const unbalanced = { pSystem: 3, pThird: 1, pGrid: 2.5, pConsum: 0.5 };
    assert.deepEqual(await toldOf(unbalanced, { texts }), { net_import_kw: -2.5 });
  });

  for (const [what, data] of [
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
  ])
    it(`are offline where the flow is ${what}`, async () => {
      const { report } = await play([login(), flow(success(data))]);
      assert.equal(report.kind, 'offline');
    });

  it('of another station are refused', async () => {
    assert.equal(await toldOf({ ...figures, id: 'another-station' }), 'bad-response');
    assert.deepEqual(await toldOf({ ...figures, id: stationId.toUpperCase() }), siteMeters);
  });
});

describe('what the station gave before and does not give now', () => {
  const night = { pAc: 0, pGrid: -0.75, pConsum: 0.75 };
  it('is the production at dusk, which the inverter still tells', async () => {
    const dusk = { pSystem: 0.1, pAc: 0.1, pGrid: -0.65, pConsum: 0.75 };
    assert.deepEqual(await toldAfter(dusk, night), { production_kw: 0, net_import_kw: 0.75, consumption_kw: 0.75 });
  });

  it('is the grid, which follows from a consumption that knows it', async () => {
    const { pGrid: _, ...rest } = figures;
    assert.deepEqual(await toldAfter(figures, rest), siteMeters);
    assert.equal(await toldAfter(figures, { ...rest, pConsum: undefined }), 'offline');
    assert.equal(await toldAfter(figures, { ...rest, pConsum: 3.1 }), 'offline'); // that of the inverter
  });

  it('is the battery, without which the output of the inverter is not that of the sun', async () => {
    assert.deepEqual(await toldAfter(figures, { pAc: 1.2, pGrid: 0.2, pConsum: 1 }), { net_import_kw: -0.2 });
  });

  it("is another maker's inverter, unless the rest balances without it", async () => {
    const both = { pSystem: 3, pThird: 1, pGrid: 3.5, pConsum: 0.5 };
    const evening = { pSystem: 0.5, pGrid: 0, pConsum: 0.5 };
    const alone = { production_kw: 0.5, net_import_kw: 0, consumption_kw: 0.5 };
    assert.deepEqual(await toldAfter(both, evening), alone);
    assert.deepEqual(await toldAfter(both, { ...evening, pConsum: 1.5 }), { net_import_kw: 0 });
  });

  it('comes back as it was', async () => {
    const { pBat: _, soc: __, ...rest } = figures;
    const played = await play([login(), flow(), flow(success(rest)), flow()], {}, { ticks: 3 });
    assert.deepEqual(
      played.pushes.map(({ siteMeters: told }) => told),
      [siteMeters, { production_kw: 4, net_import_kw: -1.2 }, siteMeters],
    );
  });
});

const row = (id: string, name: string, timeZone: unknown) => ({ id, name, timeZone });
const stations = (rows: unknown, current = 1): Exchange => ({
  method: 'POST',
  path: paths.stations,
  json: { current, size: 100 },
  answer: success({ dataList: rows }),
});
const home = row(stationId, 'Roof', 'Europe/Amsterdam');
const barn = row('barn-id', 'Barn', 'UTC+01:00');

describe('the time of measurement', () => {
  /** By the clocks of the place, and what time that is, with this zone of the list. */
  const tsmsOf = async (zone: unknown, refreshTime: unknown, at = now) => {
    const exchanges = [login(), stations([row(stationId, 'Roof', zone)]), flow(live({ refreshTime }))];
    const { pushes, report } = await play(exchanges, {}, { ...without('timeZone'), now: at });
    assert.equal(report.outcome, 'pushed', report.error);
    return pushes[0]?.tsms && new Date(pushes[0].tsms).toISOString();
  };
  for (const [what, zone, shown, is, at] of [
    ['is by the clocks of a named zone', 'Europe/Amsterdam', '2026-06-15T12:00:00', '2026-06-15T10:00:00.000Z'],
    ['is by a fixed offset', 'UTC-03:30', '2026-06-15T06:30:00', '2026-06-15T10:00:00.000Z'],
    ['is by UTC', 'UTC+00:00', '2026-06-15T10:00:00', '2026-06-15T10:00:00.000Z'],
    ['is unknown in a zone that nobody knows', 'Mars/Base', '2026-06-15T12:00:00', undefined],
    ['is unknown by an offset that cannot be', 'UTC+99:00', '2026-06-15T12:00:00', undefined],
    ['is unknown without a zone', null, '2026-06-15T12:00:00', undefined],
    ['is unknown where it lies more than 5 minutes ahead', 'UTC+00:00', '2026-06-15T12:00:00', undefined],
    ['may run ahead a little', 'UTC+00:00', '2026-06-15T10:03:00', '2026-06-15T10:03:00.000Z'],
    ['is unknown where it cannot be read', 'Europe/Amsterdam', 'noon', undefined],
    ['is unknown where there is none', 'Europe/Amsterdam', undefined, undefined],
    [
      'is by winter time in the hour that comes twice',
      'Europe/Amsterdam',
      '2026-10-25T02:30:00',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T01:30:40Z',
    ],
    [
      'is by summer time where that hour comes first',
      'Europe/Amsterdam',
      '2026-10-25T02:30:00',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T00:30:40Z',
    ],
    ['passes midnight', 'Australia/Sydney', '2026-12-31T23:59:00', '2026-12-31T12:59:00.000Z', '2026-12-31T13:00:20Z'],
  ] as const)
    it(what, async () => assert.equal(await tsmsOf(zone, shown, at), is));

  it('makes a reading stale after a quarter of an hour', async () => {
    for (const [refreshTime, kind] of [
      ['2026-06-15T11:46:00', undefined],
      ['2026-06-15T11:45:00', 'stale'],
    ])
      assert.equal((await play([login(), flow(live({ refreshTime }))])).report.kind, kind);
  });
});

describe('the station', () => {
  it('is the only one of the account, asked for once', async () => {
    const exchanges = [login(), stations([home]), flow()];
    const played = await play(exchanges, {}, { ...without('stationId', 'timeZone'), ticks: 3 });
    assert.deepEqual(pathsOf(played), [paths.login, paths.stations, ...Array(3).fill(paths.flow)]);
    assert.deepEqual(played.pushes[2], { ...played.pushes[0], ...conversation.push });
  });

  it('keeps the zone that the owner sets', async () => {
    const exchanges = [login(), stations([row(stationId, 'Roof', 'Asia/Tokyo')]), flow()];
    const { pushes } = await play(exchanges, {}, without('stationId'));
    assert.equal(pushes[0]?.tsms, conversation.push.tsms);
  });

  it('is named by the owner where there are several, and its zone is in the list', async () => {
    const played = await play([login(), stations([barn, home]), flow()], {}, { ...without('timeZone'), ticks: 2 });
    assert.deepEqual(played.pushes[1]?.tsms, conversation.push.tsms);
    assert.equal(pathsOf(played).filter((path) => path === paths.stations).length, 1);
  });

  it('is listed with the others where the owner does not say which, and the account left alone', async () => {
    const exchanges = [login(), stations([home, barn])];
    const { report, vendor } = await play(exchanges, {}, { ...without('stationId'), ticks: 20 });
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', new RegExp(`GOODWE_SEMS_STATION_ID to one of ${stationId} \\(Roof\\), barn-id`));
    assert.equal(vendor.received.length, 2);
  });

  it('is missed where the account has none', async () => {
    for (const rows of [[], null])
      assert.equal((await play([login(), stations(rows)], {}, without('stationId'))).report.kind, 'auth');
  });

  it('is listed again where it is not known any more', async () => {
    const exchanges = [login(), stations([home]), flow(), flow(refusal('P0300')), flow(), stations([home])];
    const played = await play(exchanges, {}, { ...without('stationId'), ticks: 3 });
    assert.equal(played.report.outcome, 'pushed');
    assert.equal(pathsOf(played).filter((path) => path === paths.stations).length, 2);
  });

  it('is found for the set-up, on every page', async () => {
    const many = Array.from({ length: 100 }, (_, nth) => row(`station-${nth}`, `Roof ${nth}`, null));
    const exchanges = [login(), stations(many), stations([barn], 2)];
    const found = await discover(goodweSems, { ...without('stationId'), now, exchanges });
    const choices = found?.['stationId'] ?? [];
    assert.equal(choices.length, 101);
    assert.deepEqual([choices[0]?.value, choices[100]?.title], ['station-0', 'Barn']);
  });
});

describe('the meters', () => {
  const ofMeters = { readEnergyTotals: 'true' };
  const devices = (...serials: string[]): Exchange => ({
    path: paths.devices,
    query: { stationId },
    answer: success({
      deviceDetailList: [
        { deviceType: 'INVERTER', statusDetailList: [{ status: '1', snList: ['INV-1'] }] },
        { deviceType: 'SMART_METER', statusDetailList: serials.map((sn) => ({ status: '1', snList: [sn] })) },
      ],
    }),
  });
  const factors = (bought: unknown, sold: unknown, unit = 'kWh') => [
    { factors: [{ code: 'proGridStatsToday', data: '3.5', unit }] },
    {
      factors: [
        { code: 'proPurchaseStatsTotal', data: bought, unit },
        { code: 'proGridStatsTotal', data: sold, unit },
      ],
    },
  ];
  const counters = (serial: string, answer: Answer): Exchange => ({
    path: paths.counters(serial),
    query: { deviceType: 'SMART_METER', pwId: stationId },
    answer,
  });
  const countersOf = ({ pushes }: { pushes: { siteMeters?: Record<string, number> }[] }) =>
    pushes.map(({ siteMeters: told }) => [told?.['imported_kwh'], told?.['exported_kwh']]);

  it('add up', async () => {
    const one = counters('M/1', success(factors('1000.5', '200')));
    const two = counters('M2', success(factors('10', '20.25')));
    const played = await play([login(), flow(), devices('M/1', 'M2'), one, two], ofMeters);
    assert.deepEqual(played.pushes[0]?.siteMeters, { ...siteMeters, imported_kwh: 1010.5, exported_kwh: 220.25 });
  });

  it('are asked every ten minutes, listed once a day, and told between', async () => {
    const read = [counters('M1', success(factors('1000', '200'))), counters('M1', success(factors('1001', '201')))];
    const fresh = flow(live({ refreshTime: undefined }));
    const played = await play([login(), fresh, devices('M1'), ...read], ofMeters, { ticks: 11 });
    assert.deepEqual(countersOf(played), [...Array(10).fill([1000, 200]), [1001, 201]]);
    assert.equal(pathsOf(played).filter((path) => path === paths.devices).length, 1);
    const patient = { ...ofMeters, staleAfterSeconds: '200000' };
    const day = await play([login(), fresh, devices('M1'), ...read], patient, { ticks: 2, everySeconds: 86_400 });
    assert.equal(pathsOf(day).filter((path) => path === paths.devices).length, 2);
  });

  for (const [what, bought, sold, unit, told] of [
    ['missing', undefined, '200', 'kWh', [undefined, 200]],
    ['unreadable', '?', '200', 'kWh', [undefined, 200]],
    ['below 0', '-1', '200', 'kWh', [undefined, 200]],
    ['in another unit', '1000', '200', 'MWh', [undefined, undefined]],
  ] as const)
    it(`leave out a counter that is ${what}`, async () => {
      const answer = success(factors(bought, sold, unit));
      const played = await play([login(), flow(), devices('M1'), counters('M1', answer)], ofMeters, { ticks: 2 });
      assert.deepEqual(countersOf(played), [told, told]);
    });

  it('have an unknown sum where one of them does not count', async () => {
    const one = counters('M1', success(factors('1000', '200')));
    const two = counters('M2', success(factors(undefined, '20')));
    assert.deepEqual(countersOf(await play([login(), flow(), devices('M1', 'M2'), one, two], ofMeters)), [
      [undefined, 220],
    ]);
  });

  it('do not fall around midnight', async () => {
    const at = '2026-06-15T21:55:40Z';
    const fresh = flow(live({ refreshTime: undefined }));
    const read = ['1000', '0', '1000.5'].map((kwh) => counters('M1', success(factors(kwh, '200'))));
    const played = await play([login(), fresh, devices('M1'), ...read], ofMeters, { now: at, ticks: 21 });
    const told = countersOf(played);
    assert.deepEqual(
      [told[0], told[10], told[20]],
      [
        [1000, 200],
        [undefined, 200],
        [1000.5, 200],
      ],
    );
  });

  for (const [what, answer] of [
    ['refused to a visitor', refusal('A0401', 'no access right')],
    ['refused as if the session were gone', refusal('100001', 'no access, please log in')],
    ['too many', refusal('GY0429')],
    ['answered with a page', { text: '<html>' }],
    ['answered with HTTP 500', { status: 500, json: {} }],
  ] as [string, Answer][])
    it(`are done without where they are ${what}`, async () => {
      const refused: Exchange = { path: paths.devices, answer };
      const played = await play([login(), flow(), refused], ofMeters, { ticks: 3 });
      assert.deepEqual(played.pushes.at(-1)?.siteMeters, siteMeters);
      assert.deepEqual(pathsOf(played), [paths.login, paths.flow, paths.devices, paths.flow, paths.flow]);
    });

  it('are not asked where there are none, or where the grid is not taken, or unless the owner wants it', async () => {
    const none = await play([login(), flow(), devices()], ofMeters, { ticks: 12 });
    assert.equal(pathsOf(none).filter((path) => path === paths.devices).length, 1);
    const texts = { GOODWE_SEMS_TAKE: 'production,battery' };
    assert.deepEqual(pathsOf(await play([login(), flow()], ofMeters, { texts })), [paths.login, paths.flow]);
    assert.deepEqual(pathsOf(await play([login(), flow()])), [paths.login, paths.flow]);
  });
});
