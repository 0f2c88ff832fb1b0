import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goneToday, isThereToday, isYoung, lasts } from '../../functions/push-solar-data/adapters/age.ts';

describe('what was noted', () => {
  it('holds for its time, not from the future', () => {
    assert.equal(isYoung(1_000, 1_999, 1_000), true);
    assert.equal(isYoung(1_000, 2_000, 1_000), false);
    assert.equal(isYoung(1_001, 1_000, 1_000), false);
    assert.equal(isYoung(undefined, 1_000, 1_000), false);
  });

  it('as a pause lasts to its end, and no longer than a pause can be', () => {
    assert.equal(lasts(2_000, 1_999, 1_000), true);
    assert.equal(lasts(2_000, 2_000, 1_000), false);
    assert.equal(lasts(2_000, 999, 1_000), false);
    assert.equal(lasts(undefined, 0, 1_000), false);
  });
});

const hourMs = 3_600_000;

it('what a home has shown is there for a day, and noted once an hour', () => {
  const seen: Record<string, number> = {};
  const isThere = (hours: number, now: boolean) => isThereToday(seen, 'B', now, hours * hourMs);
  assert.equal(isThere(1, false), false);
  assert.equal(isThere(2, true), true);
  assert.equal(isThere(2.5, true), true);
  assert.equal(seen['B'], 2 * hourMs);
  assert.equal(isThere(25.9, false), true);
  assert.equal(isThere(26, false), false);
  assert.deepEqual(seen, {});
  assert.equal(isThere(26, true), true);
  assert.equal(seen['B'], 26 * hourMs);
});

it('what is gone of all that a home has shown today is told by its name, for a day', () => {
  const seen: Record<string, number> = {};
  const gone = (hours: number, ...there: string[]) => goneToday(seen, there, hours * hourMs);
  assert.deepEqual(gone(1, 'A', 'B', 'C'), []);
  assert.deepEqual(gone(2, 'A'), ['B', 'C']);
  assert.deepEqual(gone(24, 'A', 'C'), ['B']);
  assert.deepEqual(gone(26, 'A'), ['C']);
  assert.deepEqual(Object.keys(seen), ['A', 'C']);
});
