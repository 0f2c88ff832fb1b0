import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import {
  difference,
  figure,
  fraction,
  identifier,
  kilowattHours,
  kilowatts,
  looseIdentifier,
  meanCharge,
  negate,
  sumOfKnown,
} from '../../functions/push-solar-data/adapters/quantities.ts';

describe('a figure', () => {
  const numbers: [unknown, number][] = [
    [4200, 4200],
    [0, 0],
    [-1.5, -1.5],
    ['4200', 4200],
    [' -1.5 ', -1.5],
    ['0', 0],
    ['0.0', 0],
    ['1e3', 1000],
    ['5.', 5],
    ['.5', 0.5],
    ['0.1000000000000000055511151231257827021181583404541015625', 0.1],
  ];
  for (const [sent, expected] of numbers)
    it(`${JSON.stringify(sent)} is ${expected}`, () => {
      assert.equal(figure.parse(sent), expected);
    });

  for (const sent of [null, undefined, '', ' ', '-', '--', '---', 'N/A', 'na', 'null', 'None', 'undefined', ' -- '])
    it(`${JSON.stringify(sent)} is missing, and no 0`, () => {
      assert.equal(figure.parse(sent), undefined);
    });

  it('that has no key is missing', () => {
    assert.equal(z.object({ power: figure }).parse({}).power, undefined);
  });

  for (const sent of [
    '12 W',
    '1,5',
    'much',
    'NaN',
    '0x10',
    'Infinity',
    true,
    false,
    [],
    [1],
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '.',
    '1'.repeat(101),
    '1e999',
  ])
    it(`${JSON.stringify(sent)} is refused rather than guessed`, () => {
      const parsed = figure.safeParse(sent);
      assert.equal(parsed.success, false);
      assert.match(parsed.error?.issues[0]?.message ?? '', /^not a number: /);
    });

  it('that is megabytes long, or nested without end, is refused at once', () => {
    let deep: unknown = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const begun = performance.now();
    for (const sent of [`${'1'.repeat(2_000_000)}x`, deep, { deep }])
      assert.equal(figure.safeParse(sent).success, false);
    assert.ok(performance.now() - begun < 100);
  });

  it('that is refused is told by no more than its beginning', () => {
    assert.ok((figure.safeParse('x'.repeat(1_000)).error?.issues[0]?.message.length ?? 0) < 60);
  });
});

describe('an identifier', () => {
  it('is a text, whether it comes as number or text', () => {
    assert.equal(identifier.parse(4711), '4711');
    assert.equal(identifier.parse('0815'), '0815');
  });

  for (const sent of [null, undefined, {}, true, '7'.repeat(201), 'a\u0007b', 'a\u202eb'])
    it(`is not ${String(sent).slice(0, 20)}`, () => {
      assert.equal(identifier.safeParse(sent).success, false);
    });
});

describe('units', () => {
  const rows: [string, (value: number | undefined) => number | undefined, number, number][] = [
    ['W are kW', kilowatts, 4200, 4.2],
    ['negative W are negative kW', kilowatts, -1500, -1.5],
    ['Wh are kWh', kilowattHours, 13_500, 13.5],
    ['percent are a fraction', fraction, 61.5, 0.615],
    ['100 percent are 1', fraction, 100, 1],
    ['the opposite direction', negate, 1.5, -1.5],
    ['the opposite of the opposite', negate, -1.5, 1.5],
  ];
  for (const [what, convert, value, expected] of rows) {
    it(`${what}: ${value} → ${expected}`, () => {
      assert.equal(convert(value), expected);
    });

    it(`${what}: what is missing stays missing`, () => {
      assert.equal(convert(undefined), undefined);
    });

    it(`${what}: 0 stays 0 and is never -0`, () => {
      assert.ok(Object.is(convert(0), 0));
      assert.ok(Object.is(convert(-0), 0));
    });
  }

  it('no percentage of a state of charge becomes more than 1', () => {
    for (let tenths = 0; tenths <= 1000; tenths++) {
      const value = fraction(tenths / 10) ?? Number.NaN;
      assert.ok(value >= 0 && value <= 1, `${tenths / 10} %`);
    }
  });
});

describe('of several figures', () => {
  const rows: [string, number | undefined, number | undefined][] = [
    ['the sum is that of what is known', sumOfKnown(1, undefined, 2.5), 3.5],
    ['the sum counts a 0', sumOfKnown(0, undefined), 0],
    ['the sum of nothing known is missing', sumOfKnown(undefined, undefined), undefined],
    ['the sum of nothing is missing', sumOfKnown(), undefined],
    ['the mean charge is that of what is known', meanCharge(0.4, undefined, 0.6), 0.5],
    ['the mean charge counts a 0', meanCharge(0, 1), 0.5],
    ['the mean charge covers none that cannot be', meanCharge(0.2, 1.5), Number.NaN],
    ['the mean charge of nothing known is missing', meanCharge(undefined), undefined],
    ['the difference is the first less the second', difference(3, 1), 2],
    ['the difference to something missing is missing', difference(3, undefined), undefined],
    ['the difference of something missing is missing', difference(undefined, 3), undefined],
    ['the difference of equals is 0', difference(3, 3), 0],
  ];
  for (const [what, result, expected] of rows)
    it(what, () => {
      assert.equal(result, expected);
    });
});

it('an identifier on which nothing hangs is none where it cannot be one, whatever object stands there', () => {
  for (const sent of [null, undefined, {}, { toString: 1 }, true, []])
    assert.equal(looseIdentifier.parse(sent), undefined);
  assert.equal(looseIdentifier.parse(2), '2');
});
