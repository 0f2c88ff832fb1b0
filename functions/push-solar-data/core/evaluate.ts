/** From what the sources gave to what is told: figures that balance, one error, or nothing. Pure. */
import { type Baseline, detectAnomalies, powerLimit_kw } from './anomalies.ts';
import { balance } from './balance.ts';
import { combine, type Part } from './combine.ts';
import type { Message } from './destination-state.ts';
import type { FailureKind } from './failure.ts';
import { plainText } from './plain-text.ts';
import { implausibilities } from './plausibility.ts';
import { powerOf, type Reading, type Term, termFields } from './reading.ts';
import { metersOf, type TickReport } from './report.ts';
import { type Lacking, lackingInWords } from './shape.ts';
import type { SourceResult } from './source-state.ts';

/** What of a site decides about its figures. */
export type EvaluatedSite = {
  sources: readonly { label: string; take?: readonly Term[] | undefined }[];
  /** Undefined: by what the home has shown. */
  maxPower_kw?: number | undefined;
  /** What is wrong with its settings. */
  problems: readonly string[];
};

export type Evaluation = {
  /** Absent if nothing is to be told. */
  message?: Message;
  /** For the next tick, where this one had figures. */
  baseline?: Baseline;
  /** The sources' answers cannot be true of one home: nothing of it is learnt from them. */
  isDisputed?: true;
  /** The same for the tick's line. */
  report: Pick<
    TickReport,
    'figures' | 'derived' | 'residual_kw' | 'age_s' | 'kind' | 'error' | 'problems' | 'meter' | 'warnings'
  >;
};

/** What is told in all when several sources fail, characters. */
const longestError = 300;

/**
 * All or nothing: one failing source makes the home fail, because a part is a wrong total. What is lacking of a source
 * that answers is left out with all that would follow from it, as long as the grid flow is known.
 *
 * @param baseline of the ticks before.
 */
export function evaluate(
  site: EvaluatedSite,
  results: readonly SourceResult[],
  now: number,
  baseline?: Baseline,
): Evaluation {
  if (site.problems.length > 0) {
    const { message, report } = failed('settings', site.problems.join(' '));
    return { message, report: { ...report, problems: [...site.problems] } };
  }
  const isNews = results.some(({ polled, untold }) => polled || untold);
  // A cached reading that has grown too old says nothing while no other source would be combined with it.
  const failures = results.flatMap(({ label, failure, cached }) =>
    failure && (isNews || !cached) ? [{ label, ...failure }] : [],
  );
  const [first] = failures;
  if (first) {
    const each = Math.floor(longestError / failures.length) - 2;
    const named = failures.map(({ label, message }) =>
      results.length > 1 ? plainText(`${label}: ${message}`, each) : message,
    );
    const { kind } = failures.find((failure) => failure.kind === 'bug') ?? first; // a bug fails the invocation
    return failed(kind, named.join('; '));
  }
  const answered = results.filter((result) => result.reading !== undefined);
  if (answered.length < site.sources.length || !isNews) return { report: {} };

  const maxPower_kw = site.maxPower_kw ?? powerLimit_kw(baseline);
  // Before they are combined: a mean could cover what is impossible.
  const impossible = answered.flatMap(({ reading = {} }) => implausibilities(reading, maxPower_kw));
  if (impossible.length > 0) return refused(`Impossible figures: ${impossible.join('; ')}`);

  const combined = combine(site.sources.flatMap((source) => partOf(source, answered)));
  if ('conflict' in combined) return { ...failed('settings', conflictSentence(combined.conflict)), isDisputed: true };
  const freshUntil = Math.min(...answered.map((result) => result.freshUntil ?? Number.POSITIVE_INFINITY));
  return figures(combined, answered, { maxPower_kw, now, baseline, freshUntil });
}

function partOf({ label, take }: EvaluatedSite['sources'][number], results: readonly SourceResult[]): Part[] {
  const result = results.find((each) => each.label === label);
  if (!result?.reading) return [];
  const lacking = new Set((result.lacking ?? []).map(({ what }) => what));
  return [{ label, reading: result.reading, lacking, givesConsumption: take?.includes('consumption') ?? false }];
}

type Circumstances = { maxPower_kw: number; now: number; baseline: Baseline | undefined; freshUntil: number };

