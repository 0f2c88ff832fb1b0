import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { netOf, ofOneMoment } from '../../functions/push-solar-data/adapters/one-way-meters.ts';

describe('two one-way meters', () => {
  for (const [what, one, other, expected] of [
    ['of which the older one holds its value of before', [0.5, 10], [2.4, 101], [0.5, 0]],
    ['the other way round', [2.4, 200], [0.5, 10], [0, 0.5]],
    ['within a minute and a half', [0.12, 100], [0.04, 10], [0.12, 0.04]],
    ['of which the younger one rests', [0, 10], [2.4, 5000], [0, 2.4]],
    ['that both rest', [0, 10], [0, 5000], [0, 0]],
  ] as const)
    it(what, () => {
      const [first, second] = [one, other].map(([kw = 0, ageSeconds = 0]) => ({ kw, ageSeconds }));
      assert(first && second);
      assert.deepEqual(ofOneMoment(first, second), expected);
    });

  for (const [forward, backward, net] of [
    [300, 100, 200],
    [300, undefined, 300],
    [undefined, 300, -300],
    [0, undefined, undefined],
    [undefined, 0, undefined],
    [undefined, undefined, undefined],
    [0, 0, 0],
  ] as const)
    it(`${forward} one way and ${backward} the other: ${net}`, () => {
      assert.equal(netOf(forward, backward), net);
    });
});
