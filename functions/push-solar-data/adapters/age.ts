/** How long what was noted holds. A clock that ran ahead once may have noted the future: that is no age, and holds nothing. */

/** Whether it was noted in the last `ms` before `now`. All in ms since the epoch. */
export const isYoung = (at: number | undefined, now: number, ms: number): boolean =>
  at !== undefined && at <= now && now - at < ms;

/** Whether a pause of at most `longestMs` that was noted by its end still lasts. */
export const lasts = (until: number | undefined, now: number, longestMs: number): boolean =>
  until !== undefined && now < until && until - now <= longestMs;
