import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isolarcloud } from '../../functions/push-solar-data/adapters/isolarcloud.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  consentConversation,
  conversation,
  device,
  hybrid,
  logIn,
  measuredAt,
  row,
  rows,
  shownAfter,
  siteMeters,
  v1Devices,
  v1Live,
  v1Plants,
  without,
} from '../conversations/isolarcloud.ts';
import { play, playHybrid } from './isolarcloud-plays.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(isolarcloud, conversation);
testAdapter(isolarcloud, consentConversation);

describe('a hybrid inverter', () => {
  const idle = { p13149: '0', p13121: '0', p13126: '0', p13150: '0' };
  const { p13119: _, ...points } = hybrid;
  const mapped: [what: string, points: object, siteMeters: object][] = [
    [
      'imports and discharges',
      { ...points, ...idle, p13003: '0', p13149: '120.0', p13150: '1310.0' },
      { ...siteMeters, production_kw: 0, net_import_kw: 0.12, battery_discharge_kw: 1.31, consumption_kw: 1.43 },
    ],
    ['has a full battery', { ...points, p13141: '1.0' }, { ...siteMeters, battery_soc: 1 }],
    ['gives percent', { ...points, p13141: '52' }, { ...siteMeters, battery_soc: 0.52 }],
    ...[null, '--', '130', '-0.2', 'full'].map((p13141): [string, object, object] => [
      `has a charge that is none, ${p13141}`,
      { ...points, p13141 },
      without(siteMeters, 'battery_soc'),
    ]),
    [
      'has no battery',
      { ...points, p13126: null, p13150: '--', p13141: null },
      { ...without(siteMeters, 'battery_discharge_kw', 'battery_soc'), consumption_kw: 3.3 },
    ],
    [
      'has no battery, whose charge is 0',
      { ...points, p13126: null, p13150: null, p13141: '0.0' },
      { ...without(siteMeters, 'battery_discharge_kw', 'battery_soc'), consumption_kw: 3.3 },
    ],
    [
      'gives one direction of its battery alone',
      { ...points, p13126: null },
      without(siteMeters, 'battery_discharge_kw', 'consumption_kw'),
    ],
    [
      'gives the charge of its battery alone',
      { ...points, p13126: null, p13150: null },
      without(siteMeters, 'battery_discharge_kw', 'consumption_kw'),
    ],
    [
      'has no meter',
      { ...points, p13149: null, p13121: '--', p13148: '0', p13125: null },
      without(siteMeters, 'net_import_kw', 'imported_kwh', 'exported_kwh', 'consumption_kw'),
    ],
    [
      'has a meter that keeps no counters',
      { ...points, p13148: '0', p13125: '0' },
      without(siteMeters, 'imported_kwh', 'exported_kwh'),
    ],
    ['has a counter below 0', { ...points, p13148: '-1' }, without(siteMeters, 'imported_kwh')],
    [
      'is at rest',
      { ...points, ...idle, p13003: '0.0' },
      { ...siteMeters, production_kw: 0, net_import_kw: 0, battery_discharge_kw: 0, consumption_kw: 0 },
    ],
    ['gives an odd load', { ...points, p13119: 'n' }, siteMeters],
  ];
  for (const [what, points, expected] of mapped)
    it(`that ${what}`, async () => {
      const { pushes, report } = await playHybrid([points]);
      assert.deepEqual(pushes[0]?.siteMeters, expected, report.error);
    });

  const failures: [what: string, points: object, kind: FailureKind][] = [
    ['gives no solar power', { ...hybrid, p13003: null }, 'offline'],
    ['counts at its meter, and gives no power of it', { ...hybrid, p13149: null, p13121: null }, 'offline'],
    ['gives one direction of the grid alone', { ...hybrid, p13121: null }, 'offline'],
    [
      'gives 0 of one direction of the grid, and no counter',
      { ...hybrid, p13121: null, p13149: '0', p13148: null, p13125: null },
      'offline',
    ],
    ['gives a power that is no number', { ...hybrid, p13126: 'a lot' }, 'bad-response'],
    ['does not say when', { ...hybrid, device_time: null }, 'bad-response'],
    ['says when in another way', { ...hybrid, device_time: '2026-05-01 12:00' }, 'bad-response'],
  ];
  for (const [what, points, kind] of failures)
    it(`that ${what}: ${kind}`, async () => {
      assert.equal((await playHybrid([points])).report.kind, kind);
    });

  it('need not give what the owner does not take', async () => {
    const { pushes } = await playHybrid([{ p13149: '120', p13121: '0' }], { texts: { ISOLARCLOUD_TAKE: 'grid' } });
    assert.deepEqual(pushes[0]?.siteMeters, { net_import_kw: 0.12 });
  });

  for (const [load, exported, isTold] of [
    ['1090', '3000', false],
    ['1110', '3000', true],
    ['490', '3000', true],
    ['3300', '0', false], // of 3800 W
  ] as const)
    it(`whose own load is ${load} W, with ${exported} W exported: ${isTold ? 'told' : 'not told'}`, async () => {
      const { report } = await playHybrid([{ ...hybrid, p13119: load, p13121: exported }]);
      assert.equal(JSON.stringify(report).includes("inverter's own load"), isTold);
    });
});

