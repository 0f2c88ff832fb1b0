/** The past as curves: what they say, and what they leave unsaid. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { History } from '../../../../functions/push-solar-data/local/page/page-state.ts';
import { isTold, rowAt, tableOf, valueInWords } from '../../../../functions/push-solar-data/local/page/view/curves.ts';

const nothing = [null, null, null, null];
const history: History = {
  from: 0,
  until: 240_000,
  step_s: 60,
  times: [0, 60, 120, 180],
  columns: {
    production: [1, 2, null, null],
    consumption: nothing,
    net_import: [-1, null, -3, null],
    battery: nothing,
    soc: nothing,
  },
  marks: [],
};

describe('a figure of the past in words', () => {
  for (const [name, value, words] of [
    ['production', 1.5, '1.50 kW'],
    ['consumption', -0.2, '-0.20 kW'],
    ['net_import', 1.5, 'importing 1.50 kW'],
    ['net_import', -1.5, 'exporting 1.50 kW'],
    ['net_import', 0, '0.00 kW'],
    ['battery', 0.4, 'gives 0.40 kW'],
    ['battery', -0.4, 'takes 0.40 kW'],
    ['soc', 64.5, '64.5 %'],
    ['battery', null, 'unknown'],
    ['battery', undefined, 'unknown'],
  ] as const)
    it(`${name} ${value}: ${words}`, () => assert.equal(valueInWords(name, value), words));
});

describe('a table of the past', () => {
  it('holds the means of what was told, and nothing where nothing was', () => {
    assert.deepEqual(tableOf(history, ['production', 'net_import', 'battery'], 2), [
      { from: 0, values: { production: 1.5, net_import: -1, battery: null } },
      { from: 120_000, values: { production: null, net_import: -3, battery: null } },
    ]);
  });

  it('names what was told at all', () => {
    assert.equal(isTold(history, 'production'), true);
    assert.equal(isTold(history, 'battery'), false);
  });
});

describe('the row nearest to a moment', () => {
  for (const [at, row] of [
    [-100, 0],
    [29, 0],
    [31, 1],
    [150, 2],
    [151, 3],
    [1_000, 3],
  ] as const)
    it(`${at} s: ${row}`, () => assert.equal(rowAt(history.times, at), row));

  it('is none where there are none, and the only one where there is one', () => {
    assert.equal(rowAt([], 5), undefined);
    assert.equal(rowAt([60], 5), 0);
  });
});
