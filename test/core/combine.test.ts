import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { balance } from '../../functions/push-solar-data/core/balance.ts';
import { combine, type Part } from '../../functions/push-solar-data/core/combine.ts';
import { type Reading, restrict, type Term } from '../../functions/push-solar-data/core/reading.ts';

/** Parts that lack nothing, labelled by their place: `a`, `b`, `c`, … */
const parts = (...readings: Reading[]): Part[] =>
  readings.map((reading, place) => partOf(reading, { label: String.fromCharCode(97 + place) }));

const partOf = (reading: Reading, part: Partial<Part> = {}): Part => ({
  label: 'a',
  reading,
  lacking: new Set(),
  givesConsumption: false,
  ...part,
});

const lacksNothing = { lacking: new Set<Term>() };

/** What several sources without a conflict make together. */
function together(all: readonly Part[]): Reading {
  const combined = combine(all);
  assert.ok('reading' in combined, `a conflict: ${JSON.stringify(combined)}`);
  return combined.reading;
}

const whole: Reading = {
  production_kw: 4.2,
  net_import_kw: -1.5,
  consumption_kw: 2.7,
  battery_discharge_kw: 0,
  battery_soc: 0.5,
  battery_energy_kwh: 5,
  battery_capacity_kwh: 10,
  imported_kwh: 100,
  exported_kwh: 200,
  tsms: 1_000,
};

describe('one source', () => {
  it('is what it measured, its own consumption figure among it', () => {
    assert.deepEqual(combine(parts(whole)), { reading: whole, ...lacksNothing, meterOwner: 'a' });
  });

  it('without a grid meter owns none', () => {
    assert.deepEqual(combine(parts({ production_kw: 1 })), {
      reading: { production_kw: 1 },
      ...lacksNothing,
      meterOwner: undefined,
    });
  });
});

describe('what TAKE leaves of a reading', () => {
  const rows: [Term[], Reading][] = [
    [['production'], { production_kw: 4.2 }],
    [['grid'], { net_import_kw: -1.5, imported_kwh: 100, exported_kwh: 200 }],
    [['battery'], { battery_discharge_kw: 0, battery_soc: 0.5, battery_energy_kwh: 5, battery_capacity_kwh: 10 }],
    [['consumption'], { consumption_kw: 2.7 }],
    [['production', 'consumption'], { production_kw: 4.2, consumption_kw: 2.7 }],
  ];
  for (const [take, kept] of rows)
    it(`${take.join(' and ')}: ${Object.keys(kept).join(', ')}, and the time`, () => {
      assert.deepEqual(restrict(whole, take), { ...kept, tsms: 1_000 });
    });

  it('is all that is known where the owner says nothing', () => {
    const reading: Reading = Object.assign({ production_kw: 1 }, { net_import_kw: undefined });
    assert.deepEqual(restrict(reading, undefined), { production_kw: 1 });
  });
});

describe('several sources', () => {
  it('add up production, battery power and battery energy', () => {
    const reading = together(
      parts(
        { production_kw: 3, battery_discharge_kw: -2, battery_energy_kwh: 4 },
        { production_kw: 1.5, battery_discharge_kw: 0.5, battery_energy_kwh: 2 },
      ),
    );
    assert.deepEqual(reading, { production_kw: 4.5, battery_discharge_kw: -1.5, battery_energy_kwh: 6 });
  });

  it('take the grid meter and its counters from the one source that has it', () => {
    const meter = { net_import_kw: -1, imported_kwh: 10, exported_kwh: 20 };
    const combined = combine(parts({ production_kw: 3, imported_kwh: 7 }, meter));
    assert.deepEqual(combined, { reading: { production_kw: 3, ...meter }, ...lacksNothing, meterOwner: 'b' });
  });

  /** What several sources contradict each other over, and the labels of those that do. */
  function conflictOf(all: readonly Part[]) {
    const combined = combine(all);
    assert.ok('conflict' in combined);
    return [combined.conflict.over, ...combined.conflict.parts.map(({ label }) => label)];
  }

  it('contradict each other with two grid meters', () => {
    assert.deepEqual(conflictOf(parts({ net_import_kw: 1 }, { production_kw: 1 }, { net_import_kw: 0 })), [
      'grid',
      'a',
      'c',
    ]);
  });

  it("ignore an inverter's own consumption figure, which does not see the other inverter", () => {
    const reading = together(parts({ production_kw: 3, consumption_kw: 2 }, { production_kw: 1 }));
    assert.deepEqual(reading, { production_kw: 4 });
  });

  it('take consumption from the source that is told to contribute it', () => {
    const told = partOf({ consumption_kw: 2 }, { label: 'b', givesConsumption: true });
    const reading = together([partOf({ production_kw: 3, consumption_kw: 9 }), told]);
    assert.deepEqual(reading, { production_kw: 3, consumption_kw: 2 });
  });

  it('contradict each other where two are told to contribute consumption', () => {
    const all = parts({ consumption_kw: 2 }, { consumption_kw: 3 }).map((part) => ({
      ...part,
      givesConsumption: true,
    }));
    assert.deepEqual(conflictOf(all), ['consumption', 'a', 'b']);
  });

  it('are as old as the oldest that knows its time', () => {
    assert.equal(together(parts({ tsms: 3_000 }, { tsms: 2_000 }, { production_kw: 1 })).tsms, 2_000);
  });

  it('have no time where none knows it', () => {
    assert.equal('tsms' in together(parts({ production_kw: 1 }, { net_import_kw: 1 })), false);
  });

  it('do not know the battery power where one battery gives none, because a part is a wrong total', () => {
    const reading = together(parts({ battery_discharge_kw: 1, battery_soc: 0.5 }, { battery_soc: 0.7 }));
    assert.deepEqual(reading, { battery_soc: 0.6 });
  });

  it('do not know the battery power where of one battery only the capacity is known', () => {
    const reading = together(parts({ battery_discharge_kw: 1 }, { battery_capacity_kwh: 10 }));
    assert.equal(balance({ ...reading, production_kw: 1, net_import_kw: 1 }).reading.consumption_kw, undefined);
  });

  it('do not know the battery energy where one battery gives none', () => {
    const reading = together(
      parts({ battery_discharge_kw: 1, battery_energy_kwh: 5 }, { battery_discharge_kw: 1, battery_soc: 0.7 }),
    );
    assert.equal('battery_energy_kwh' in reading, false);
  });

  it('do not miss a battery in a source that has none', () => {
    const reading = together(parts({ battery_discharge_kw: 1, battery_energy_kwh: 5 }, { production_kw: 3 }));
    assert.deepEqual(reading, { production_kw: 3, battery_discharge_kw: 1, battery_energy_kwh: 5 });
  });
});

