import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  calls,
  consented,
  device,
  hybrid,
  logIn,
  measuredAt,
  refresh,
  row,
  rows,
  shownAfter,
  siteMeters,
  success,
  v1,
  v1Devices,
  v1Live,
  v1Plants,
  v2Devices,
  v2Live,
  v2Plant,
  v2Plants,
  without,
} from '../conversations/isolarcloud.ts';
import { type Options, play } from './isolarcloud-plays.ts';

describe('inverters without battery', () => {
  const load = { p83106: '1650', p83105: '3300100', p83075: '8800400' };
  const playAc = (type: number, point: string, points: object, options: Options = {}) =>
    play(
      [
        ...[refresh(), v2Plants, v2Devices(device(type, 1), device(type, 2))],
        v2Live(type, rows(row(type, 1, { [point]: '4110' }), row(type, 2, { [point]: '1000' }))),
        v2Plant(points),
      ],
      { settings: consented, ...options },
    );
  const home = {
    production_kw: 5.11,
    net_import_kw: -3.46,
    consumption_kw: 1.65,
    imported_kwh: 3300.1,
    exported_kwh: 8800.4,
  };

  for (const [what, type, point] of [
    ['string inverters', 1, 'p24'],
    ['microinverters', 55, 'p51303'],
  ] as const)
    it(`${what}: the grid is what the load leaves`, async () => {
      const { pushes, vendor } = await playAc(type, point, load);
      assert.deepEqual(pushes[0], { ...pushes[0], siteMeters: home, tsms: measuredAt });
      assert.deepEqual(Object(vendor.received[3]?.body)['point_id_list'], [point.slice(1)]);
    });

  it('share a serial number and are two', async () => {
    const { pushes } = await play(
      [
        ...[refresh(), v2Plants, v2Devices(device(55, 1), device(55, 2, { device_sn: 'SN1' }))],
        v2Live(55, rows(row(55, 1, { p51303: '200' }), row(55, 2, { p51303: '210' }))),
        v2Plant({ p83106: null }),
      ],
      { settings: consented },
    );
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0.41 });
  });

  it('without a meter: production alone, and no counters', async () => {
    const { pushes } = await playAc(1, 'p24', { ...load, p83106: '--' });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 5.11 });
  });

  for (const [take, siteMeters, plantCalls] of [
    ['production', { production_kw: 5.11 }, 0],
    ['production,grid', without(home, 'consumption_kw'), 1],
  ] as const)
    it(`of which the owner takes ${take}`, async () => {
      const { pushes, ...played } = await playAc(1, 'p24', load, { texts: { ISOLARCLOUD_TAKE: take } });
      const { consumption_kw: _, ...told } = pushes[0]?.siteMeters ?? {};
      assert.deepEqual(told, siteMeters);
      assert.equal(calls(played).filter((name) => name === 'getPowerStationRealTimeData').length, plantCalls);
    });

  it('whose load was there before: offline, until it comes back', async () => {
    const live = (nth: number) => v2Live(1, rows(row(1, 1, { p24: '4110', device_time: shownAfter(5 * nth) })));
    const exchanges = [
      ...[refresh(), v2Plants, v2Devices(device(1, 1))],
      ...[live(0), v2Plant(load), live(1), v2Plant({ ...load, p83106: null }), live(2), v2Plant(load)],
    ];
    const { pushes } = await play(exchanges, { settings: consented, ticks: 3 });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['net_import_kw']),
      [-2.46, undefined, -2.46],
    );
    assert.match(pushes[1]?.error ?? '', /grid flow is not known/);
  });

  it('at night, without a figure: offline', async () => {
    const { report } = await play(
      [refresh(), v2Plants, v2Devices(device(1, 1)), v2Live(1, rows(row(1, 1, { p24: null }))), v2Plant(load)],
      { settings: consented },
    );
    assert.equal(report.kind, 'offline');
  });

  it('at night, with the last ones of the evening: stale', async () => {
    const { report } = await play(
      [
        refresh(),
        v2Plants,
        v2Devices(device(1, 1)),
        v2Live(1, rows(row(1, 1, { p24: '9', device_time: shownAfter(-30) }))),
        v2Plant(load),
      ],
      { settings: consented },
    );
    assert.equal(report.kind, 'stale');
  });

  it('have no plant where the answer holds another: offline', async () => {
    const other = success(rows({ ps_id: '815', ps_key: '815_11_0_0', p83106: '9000' }));
    assert.equal((await playAc(1, 'p24', other)).report.kind, 'offline');
  });
});

