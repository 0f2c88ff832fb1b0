/** One invocation of the Lambda over a runtime of the test's own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context } from 'aws-lambda';
import type { TickReport } from '../functions/push-solar-data/core/report.ts';
import { invoke } from '../functions/push-solar-data/handler.ts';
import type { Budget } from '../functions/push-solar-data/runtime.ts';

const pushed: TickReport = { outcome: 'pushed', site: 'home', sources: [], destinations: [], ms: 1 };

function invocation(report: TickReport, remainingMs = 55_000) {
  const recorded: TickReport[] = [];
  const budgets: (Budget | undefined)[] = [];
  const runtime = {
    tick: async (budget?: Budget) => {
      budgets.push(budget);
      return report;
    },
  };
  const telemetry = { record: (told: TickReport) => void recorded.push(told) };
  const context = { getRemainingTimeInMillis: () => remainingMs } as unknown as Context;
  return { recorded, budgets, run: () => invoke(runtime, telemetry, context) };
}

describe('an invocation', () => {
  it('records its tick and ends with the outcome', async () => {
    const { run, recorded } = invocation(pushed);
    assert.equal(await run(), 'pushed');
    assert.deepEqual(recorded, [pushed]);
  });

  it('gives the tick what is left of its time, less three seconds, and at most 50 s', async () => {
    for (const [remainingMs, tickMs] of [
      [23_000, 20_000],
      [900_000, 50_000],
    ] as const) {
      const { run, budgets } = invocation(pushed, remainingMs);
      await run();
      assert.deepEqual(budgets, [{ tickMs, readMs: tickMs * 0.75 }]);
    }
  });

  it('does not fail for what a vendor or a destination does', async () => {
    const row = { label: 'charge-hq', outcome: 'failed', kind: 'unavailable', error: 'it has trouble' } as const;
    assert.equal(await invocation({ ...pushed, outcome: 'failed', destinations: [row] }).run(), 'failed');
    assert.equal(await invocation({ ...pushed, outcome: 'reported', kind: 'offline' }).run(), 'reported');
  });

  it('fails for a bug, after it was recorded: of an adapter or of a destination', async () => {
    const row = { label: 'charge-hq', outcome: 'failed', kind: 'bug', error: 'the bridge itself' } as const;
    for (const report of [
      { ...pushed, outcome: 'reported' as const, kind: 'bug' as const, error: 'the bridge itself' },
      { ...pushed, outcome: 'failed' as const, destinations: [row] },
    ]) {
      const { run, recorded } = invocation(report);
      await assert.rejects(run(), /the bridge itself/i);
      assert.equal(recorded.length, 1);
    }
  });
});
