/** Energies of a day from powers that were told, and how much of the day is known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Term } from '../../../functions/push-solar-data/core/reading.ts';
import { totalsOf } from '../../../functions/push-solar-data/local/page/integration.ts';
import type { Sample } from '../../../functions/push-solar-data/local/page/sample.ts';

const from = Date.parse('2026-05-20T00:00:00Z');
const minuteMs = 60_000;

/** @param intervalMinutes when the next figures are expected. */
const sample = (minute: number, figures?: Sample['figures'], intervalMinutes = 1): Sample => ({
  at: from + minute * minuteMs,
  intervalMs: intervalMinutes * minuteMs,
  ...(figures ? { figures } : { error: { says: 'none' } }),
  derived: [],
  lacking: [],
  refusals: [],
});
const eachMinute = (minutes: number, powerAt: (minute: number) => Sample['figures']): Sample[] =>
  Array.from({ length: minutes + 1 }, (_, minute) => sample(minute, powerAt(minute)));

/** Of the first hour, rounded to Wh. */
function totals(samples: readonly Sample[], terms: readonly Term[] = ['production', 'grid', 'battery']) {
  const { known, totals: each } = totalsOf(samples, new Set(terms), { from, until: from + 60 * minuteMs });
  const round = (value: number) => Math.round(value * 1000) / 1000 + 0;
  return {
    known: round(known),
    ...Object.fromEntries(Object.entries(each).map(([name, total]) => [name, [round(total.kwh), round(total.known)]])),
  };
}

describe('the energies of a day', () => {
  it('of a power that stands still are power times time', () => {
    const samples = eachMinute(60, () => ({ production_kw: 3, net_import_kw: -2, battery_discharge_kw: -1 }));
    assert.deepEqual(totals(samples), {
      known: 1,
      produced: [3, 1],
      imported: [0, 1],
      exported: [2, 1],
      discharged: [0, 1],
      charged: [1, 1],
    });
  });

  it('follow a power that rises', () => {
    assert.deepEqual(
      totals(
        eachMinute(60, (minute) => ({ production_kw: minute / 60 })),
        ['production'],
      ),
      {
        known: 1,
        produced: [0.5, 1],
      },
    );
  });

  it('take both directions apart, also between two ticks', () => {
    const samples = [sample(0, { net_import_kw: 2 }, 60), sample(60, { net_import_kw: -1 }, 60)];
    // Zero is crossed after 40 of 60 min: (2/3 h × 2 kW) / 2 and (1/3 h × 1 kW) / 2.
    assert.deepEqual(totals(samples, ['grid']), { known: 1, imported: [0.667, 1], exported: [0.167, 1] });
  });

  it('leave out the time in which nobody told anything', () => {
    const samples = eachMinute(60, () => ({ production_kw: 3 })).filter((_, minute) => minute <= 15 || minute >= 45);
    // One more minute is what was told for it.
    assert.deepEqual(totals(samples, ['production']), { known: 0.517, produced: [1.55, 0.517] });
  });

  it('leave out an error, from the tick that has it', () => {
    const samples = eachMinute(60, () => ({ production_kw: 3 })).map((each, minute) =>
      minute >= 30 && minute < 45 ? sample(minute) : each,
    );
    assert.deepEqual(totals(samples, ['production']), { known: 0.75, produced: [2.25, 0.75] });
  });

  it('know of one term less than of another', () => {
    const samples = eachMinute(60, (minute) => ({
      production_kw: 3,
      ...(minute < 30 ? { battery_discharge_kw: 1 } : {}),
    }));
    assert.deepEqual(totals(samples, ['production', 'battery']), {
      known: 1,
      produced: [3, 1],
      discharged: [0.5, 0.5],
      charged: [0, 0.5],
    });
  });

  it('of a slow cloud are known between its figures, whatever happens at a destination meanwhile', () => {
    const refusal: Sample = { ...sample(7), refusals: [{ says: 'no' }] };
    delete refusal.error;
    const samples = [0, 10, 20, 30, 40, 50, 60].map((minute) => sample(minute, { production_kw: 3 }, 10));
    assert.deepEqual(totals([...samples.slice(0, 1), refusal, ...samples.slice(1)], ['production']), {
      known: 1,
      produced: [3, 1],
    });
  });

  it('begin at midnight, and hold what was told before it', () => {
    const samples = [sample(-30, { production_kw: 2 }, 60), sample(30, { production_kw: 4 }, 60)];
    const expected = 0.5 * 3.5 + 0.5 * 4;
    assert.deepEqual(totals(samples, ['production']), { known: 1, produced: [expected, 1] });
  });

  it('are nothing at midnight itself, and nothing of a home that tells nothing', () => {
    const has = new Set<Term>(['production']);
    assert.deepEqual(totalsOf([], has, { from, until: from }).totals, { produced: { kwh: 0, known: 0 } });
    assert.deepEqual(totals([], []), { known: 0 });
  });
});
