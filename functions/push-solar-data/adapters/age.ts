/** How long what was noted holds. A clock that ran ahead once may have noted the future: that is no age, and holds nothing. */

/** Whether it was noted in the last `ms` before `now`. All in ms since the epoch. */
export const isYoung = (at: number | undefined, now: number, ms: number): boolean =>
  at !== undefined && at <= now && now - at < ms;

/** Whether a pause of at most `longestMs` that was noted by its end still lasts. */
export const lasts = (until: number | undefined, now: number, longestMs: number): boolean =>
  until !== undefined && now < until && until - now <= longestMs;

const hourMs = 3_600_000;

/**
 * Whether something that a home has shown is there now, or was in the last 24 hours: a wired phase, a meter, a battery.
 *
 * @param seen when each was last there, from `state`; noted to the hour, because what changes is stored, and for a day.
 */
export function isThereToday(seen: Record<string, number>, key: string, isThere: boolean, now: number): boolean {
  if (isThere && !isYoung(seen[key], now, hourMs)) seen[key] = now;
  if (isThere || isYoung(seen[key], now, 24 * hourMs)) return true;
  delete seen[key];
  return false;
}

/** Which of all that a home has shown today is not there now; what it shows is noted as by {@link isThereToday}. */
export function goneToday(seen: Record<string, number>, there: readonly string[], now: number): string[] {
  const present = new Set(there);
  const today = [...present, ...Object.keys(seen)].filter((key) => isThereToday(seen, key, present.has(key), now));
  return today.filter((key) => !present.has(key));
}
