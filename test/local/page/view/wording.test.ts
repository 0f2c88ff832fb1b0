/** Ages, shares and figures as the page words them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  agoOf,
  figureOf,
  kwhOf,
  percentOf,
  spanOf,
} from '../../../../functions/push-solar-data/local/page/view/wording.ts';

const s = 1_000;
const min = 60 * s;
const h = 60 * min;

describe('a span in words', () => {
  for (const [ms, words] of [
    [-3 * s, '0 s'],
    [5 * s, '5 s'],
    [99 * s, '99 s'],
    [100 * s, '2 min'],
    [99 * min, '99 min'],
    [100 * min, '2 h'],
    [47 * h, '47 h'],
    [72 * h, '3 days'],
  ] as const)
    it(words, () => assert.equal(spanOf(ms), words));

  it("of a maker's clock that runs ahead is none", () => assert.equal(agoOf(2_000, 1_000), '0 s ago'));
});

describe('a figure apart from its word', () => {
  for (const [words, parts] of [
    ['exporting 1.50 kW', { word: 'exporting', figure: '1.50 kW' }],
    ['home uses -0.30 kW', { word: 'home uses', figure: '-0.30 kW' }],
    ['battery idle', { word: 'battery idle' }],
    ['1.50 kW', { word: '', figure: '1.50 kW' }],
    ['', { word: '' }],
  ] as const)
    it(`of "${words}"`, () => assert.deepEqual(figureOf(words), parts));
});

describe('shares and energies', () => {
  it('are never all where something is missing', () => {
    assert.equal(percentOf(0.9999), '99 %');
    assert.equal(percentOf(1), '100 %');
    assert.equal(percentOf(0.29), '29 %');
  });

  it('have the figures that can be read', () => {
    assert.equal(kwhOf(4.25), '4.3 kWh');
    assert.equal(kwhOf(128.4), '128 kWh');
  });
});