describe('a hybrid and a string inverter', () => {
  const mixed = (hybridPoints: object, stringPoints: object) => [
    ...[logIn(), v1Plants(), v1Devices(device(14, 1), device(1, 2))],
    ...[v1Live(14, rows(row(14, 1, hybridPoints))), v1Live(1, rows(row(1, 2, stringPoints)))],
  ];
  const dark = { ...hybrid, p13003: '0', p13121: '0', p13149: '100', p13126: '0', p13150: '400', p13119: null };
  const night = { ...siteMeters, production_kw: 0, net_import_kw: 0.1, battery_discharge_kw: 0.4, consumption_kw: 0.5 };

  it('add up, without a call for the plant', async () => {
    const { pushes, ...played } = await play(mixed(hybrid, { p24: '1000' }));
    assert.deepEqual(pushes[0]?.siteMeters, { ...siteMeters, production_kw: 7.3, consumption_kw: 1.8 });
    assert.deepEqual(calls(played).slice(3), ['getDeviceRealTimeData', 'getDeviceRealTimeData']);
  });

  for (const [what, points] of [
    ['gives nothing', { p24: null }],
    ['shows its last figures of the evening', { p24: '12', device_time: shownAfter(-300) }],
  ] as const)
    it(`at night, when the string inverter ${what}`, async () => {
      const { pushes, report } = await play(mixed(dark, points));
      assert.deepEqual(pushes[0], { ...pushes[0], siteMeters: night, tsms: measuredAt }, report.error);
    });

  it('by day, when the string inverter gives nothing: the solar power is not known', async () => {
    const { pushes } = await play(mixed(hybrid, { p24: null }));
    assert.deepEqual(pushes[0]?.siteMeters, without(siteMeters, 'production_kw', 'consumption_kw'));
  });

  it('when the last figure of the string inverter is old and not near nothing: stale', async () => {
    const { report } = await play(mixed(hybrid, { p24: '1000', device_time: shownAfter(-30) }));
    assert.equal(report.kind, 'stale');
  });
});

describe('a plant without an inverter that can be read', () => {
  it('gives its own power, in a device_point with a time (V1)', async () => {
    const points = { p83033: '9276.0', p83106: null, p83105: '1000', p83075: '2000' };
    const answer = rows(row(11, 0, { ps_key: '4711_11_0_0', ...points }));
    const exchanges = [
      logIn(),
      v1Plants(),
      v1Devices(),
      v1('getDeviceRealTimeData', { device_type: '11', ps_key_list: ['4711_11_0_0'] }, answer),
    ];
    const { pushes } = await play(exchanges);
    assert.deepEqual(pushes[0], { ...pushes[0], siteMeters: { production_kw: 9.276 }, tsms: measuredAt });
  });

  const playFlat = (points: object) =>
    play([refresh(), v2Plants, v2Devices(), v2Plant(points)], { settings: consented });

  it('and its load with a meter, in a flat row without a time (V2)', async () => {
    const { pushes } = await playFlat({ p83033: '2000', p83106: '500', p83105: '1000', p83075: '2000' });
    assert.deepEqual(pushes[0], {
      ...pushes[0],
      siteMeters: { production_kw: 2, net_import_kw: -1.5, consumption_kw: 0.5, imported_kwh: 1, exported_kwh: 2 },
    });
    assert.equal(pushes[0]?.tsms, undefined);
  });

  it('is offline without its power', async () => {
    assert.equal((await playFlat({ p83033: null, p83106: '500' })).report.kind, 'offline');
  });
});
