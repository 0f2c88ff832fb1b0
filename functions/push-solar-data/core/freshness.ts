/** Whether figures are of now: by their time of measurement, or, where they have none, by whether they move. Pure. */
import * as z from 'zod/mini';
import { powerFields, type Reading } from './reading.ts';

/** How far a vendor's clock may run ahead of ours before its time cannot be true. */
const maxAheadSeconds = 300;

/** Two powers that stand still to the last digit for so long, and in so many answers, are not live. */
const stillAfterMs = 30 * 60_000;
const stillAnswers = 3;

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

/** The same for devices whose times lie in the future: their figures are of nobody knows when, and the oldest time of all would cover it. */
export function aheadProblem(
  devices: readonly { tsms?: number | undefined }[],
  now: number,
): FreshnessProblem | undefined {
  const furthest = Math.max(...devices.flatMap(({ tsms }) => tsms ?? []));
  return freshnessProblem({ tsms: furthest }, now, Number.POSITIVE_INFINITY);
}

/** Since when, ms since the epoch, and in how many answers figures stand still. */
export const Unchanged = z.object({ since: z.number(), answers: z.number() });
export type Unchanged = z.output<typeof Unchanged>;

/** One power alone may stand still: an inverter at its rated power. What rests at 0 is no sign of life or death. */
export function unchangedAfter(
  reading: Reading,
  last: { reading: Reading; at: number } | undefined,
  before: Unchanged | undefined,
): Unchanged | undefined {
  if (!last || reading.tsms !== undefined) return undefined;
  const flowing = powerFields.filter((field) => (reading[field] ?? 0) !== 0);
  const isSame = powerFields.every((field) => reading[field] === last.reading[field]);
  if (flowing.length < 2 || !isSame) return undefined;
  const { since, answers } = before ?? { since: last.at, answers: 1 };
  return { since, answers: answers + 1 };
}

/** @param patienceMs how old figures may be by the owner's own word: so long they may stand, too. */
export function stillnessProblem(
  unchanged: Unchanged | undefined,
  now: number,
  patienceMs = 0,
): FreshnessProblem | undefined {
  if (!unchanged || unchanged.answers < stillAnswers) return undefined;
  if (now - unchanged.since < Math.max(stillAfterMs, patienceMs)) return undefined;
  const forSo = inWords((now - unchanged.since) / 1000);
  return {
    kind: 'stale',
    message: `the same figures to the last digit for ${forSo}: the equipment does not report any more`,
  };
}

/** `95` → `95 s`, `600` → `10 min`, `7200` → `2.0 h`. What lies ahead, because a clock runs fast, is `0 s`. */
export function inWords(duration: number): string {
  const seconds = Math.max(0, duration);
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} days`;
}
