/** The last hour of a home as a line of a terminal, for who has no browser at hand. Pure. */
import type { History } from './page-state.ts';

/** So many that the line fits into 80 columns. */
const cells = 12;
const steps = '▁▂▃▄▅▆▇█';
/** Where nothing was told. */
const gap = '·';
/** A home at night is no mountain range. */
const leastTop_kw = 1;

/** `last hour: sun ▁▂▅▇ up to 4.20 kW, …`. @param history of that hour. @returns undefined where nothing was told. */
export function lastHourInLine(history: History): string | undefined {
  const [sun, home] = [partsOf(history, 'production'), partsOf(history, 'consumption')];
  const top = Math.max(leastTop_kw, ...[...sun, ...home].map((kw) => kw ?? 0));
  const curves = (
    [
      ['sun', sun],
      ['home', home],
    ] as const
  ).flatMap(([name, parts]) => {
    const told = parts.filter((kw) => kw !== null);
    return told.length === 0 ? [] : `${name} ${sparkline(parts, top)} up to ${Math.max(...told).toFixed(2)} kW`;
  });
  return curves.length === 0 ? undefined : `last hour: ${curves.join(', ')}`;
}

/** Each part is as high as its mean; below zero is nothing to see. */
const sparkline = (parts: readonly (number | null)[], top: number): string =>
  parts
    .map((kw) =>
      kw === null ? gap : steps[Math.max(0, Math.min(steps.length - 1, Math.round((kw / top) * (steps.length - 1))))],
    )
    .join('');

/** Means of what was told in equal parts of the time; null where nothing was. */
function partsOf({ from, until, times, columns }: History, name: 'production' | 'consumption'): (number | null)[] {
  const sums = Array.from({ length: cells }, () => ({ sum: 0, count: 0 }));
  for (const [row, time] of times.entries()) {
    const part = sums[Math.min(cells - 1, Math.floor(((time * 1000 - from) / (until - from)) * cells))];
    const value = columns[name][row];
    if (!part || value === null || value === undefined) continue;
    part.sum += value;
    part.count++;
  }
  return sums.map(({ sum, count }) => (count === 0 ? null : sum / count));
}
