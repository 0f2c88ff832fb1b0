import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Anomalies,
  type Baseline,
  detectAnomalies,
  powerLimit_kw,
} from '../../functions/push-solar-data/core/anomalies.ts';
import { balance } from '../../functions/push-solar-data/core/balance.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';

/** The anomalies after so many ticks with the same figures. */
function judged(reading: Reading, { ticks = 1, before = {} }: { ticks?: number; before?: Baseline } = {}): Anomalies {
  const { reading: balanced, residual_kw } = balance(reading);
  let anomalies = detectAnomalies(reading, balanced, residual_kw, before);
  for (let tick = 1; tick < ticks; tick++)
    anomalies = detectAnomalies(reading, balanced, residual_kw, anomalies.baseline);
  return anomalies;
}

const usualHome: Reading = { production_kw: 3, net_import_kw: -1.2, consumption_kw: 1.9 };

describe('anomalies on figures', () => {
  it('has no doubt about a usual home, however long', () => {
    assert.deepEqual(judged(usualHome, { ticks: 50 }).warnings, []);
  });

  it('doubts a production below zero, but not the watts of a night', () => {
    assert.match(judged({ production_kw: -0.6, net_import_kw: 1 }).warnings.join(), /sign of the production meter/);
    assert.deepEqual(judged({ production_kw: -0.02, net_import_kw: 1 }).warnings, []);
  });

  it('doubts a consumption that misses the balance by more than losses can', () => {
    assert.match(judged({ ...usualHome, consumption_kw: 3.4 }).warnings.join(), /misses the balance by 1.6 kW/);
    assert.deepEqual(judged({ ...usualHome, consumption_kw: 2.3 }).warnings, []);
  });

  it('doubts a meter that would fit the consumption with the opposite sign, after several ticks', () => {
    const reversed = { production_kw: 3, net_import_kw: 0.4, consumption_kw: 2.6 };
    assert.deepEqual(judged(reversed, { ticks: 4 }).warnings, []);
    assert.match(judged(reversed, { ticks: 5 }).warnings.join(), /opposite sign/);
  });

  it('doubts a home that gives away more than it has, after several ticks', () => {
    const reversed = { production_kw: 0, net_import_kw: -1.5 };
    assert.deepEqual(judged(reversed, { ticks: 4 }).warnings, []);
    assert.match(judged(reversed, { ticks: 5 }).warnings.join(), /opposite sign/);
  });

  it('has no doubt about a meter that fits little better with the opposite sign, or hardly moves', () => {
    assert.deepEqual(judged({ production_kw: 3, net_import_kw: 0.4, consumption_kw: 2.9 }, { ticks: 9 }).warnings, []);
    assert.deepEqual(judged({ production_kw: 0, net_import_kw: -0.25 }, { ticks: 9 }).warnings, []);
  });

  it('forgets the doubt when the figures fit again', () => {
    const { baseline } = judged({ production_kw: 0, net_import_kw: -1.5 }, { ticks: 10 });
    const after = judged(usualHome, { before: baseline });
    assert.deepEqual(after.warnings, []);
    assert.equal(after.baseline.contradictions, 0);
  });

  it('refuses a home at a thousand times its usual power', () => {
    const quiet = { production_kw: 0, net_import_kw: 0.05 };
    const { baseline } = judged(quiet, { ticks: 40 });
    const slip = judged({ production_kw: 0, net_import_kw: 60 }, { before: baseline });
    assert.match(slip.refusal ?? '', /watts were taken for kilowatts/);
    assert.deepEqual(slip.baseline, baseline, 'a slip must not become usual');
  });

  it('knows what is usual after half an hour', () => {
    const slip = { production_kw: 0, net_import_kw: 60 };
    const refusalAfter = (ticks: number) => judged(slip, { before: { ticks, usual_kw: 0.05 } }).refusal;
    assert.equal(refusalAfter(29), undefined);
    assert.match(refusalAfter(30) ?? '', /1200 times its usual/);
  });

  it('refuses nothing before it knows what is usual, and no car that charges at an empty home', () => {
    const quiet = { production_kw: 0, net_import_kw: 0.05 };
    assert.equal(
      judged({ production_kw: 0, net_import_kw: 60 }, { before: judged(quiet, { ticks: 5 }).baseline }).refusal,
      undefined,
    );
    assert.equal(
      judged({ production_kw: 0, net_import_kw: 22 }, { before: judged(quiet, { ticks: 500 }).baseline }).refusal,
      undefined,
    );
  });
});

describe('the limit of what a home can measure', () => {
  const rows: [string, Baseline | undefined, number][] = [
    ['is wide while nothing is known of it', undefined, 100],
    ['is wide for the first ticks', { ticks: 4, highest_kw: 3 }, 100],
    ['is far below watts taken for kilowatts soon after', { ticks: 5, highest_kw: 3 }, 30],
    ['leaves room for what a home has not done yet', { ticks: 5, highest_kw: 10 }, 50],
    ['is wider for a large home', { ticks: 1000, highest_kw: 60 }, 300],
  ];
  for (const [what, baseline, limit] of rows)
    it(what, () => {
      assert.equal(powerLimit_kw(baseline), limit);
    });

  it('follows the highest of all powers so far, in either direction', () => {
    const { baseline } = judged({ production_kw: 2, net_import_kw: -12, battery_discharge_kw: 10.5 }, { ticks: 5 });
    assert.equal(baseline.highest_kw, 12);
    assert.equal(powerLimit_kw(judged(usualHome, { before: baseline }).baseline), 60);
  });
});

it('what is usual is the mean of all that flows', () => {
  const { baseline } = judged({ production_kw: 3, net_import_kw: -1 }, { ticks: 3 });
  assert.deepEqual([baseline.ticks, baseline.usual_kw], [3, 4]);
});

it('a home may change: what is usual is never the mean of more than a thousand ticks', () => {
  const { baseline } = judged({ production_kw: 3, net_import_kw: -1 }, { before: { ticks: 1_000, usual_kw: 1 } });
  assert.deepEqual([baseline.ticks, Math.round((baseline.usual_kw ?? 0) * 1e6)], [1_000, 1_002_997]);
});