describe('several hybrid inverters', () => {
  const two = (master: object, slave: object) => [
    ...[logIn(), v1Plants(), v1Devices(device(14, 2), device(14, 1))],
    v1Live(14, rows(row(14, 2, slave), row(14, 1, master))),
  ];
  const silentMeter = { p13149: null, p13121: null, p13148: null, p13125: null };
  const both = { ...siteMeters, production_kw: 8.3, battery_discharge_kw: -2, consumption_kw: 3.3, battery_soc: 0.5 };
  const slave = { p13003: '2000', p13150: '500', p13126: '0', p13141: '0.45' };
  for (const [what, meter] of [
    ['gives nothing', silentMeter],
    ['gives zeros', { p13149: '0', p13121: '0', p13148: '0', p13125: '0' }],
    ['gives zeros and nothing', { p13149: '0', p13121: null, p13148: '0', p13125: null }],
    ["gives the master's figures again", hybridMeter()],
    ["gives the master's powers again", { ...hybridMeter(), p13148: '5', p13125: '7' }],
  ] as const)
    it(`add up, where the slave ${what} of the meter`, async () => {
      const { pushes, report } = await play(two(hybrid, { ...slave, ...meter }));
      assert.deepEqual(pushes[0]?.siteMeters, both, report.error);
    });

  function hybridMeter() {
    const { p13149, p13121, p13148, p13125 } = hybrid;
    return { p13149, p13121, p13148, p13125 };
  }

  it("count once, where the slave gives the master's figures again, while nothing flows", async () => {
    const atRest = { ...hybridMeter(), p13149: '0', p13121: '0' };
    const { pushes } = await play(two({ ...hybrid, ...atRest }, { ...slave, ...atRest }));
    assert.deepEqual(pushes[0]?.siteMeters, { ...both, net_import_kw: 0, consumption_kw: 6.3 });
  });

  it('add up, where each has a meter of its own', async () => {
    const own = { p13149: '100', p13121: '0', p13148: '1000', p13125: '2000' };
    const { pushes } = await play(two(hybrid, { ...slave, ...own }));
    assert.deepEqual(pushes[0]?.siteMeters, {
      ...{ ...both, net_import_kw: -2.9, consumption_kw: 3.4, imported_kwh: 2211.3, exported_kwh: 9122.4 },
    });
  });

  for (const [what, p13148, p13125] of [
    ['keeps none', '0', '0'],
    ['counts below 0', '-1000', '-1000'],
  ] as const)
    it(`have no sum of counters where one ${what}`, async () => {
      const own = { p13149: '100', p13121: '0', p13148, p13125 };
      const { pushes } = await play(two(hybrid, { ...slave, ...own }));
      assert.deepEqual(pushes[0]?.siteMeters, {
        ...without(both, 'imported_kwh', 'exported_kwh'),
        ...{ net_import_kw: -2.9, consumption_kw: 3.4 },
      });
    });

  it('of which one has no battery', async () => {
    const { pushes } = await play(
      two(hybrid, { p13003: '2000', ...silentMeter, p13150: '0', p13126: '0', p13141: null }),
    );
    assert.deepEqual(pushes[0]?.siteMeters, { ...siteMeters, production_kw: 8.3, consumption_kw: 2.8 });
  });

  it('have no known charge where one does not tell its own', async () => {
    const { pushes } = await play(two(hybrid, { ...slave, ...silentMeter, p13141: null }));
    assert.deepEqual(pushes[0]?.siteMeters, without(both, 'battery_soc'));
  });

  it('have no known solar power where one does not tell its own', async () => {
    const { pushes } = await play(two(hybrid, { ...slave, ...silentMeter, p13003: null }));
    assert.deepEqual(pushes[0]?.siteMeters, without(both, 'production_kw', 'consumption_kw'));
  });

  it('are as old as the oldest of them', async () => {
    const { pushes } = await play(two(hybrid, { ...slave, ...silentMeter, device_time: shownAfter(-5) }));
    assert.equal(pushes[0]?.tsms, measuredAt - 300_000);
  });

  it('of which one is missing in the answer: offline, until it comes back', async () => {
    const whole = v1Live(14, rows(row(14, 1, hybrid), row(14, 2, { ...slave, ...silentMeter })));
    const part = v1Live(14, { device_point_list: [row(14, 1, hybrid)], fail_ps_key_list: ['4711_14_2_1'] });
    const { pushes } = await play([logIn(), v1Plants(), v1Devices(device(14, 1), device(14, 2)), whole, part, whole], {
      ticks: 3,
    });
    assert.deepEqual(pushes[0]?.siteMeters, both);
    assert.match(pushes[1]?.error ?? '', /no figures of the inverter SN2 14_2_1/);
    assert.deepEqual(pushes[2]?.siteMeters, both);
  });
});
