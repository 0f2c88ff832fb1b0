/** Whether a home is silent or failing, and what the minute of a shard comes to. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  afterTick,
  type HomeMinute,
  type HomeWatch,
  isSilent,
  shardFigures,
} from '../../functions/push-solar-data/core/home-watch.ts';
import type { Outcome, TickReport } from '../../functions/push-solar-data/core/report.ts';

const start = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;
const reportOf = (more: Partial<TickReport> = {}): TickReport => ({
  outcome: 'pushed',
  site: 'home',
  sources: [],
  destinations: [],
  ms: 1,
  ...more,
});

/** The watch over ticks, a minute apart from the first on, and the time of the last. */
function watched(outcomes: readonly Outcome[], slowestPollSeconds: number | undefined = 60) {
  let watch: HomeWatch | undefined;
  let now = start;
  for (const [nth, outcome] of outcomes.entries()) {
    now = start + nth * minute;
    watch = afterTick(watch, reportOf({ outcome }), { now, slowestPollSeconds });
  }
  return { watch: watch as HomeWatch, now };
}
const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

describe('a home is silent', () => {
  const rows: [string, Outcome[], number, boolean][] = [
    ['14 minutes after its last reading', ['pushed', ...times(14, 'reported')], 60, false],
    ['15 minutes after its last reading', ['pushed', ...times(15, 'reported')], 60, true],
    ['15 idle minutes', ['pushed', ...times(15, 'idle')], 60, true],
    ['14 minutes after a cold start without any', times(15, 'failed'), 60, false],
    ['15 minutes after a cold start without any', times(16, 'failed'), 60, true],
    ['an hour after that of a cloud that is asked once an hour', ['pushed', ...times(60, 'idle')], 3_600, false],
    ['two such hours and a minute', ['pushed', ...times(121, 'idle')], 3_600, true],
    ['not while readings arrive', times(60, 'pushed'), 60, false],
  ];
  for (const [what, outcomes, slowest, expected] of rows)
    it(`${what}: ${expected ? 'yes' : 'no'}`, () => {
      const { watch, now } = watched(outcomes, slowest);
      assert.equal(isSilent(watch, now), expected);
    });

  it('by the pace of its clouds as it was last known', () => {
    const { watch } = watched(['idle'], 3_600);
    const later = afterTick(watch, reportOf({ outcome: 'failed' }), { now: start, slowestPollSeconds: undefined });
    assert.equal(later.slowestPollSeconds, 3_600);
  });
});

describe('a home fails', () => {
  const rows: [Outcome[], boolean][] = [
    [['pushed'], false],
    [['reported'], true],
    [['failed'], true],
    [['reported', 'idle', 'idle'], true],
    [['reported', 'pushed', 'idle'], false],
    [['idle'], false],
  ];
  for (const [outcomes, expected] of rows)
    it(`after ${outcomes.join(', ')}: ${expected ? 'yes' : 'no'}`, () => {
      assert.equal(watched(outcomes).watch.isFailing, expected);
    });
});

it('a minute of a shard counts its homes by what is wrong with them', () => {
  const row = { label: 'car', outcome: 'failed', kind: 'unavailable', ms: 1 } as const;
  const minuteOf = (more: Partial<TickReport>, isOver = true): HomeMinute => {
    const report = reportOf(more);
    const watch = afterTick(undefined, report, { now: start, slowestPollSeconds: 60 });
    return { report, watch, isOver, hasBug: report.kind === 'bug' };
  };
  const pushed = { label: 'charge-hq', outcome: 'pushed', ms: 1 } as const;
  const figures = shardFigures(
    [
      minuteOf({ age_s: 20 }),
      minuteOf({ age_s: 140, warnings: ['one doubt', 'another'] }),
      minuteOf({ outcome: 'reported', kind: 'offline' }),
      minuteOf({ outcome: 'failed', kind: 'bug' }),
      minuteOf({ destinations: [pushed, row, row] }),
      minuteOf({ outcome: 'failed', destinations: [row] }),
      minuteOf({ destinations: [pushed, { ...pushed, outcome: 'idle' }] }),
      minuteOf({ outcome: 'failed' }, false),
    ],
    start,
  );
  assert.deepEqual(figures, {
    homes: 7,
    silent: 0,
    failing: 4,
    doubtful: 1,
    bugs: 1,
    oldestAge_s: 140,
    destinationFailures: 1,
  });
});
