import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reading } from '../../functions/push-solar-data/adapters/adapter.ts';
import { isWorthWaiting } from '../../functions/push-solar-data/core/next-poll.ts';
import { adapterOf } from '../support/sources.ts';
import { homeOf, sunny } from '../support/ticks.ts';

/** How often a cloud of 2 minutes is asked by two ticks so far apart, and how long the second one waited for it, ms. */
async function afterTwoTicks(t: Parameters<typeof homeOf>[0], seconds: number) {
  const askedAt: number[] = [];
  const read = async ({ now }: { now: number }): Promise<Reading> => {
    askedAt.push(now);
    return sunny;
  };
  const home = await homeOf(t, [adapterOf({ vendor: 'roof', pollSeconds: 120, read })]);
  await home.tick();
  await home.tickAfter(seconds);
  return { gaps: askedAt.slice(1).map((at, nth) => (at - (askedAt[nth] ?? 0)) / 1000), slept: home.clock.slept };
}

describe('a cloud that may not be asked for a moment yet', () => {
  it('is waited for, and asked when it may be', async (t) => {
    assert.deepEqual(await afterTwoTicks(t, 118), { gaps: [120], slept: [2_000] });
    assert.deepEqual(await afterTwoTicks(t, 110), { gaps: [120], slept: [10_000] });
  });

  it('is left to the next tick where the wait would be long', async (t) => {
    assert.deepEqual(await afterTwoTicks(t, 109), { gaps: [], slept: [] });
  });

  it('is not waited for once it may be asked', async (t) => {
    assert.deepEqual(await afterTwoTicks(t, 120), { gaps: [120], slept: [] });
  });
});

describe('a wait is worth it', () => {
  const pace = { pollSeconds: 300, floorSeconds: 120 };
  const rows: [string, waitMs: number, gapMs: number, expected: boolean][] = [
    ['until the least gap is over', 2_000, 120_000, true],
    ['until the usual gap is over', 2_000, 300_000, true],
    ['but not a long one', 10_001, 120_000, false],
    ['but not for an aim between them, where more polls would come just too early', 2_000, 240_000, false],
    ['but not for an aim beyond them', 2_000, 310_000, false],
  ];
  for (const [what, waitMs, gapMs, expected] of rows)
    it(what, () => assert.equal(isWorthWaiting(waitMs, gapMs, pace), expected));
});
