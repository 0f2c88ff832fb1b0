import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { balance } from '../../functions/push-solar-data/core/balance.ts';
import { combine, type Part, type Take } from '../../functions/push-solar-data/core/combine.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import { type Truth, truths, wattsOf } from '../support/truth.ts';

/** Parts labelled by their place: `a`, `b`, `c`, … */
const parts = (...readings: Reading[]): Part[] =>
  readings.map((reading, place) => ({ label: String.fromCharCode(97 + place), reading }));

/** What several sources without a conflict make together. */
function together(all: readonly Part[]): Reading {
  const combined = combine(all);
  assert.ok('reading' in combined, `a conflict: ${JSON.stringify(combined)}`);
  return combined.reading;
}

describe('one source', () => {
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

  it('is what it measured, its own consumption figure among it', () => {
    assert.deepEqual(combine(parts(whole)), { reading: whole, meterOwner: 'a' });
  });

  it('without a grid meter owns none', () => {
    assert.deepEqual(combine(parts({ production_kw: 1 })), { reading: { production_kw: 1 }, meterOwner: undefined });
  });

  it('contributes nothing that was not measured', () => {
    const reading: Reading = Object.assign({ production_kw: 1 }, { net_import_kw: undefined });
    assert.deepEqual(together(parts(reading)), { production_kw: 1 });
  });

  const words: [Take, Reading][] = [
    ['production', { production_kw: 4.2 }],
    ['grid', { net_import_kw: -1.5, imported_kwh: 100, exported_kwh: 200 }],
    ['battery', { battery_discharge_kw: 0, battery_soc: 0.5, battery_energy_kwh: 5, battery_capacity_kwh: 10 }],
    ['consumption', { consumption_kw: 2.7 }],
  ];
  for (const [word, kept] of words)
    it(`told TAKE=${word} contributes ${Object.keys(kept).join(', ')}, and the time`, () => {
      assert.deepEqual(together([{ label: 'a', reading: whole, take: [word] }]), { ...kept, tsms: 1_000 });
    });

  it('told several words contributes all of them', () => {
    const reading = together([{ label: 'a', reading: whole, take: ['production', 'consumption'] }]);
    assert.deepEqual(reading, { production_kw: 4.2, consumption_kw: 2.7, tsms: 1_000 });
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
    assert.deepEqual(combined, { reading: { production_kw: 3, ...meter }, meterOwner: 'b' });
  });

  it('contradict each other with two grid meters', () => {
    assert.deepEqual(combine(parts({ net_import_kw: 1 }, { production_kw: 1 }, { net_import_kw: 0 })), {
      conflict: { over: 'grid', labels: ['a', 'c'] },
    });
  });

  it('do not contradict each other where TAKE leaves one grid meter', () => {
    const [a, b] = parts({ production_kw: 2, net_import_kw: 9 }, { production_kw: 1, net_import_kw: -1 });
    assert.ok(a && b);
    const combined = combine([{ ...a, take: ['production'] }, b]);
    assert.deepEqual(combined, { reading: { production_kw: 3, net_import_kw: -1 }, meterOwner: 'b' });
  });

  it("ignore an inverter's own consumption figure, which does not see the other inverter", () => {
    const reading = together(parts({ production_kw: 3, consumption_kw: 2 }, { production_kw: 1 }));
    assert.deepEqual(reading, { production_kw: 4 });
  });

  it('take consumption from the source that is told to contribute it', () => {
    const [a, b] = parts({ production_kw: 3, consumption_kw: 9 }, { consumption_kw: 2 });
    assert.ok(a && b);
    assert.deepEqual(together([a, { ...b, take: ['consumption'] }]), { production_kw: 3, consumption_kw: 2 });
  });

  it('contradict each other where two are told to contribute consumption', () => {
    const take: Take[] = ['consumption'];
    const all = parts({ consumption_kw: 2 }, { consumption_kw: 3 }).map((part) => ({ ...part, take }));
    assert.deepEqual(combine(all), { conflict: { over: 'consumption', labels: ['a', 'b'] } });
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

  it('is unknown where no battery gives one', () => {
    assert.equal('battery_soc' in together(parts({ battery_discharge_kw: 1 }, { production_kw: 1 })), false);
  });
});

describe('any consistent home over one to five sources', () => {
  /** Where the figures of a home are measured: shares of sun and battery by source, the source with the meter. */
  type Split = {
    sun: number[];
    battery: number[];
    meterAt: number;
    /** What each inverter believes that the home consumes. */
    blind: number[];
    /** Sources that measure more than they are told to contribute. */
    told: boolean[];
  };
  const splits: fc.Arbitrary<Split> = fc.integer({ min: 1, max: 5 }).chain((count) => {
    const each = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.array(arbitrary, { minLength: count, maxLength: count });
    return fc.record({
      sun: each(fc.integer({ min: 0, max: 3 })),
      battery: each(fc.integer({ min: 0, max: 3 })),
      meterAt: fc.nat({ max: count - 1 }),
      blind: each(fc.integer({ min: -20_000, max: 20_000 })),
      told: each(fc.boolean()),
    });
  });

  /** Whole watts by weights; the last source with a weight takes the rest. All to the first where nobody has one. */
  function shares(total: number, weights: readonly number[]): (number | undefined)[] {
    const sum = weights.reduce((all, weight) => all + weight, 0);
    if (sum === 0) return weights.map((_, place) => (place === 0 ? total : undefined));
    const parts = weights.map((weight) => (weight === 0 ? undefined : Math.trunc((total * weight) / sum)));
    const last = weights.findLastIndex((weight) => weight > 0);
    const rest = total - parts.reduce<number>((all, part) => all + (part ?? 0), 0);
    return parts.map((part, place) => (place === last ? (part ?? 0) + rest : part));
  }

  const kilowatts = (watts: number | undefined) => (watts === undefined ? undefined : watts / 1000);

  function sourcesOf({ p, n, b }: Truth, { sun, battery, meterAt, blind, told }: Split, hasBattery: boolean): Part[] {
    const suns = shares(p, sun);
    const batteries = hasBattery ? shares(b, battery) : [];
    return suns.map((share, place) => {
      const measured = {
        production_kw: kilowatts(share),
        battery_discharge_kw: kilowatts(batteries[place]),
        net_import_kw: place === meterAt ? n / 1000 : undefined,
      };
      const label = `source-${place}`;
      if (!told[place]) return { label, reading: defined({ ...measured, consumption_kw: kilowatts(blind[place]) }) };
      // A source with figures of its own for all, of which it is told what to contribute.
      const take = (['production', 'battery', 'grid'] as const).filter((word) => measured[fieldOf[word]] !== undefined);
      const nonsense = { production_kw: 77, battery_discharge_kw: 77, net_import_kw: 77, consumption_kw: 77 };
      return { label, reading: { ...nonsense, ...defined(measured) }, take };
    });
  }
  const fieldOf = { production: 'production_kw', battery: 'battery_discharge_kw', grid: 'net_import_kw' } as const;

  const defined = (reading: { [Field in keyof Reading]: number | undefined }): Reading =>
    Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));

  for (const hasBattery of [true, false])
    it(`is to the watt what it is undivided, ${hasBattery ? 'with' : 'without'} a battery`, () => {
      fc.assert(
        fc.property(truths, splits, (truth, split) => {
          const { p, n } = truth;
          const b = hasBattery ? truth.b : 0;
          const combined = combine(sourcesOf(truth, split, hasBattery));
          assert.ok('reading' in combined);
          const { reading } = balance(combined.reading);
          assert.equal(wattsOf(reading.production_kw), p);
          assert.equal(wattsOf(reading.net_import_kw), n);
          assert.equal(wattsOf(reading.consumption_kw), p + n + b);
          if (hasBattery) assert.equal(wattsOf(reading.battery_discharge_kw), b);
          else assert.equal('battery_discharge_kw' in reading, false);
          assert.equal(combined.meterOwner, `source-${split.meterAt}`);
        }),
        { numRuns: 500 },
      );
    });

  it('has the same net import where a source measures the whole consumption instead of the grid', () => {
    fc.assert(
      fc.property(truths, splits, ({ p, n, b }, split) => {
        const inverters = sourcesOf({ p, n, b }, split, true).map(({ reading, ...part }) => {
          const { net_import_kw: _, ...rest } = reading;
          return { ...part, reading: rest };
        });
        const clamp: Part = {
          label: 'clamp',
          reading: { consumption_kw: (p + n + b) / 1000 },
          take: ['consumption'],
        };
        const { reading, derived } = balance(together([...inverters, clamp]));
        assert.equal(wattsOf(reading.net_import_kw), n);
        assert.deepEqual(derived, ['net_import_kw']);
      }),
    );
  });

  it('is the same in whatever order the sources are named', () => {
    fc.assert(
      fc.property(truths, splits, fc.infiniteStream(fc.nat()), (truth, split, dice) => {
        const sources = sourcesOf(truth, split, true);
        const shuffled = sources
          .map((part) => ({ part, by: dice.next().value }))
          .sort((a, b) => a.by - b.by)
          .map(({ part }) => part);
        assert.deepEqual(balance(together(shuffled)).reading, balance(together(sources)).reading);
      }),
    );
  });
});
