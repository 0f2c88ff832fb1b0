import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Counters, implausibilities, withoutUnusable } from '../../functions/push-solar-data/core/plausibility.ts';
import { powerFields, type Reading } from '../../functions/push-solar-data/core/reading.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const hour = 3_600_000;

describe('possible:', () => {
  const readings: [string, Reading][] = [
    ['nothing measured', {}],
    ['a night', { production_kw: 0, net_import_kw: 0.3, consumption_kw: 0.3 }],
    ['a negative consumption', { production_kw: 1, net_import_kw: -3.5, consumption_kw: -2.5 }],
    ['an inverter that draws a little at night', { production_kw: -0.01 }],
    ['powers at the limit', { production_kw: 100, net_import_kw: -100, consumption_kw: 0, battery_discharge_kw: 100 }],
    ['counters far beyond the limit of a power', { imported_kwh: 123_456, exported_kwh: 98_765 }],
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
    ...powerFields.flatMap((field): [string, Reading, RegExp][] => [
      [`NaN as ${field}`, { [field]: Number.NaN }, new RegExp(`^${field} is not a number \\(NaN\\)`)],
      [`Infinity as ${field}`, { [field]: Number.POSITIVE_INFINITY }, new RegExp(`^${field} is not a number`)],
      [
        `a register that holds nothing as ${field}`,
        { [field]: 65.535 },
        new RegExp(`^${field} is 65.535 kW.*register`),
      ],
    ]),
  ];
  for (const [what, reading, sentence] of rows)
    it(what, () => {
      assert.match(implausibilities(reading)[0] ?? '', sentence);
    });
});

it('every impossible power is named, not only the first; what is no power is not judged here', () => {
  const problems = implausibilities({ production_kw: 4200, net_import_kw: 0, battery_soc: 61, consumption_kw: -101 });
  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    ['production_kw', 'consumption_kw'],
  );
});

it("the owner's limit replaces the usual one", () => {
  assert.deepEqual(implausibilities({ production_kw: 150 }, 200), []);
  assert.equal(implausibilities({ production_kw: 15 }, 10).length, 1);
});

describe('a figure that nobody steers by is left out of a reading when it cannot be:', () => {
  const powers: Reading = { production_kw: 2, net_import_kw: 0, consumption_kw: 2 };
  const rows: [string, Reading, (keyof Reading)[]][] = [
    ['percent taken for a fraction', { battery_soc: 61.5 }, ['battery_soc']],
    ['a state of charge beyond 1', { battery_soc: 1.001 }, ['battery_soc']],
    ['a state of charge below 0', { battery_soc: -0.001 }, ['battery_soc']],
    ['a state of charge that is no number', { battery_soc: Number.NaN }, ['battery_soc']],
    ['a negative energy in the battery', { battery_energy_kwh: -0.1 }, ['battery_energy_kwh']],
    ['an energy that no battery of a home holds', { battery_energy_kwh: 1_001 }, ['battery_energy_kwh']],
    ['an energy of a register that holds nothing', { battery_energy_kwh: 655.35 }, ['battery_energy_kwh']],
    ['a negative counter', { imported_kwh: -1, exported_kwh: 5 }, ['imported_kwh']],
    ['a counter that is no number', { imported_kwh: 5, exported_kwh: Number.NaN }, ['exported_kwh']],
    ['a counter beyond what any home has counted', { imported_kwh: 10_000_001 }, ['imported_kwh']],
    ...[2 ** 31 - 1, 2 ** 32 - 1, 65_535, -9_999].flatMap((sentinel): [string, Reading, (keyof Reading)[]][] =>
      [1, 10, 100, 1_000].map((parts) => [
        `a counter of a register that holds nothing: ${sentinel} / ${parts}`,
        { exported_kwh: sentinel / parts },
        ['exported_kwh'],
      ]),
    ),
    [
      'two counters of 0, as of a cloud that keeps none',
      { imported_kwh: 0, exported_kwh: 0 },
      ['imported_kwh', 'exported_kwh'],
    ],
    [
      'an import counter of 0 while the home imports',
      { net_import_kw: 1, imported_kwh: 0, exported_kwh: 5 },
      ['imported_kwh'],
    ],
    [
      'an export counter of 0 while the home exports',
      { net_import_kw: -1, imported_kwh: 5, exported_kwh: 0 },
      ['exported_kwh'],
    ],
  ];
  for (const [what, figures, unusable] of rows)
    it(what, () => {
      const { reading, notes } = withoutUnusable({ ...powers, ...figures }, undefined, now);
      const left: Reading = { ...powers, ...figures };
      for (const field of unusable) delete left[field];
      assert.deepEqual(reading, left);
      assert.equal(notes.length, 1, 'it is said once');
      assert.match(notes[0] ?? '', new RegExp(`^${unusable[0]} is left out: `));
    });

  const usable: [string, Reading][] = [
    ['an empty and a full battery', { battery_soc: 0, battery_energy_kwh: 0 }],
    ['a full battery', { battery_soc: 1, battery_energy_kwh: 1_000 }],
    ['an export counter of 0 of a home that does not export', { net_import_kw: 1, imported_kwh: 5, exported_kwh: 0 }],
    ['one counter of 0 while some watts flow, which it has not counted yet', { net_import_kw: 0.05, imported_kwh: 0 }],
    ['powers that are impossible: they end the reading, elsewhere', { production_kw: 4_200 }],
  ];
  for (const [what, figures] of usable)
    it(`but not ${what}`, () => {
      assert.deepEqual(withoutUnusable(figures, undefined, now).reading, figures);
      assert.deepEqual(withoutUnusable(figures, undefined, now).notes, []);
    });
});

