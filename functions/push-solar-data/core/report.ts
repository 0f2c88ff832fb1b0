/** The one structured line of a tick: everything that an owner or engineer needs to see what happened. */
import type { DestinationErrorKind } from '../destinations/destination.ts';
import type { SourceResult } from '../sources/poll.ts';
import type { FailureKind } from './failure.ts';
import { meterFields, type PowerField, type Reading, type SiteMeters } from './reading.ts';

/**
 * - `pushed`: figures reached the destination.
 * - `reported`: an error was told to the destination.
 * - `idle`: nothing was due.
 * - `failed`: the destination could not be told.
 */
export type OutcomeWord = 'pushed' | 'reported' | 'idle' | 'failed';

export type TickReport = {
  outcome: OutcomeWord;
  site: string;
  /** What was pushed, or would have been. */
  figures?: SiteMeters;
  derived?: PowerField[];
  /** Measured consumption less the balance of the other terms, kW. */
  residual_kw?: number;
  /** Age of the oldest measurement, s. */
  age_s?: number;
  /** Why there are no figures: kind and sentence. */
  kind?: FailureKind | 'bug';
  error?: string;
  /** Everything that is wrong with the settings, a sentence each. */
  problems?: string[];
  /** Why the destination could not be told. */
  delivery?: DestinationErrorKind;
  delivery_error?: string;
  delivery_excerpt?: string;
  sources: SourceReport[];
  meter?: string;
  /** Sentences with what to do, although the tick went on. */
  warnings?: string[];
  ms: number;
  push_ms?: number;
};

export type SourceReport = {
  label: string;
  vendor: string;
  result: 'read' | 'held' | 'failed' | 'waiting';
  ms?: number;
  kind?: string;
  error?: string;
  excerpt?: string;
  stack?: string;
  notes?: string[];
};

export function sourceReport({ label, vendor, polled, reading, failure, ms, notes }: SourceResult): SourceReport {
  const result = failure ? 'failed' : reading ? (polled ? 'read' : 'held') : 'waiting';
  return {
    label,
    vendor,
    result,
    ...(ms === undefined ? {} : { ms }),
    ...(failure ? { kind: failure.kind, error: failure.message } : {}),
    ...(failure?.excerpt ? { excerpt: failure.excerpt } : {}),
    ...(failure?.stack ? { stack: failure.stack } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** The meters of a reading in the order of the documented body, without what is not one. */
export function metersOf(reading: Reading): SiteMeters {
  const meters: SiteMeters = {};
  for (const field of meterFields) if (reading[field] !== undefined) meters[field] = reading[field];
  return meters;
}
