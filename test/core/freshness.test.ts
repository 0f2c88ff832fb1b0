import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshnessProblem, inWords } from '../../functions/push-solar-data/core/freshness.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const limit = 900;
const problemAt = (ageSeconds: number, staleAfterSeconds = limit) =>
  freshnessProblem({ tsms: now - ageSeconds * 1000 }, now, staleAfterSeconds);

describe('fresh:', () => {
  const rows: [string, number][] = [
    ['of this moment', 0],
    ['some minutes old', 600],
    ['as old as the limit', limit],
    ["a vendor's clock that runs ahead a little", -60],
    ["a vendor's clock that runs ahead five minutes", -300],
  ];
  for (const [what, age] of rows)
    it(what, () => {
      assert.equal(problemAt(age), undefined);
    });

  it('a reading without a time of measurement', () => {
    assert.equal(freshnessProblem({ production_kw: 1 }, now, limit), undefined);
  });

  it('what is within a longer limit', () => {
    assert.equal(problemAt(3_000, 3_600), undefined);
  });
});

describe('not a reading:', () => {
  const rows: [string, number, string, RegExp][] = [
    ['a second older than the limit', limit + 1, 'stale', /15 min old \(limit 15 min\)/],
    ['of yesterday', 86_400, 'stale', /24\.0 h old/],
    ['of 1970, a time in seconds taken for ms', now / 1000, 'stale', /days old/],
    ['an hour ahead, a wrong time zone', -3_600, 'bad-response', /60 min in the future.*time zone/],
    ['ten hours ahead', -36_000, 'bad-response', /10\.0 h in the future/],
    ['a second further ahead than a clock may be', -301, 'bad-response', /5 min in the future/],
  ];
  for (const [what, age, kind, sentence] of rows)
    it(what, () => {
      const problem = problemAt(age);
      assert.equal(problem?.kind, kind);
      assert.match(problem?.message ?? '', sentence);
    });
});

describe('in words', () => {
  const rows: [number, string][] = [
    [0, '0 s'],
    [95, '95 s'],
    [119, '119 s'],
    [120, '2 min'],
    [600, '10 min'],
    [7_199, '120 min'],
    [7_200, '2.0 h'],
    [86_400, '24.0 h'],
    [172_800, '2 days'],
  ];
  for (const [seconds, words] of rows)
    it(`${seconds} s are ${words}`, () => {
      assert.equal(inWords(seconds), words);
    });
});
