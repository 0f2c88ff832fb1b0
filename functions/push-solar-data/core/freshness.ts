/** Whether a time of measurement is believable and young enough. */
import type { Reading } from './reading.ts';

/** How far a vendor's clock may run ahead of ours before its time cannot be true. */
const maxAheadSeconds = 300;

export type FreshnessProblem = { kind: 'stale' | 'bad-response'; message: string };

/**
 * @param now ms since the epoch.
 * @returns what is wrong with the reading's `tsms`; undefined if nothing is, or if it has none.
 */
export function freshnessProblem(
  reading: Reading,
  now: number,
  staleAfterSeconds: number,
): FreshnessProblem | undefined {
  if (reading.tsms === undefined) return undefined;
  const ageSeconds = (now - reading.tsms) / 1000;
  if (ageSeconds < -maxAheadSeconds)
    return {
      kind: 'bad-response',
      message: `the time of measurement lies ${inWords(-ageSeconds)} in the future: a wrong time zone or clock`,
    };
  if (ageSeconds > staleAfterSeconds)
    return {
      kind: 'stale',
      message: `the newest measurement is ${inWords(ageSeconds)} old (limit ${inWords(staleAfterSeconds)})`,
    };
  return undefined;
}

/** `95` → `95 s`, `600` → `10 min`, `7200` → `2.0 h`. */
export function inWords(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} days`;
}
