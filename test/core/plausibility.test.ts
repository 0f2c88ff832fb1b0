import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { implausibilities } from '../../functions/push-solar-data/core/plausibility.ts';
import { meterFields, powerFields, type Reading } from '../../functions/push-solar-data/core/reading.ts';

describe('possible:', () => {
  const readings: [string, Reading][] = [
    ['nothing measured', {}],
    ['a night', { production_kw: 0, net_import_kw: 0.3, consumption_kw: 0.3 }],
    ['a negative consumption', { production_kw: 1, net_import_kw: -3.5, consumption_kw: -2.5 }],
    ['an inverter that draws a little at night', { production_kw: -0.01 }],
    ['an empty battery', { battery_soc: 0 }],
    ['a full battery', { battery_soc: 1, battery_energy_kwh: 13.5 }],
    ['powers at the limit', { production_kw: 100, net_import_kw: -100, consumption_kw: 0, battery_discharge_kw: 100 }],
    [
      'counters far beyond the limit of a power',
      { imported_kwh: 123_456, exported_kwh: 98_765, battery_energy_kwh: 0 },
    ],
  ];
  for (const [what, reading] of readings)
    it(what, () => {
      assert.deepEqual(implausibilities(reading), []);
    });
});

describe('impossible, and named with its value:', () => {
  const rows: [string, Reading, RegExp][] = [
    ...powerFields.flatMap((field): [string, Reading, RegExp][] => [
      [
        `watts taken for kilowatts in ${field}`,
        { [field]: 4200 },
        new RegExp(`^${field} is 4200 kW.*100 kW.*MAX_POWER_KW`),
      ],
      [`the same in the other direction in ${field}`, { [field]: -4200 }, new RegExp(`^${field} is -4200 kW`)],
      [`${field} a watt beyond the limit`, { [field]: 100.001 }, new RegExp(`^${field} is 100.001 kW`)],
    ]),
    ...meterFields.flatMap((field): [string, Reading, RegExp][] => [
      [`NaN as ${field}`, { [field]: Number.NaN }, new RegExp(`^${field} is not a number \\(NaN\\)`)],
      [`Infinity as ${field}`, { [field]: Number.POSITIVE_INFINITY }, new RegExp(`^${field} is not a number`)],
    ]),
    ['percent taken for a fraction', { battery_soc: 61.5 }, /^battery_soc is 61.5, outside 0…1/],
    ['a state of charge beyond 1', { battery_soc: 1.001 }, /^battery_soc/],
    ['a state of charge below 0', { battery_soc: -0.001 }, /^battery_soc/],
    ['a negative import counter', { imported_kwh: -1 }, /^imported_kwh is negative \(-1 kWh\)/],
    ['a negative export counter', { exported_kwh: -1 }, /^exported_kwh is negative/],
    ['a negative energy in the battery', { battery_energy_kwh: -0.1 }, /^battery_energy_kwh is negative/],
  ];
  for (const [what, reading, sentence] of rows)
    it(what, () => {
      assert.match(implausibilities(reading)[0] ?? '', sentence);
    });
});

it('every impossible figure is named, not only the first', () => {
  const problems = implausibilities({ production_kw: 4200, net_import_kw: 0, battery_soc: 61, exported_kwh: -1 });
  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    ['production_kw', 'battery_soc', 'exported_kwh'],
  );
});

it("the owner's limit replaces the usual one", () => {
  assert.deepEqual(implausibilities({ production_kw: 150 }, 200), []);
  assert.equal(implausibilities({ production_kw: 15 }, 10).length, 1);
});
