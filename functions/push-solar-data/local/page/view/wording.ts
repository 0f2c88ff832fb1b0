/** Times, ages, figures and outcomes in words. Pure, but for the zone of the browser. */
import type { DestinationView } from '../page-state.ts';

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options).format;
const hourAndMinute = format({ hour: '2-digit', minute: '2-digit' });
const withSeconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const withDay = format({ weekday: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

/** `12:03:05`. @param at ms since the epoch, as everywhere here. */
export const secondOf = (at: number): string => withSeconds(at);
/** `12:03`. */
export const minuteOf = (at: number): string => hourAndMinute(at);
/** `Wed 20`. */
export const dayOf = format({ weekday: 'short', day: 'numeric' });
/** `12:03`, with its day unless it is within a day of `now`. */
export const momentOf = (at: number, now: number): string => (now - at < 20 * 3_600_000 ? minuteOf(at) : withDay(at));

/** `40 s`, `12 min`, `3 h`. */
export function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A maker's clock may run ahead a little: that is now. */
export const agoOf = (at: number, now: number): string => `${spanOf(now - at)} ago`;

/** A figure apart from its word: `exporting 1.50 kW` → `exporting` and `1.50 kW`. */
export function figureOf(words: string): { word: string; figure?: string } {
  if (!words.endsWith(' kW')) return { word: words };
  const cut = words.lastIndexOf(' ', words.length - 4);
  return cut < 0 ? { word: '', figure: words } : { word: words.slice(0, cut), figure: words.slice(cut + 1) };
}

export const kwhOf = (kwh: number): string => `${kwh.toFixed(kwh < 100 ? 1 : 0)} kWh`;
/** Of a share 0…1: never all where something is missing. */
export const percentOf = (share: number): string => `${Math.floor(share * 100 + 1e-6)} %`;

/** What came of the last message to a destination. */
export const outcomeWords: Record<DestinationView['outcome'], string> = {
  pushed: 'took the figures',
  reported: 'was told the error',
  idle: 'not told anything yet',
  failed: 'was not reached',
};
