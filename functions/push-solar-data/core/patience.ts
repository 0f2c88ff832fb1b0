/**
 * How long a home of a shard may read. A cloud that never answers would keep the invocation of all its homes waiting at
 * every tick, and that time is paid. Pure.
 */
import type { TickReport } from './report.ts';

/** How many ticks in a row have used up their time for reads. */
export type SpentTicks = number;

/** So many get all the time there is. */
const patientTicks = 3;
/** Then each tenth does: what is slow today must not be lost for ever. */
const everyTicks = 10;
const impatientMs = 10_000;

export function readTime(spent: SpentTicks, ms: number): number {
  const isPatient = spent < patientTicks || spent % everyTicks === 0;
  return isPatient ? ms : Math.min(ms, impatientMs);
}

/** A read that is given up ends a moment before its time, or after it. */
const almost = 0.9;

/** @param readMs what this tick had for its reads. */
export function afterReads(spent: SpentTicks, { sources }: TickReport, readMs: number): SpentTicks {
  const asked = sources.filter(({ ms }) => ms !== undefined);
  if (asked.length === 0) return spent;
  const isSpent = asked.some(({ kind, ms = 0 }) => kind === 'unavailable' && ms >= readMs * almost);
  return isSpent ? spent + 1 : 0;
}
