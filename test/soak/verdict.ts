/** Whether a push says what the clouds have shown: no more, no older, nothing while one of them fails. */
import type { Push } from '../support/conversation.ts';
import type { Cloud } from './clouds.ts';

/**
 * Writes are counted on AWS, so that the end of a poll is not always stored at once. An instance that begins just then
 * holds the reading of the poll before (of two before, if its predecessor was as new), until the source's next turn: so long, and no longer, it may not know better.
 */
const unknowingMs = 6 * 60_000;

export type Verdict = undefined | 'unknowing' | { untrue: string };

/** @param startedAt when the instance began, @param now ms since the epoch. */
export function verdictOn(
  { siteMeters, error }: Push,
  clouds: readonly Cloud[],
  startedAt: number,
  now: number,
): Verdict {
  if (!siteMeters) return error ? undefined : { untrue: 'neither figures nor an error' };
  const failing = clouds.filter(({ asked }) => asked.at(-1)?.how !== 'well');
  if (
    failing.length === 0 &&
    misses(
      siteMeters,
      clouds.map(({ shown }) => shown),
    ).length === 0
  )
    return undefined;
  const untaught = clouds.filter(({ asked }) => (asked.at(-1)?.at ?? 0) < startedAt);
  const excused = failing.every((cloud) => untaught.includes(cloud)) && now - startedAt < unknowingMs;
  if (excused && possibleShows(clouds, untaught).some((shows) => misses(siteMeters, shows).length === 0))
    return 'unknowing';
  const how = failing.map(({ asked }) => `an answer that was ${asked.at(-1)?.how}`);
  return {
    untrue: [
      ...how,
      ...misses(
        siteMeters,
        clouds.map(({ shown }) => shown),
      ),
    ].join(', '),
  };
}

type Shown = Record<string, number>;

/** What the clouds have shown, where each of `untaught` may count with its last or one of the two before. */
function possibleShows(clouds: readonly Cloud[], untaught: readonly Cloud[]): Shown[][] {
  return clouds.reduce<Shown[][]>(
    (before, cloud) => {
      const choices = untaught.includes(cloud) ? [cloud.shown, ...cloud.shownBefore] : [cloud.shown];
      return before.flatMap((shows) => choices.map((choice) => [...shows, choice]));
    },
    [[]],
  );
}

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
