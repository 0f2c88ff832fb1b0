/** The past of a home for its chart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { historyOf } from '../../../functions/push-solar-data/local/page/history-rows.ts';
import { History, mostRows } from '../../../functions/push-solar-data/local/page/page-state.ts';
import type { Sample, Trouble } from '../../../functions/push-solar-data/local/page/sample.ts';

const from = Date.parse('2026-05-20T00:00:00Z');
const minuteMs = 60_000;
const hours = (count: number) => from + count * 60 * minuteMs;

type Tick = { figures?: Sample['figures']; error?: Trouble; refusals?: Trouble[]; intervalMinutes?: number };
const sample = (minute: number, { intervalMinutes = 1, refusals = [], ...rest }: Tick): Sample => ({
  at: from + minute * minuteMs,
  intervalMs: intervalMinutes * minuteMs,
  derived: [],
  lacking: [],
  refusals,
  ...rest,
});
const sunny = { figures: { production_kw: 4.2004, net_import_kw: -1.5, battery_soc: 0.6452 } };
const offline = { error: { kind: 'offline', says: 'The logger is offline' } as const };
const historyIn = (samples: readonly Sample[], count = 1) =>
  History.parse(historyOf(samples, { from, until: hours(count) }));

describe('the rows of the history', () => {
  it('are the ticks, with null for what a tick did not tell', () => {
    const { times, columns, step_s } = historyIn([sample(0, sunny), sample(1, { figures: { consumption_kw: 0.5 } })]);
    assert.deepEqual(times, [from / 1000, from / 1000 + 60]);
    assert.deepEqual(columns, {
      production: [4.2, null],
      consumption: [null, 0.5],
      net_import: [-1.5, null],
      battery: [null, null],
      soc: [64.5, null],
    });
    assert.equal(step_s, 60);
  });

  it('have a gap where time passed without figures, and none between the figures of a slow cloud', () => {
    const rowsOf = (...samples: Sample[]) => historyIn(samples).columns.production;
    assert.deepEqual(rowsOf(sample(0, sunny), sample(10, sunny)), [4.2, null, 4.2]);
    assert.deepEqual(rowsOf(sample(0, sunny), sample(1, offline), sample(2, sunny)), [4.2, null, 4.2]);
    assert.deepEqual(rowsOf(sample(0, { ...sunny, intervalMinutes: 10 }), sample(10, sunny)), [4.2, 4.2]);
    assert.deepEqual(rowsOf(sample(0, sunny), sample(1, { refusals: [{ says: 'no' }] }), sample(2, sunny)), [4.2, 4.2]);
  });

  it('have a gap between means too', () => {
    const month = (...samples: Sample[]) => historyIn(samples, 744);
    const { columns, times } = month(sample(0, sunny), sample(60, sunny), sample(61, offline), sample(90, sunny));
    assert.deepEqual(columns.production, [4.2, null, 4.2, null, 4.2]);
    assert.deepEqual(
      times.map((time) => (time - from / 1000) / 60),
      [0, 5, 60, 65, 90],
    );
    assert.deepEqual(month(sample(0, sunny), sample(6, sunny)).columns.production, [4.2, 4.2]);
    const slow = { ...sunny, intervalMinutes: 20 };
    assert.deepEqual(month(sample(0, slow), sample(20, slow)).columns.production, [4.2, 4.2]);
  });

  it('are the figures where an error is of the same second', () => {
    const { columns } = historyIn([sample(0, sunny), { ...sample(0, offline), at: from + 1 }]);
    assert.deepEqual(columns.production, [4.2]);
  });

  it('are the minutes themselves for seven days, and means beyond', () => {
    const minutes = (count: number) =>
      Array.from({ length: count * 60 }, (_, minute) => sample(minute, { figures: { production_kw: minute % 5 } }));
    const week = historyIn(minutes(168), 168);
    assert.deepEqual([week.step_s, week.times.length], [60, mostRows]);
    const month = historyIn(minutes(744), 744);
    assert.deepEqual([month.step_s, month.times.length], [300, 8928]);
    assert.deepEqual([...new Set(month.columns.production)], [2]);
  });

  it('are never more than there is room for, and never two of one second', () => {
    const crowd = Array.from({ length: 30_000 }, (_, nth) => sample(nth / 200, sunny));
    const { times } = historyIn(crowd, 168);
    assert.ok(times.length <= mostRows);
    assert.equal(new Set(times).size, times.length);
  });
});

describe('the marks of the history', () => {
  const marksOf = (...samples: Sample[]) =>
    historyIn(samples).marks.map((mark) => [(mark.from - from) / minuteMs, (mark.until - from) / minuteMs, mark.says]);

  it('are one for an error that goes on, and two with figures between them', () => {
    const says = offline.error.says;
    assert.deepEqual(marksOf(sample(0, sunny), sample(1, offline), sample(30, offline)), [[1, 30, says]]);
    assert.deepEqual(marksOf(sample(1, offline), sample(2, sunny), sample(3, offline)), [
      [1, 1, says],
      [3, 3, says],
    ]);
  });

  it('are one for a destination that takes nothing, with figures all the while', () => {
    const refused = { ...sunny, refusals: [{ kind: 'auth', says: 'mqtt: refused' } as const] };
    const samples = [sample(0, refused), sample(1, sunny), sample(15, refused), sample(59, refused)];
    assert.deepEqual(marksOf(...samples), [
      [0, 15, 'mqtt: refused'],
      [59, 59, 'mqtt: refused'],
    ]);
  });

  it('are the newest, where there are very many', () => {
    const many = Array.from({ length: 600 }, (_, nth) => sample(nth / 10, { error: { says: `error ${nth}` } }));
    const { marks } = historyIn(many);
    assert.deepEqual([marks.length, marks.at(-1)?.says], [200, 'error 599']);
  });
});
