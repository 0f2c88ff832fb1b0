/** Whether a push says what the clouds have shown: no more, no older, nothing of what they lack, nothing while one of them fails. */
import type { Push } from '../support/conversation.ts';
import type { Cloud, Shown } from './cloud.ts';

/** Figures that stand still for so long are old, ms: half an hour, and until the next answer. */
const longestStill = 40 * 60_000;

/**
 * @param now ms since the epoch.
 * @param startedAt when the instance began that has told it: what stood still before its first look, it does not know.
 * @returns what is untrue about the push; undefined if nothing is.
 */
export function verdictOn(
  { siteMeters, error }: Push,
  clouds: readonly Cloud[],
  now: number,
  startedAt = 0,
): string | undefined {
  if (!siteMeters) return error ? undefined : 'neither figures nor an error';
  const failing = clouds.flatMap(({ asked }) => {
    const how = asked.at(-1)?.how;
    return how === 'well' ? [] : [`an answer that was ${how}`];
  });
  const still = clouds.flatMap(({ asked, stillSince = now }) => {
    const firstLook = asked[asked.findLastIndex(({ at }) => at < startedAt) + 1]?.at ?? now;
    const forMs = now - Math.max(stillSince, firstLook);
    return forMs > longestStill ? [`figures that stand still for ${Math.round(forMs / 60_000)} min`] : [];
  });
  const shows = clouds.map(({ shown }) => shown);
  return [...failing, ...still, ...misses(siteMeters, shows)].join(', ') || undefined;
}

/** The same of a home with one cloud that shows all that may be told, as it was shown last. @param tickAt when the tick began, ms. */
export function verdictOnTalk(
  { siteMeters, tsms, error }: Push,
  { asked, shown }: Pick<Cloud, 'asked' | 'shown'>,
  tickAt: number,
): string | undefined {
  if (!siteMeters) return error ? undefined : 'neither figures nor an error';
  const live = asked.findLast(({ what }) => what === 'live');
  const failing = live && live.at >= tickAt && live.how !== 'well' ? [`an answer that was ${live.how}`] : [];
  const figures = Object.entries({ ...siteMeters, ...(tsms === undefined ? {} : { tsms }) });
  const wrong = figures.filter(([field, figure]) => figure !== shown[field]);
  return (
    [...failing, ...wrong.map(([field, figure]) => `${field} ${figure} instead of ${shown[field]}`)].join(', ') ||
    undefined
  );
}

const terms = ['production_kw', 'net_import_kw', 'battery_discharge_kw'] as const;

/** The figures of a push that are not the sum of what was shown, and those that nobody can know. */
function misses(siteMeters: Record<string, number>, shows: readonly Shown[]): string[] {
  const isLacking = (field: string) => shows.some((shown) => field in shown && shown[field] === undefined);
  if (isLacking('net_import_kw')) return ['figures without the grid'];
  const expected = Object.fromEntries(
    terms.map((field) => [
      field,
      isLacking(field) ? undefined : shows.reduce((sum, shown) => sum + (shown[field] ?? 0), 0),
    ]),
  );
  const known = Object.values(expected).filter((kw) => kw !== undefined);
  const consumption_kw = known.length < terms.length ? undefined : known.reduce((sum, kw) => sum + kw, 0);
  return Object.entries({ ...expected, consumption_kw }).flatMap(([field, kw]) => {
    if (kw === undefined) return field in siteMeters ? [`${field} ${siteMeters[field]}, which is not known`] : [];
    const isRight = Math.abs((siteMeters[field] ?? Number.NaN) - kw) < 0.002;
    return isRight ? [] : [`${field} ${siteMeters[field]} instead of ${kw.toFixed(3)}`];
  });
}
