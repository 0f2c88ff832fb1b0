/** How long a home of a shard waits for a cloud that never answers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterReads, readTime } from '../../functions/push-solar-data/core/patience.ts';
import type { SourceReport, TickReport } from '../../functions/push-solar-data/core/report.ts';

const fullMs = 37_500;
const reportOf = (...sources: Partial<SourceReport>[]): TickReport => ({
  outcome: 'reported',
  site: 'home',
  sources: sources.map((source) => ({ label: 'roof', vendor: 'example', result: 'failed', ...source })),
  destinations: [],
  ms: 1,
});

describe('a cloud that never answers', () => {
  it('gets all the time in three ticks and then in each tenth, else ten seconds', () => {
    let spent = 0;
    const times = Array.from({ length: 22 }, () => {
      const readMs = readTime(spent, fullMs);
      spent = afterReads(spent, reportOf({ kind: 'unavailable', ms: readMs - 5 }), readMs);
      return readMs / 1000;
    });
    const [full, short] = [fullMs / 1000, 10];
    const shorts = (count: number) => Array.from({ length: count }, () => short);
    assert.deepEqual(times, [full, full, full, ...shorts(7), full, ...shorts(9), full, short]);
  });

  it('gets no more than there is', () => {
    assert.equal(readTime(5, 4_000), 4_000);
  });

  const rows: [string, TickReport, number][] = [
    ['it answers', reportOf({ result: 'read', ms: 36_000 }), 0],
    ['it refuses at once', reportOf({ kind: 'auth', ms: 200 }), 0],
    ['it is not reached at once', reportOf({ kind: 'unavailable', ms: 200 }), 0],
    ['another source answers', reportOf({ result: 'read', ms: 90 }, { kind: 'unavailable', ms: fullMs }), 5],
    ['it is not its turn', reportOf({ result: 'cached' }), 4],
    ['nothing is asked', reportOf(), 4],
  ];
  for (const [what, report, expected] of rows)
    it(`counts on or begins anew when ${what}: ${expected}`, () => {
      assert.equal(afterReads(4, report, fullMs), expected);
    });
});