function figures(
  { reading, lacking, meterOwner }: Extract<ReturnType<typeof combine>, { reading: Reading }>,
  results: readonly SourceResult[],
  { maxPower_kw, now, baseline, freshUntil }: Circumstances,
): Evaluation {
  const { reading: balanced, derived, residual_kw } = balance(reading, lacking);
  const missed = missedOf(results, lacking, balanced);
  const warnings = missed.map(([label, each]) => lackingSentence(label, each));
  const why = whyOffline(reading, balanced, lacking);
  if (why) return withWarnings(failed('offline', `${lostThings(missed)} ${why}`), warnings);
  const meters = metersOf(balanced);
  if (Object.keys(meters).length === 0) return failed('bad-response', 'No source measured anything');
  const impossible = implausibilities(balanced, maxPower_kw);
  if (impossible.length > 0) return refused(`Impossible figures: ${impossible.join('; ')}`);
  const anomalies = detectAnomalies(reading, balanced, residual_kw, baseline);
  if (anomalies.refusal) return refused(`Unbelievable figures: ${anomalies.refusal}`);
  const isWhole = lacking.size === 0 || balanced.consumption_kw !== undefined;
  return withWarnings(
    {
      message: { reading: balanced, derived, freshUntil },
      ...(isWhole ? { baseline: anomalies.baseline } : {}),
      report: {
        figures: meters,
        derived,
        ...(residual_kw === undefined ? {} : { residual_kw }),
        ...(balanced.tsms === undefined ? {} : { age_s: Math.max(0, Math.round((now - balanced.tsms) / 1000)) }),
        ...(meterOwner === undefined ? {} : { meter: meterOwner }),
      },
    },
    [...warnings, ...anomalies.warnings],
  );
}

const withWarnings = (evaluation: Evaluation, warnings: readonly string[]): Evaluation =>
  warnings.length === 0 ? evaluation : { ...evaluation, report: { ...evaluation.report, warnings: [...warnings] } };

/** What is lacking, source by source; a consumption that does not count, or follows from the other terms, is not missed. */
function missedOf(
  results: readonly SourceResult[],
  ofHome: ReadonlySet<Lacking['what']>,
  balanced: Reading,
): [label: string, lacking: Lacking[]][] {
  const isMissed = ({ what }: Lacking) =>
    ofHome.has(what) && (what !== 'consumption' || balanced.consumption_kw === undefined);
  return results.flatMap(({ label, lacking = [] }) => {
    const missed = lacking.filter(isMissed);
    return missed.length === 0 ? [] : [[label, missed] as [string, Lacking[]]];
  });
}

/** Why what is left tells nobody how to charge; undefined if it does. */
function whyOffline(reading: Reading, balanced: Reading, lacking: ReadonlySet<Lacking['what']>): string | undefined {
  // Where the consumption is measured, the grid flow is what the other terms leave of it.
  const isDerived = reading.consumption_kw !== undefined && (lacking.has('production') || lacking.has('battery'));
  const hasGrid = lacking.has('grid') || lacking.has('consumption') || isDerived;
  if (balanced.net_import_kw === undefined && hasGrid)
    return 'is lacking, so the grid flow is not known: check the meter and its connection';
  const isNothingKnown = Object.values(powerOf).every((field) => balanced[field] === undefined);
  return lacking.size > 0 && isNothingKnown ? 'is lacking, and nothing else is known: check the connection' : undefined;
}

const lackingSentence = (label: string, lacking: readonly Lacking[]): string =>
  `${label} does not give ${lacking.map(lackingInWords).join(' and ')} now, which this home is known to have: ` +
  'it is unknown, not zero, so what would follow from it is not told';

function lostThings(missed: readonly [string, readonly Lacking[]][]): string {
  const what = [...new Set(missed.flatMap(([, lacking]) => lacking.map(lackingInWords)))].join(' and ');
  return what.charAt(0).toUpperCase() + what.slice(1);
}

const refused = (why: string): Evaluation => ({
  ...failed('bad-response', plainText(why, longestError)),
  isDisputed: true,
});

export function failed(kind: FailureKind | 'bug', error: string): Pick<Required<Evaluation>, 'message' | 'report'> {
  return { message: { error, kind }, report: { kind, error } };
}

const nouns: Record<Term, string> = {
  production: 'the production',
  grid: 'a grid meter',
  battery: 'the battery',
  consumption: 'the consumption of the home',
};

/** A meter that gives nothing else is there for this alone: it keeps what the others are to leave. */
function conflictSentence({ over, parts }: { over: Term; parts: readonly Part[] }): string {
  const others = parts.map((part) => ({ ...part, gives: termsOf(part.reading).filter((term) => term !== over) }));
  const [yielding] = others.toSorted(
    (a, b) => b.gives.length - a.gives.length || others.indexOf(b) - others.indexOf(a),
  );
  const setting = (yielding?.label ?? '').replaceAll('-', '_').toUpperCase();
  const advice = yielding?.gives.length
    ? `for example ${setting}_TAKE=${yielding.gives.join(',')}`
    : 'take the other out of VENDOR';
  const labels = parts.map(({ label }) => label).join(' and ');
  return `${labels} both report ${nouns[over]}, and a home has one: leave it to one of them, ${advice}`;
}

const termsOf = (reading: Reading): Term[] =>
  (Object.keys(termFields) as Term[]).filter((term) => term !== 'consumption' && reading[powerOf[term]] !== undefined);
