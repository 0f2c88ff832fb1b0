import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takenOver } from '../../functions/push-solar-data/core/look.ts';
import type { SourceState } from '../../functions/push-solar-data/core/source-state.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const limits = { settingsHash: 'settings' };

const polled = (secondsAgo: number, more: Partial<SourceState> = {}): SourceState => {
  const at = now - secondsAgo * 1000;
  const last = { reading: { production_kw: 4.2 }, lacking: [], at };
  return { settingsHash: 'settings', polledAt: at, last, ...more };
};

describe('a look that was taken beside the ticks', () => {
  for (const [what, own, look] of [
    ['before their own last poll', polled(60), polled(90)],
    ['and was taken over already', polled(60), polled(60)],
    ['with other settings', undefined, polled(60, { settingsHash: 'others' })],
    ['in the future, by a clock that was set back', undefined, polled(-60)],
    ['never', polled(60), undefined],
  ] as const)
    it(`${what} is no news`, () => assert.equal(takenOver(own, look, limits, now), undefined));

  it('is all that a home knows which has not asked yet', () => {
    assert.deepEqual(takenOver(undefined, polled(60), limits, now), polled(60));
    assert.deepEqual(takenOver(polled(30, { settingsHash: 'before' }), polled(60), limits, now), polled(60));
  });

  it('replaces the answer and its time, and nothing that was learnt over time', () => {
    const learnt = { counters: {}, shape: { terms: { production: now }, devices: {} } };
    const own = polled(60, { ...learnt, failure: { kind: 'unavailable', message: 'no answer', consecutive: 3 } });
    const look = polled(20, { shape: { terms: {}, devices: {} } });
    assert.deepEqual(takenOver(own, look, limits, now), { ...polled(20), ...learnt });
  });

  it('counts as one answer more of figures that stand still, and as the end of it where they have moved', () => {
    const unchanged = { since: now - 1_500_000, answers: 5 };
    const flowing = (sun_kw: number, secondsAgo: number) => ({
      last: { reading: { production_kw: sun_kw, net_import_kw: -1 }, lacking: [], at: now - secondsAgo * 1000 },
    });
    const own = polled(300, { ...flowing(4, 300), unchanged });
    const stillAfter = (sun_kw: number) => takenOver(own, polled(20, flowing(sun_kw, 20)), limits, now)?.unchanged;
    assert.deepEqual([stillAfter(4), stillAfter(3.1)], [{ ...unchanged, answers: 6 }, undefined]);
  });

  it('brings its failure, with the time until which the cloud is left alone', () => {
    const failure = { kind: 'rate-limited', message: 'too often', consecutive: 1, retryAt: now + 300_000 } as const;
    const { last: _none, ...look } = polled(20, { failure });
    const state = takenOver(polled(60), look, limits, now);
    assert.deepEqual([state?.failure, state?.last], [failure, undefined]);
  });

  it('is news to a home whose own last poll lies in the future, by a clock that was set back', () => {
    assert.equal(takenOver(polled(-600), polled(20), limits, now)?.polledAt, now - 20_000);
  });
});