describe('a lifetime counter', () => {
  /** Which of some import counters, so many hours apart, are left out. */
  function leftOut(hours: number, ...counters: number[]): number[] {
    let before: Counters | undefined;
    return counters.filter((imported_kwh, nth) => {
      const { reading, counters: after } = withoutUnusable({ imported_kwh }, before, now + nth * hours * hour);
      before = after;
      return reading.imported_kwh === undefined;
    });
  }
  const rows: [string, number[], number[]][] = [
    ['may stand still and rise', [1_000, 1_000, 1_050], []],
    ['may be rounded otherwise', [1_000, 999.95], []],
    ['does not fall', [1_000, 400, 0, 1_001], [400, 0]],
    ['does not rise faster than any home can', [1_000, 1_201, 1_050], [1_201]],
    ['is held against what was last believed', [1_000, 400, 500, 1_000], [400, 500]],
  ];
  for (const [what, counters, unusable] of rows)
    it(what, () => {
      assert.deepEqual(leftOut(1, ...counters), unusable);
    });

  it('that is lower for a day is of a new meter', () => {
    assert.deepEqual(leftOut(12, 100_000, 5, 5.5, 6, 100_000), [5, 5.5, 100_000]);
  });

  it('is not held against the future, which is of a clock that was set back', () => {
    const { counters } = withoutUnusable({ imported_kwh: 1_000 }, undefined, now + 48 * hour);
    assert.equal(withoutUnusable({ imported_kwh: 900 }, counters, now).reading.imported_kwh, 900);
  });

  it('of export is a counter of its own', () => {
    const { counters } = withoutUnusable({ imported_kwh: 1_000, exported_kwh: 10 }, undefined, now);
    const next = withoutUnusable({ imported_kwh: 1_000, exported_kwh: 9 }, counters, now + hour);
    assert.deepEqual(next.reading, { imported_kwh: 1_000 });
    assert.match(next.notes.join(), /^exported_kwh is left out: a lifetime counter does not fall \(it was 10\) \(9\)$/);
    assert.deepEqual(next.counters?.exported_kwh, { kwh: 10, at: now });
  });

  it('is remembered of no home that gives none', () => {
    assert.equal(withoutUnusable({ production_kw: 1 }, undefined, now).counters, undefined);
  });
});