describe('what is lacking of one source', () => {
  const combinedOf = (...all: Part[]) => {
    const combined = combine(all);
    assert.ok('reading' in combined);
    return { ...combined, lacking: [...combined.lacking].sort() };
  };
  const lacks = (...terms: (Term | 'charge')[]) => ({ label: 'b', lacking: new Set(terms) });

  it('is lacking of the home, and no sum holds it', () => {
    const rows: [Term | 'charge', Reading][] = [
      ['production', { production_kw: 3 }],
      ['battery', { battery_discharge_kw: -1 }],
      ['charge', { battery_soc: 0.5 }],
    ];
    for (const [what, reading] of rows)
      assert.deepEqual(combinedOf(partOf({ ...reading, net_import_kw: 1 }), partOf({}, lacks(what))), {
        reading: { net_import_kw: 1 },
        lacking: [what],
        meterOwner: 'a',
      });
  });

  it('leaves no part of the stored energy to pass for the whole', () => {
    const one = partOf({ battery_discharge_kw: 1, battery_energy_kwh: 5 });
    assert.deepEqual(combinedOf(one, partOf({}, lacks('battery'))).reading, {});
    assert.deepEqual(combinedOf(one, partOf({ battery_energy_kwh: 2, battery_soc: 0.2 }, lacks('battery'))).reading, {
      battery_energy_kwh: 7,
      battery_soc: 0.2,
    });
    const full = partOf({ battery_discharge_kw: 1, battery_soc: 0.5, battery_energy_kwh: 5, battery_capacity_kwh: 10 });
    assert.deepEqual(combinedOf(full, partOf({ battery_discharge_kw: 2 }, lacks('charge'))).reading, {
      battery_discharge_kw: 3,
    });
  });

  it('is not replaced by the grid meter of another, nor by its counters', () => {
    const { reading, meterOwner } = combinedOf(
      partOf({ production_kw: 3, net_import_kw: -1, imported_kwh: 5 }),
      partOf({}, lacks('grid')),
    );
    assert.deepEqual({ reading, meterOwner }, { reading: { production_kw: 3 }, meterOwner: undefined });
  });

  it('is the consumption only where that would count', () => {
    assert.deepEqual(combinedOf(partOf({}, lacks('consumption'))).lacking, ['consumption']);
    const [silent, other] = [lacks('consumption'), partOf({ production_kw: 1 })];
    assert.deepEqual(combinedOf(other, partOf({}, silent)).lacking, []);
    assert.deepEqual(combinedOf(other, partOf({}, { ...silent, givesConsumption: true })).lacking, ['consumption']);
  });

  it('is nothing more: a single source that lacks its grid power keeps its counters', () => {
    const reading: Reading = { production_kw: 1, imported_kwh: 5, battery_energy_kwh: 3 };
    assert.deepEqual(combinedOf(partOf(reading, lacks('grid', 'battery'))).reading, reading);
  });
});

describe('the state of charge', () => {
  const rows: [string, Reading[], number][] = [
    [
      'is weighted by capacity where every battery gives its own',
      [
        { battery_soc: 1, battery_capacity_kwh: 5 },
        { battery_soc: 0.2, battery_capacity_kwh: 15 },
      ],
      0.4,
    ],
    [
      'is the plain mean where one capacity is unknown',
      [{ battery_soc: 1, battery_capacity_kwh: 5 }, { battery_soc: 0.2 }],
      0.6,
    ],
    [
      'is the plain mean where a capacity is 0, which says nothing',
      [
        { battery_soc: 1, battery_capacity_kwh: 5 },
        { battery_soc: 0.2, battery_capacity_kwh: 0 },
      ],
      0.6,
    ],
    ['is that of the one battery', [{ battery_soc: 0.3 }, { production_kw: 1, battery_capacity_kwh: 5 }], 0.3],
    ['counts an empty battery', [{ battery_soc: 0 }, { battery_soc: 0.5 }], 0.25],
  ];
  for (const [what, readings, expected] of rows)
    it(what, () => {
      const { battery_soc = Number.NaN } = together(parts(...readings));
      assert.ok(Math.abs(battery_soc - expected) < 1e-9, `${battery_soc}`);
    });

  for (const impossible of [1.5, -0.1, Number.NaN])
    it(`is no number where one battery gives ${impossible}, which a mean would cover`, () => {
      assert.deepEqual(together(parts({ battery_soc: impossible }, { battery_soc: 0.2 })), { battery_soc: Number.NaN });
    });

  it('is unknown where no battery gives one', () => {
    assert.equal('battery_soc' in together(parts({ battery_discharge_kw: 1 }, { production_kw: 1 })), false);
  });
});
