/** What the page keeps of a tick: the figures, how long they hold, and what went wrong. Pure. */
import type { ErrorKind } from '../../core/failure.ts';
import { plainText } from '../../core/plain-text.ts';
import { type MeterField, type PowerField, powerOf, type Term, terms } from '../../core/reading.ts';
import type { TickReport } from '../../core/report.ts';
import { lackingInWords } from '../../core/shape.ts';
import type { Told } from '../../persistence/tick-history.ts';

/** What went wrong, fit to be shown. */
export type Trouble = { kind?: ErrorKind | undefined; says: string };

export type Sample = {
  /** ms since the epoch. */
  at: number;
  /** When the next figures are expected, ms after these. */
  intervalMs: number;
  /** Whether the line did not say it: then these hold for as long as nothing was due. */
  isIntervalUnknown?: boolean;
  /** Absent where the tick had none to tell. */
  figures?: { [Field in MeterField]?: number | undefined };
  derived: readonly PowerField[];
  /** By the vendor's clock, ms since the epoch. */
  measuredAt?: number;
  /** What the home has and the tick could not tell. */
  lacking: readonly Term[];
  /** Why there are no figures. */
  error?: Trouble;
  /** What destinations did not take. */
  refusals: readonly Trouble[];
};

const minuteMs = 60_000;
/** Where a line does not say when its sources are asked next: the usual interval of a slow cloud. */
const usualIntervalMs = 5 * minuteMs;
const longestIntervalMs = 60 * minuteMs;
/** Ticks come some seconds early or late, and one may be lost. */
const slackMs = 75_000;

/** Until when its figures are those of now, if no other tick says something else; ms since the epoch. */
export const holdsUntil = ({ at, intervalMs }: Sample): number => at + intervalMs + slackMs;

/** No figures hold longer, ms. */
export const longestHoldMs = longestIntervalMs + slackMs;

/** Whether it says anything about the home, be it that nothing is known; a refusal alone does not. */
export const tells = ({ figures, error }: Sample): boolean => figures !== undefined || error !== undefined;

/** Figures go on to hold at a later tick in which nothing was due, where their line does not say until when. */
export function holdOn(sample: Sample, { at }: Sample): void {
  const interval = Math.min(longestIntervalMs, at - sample.at);
  if (sample.isIntervalUnknown && at <= holdsUntil(sample)) sample.intervalMs = Math.max(sample.intervalMs, interval);
}

/** One that tells nothing for a tick in which nothing was due. */
export function sampleOf(told: Told): Sample {
  if ('trouble' in told) return withoutFigures(told.at, { says: plainText(told.trouble) });
  const { at, report } = told;
  const refusals = report.destinations.flatMap(({ label, kind, error }) =>
    error === undefined
      ? []
      : [{ kind, says: plainText(report.destinations.length > 1 ? `${label}: ${error}` : error) }],
  );
  if (report.figures)
    return {
      at,
      ...intervalOf(report),
      figures: report.figures,
      derived: report.derived ?? [],
      ...(report.age_s === undefined ? {} : { measuredAt: at - report.age_s * 1000 }),
      lacking: lackingOf(report),
      refusals,
    };
  if (report.error === undefined) return { ...withoutFigures(at), refusals };
  return {
    ...withoutFigures(at, { kind: report.kind, says: plainText(report.error) }),
    lacking: lackingOf(report),
    refusals,
  };
}

const withoutFigures = (at: number, error?: Trouble): Sample => ({
  at,
  intervalMs: minuteMs,
  derived: [],
  lacking: [],
  ...(error ? { error } : {}),
  refusals: [],
});

/** The next source that answers makes the next figures. */
function intervalOf({ sources }: TickReport): Pick<Sample, 'intervalMs' | 'isIntervalUnknown'> {
  const waits = sources.flatMap(({ next }) => (next ? next.in_s * 1000 : []));
  if (waits.length === 0) return { intervalMs: usualIntervalMs, isIntervalUnknown: true };
  return { intervalMs: Math.max(minuteMs, Math.min(longestIntervalMs, ...waits)) };
}

/** Lines name it as a noun, maybe with its device; a term that was told all the same is not missed. */
function lackingOf({ sources, figures = {} }: TickReport): Term[] {
  const named = sources.flatMap(({ lacking = [] }) => lacking);
  return terms.filter(
    (term) =>
      figures[powerOf[term]] === undefined && named.some((noun) => noun.startsWith(lackingInWords({ what: term }))),
  );
}
