import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { balance } from '../../functions/push-solar-data/core/balance.ts';
import {
  type PowerField,
  powerFields,
  type Reading,
  type Term,
  watts,
} from '../../functions/push-solar-data/core/reading.ts';
import { missOf, powersOf, type Truth, truths, wattsOf } from '../support/truth.ts';

/** 4.2 kW of sun, 0.5 kW into the battery, 1.5 kW exported: 2.2 kW used. */
const sunny = powersOf({ p: 4200, n: -1500, b: -500 });
const { battery_discharge_kw: _, ...sunnyWithoutBattery } = powersOf({ p: 4200, n: -1500, b: 0 });

describe('the missing term is derived from the other three, with a battery:', () => {
  const terms: [PowerField, number][] = [
    ['production_kw', 4.2],
    ['net_import_kw', -1.5],
    ['consumption_kw', 2.2],
    ['battery_discharge_kw', -0.5],
  ];
  for (const [missing, value] of terms)
    it(missing, () => {
      const { reading, derived, residual_kw } = balance({ ...without(sunny, missing), battery_soc: 0.5 });
      assert.deepEqual(reading, { ...sunny, battery_soc: 0.5, [missing]: value });
      assert.deepEqual(derived, [missing]);
      assert.equal(residual_kw, undefined);
    });
});

describe('the missing term is derived from the other two, without a battery:', () => {
  const terms: [PowerField, number][] = [
    ['production_kw', 4.2],
    ['net_import_kw', -1.5],
    ['consumption_kw', 2.7],
  ];
  for (const [missing, value] of terms)
    it(missing, () => {
      const { reading, derived } = balance(without(sunnyWithoutBattery, missing));
      assert.deepEqual(reading, { ...sunnyWithoutBattery, [missing]: value });
      assert.deepEqual(derived, [missing]);
    });
});

describe('with two unknown terms nothing is derived:', () => {
  const readings: [string, Reading][] = [
    ['production alone', { production_kw: 4.2 }],
    ['the grid meter alone', { net_import_kw: -1.5 }],
    ['consumption alone', { consumption_kw: 2.7 }],
    ['nothing', {}],
    [
      'production and grid of a home whose battery gives no power',
      { production_kw: 4.2, net_import_kw: -1.5, battery_soc: 0.5 },
    ],
    ['the same, known by its energy', { production_kw: 4.2, net_import_kw: -1.5, battery_energy_kwh: 5 }],
    ['the same, known by its capacity', { production_kw: 4.2, net_import_kw: -1.5, battery_capacity_kwh: 10 }],
    ['a battery and production', { production_kw: 4.2, battery_discharge_kw: -0.5 }],
  ];
  for (const [what, reading] of readings)
    it(what, () => {
      assert.deepEqual(balance(reading), { reading, derived: [] });
    });
});

describe('with something lacking, which is unknown and not zero:', () => {
  const derivations: ['production' | 'battery', Reading][] = [
    ['production', { net_import_kw: -1.5 }],
    ['production', { net_import_kw: -1.5, consumption_kw: 2.7 }],
    ['production', { consumption_kw: 2.7, battery_discharge_kw: 1 }],
    ['battery', { production_kw: 4.2, net_import_kw: -1.5 }],
    ['battery', { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 }],
    ['battery', { production_kw: 4.2, consumption_kw: 2.7 }],
  ];
  for (const [what, reading] of derivations)
    it(`without the ${what}, ${Object.keys(reading).join(' and ')} give nothing else, and no consumption`, () => {
      const { consumption_kw: _, ...kept } = reading;
      assert.deepEqual(balance(reading, new Set([what])), { reading: kept, derived: [] });
    });

  const lost: [Term | 'charge', PowerField][] = [
    ['grid', 'net_import_kw'],
    ['consumption', 'consumption_kw'],
  ];
  for (const [what, field] of lost)
    it(`the ${what} follows from the other terms`, () => {
      const { reading, derived } = balance(without(sunny, field), new Set([what]));
      assert.deepEqual(reading, sunny);
      assert.deepEqual(derived, [field]);
    });

  it('the state of charge has no part in it', () => {
    assert.deepEqual(balance(without(sunny, 'consumption_kw'), new Set(['charge'])).reading, sunny);
  });
});

it('a capacity of 0 tells that there is no battery', () => {
  const { reading } = balance({ production_kw: 4.2, net_import_kw: -1.5, battery_capacity_kwh: 0 });
  assert.equal(reading.consumption_kw, 2.7);
});

it("replaces a vendor's consumption by the balance of the other terms, and tells the difference", () => {
  const { reading, derived, residual_kw } = balance({ ...sunny, consumption_kw: 2.05 });
  assert.deepEqual(reading, sunny);
  assert.deepEqual(derived, ['consumption_kw']);
  assert.equal(residual_kw, -0.15);
});

it('tells no difference where the four measured terms agree', () => {
  assert.equal(balance(sunny).residual_kw, 0);
});

it('derives consumption from the rounded terms, so that the pushed digits add up', () => {
  const { reading } = balance({ production_kw: 1.0004, net_import_kw: 1.0004, battery_discharge_kw: 1.0004 });
  assert.deepEqual(reading, {
    production_kw: 1,
    net_import_kw: 1,
    battery_discharge_kw: 1,
    consumption_kw: 3, // and not the 3.001 of the unrounded sum
  });
});

