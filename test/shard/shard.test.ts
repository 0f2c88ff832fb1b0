/** Ticks of homes side by side: time, lines and figures, over runtimes of the test's own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ShardFigures } from '../../functions/push-solar-data/core/home-watch.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { Budget } from '../../functions/push-solar-data/runtime.ts';
import type { Site } from '../../functions/push-solar-data/settings/site.ts';
import { openShard } from '../../functions/push-solar-data/shard.ts';
import type { HomeRuntime } from '../../functions/push-solar-data/shard-home.ts';
import type { ShardMail } from '../../functions/push-solar-data/shard-mail.ts';
import { fakeClock } from '../support/home.ts';
import { sourceOf } from '../support/sources.ts';

type Work = (budget: () => Budget) => Promise<Partial<TickReport>>;

const siteOf = (name: string, pollSeconds = 60) =>
  ({
    name,
    sources: [sourceOf({ pollSeconds })],
    destinations: [],
    problems: [],
    remarks: [],
    secrets: [],
  }) as unknown as Site;

/** A shard of homes that do so at each tick. */
function shardOf(homes: Record<string, Work>, pollSeconds = 60, mail?: ShardMail) {
  const clock = fakeClock('2026-05-01T12:00:00Z');
  const opened: string[] = [];
  const closed: string[] = [];
  const lines: TickReport[] = [];
  const said: string[] = [];
  const published: { figures: ShardFigures & { told_s: number }; reports: readonly TickReport[] }[] = [];
  const shard = openShard({
    clock,
    mail,
    openHome(site): HomeRuntime {
      opened.push(site);
      return {
        async tick(budget) {
          const report = await (homes[site] as Work)(() =>
            typeof budget === 'function' ? budget(siteOf(site, pollSeconds)) : (budget as Budget),
          );
          return { outcome: 'pushed', site, sources: [], destinations: [], ms: 1, ...report };
        },
        connections: { close: async () => void closed.push(site) },
      };
    },
    telemetry: {
      lines: { tell: (report) => void lines.push(report), say: (sentence) => void said.push(sentence) },
      metrics: { publish: (figures, reports) => void published.push({ figures, reports }) },
    },
  });
  const sites = Object.keys(homes);
  return {
    ...{ clock, opened, closed, lines, said, published, sites },
    minute(ms = 55_000, more: { eventAt?: number } = {}) {
      const end = performance.now() + ms;
      return shard.tick(sites, { ...more, remainingMs: () => end - performance.now() });
    },
    tick: shard.tick,
  };
}

const calm: Work = async (budget) => {
  budget();
  return {};
};
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Work that goes on until it is let go. */
function held() {
  let letGo = () => {};
  let ticks = 0;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const work: Work = async () => {
    ticks += 1;
    if (ticks === 1) await gate;
    return {};
  };
  return { work, letGo: () => letGo(), ticks: () => ticks };
}

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
    await minute(24_000);
    const [home, late] = [budgets['home'] as Budget, budgets['late'] as Budget];
    assert.ok(Math.abs(home.tickMs - 20_000) < 100, `${home.tickMs}`);
    assert.equal(home.readMs, home.tickMs * 0.75);
    assert.ok(home.tickMs - late.tickMs >= 280, `${home.tickMs - late.tickMs}`);
    await minute(900_000);
    assert.equal(budgets['home']?.tickMs, 50_000);
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

  it('gives up a home before the invocation ends, and does not tell its late end', async () => {
    const slow = held();
    const { minute, lines, published } = shardOf({ slow: slow.work, home: calm });
    const begun = performance.now();
    const summary = await minute(1_700);
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
    await minute(1_600);
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
    await minute(1_600);
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
