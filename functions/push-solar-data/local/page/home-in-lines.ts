/** The home in a few lines of a terminal, for who has no browser at hand: its last hour, and when it is read next. Pure. */
import type { History, HomeState } from './page-state.ts';

const cells = 20;
const steps = '▁▂▃▄▅▆▇█';
/** Where nothing was told. */
const gap = '·';
/** A home at night is no mountain range. */
const leastTop_kw = 1;

/** @param history of the last hour. */
export function homeInLines({ now, sources }: HomeState, history: History): string[] {
  const sun = partsOf(history, 'production');
  const home = partsOf(history, 'consumption');
  const top = Math.max(leastTop_kw, ...[...sun, ...home].map((kw) => kw ?? 0));
  const shown = [
    ['sun', sun],
    ['home', home],
  ] as const;
  const lines = shown.flatMap(([name, parts]) => {
    const told = parts.filter((kw) => kw !== null);
    return told.length === 0 ? [] : `${name} ${sparkline(parts, top)} up to ${Math.max(...told).toFixed(2)} kW`;
  });
  const next = sources
    .flatMap(({ title, next: of }) => (of ? { title, ...of } : []))
    .toSorted((a, b) => a.at - b.at)
    .at(0);
  return [
    ...(lines.length === 0 ? [] : [`last hour: ${lines.join(', ')}`]),
    ...(next
      ? [
          `next reading${sources.length > 1 ? ` of ${next.title}` : ''} in ${Math.max(0, Math.round((next.at - now) / 1000))} s: ${next.why}`,
        ]
      : []),
  ];
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
