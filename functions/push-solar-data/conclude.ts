/** From what the sources gave to what is told: figures that balance, one error, or nothing. Pure. */
import type { Message } from './destinations/destination.ts';
import type { FailureKind } from './platform/failure.ts';
import { upperSnake } from './platform/settings.ts';
import type { Polled } from './poll.ts';
import { metersOf, type TickReport } from './report.ts';
import type { Site } from './site.ts';
import { balance } from './site-meters/balance.ts';
import { combine, type Part, type Take, takeFields } from './site-meters/combine.ts';
import { type Experience, judge } from './site-meters/judgement.ts';
import { implausibilities } from './site-meters/plausibility.ts';
import type { Reading } from './site-meters/reading.ts';

export type Conclusion = {
  /** Absent if nothing is to be told. */
  message?: Message;
  /** For the next tick's judgement, where this one had figures. */
  experience?: Experience;
  /** The same for the tick's line. */
  report: Pick<
    TickReport,
    'figures' | 'derived' | 'residual_kw' | 'age_s' | 'kind' | 'error' | 'problems' | 'meter' | 'warnings'
  >;
};

/**
 * All or nothing: one failing source makes the home fail, because a part is a wrong total.
 *
 * @param experience of the ticks before.
 */
export function conclude(site: Site, polled: readonly Polled[], now: number, experience?: Experience): Conclusion {
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
  return figures(combined.reading, combined.meterOwner, { maxPower_kw: site.maxPower_kw, now, experience });
}

type Circumstances = { maxPower_kw: number; now: number; experience: Experience | undefined };

function figures(
  reading: Reading,
  meter: string | undefined,
  { maxPower_kw, now, experience }: Circumstances,
): Conclusion {
  const { reading: balanced, derived, residual_kw } = balance(reading);
  const meters = metersOf(balanced);
  if (Object.keys(meters).length === 0) return failed('bad-response', 'No source measured anything');
  const impossible = implausibilities(balanced, maxPower_kw);
  if (impossible.length > 0) return failed('bad-response', `Impossible figures: ${impossible.join('; ')}`);
  const judgement = judge(reading, balanced, residual_kw, experience);
  if (judgement.refusal) return failed('bad-response', `Unbelievable figures: ${judgement.refusal}`);
  return {
    message: { reading: balanced },
    experience: judgement.experience,
    report: {
      figures: meters,
      derived,
      ...(residual_kw === undefined ? {} : { residual_kw }),
      ...(balanced.tsms === undefined ? {} : { age_s: Math.round((now - balanced.tsms) / 1000) }),
      ...(meter === undefined ? {} : { meter }),
      ...(judgement.warnings.length > 0 ? { warnings: judgement.warnings } : {}),
    },
  };
}

export function failed(kind: FailureKind | 'bug', error: string): Pick<Required<Conclusion>, 'message' | 'report'> {
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
