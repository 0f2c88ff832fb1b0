/** Chances and durations that are the same again for the same seed, whoever asks first: drawn from what they are for. */
import { type Random, randomOf } from '../soak/trouble.ts';

/** @param what names the occasion: seed, home, minute, which request. */
export function chanceOf(...what: readonly (string | number)[]): Random {
  let hash = 0x811c9dc5;
  for (const character of what.join('/')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  const random = randomOf(hash);
  random.next(); // occasions that differ in their last figure would begin alike
  return random;
}

/** Log-normal, as waiting times are: half of them below the median, one in a hundred above the 99th percentile. */
export type Waiting = { medianMs: number; percentile99Ms: number };

export function waitingMs(random: Random, { medianMs, percentile99Ms }: Waiting): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  const normal = radius * Math.cos(2 * Math.PI * random.next());
  return medianMs * Math.exp((normal * Math.log(percentile99Ms / medianMs)) / 2.326);
}