it('rounds to whole watts also what it cannot complete', () => {
  assert.deepEqual(balance({ production_kw: 1.23456 }).reading, { production_kw: 1.235 });
});

it('leaves what is no power as it was measured', () => {
  const rest = { battery_soc: 0.61234, battery_energy_kwh: 6.1234, imported_kwh: 1.23456, exported_kwh: 2, tsms: 1 };
  const { reading } = balance({ ...sunny, ...rest });
  assert.deepEqual(reading, { ...sunny, ...rest });
});

it('does not change the reading that it was given', () => {
  const given = Object.freeze({ production_kw: 1.23456, net_import_kw: 1 });
  balance(given);
  assert.deepEqual(given, { production_kw: 1.23456, net_import_kw: 1 });
});

it('keeps a negative consumption, which an inverter that is not seen makes', () => {
  const { reading } = balance({ production_kw: 1, net_import_kw: -3.5 });
  assert.equal(reading.consumption_kw, -2.5);
});

describe('whole watts', () => {
  const rows: [number, number][] = [
    [1.2344, 1234],
    [1.2346, 1235],
    [0.0004, 0],
    [-0.0004, 0],
    [-0, 0],
    [-1.5, -1500],
  ];
  for (const [kilowatts, expected] of rows)
    it(`of ${Object.is(kilowatts, -0) ? '-0' : kilowatts} kW are ${expected}`, () => {
      assert.ok(Object.is(watts(kilowatts), expected));
    });
});

describe('for any physically consistent home', () => {
  /** The truth as a vendor with finer digits than watts tells it: off by less than half a watt. */
  const told = fc.tuple(
    truths,
    fc.array(fc.double({ min: -0.4, max: 0.4, noNaN: true }), { minLength: 4, maxLength: 4 }),
  );
  const measured = (truth: Truth, noise: number[]): Required<Pick<Reading, PowerField>> => {
    const { production_kw, net_import_kw, consumption_kw, battery_discharge_kw } = powersOf(truth);
    const [p = 0, n = 0, c = 0, b = 0] = noise.map((watts) => watts / 1000);
    return {
      production_kw: production_kw + p,
      net_import_kw: net_import_kw + n,
      consumption_kw: consumption_kw + c,
      battery_discharge_kw: battery_discharge_kw + b,
    };
  };

  for (const missing of powerFields)
    it(`without ${missing} the result balances and is within 2 W of the truth`, () => {
      fc.assert(
        fc.property(told, ([truth, noise]) => {
          const { reading, derived } = balance({ ...without(measured(truth, noise), missing), battery_soc: 0.5 });
          assert.deepEqual(derived, [missing]);
          assert.equal(missOf(reading), 0);
          const exact = powersOf(truth);
          for (const field of powerFields)
            assert.ok(Math.abs(wattsOf(reading[field]) - wattsOf(exact[field])) <= 2, field);
        }),
      );
    });

  it('the four measured terms balance, whatever the vendor takes for consumption', () => {
    fc.assert(
      fc.property(told, fc.double({ min: -50, max: 50, noNaN: true }), ([truth, noise], vendors) => {
        const { reading, residual_kw } = balance({ ...measured(truth, noise), consumption_kw: vendors });
        assert.equal(missOf(reading), 0);
        assert.equal(wattsOf(residual_kw), wattsOf(vendors) - wattsOf(reading.consumption_kw));
      }),
    );
  });

  it('a negative consumption stays negative', () => {
    fc.assert(
      fc.property(truths, (truth) => {
        fc.pre(truth.p + truth.n + truth.b < 0);
        const { production_kw, net_import_kw, battery_discharge_kw } = powersOf(truth);
        const { reading } = balance({ production_kw, net_import_kw, battery_discharge_kw });
        assert.equal(wattsOf(reading.consumption_kw), truth.p + truth.n + truth.b);
      }),
    );
  });

  it('two missing terms stay missing', () => {
    const pairs = fc.shuffledSubarray([...powerFields], { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(truths, pairs, (truth, missing) => {
        const given = { ...without(powersOf(truth), ...missing), battery_soc: 0.5 };
        const { reading, derived } = balance(given);
        assert.deepEqual(reading, given);
        assert.deepEqual(derived, []);
      }),
    );
  });

  it('no figure is ever -0', () => {
    const tiny = fc.constantFrom(-0, 0, -0.0004, 0.0004, -0.001, 0.001);
    const few = fc.record(
      { production_kw: tiny, net_import_kw: tiny, consumption_kw: tiny, battery_discharge_kw: tiny },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(few, (given) => {
        const { reading, residual_kw } = balance(given);
        for (const field of powerFields) assert.equal(Object.is(reading[field], -0), false, field);
        assert.equal(Object.is(residual_kw, -0), false, 'residual');
      }),
    );
  });
});

/** A copy without these fields. */
function without(reading: Reading, ...fields: PowerField[]): Reading {
  const copy = { ...reading };
  for (const field of fields) delete copy[field];
  return copy;
}
