import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import {
  fraction,
  kilowattHours,
  kilowatts,
  negativeKilowatts,
  negativeWatts,
  percent,
  unixSeconds,
  utc,
  wattHours,
  watts,
} from '../../functions/push-solar-data/adapters/units.ts';

type Schema = z.ZodMiniType<number | undefined>;
const powers: [string, Schema, unknown, number][] = [
  ['watts', watts, 4200, 4.2],
  ['watts', watts, '-1500', -1.5],
  ['kilowatts', kilowatts, '4.2', 4.2],
  ['negativeWatts', negativeWatts, 1500, -1.5],
  ['negativeKilowatts', negativeKilowatts, -1.5, 1.5],
];
const extras: [string, Schema, unknown, number][] = [
  ['percent', percent, 61.5, 0.615],
  ['percent', percent, '100 %', 1],
  ['percent', percent, '57%', 0.57],
  ['fraction', fraction, '0.5', 0.5],
  ['wattHours', wattHours, 13_500, 13.5],
  ['kilowattHours', kilowattHours, '812.5', 812.5],
];

describe('a figure with its unit', () => {
  for (const [name, schema, sent, expected] of [...powers, ...extras]) {
    it(`${name}: ${JSON.stringify(sent)} is ${expected}`, () => {
      assert.ok(Math.abs((schema.parse(sent) ?? Number.NaN) - expected) < 1e-12);
    });

    it(`${name}: what is missing stays missing, and 0 is 0`, () => {
      for (const nothing of [null, undefined, '', '--', 'N/A']) assert.equal(schema.parse(nothing), undefined);
      assert.equal(z.object({ it: schema }).parse({}).it, undefined);
      for (const zero of [0, -0, '0']) assert.ok(Object.is(schema.parse(zero), 0));
    });
  }

  for (const [name, schema] of powers)
    it(`${name}: a power that cannot be read is an answer that is not understood`, () => {
      for (const sent of ['much', true, {}, []]) assert.equal(schema.safeParse(sent).success, false);
    });

  for (const [name, schema] of extras)
    it(`${name}: one that cannot be read is no number, which ends no reading`, () => {
      for (const sent of ['much', true, {}, []]) assert.ok(Number.isNaN(schema.parse(sent)));
    });
});

describe('a time', () => {
  process.env['TZ'] = 'Asia/Tokyo'; // the clock of this machine has no say

  const rows: [unknown, string | undefined][] = [
    ['2026-02-03T01:55:00Z', '2026-02-03T01:55:00Z'],
    ['2026-02-03T01:55:00', '2026-02-03T01:55:00Z'],
    ['2026-02-03 01:55:00', '2026-02-03T01:55:00Z'],
    ['2026-02-03T05:40Z', '2026-02-03T05:40:00Z'],
    ['2026-02-03T12:55:00+11:00', '2026-02-03T01:55:00Z'],
    ['2026-02-03T12:55:00+1100', '2026-02-03T01:55:00Z'],
    ['2026-02-30T99:55:00', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [1_770_000_000, undefined],
  ];
  for (const [sent, expected] of rows)
    it(`in ISO is UTC unless it tells its offset: ${sent} is ${expected}`, () => {
      assert.equal(utc.parse(sent), expected === undefined ? undefined : Date.parse(expected));
    });

  it('in Unix seconds is ms', () => {
    assert.equal(unixSeconds.parse('1770000000'), 1_770_000_000_000);
  });
});
