/** From what the sources gave to what is told: figures that balance, one error, or nothing. Pure. */
import type { Message } from '../destinations/destination.ts';
import { upperSnake } from '../settings/settings-reader.ts';
import type { Site } from '../settings/site.ts';
import type { SourceResult } from '../sources/poll.ts';
import { type Baseline, detectAnomalies } from './anomalies.ts';
import { balance } from './balance.ts';
import { combine, type Part, type Take, takeFields } from './combine.ts';
import type { FailureKind } from './failure.ts';
import { implausibilities } from './plausibility.ts';
import type { Reading } from './reading.ts';
import { metersOf, type TickReport } from './report.ts';

export type Evaluation = {
  /** Absent if nothing is to be told. */
  message?: Message;
  /** For the next tick's anomalies, where this one had figures. */
  baseline?: Baseline;
  /** The same for the tick's line. */
  report: Pick<
    TickReport,
    'figures' | 'derived' | 'residual_kw' | 'age_s' | 'kind' | 'error' | 'problems' | 'meter' | 'warnings'
  >;
};

/**
 * All or nothing: one failing source makes the home fail, because a part is a wrong total.
 *
 * @param baseline of the ticks before.
 */
export function evaluate(site: Site, polled: readonly SourceResult[], now: number, baseline?: Baseline): Evaluation {
  if (site.problems.length > 0) {
    const { message, report } = failed('settings', site.problems.join(' '));
    return { message, report: { ...report, problems: site.problems } };
  }
  const anyPolled = polled.some((result) => result.polled);
  // A held reading that has grown too old says nothing while no other source would be combined with it.
  const failures = polled.flatMap(({ label, failure, held }) =>
    failure && (anyPolled || !held) ? [{ label, ...failure }] : [],
  );
  const [first] = failures;
  if (first) {
    const named = failures.map(({ label, message }) => (polled.length > 1 ? `${label}: ${message}` : message));
    const { kind } = failures.find((failure) => failure.kind === 'bug') ?? first; // a bug fails the invocation
    return failed(kind, named.join('; '));
  }
  const parts = site.sources.flatMap(({ label, take }): Part[] => {
    const reading = polled.find((result) => result.label === label)?.reading;
    return reading ? [{ label, reading, take }] : [];
  });
  if (parts.length < site.sources.length || !anyPolled) return { report: {} };

  // Before they are combined: a mean could cover what is impossible.
  const impossible = parts.flatMap(({ reading }) => implausibilities(reading, site.maxPower_kw));
  if (impossible.length > 0) return failed('bad-response', `Impossible figures: ${impossible.join('; ')}`);

  const combined = combine(parts);
  if ('conflict' in combined) return failed('settings', conflictSentence(combined.conflict));
  return figures(combined.reading, combined.meterOwner, { maxPower_kw: site.maxPower_kw, now, baseline });
}

type Circumstances = { maxPower_kw: number; now: number; baseline: Baseline | undefined };

function figures(
  reading: Reading,
  meter: string | undefined,
  { maxPower_kw, now, baseline }: Circumstances,
): Evaluation {
  const { reading: balanced, derived, residual_kw } = balance(reading);
  const meters = metersOf(balanced);
  if (Object.keys(meters).length === 0) return failed('bad-response', 'No source measured anything');
  const impossible = implausibilities(balanced, maxPower_kw);
  if (impossible.length > 0) return failed('bad-response', `Impossible figures: ${impossible.join('; ')}`);
  const anomalies = detectAnomalies(reading, balanced, residual_kw, baseline);
  if (anomalies.refusal) return failed('bad-response', `Unbelievable figures: ${anomalies.refusal}`);
  return {
    message: { reading: balanced },
    baseline: anomalies.baseline,
    report: {
      figures: meters,
      derived,
      ...(residual_kw === undefined ? {} : { residual_kw }),
      ...(balanced.tsms === undefined ? {} : { age_s: Math.round((now - balanced.tsms) / 1000) }),
      ...(meter === undefined ? {} : { meter }),
      ...(anomalies.warnings.length > 0 ? { warnings: anomalies.warnings } : {}),
    },
  };
}

export function failed(kind: FailureKind | 'bug', error: string): Pick<Required<Evaluation>, 'message' | 'report'> {
  return { message: { error }, report: { kind, error } };
}

const nouns: Record<Take, string> = {
  production: 'the production',
  grid: 'a grid meter',
  battery: 'the battery',
  consumption: 'the consumption of the home',
};

function conflictSentence({ over, labels }: { over: Take; labels: string[] }): string {
  const others = Object.keys(takeFields).filter((word) => word !== over && word !== 'consumption');
  return (
    `${labels.join(' and ')} both report ${nouns[over]}, and a home has one: leave it to one of them, ` +
    `for example ${upperSnake(labels.at(-1) ?? '')}_TAKE=${others.join(',')}`
  );
}
