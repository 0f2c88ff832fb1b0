/** Energies of a time, by integration of the powers that were told. What nobody told counts nothing. Pure. */
import { type PowerField, powerOf, type Term, terms } from '../../core/reading.ts';
import type { DayTotals, Total, TotalName } from './page-state.ts';
import { holdsUntil, longestHoldMs, type Sample, tells } from './sample.ts';

/** A stretch of time with the powers at its ends, kW. */
type Stretch = { from: number; until: number; start: number; end: number };

/** What a term's power adds up to, above and below zero. */
const sides: Record<Term, readonly [above: TotalName, below?: TotalName]> = {
  production: ['produced'],
  consumption: ['consumed'],
  grid: ['imported', 'exported'],
  battery: ['discharged', 'charged'],
};

const hourMs = 3_600_000;

/**
 * @param samples oldest first.
 * @param has the terms that the home is known to have.
 */
export function totalsOf(
  samples: readonly Sample[],
  has: ReadonlySet<Term>,
  { from, until }: { from: number; until: number },
): DayTotals {
  const elapsed = until - from;
  const telling = samples.filter((sample) => tells(sample) && sample.at >= from - longestHoldMs && sample.at <= until);
  const shareOf = (ms: number) => (elapsed > 0 ? Math.min(1, ms / elapsed) : 0);
  const totals: Partial<Record<TotalName, Total>> = {};
  for (const term of terms.filter((each) => has.has(each))) {
    const [above, below] = sides[term];
    const sum = { above: 0, below: 0, ms: 0 };
    for (const stretch of clipped(stretchesOf(telling, powerOf[term]), from, until)) {
      const area = areasOf(stretch);
      sum.above += area.above;
      sum.below += area.below;
      sum.ms += stretch.until - stretch.from;
    }
    const known = shareOf(sum.ms);
    if (below) Object.assign(totals, { [above]: { kwh: sum.above, known }, [below]: { kwh: -sum.below, known } });
    else totals[above] = { kwh: sum.above + sum.below, known };
  }
  const told = clipped(stretchesOf(telling, 'any'), from, until);
  return { from, until, known: shareOf(told.reduce((ms, stretch) => ms + stretch.until - stretch.from, 0)), totals };
}

/**
 * Straight from one told power to the next. Where the next tick does not know it the power holds until then, and where
 * there is no next tick in time, as long as one was expected.
 */
function stretchesOf(samples: readonly Sample[], field: PowerField | 'any'): Stretch[] {
  const powerIn = ({ figures }: Sample) => (field === 'any' ? figures && 0 : figures?.[field]);
  return samples.flatMap((sample, index) => {
    const start = powerIn(sample);
    const next = samples[index + 1];
    if (start === undefined) return [];
    const { at: from } = sample;
    if (next && next.at <= holdsUntil(sample)) return { from, until: next.at, start, end: powerIn(next) ?? start };
    return { from, until: from + sample.intervalMs, start, end: start };
  });
}

function clipped(stretches: readonly Stretch[], from: number, until: number): Stretch[] {
  return stretches.flatMap((stretch) => {
    const [begin, end] = [Math.max(from, stretch.from), Math.min(until, stretch.until)];
    return begin < end ? { from: begin, until: end, start: powerAt(stretch, begin), end: powerAt(stretch, end) } : [];
  });
}

const powerAt = ({ from, until, start, end }: Stretch, at: number): number =>
  start + ((end - start) * (at - from)) / (until - from);

/** kWh above and below zero. */
function areasOf({ from, until, start, end }: Stretch): { above: number; below: number } {
  const hours = (until - from) / hourMs;
  if (start * end >= 0) {
    const area = ((start + end) / 2) * hours;
    return { above: Math.max(0, area), below: Math.min(0, area) };
  }
  const crossing = start / (start - end);
  const [first, second] = [(start / 2) * crossing * hours, (end / 2) * (1 - crossing) * hours];
  return { above: Math.max(first, second), below: Math.min(first, second) };
}
