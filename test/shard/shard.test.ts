/** Ticks of homes side by side: time, lines and figures, over runtimes of the test's own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { openShard } from '../../functions/push-solar-data/shard.ts';
import { calm, held, shardOf, wait } from './homes-of-a-test.ts';

describe('a shard', () => {
  it('opens each home once, and ticks each once a minute however often it is named', async () => {
    const { tick, opened, lines } = shardOf({ home: calm, cabin: calm });
    await tick(['home', 'cabin', 'home'], { remainingMs: () => 55_000 });
    await tick(['cabin', 'home'], { remainingMs: () => 55_000 });
    assert.deepEqual(opened, ['home', 'cabin']);
    assert.equal(lines.length, 4);
  });

  it('opens a home anew that could not be opened', async () => {
    let isBroken = true;
    const lines: TickReport[] = [];
    const shard = openShard({
      openHome() {
        if (isBroken) throw new TypeError('broken');
        return {
          tick: async () => ({ ...(lines[0] as TickReport), outcome: 'pushed' }),
          connections: { close: async () => {} },
        };
      },
      telemetry: {
        lines: { tell: (report) => void lines.push(report), say: () => {} },
        metrics: { publish: () => {} },
      },
    });
    assert.equal((await shard.tick(['home'], { remainingMs: () => 55_000 })).bugs, 1);
    isBroken = false;
    assert.equal((await shard.tick(['home'], { remainingMs: () => 55_000 })).pushed, 1);
  });

  it('writes the line of a home when that home is done', async () => {
    const slow = held();
    const { minute, lines } = shardOf({ slow: slow.work, home: calm });
    const over = minute();
    await wait(20);
    assert.deepEqual(
      lines.map(({ site }) => site),
      ['home'],
    );
    slow.letGo();
    await over;
    assert.deepEqual(
      lines.map(({ site }) => site),
      ['home', 'slow'],
    );
  });

  it('publishes the figures of all homes once, with the time from the event to the last line', async () => {
    const { minute, clock, published } = shardOf({
      home: async () => ({ age_s: 20 }),
      cabin: async () => {
        clock.advance(7);
        return { outcome: 'reported', kind: 'offline' };
      },
    });
    await minute(55_000, { eventAt: clock.now() - 3_000 });
    await minute();
    assert.deepEqual(
      published.map(({ figures: { told_s, homes, failing, oldestAge_s } }) => ({
        told_s,
        homes,
        failing,
        oldestAge_s,
      })),
      [
        { told_s: 10, homes: 2, failing: 1, oldestAge_s: 20 },
        { told_s: 7, homes: 2, failing: 1, oldestAge_s: 20 },
      ],
    );
    assert.equal(published[0]?.reports.length, 2);
  });

  it('counts as silent by the pace of the home’s slowest cloud', async () => {
    for (const [pollSeconds, silent] of [
      [60, 1],
      [1_800, 0],
    ] as const) {
      const { minute, clock, published } = shardOf(
        { home: async (budget) => ({ ...(await calm(budget)), outcome: 'idle' }) },
        pollSeconds,
      );
      await minute();
      clock.advance(1_800);
      await minute();
      assert.deepEqual(
        published.map(({ figures }) => figures.silent),
        [0, silent],
      );
    }
  });

  it('asks for a mail once all homes are told, and says in the log what became of none', async () => {
    const asked: string[][] = [];
    const { minute, lines, said } = shardOf({ home: calm, cabin: calm }, 60, {
      async after(minutes) {
        assert.equal(lines.length, 2);
        asked.push(minutes.map(({ report }) => report.site));
        return 'The mail about cabin could not be sent: AuthorizationError';
      },
    });
    await minute();
    assert.deepEqual(asked, [['home', 'cabin']]);
    assert.deepEqual(said, ['The mail about cabin could not be sent: AuthorizationError']);
  });

  it('does not wait longer for a mail than the invocation has', async () => {
    const { minute, said } = shardOf({ home: calm }, 60, { after: () => new Promise(() => {}) });
    assert.equal((await minute(1_800)).pushed, 1);
    assert.deepEqual(said, ['The mail about homes was not sent in time']);
  });
});
