/** How much time the homes of a shard have, and that none ticks twice at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Budget } from '../../functions/push-solar-data/runtime.ts';
import { calm, held, shardOf, type Work, wait } from './homes-of-a-test.ts';

describe('in a shard', () => {
  it('gives each tick what is left of the time once its settings are there, and at most 50 s', async () => {
    const budgets: Record<string, Budget> = {};
    const noting =
      (name: string, afterMs: number): Work =>
      async (budget) => {
        await wait(afterMs);
        budgets[name] = budget();
        return {};
      };
    const { minute } = shardOf({ home: noting('home', 0), late: noting('late', 300) });
    await minute(25_000);
    const [home, late] = [budgets['home'] as Budget, budgets['late'] as Budget];
    assert.ok(Math.abs(home.tickMs - 20_000) < 500, `${home.tickMs}`);
    assert.equal(home.readMs, home.tickMs * 0.75);
    assert.ok(home.tickMs - late.tickMs >= 200, `${home.tickMs - late.tickMs}`);
    await minute(900_000);
    assert.equal(budgets['home']?.tickMs, 50_000);
  });

  it('waits less for a home whose cloud has used up the time of three ticks', async () => {
    const given: number[] = [];
    const { minute } = shardOf({
      home: async (budget) => {
        const { readMs } = budget();
        given.push(Math.round(readMs / 1000));
        return { sources: [{ label: 'roof', vendor: 'x', result: 'failed', kind: 'unavailable', ms: readMs }] };
      },
      cabin: calm,
    });
    for (let nth = 0; nth < 4; nth++) await minute(900_000);
    assert.deepEqual(given, [38, 38, 38, 10]);
  });

  it('gives up a home before the invocation ends, and does not tell its late end', async () => {
    const slow = held();
    const { minute, lines, published } = shardOf({ slow: slow.work, home: calm });
    const begun = performance.now();
    const summary = await minute(2_700);
    assert.ok(performance.now() - begun < 1_000);
    assert.deepEqual(summary, { homes: 2, pushed: 1, reported: 0, idle: 0, failed: 1, bugs: 0, unfinished: 1 });
    assert.equal(published[0]?.figures.homes, 1);
    slow.letGo();
    await wait(20);
    assert.equal(lines.length, 2);
    assert.match(lines[1]?.error ?? '', /not over in its time/);
    assert.equal((await minute()).pushed, 2);
    assert.equal(slow.ticks(), 2);
  });

  it('lets a tick that its instance was frozen with end, before the home ticks again', async () => {
    const slow = held();
    const { minute, opened } = shardOf({ slow: slow.work });
    await minute(2_600);
    setTimeout(slow.letGo, 100);
    assert.equal(slow.ticks(), 1);
    assert.equal((await minute()).pushed, 1);
    assert.equal(slow.ticks(), 2);
    assert.deepEqual(opened, ['slow']);
  });

  it('ticks a home once where two invocations name it at the same time', async () => {
    const slow = held();
    const { minute } = shardOf({ slow: slow.work });
    const all = [minute(), minute(), minute()];
    setTimeout(slow.letGo, 50);
    assert.deepEqual(
      (await Promise.all(all)).map(({ pushed }) => pushed),
      [1, 1, 0],
    );
    assert.equal(slow.ticks(), 2);
  });

  it('never runs a home twice at once, and leaves a tick behind that has not ended after ten minutes', async () => {
    const lost = held();
    const { minute, clock, closed, opened, lines } = shardOf({ lost: lost.work });
    await minute(2_600);
    clock.advance(60);
    assert.equal((await minute()).failed, 1);
    assert.match(lines[1]?.error ?? '', /the tick before is not over/i);
    assert.equal(lost.ticks(), 1);
    clock.advance(600);
    assert.equal((await minute()).pushed, 1);
    assert.deepEqual([opened, closed], [['lost', 'lost'], ['lost']]);
    lost.letGo();
    await wait(20);
    assert.equal(lines.length, 3);
  });
});
