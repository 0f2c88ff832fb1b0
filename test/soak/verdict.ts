/** Whether a push says what the clouds have shown: no more, no older, nothing while one of them fails. */
import type { Push } from '../support/conversation.ts';
import type { Cloud } from './clouds.ts';

/** @returns what is untrue about the push; undefined if nothing is. */
export function verdictOn({ siteMeters, error }: Push, clouds: readonly Cloud[]): string | undefined {
  if (!siteMeters) return error ? undefined : 'neither figures nor an error';
  const failing = clouds.flatMap(({ asked }) => {
    const how = asked.at(-1)?.how;
    return how === 'well' ? [] : [`an answer that was ${how}`];
  });
  const shows = clouds.map(({ shown }) => shown);
  return [...failing, ...misses(siteMeters, shows)].join(', ') || undefined;
}

type Shown = Record<string, number>;

/** The figures of a push that are not the sum of what was shown. */
function misses(siteMeters: Shown, shows: readonly Shown[]): string[] {
  const [p = 0, n = 0, b = 0] = ['production_kw', 'net_import_kw', 'battery_discharge_kw'].map((field) =>
    shows.reduce((sum, shown) => sum + (shown[field] ?? 0), 0),
  );
  const expected = { production_kw: p, net_import_kw: n, battery_discharge_kw: b, consumption_kw: p + n + b };
  return Object.entries(expected).flatMap(([field, kw]) =>
    Math.abs((siteMeters[field] ?? Number.NaN) - kw) < 0.002
      ? []
      : [`${field} ${siteMeters[field]} instead of ${kw.toFixed(3)}`],
  );
}
