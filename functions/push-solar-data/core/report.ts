/**
 * The one structured line of a tick: everything that an owner or engineer needs to see what happened. A schema, because
 * `logs` and `status` read the line back.
 */
import * as z from 'zod/mini';
import { errorKinds } from './failure.ts';
import { NextPoll } from './next-poll.ts';
import { meterFields, powerFields, type Reading, type SiteMeters } from './reading.ts';
import { lackingInWords } from './shape.ts';
import type { SourceResult } from './source-state.ts';

/**
 * - `pushed`: figures reached the destination.
 * - `reported`: an error was told to the destination.
 * - `idle`: nothing was due.
 * - `failed`: the destination could not be told.
 */
export const outcomes = ['pushed', 'reported', 'idle', 'failed'] as const;
export const Outcome = z.enum(outcomes);
export type Outcome = z.output<typeof Outcome>;

const kind = z.enum(errorKinds);
const text = z.optional(z.string());
const texts = z.optional(z.array(z.string()));
const number = z.optional(z.number());

export const SourceReport = z.object({
  label: z.string(),
  vendor: z.string(),
  /** `cached`: an earlier answer holds. `waiting`: it is not its turn, and nothing is known of it. */
  result: z.enum(['read', 'cached', 'failed', 'waiting']),
  /** Duration of the read. */
  ms: number,
  kind: z.optional(kind),
  error: text,
  excerpt: text,
  stack: text,
  /** What the home has of it and is unknown now. */
  lacking: texts,
  notes: texts,
  /** When it is asked next, and why not earlier. */
  next: z.optional(NextPoll),
});
export type SourceReport = z.output<typeof SourceReport>;

export const DestinationReport = z.object({
  label: z.string(),
  outcome: Outcome,
  kind: z.optional(kind),
  error: text,
  excerpt: text,
  stack: text,
  ms: number,
});
export type DestinationReport = z.output<typeof DestinationReport>;

export const TickReport = z.object({
  /** The first destination's. */
  outcome: Outcome,
  site: z.string(),
  /** What was pushed, or would have been. */
  figures: z.optional(
    z.object(
      Object.fromEntries(meterFields.map((field) => [field, number])) as Record<
        (typeof meterFields)[number],
        typeof number
      >,
    ),
  ),
  /** The terms that were computed from the others. */
  derived: z.optional(z.array(z.enum(powerFields))),
  /** Measured consumption less the balance of the other terms, kW. */
  residual_kw: number,
  /** Age of the oldest measurement, s. */
  age_s: number,
  /** Why there are no figures: kind and sentence. */
  kind: z.optional(kind),
  error: text,
  /** Everything that is wrong with the settings, a sentence each. */
  problems: texts,
  sources: z.array(SourceReport),
  /** One for each, in their order. */
  destinations: z._default(z.array(DestinationReport), []),
  /** Label of the source whose grid meter counts. */
  meter: text,
  /** Doubts about the figures and what is lacking of them, with what to do, although the tick went on. */
  warnings: texts,
  /** About settings, the store and destinations; no doubt about any figure. */
  remarks: texts,
  ms: z.number(),
});
export type TickReport = z.output<typeof TickReport>;

export function sourceReport(result: SourceResult): SourceReport {
  const { label, vendor, polled, reading, failure, ms, notes, lacking = [], next } = result;
  return {
    label,
    vendor,
    result: failure ? 'failed' : reading ? (polled ? 'read' : 'cached') : 'waiting',
    ...(ms === undefined ? {} : { ms }),
    ...(failure ? { kind: failure.kind, error: failure.message } : {}),
    ...(failure?.excerpt ? { excerpt: failure.excerpt } : {}),
    ...(failure?.stack ? { stack: failure.stack } : {}),
    ...(lacking.length > 0 ? { lacking: lacking.map(lackingInWords) } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    ...(next ? { next } : {}),
  };
}

/** The meters of a reading in the order of the documented body, without what is not one. */
export function metersOf(reading: Reading): SiteMeters {
  const meters: SiteMeters = {};
  for (const field of meterFields) if (reading[field] !== undefined) meters[field] = reading[field];
  return meters;
}

/** Whether the tick met an error of the bridge itself. */
export const isBug = ({ kind, destinations }: TickReport): boolean =>
  kind === 'bug' || destinations.some((row) => row.kind === 'bug');

/** How loud its line is. */
export function levelOf(report: TickReport): 'error' | 'warn' | 'info' {
  const { outcome, destinations } = report;
  if (outcome === 'failed' || isBug(report)) return 'error';
  return outcome === 'reported' || destinations.some((row) => row.outcome === 'failed') ? 'warn' : 'info';
}
