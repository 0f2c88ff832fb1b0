import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { balance } from '../../functions/push-solar-data/core/balance.ts';
import { combine, type Part } from '../../functions/push-solar-data/core/combine.ts';
import { type Reading, restrict } from '../../functions/push-solar-data/core/reading.ts';
import { type Truth, truths, wattsOf } from '../support/truth.ts';

/** What several sources without a conflict make together. */
function together(all: readonly Part[]): Reading {
  const combined = combine(all);
  assert.ok('reading' in combined, `a conflict: ${JSON.stringify(combined)}`);
  return combined.reading;
}

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
      const own = defined({ ...measured, consumption_kw: kilowatts(blind[place]) });
      if (!told[place]) return { label, reading: own, lacking: new Set(), givesConsumption: false };
      // A source with figures of its own for all, of which it is told what to contribute.
      const take = (['production', 'battery', 'grid'] as const).filter((word) => measured[fieldOf[word]] !== undefined);
      const nonsense = { production_kw: 77, battery_discharge_kw: 77, net_import_kw: 77, consumption_kw: 77 };
      return {
        label,
        reading: restrict({ ...nonsense, ...defined(measured) }, take),
        lacking: new Set(),
        givesConsumption: false,
      };
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
          lacking: new Set(),
          givesConsumption: true,
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
