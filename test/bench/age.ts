/**
 * `npm run bench:age`: how old the figures are that a destination knows, and how many calls that costs, for clouds that
 * renew theirs every 60, 300 or 900 s; beside the rule that asks at a fixed interval and a random phase.
 */
import type { Pace } from '../../functions/push-solar-data/core/refresh.ts';
import { type Cloud, type Course, follow, type Rule } from '../support/renewing-cloud.ts';

/** By how much the mean age may exceed its limit: on average over all phases of uploads against ticks, and at the worst. */
const targets = { mean: 45, worst: 75, calls: 1.5, countedCalls: 1 };
/**
 * A poll that comes too early shows figures that are a renewal older. Where calls are counted none is left to repeat it,
 * and they stay so until the next one: of so many polls one may. The targets hold this for clouds of 300 s already.
 */
const tooEarly = { oneOf: 50, heldFor_s: 300 };
const phases = 20;
const pollsEach = 2_000;
const delays = [10, 45, 90];

const weathers: [name: string, weather: Pick<Cloud, 'jitter' | 'missed' | 'clock'>][] = [
  ['calm', {}],
  ['jitter', { jitter: 15 }],
  ['missed', { missed: 0.02 }],
  ['drift', { clock: { ahead: -7, gained: 4 } }],
  ['all three', { jitter: 15, missed: 0.02, clock: { ahead: 6, gained: -4 } }],
];

type Case = { seconds: number; pace: Pace };
const free = (seconds: number, pollSeconds: number, floorSeconds: number): Case => ({
  seconds,
  pace: { pollSeconds, floorSeconds, counted: false },
});
const counted = (seconds: number, pollSeconds: number): Case => ({
  seconds,
  pace: { pollSeconds, floorSeconds: 60, counted: true },
});

const cases: Case[] = [
  free(60, 60, 60),
  free(60, 300, 60),
  free(300, 300, 60),
  free(300, 300, 120),
  free(300.2, 300, 120),
  free(300, 300, 295),
  free(900, 300, 120),
  free(900, 900, 60),
  counted(300, 300),
  counted(300, 2700),
  counted(900, 2700),
  free(300, 300, 300),
  free(300, 120, 120),
];

type Figures = { limit: number; over: number; worst: number; calls: number };

function measure({ seconds, pace }: Case, cloud: Omit<Cloud, 'seconds' | 'phase'>, rule: Rule): Figures {
  const days = (pollsEach * pace.pollSeconds) / 86_400;
  // Asked less often than it is renewed, a cloud's figures grow older between two polls.
  const between = Math.max(pace.pollSeconds - seconds, 0) / 2;
  const courses = Array.from({ length: phases }, (_, nth) =>
    follow({ ...cloud, seconds, phase: ((nth + 0.5) * seconds) / phases }, pace, { days, seed: nth + 1, rule }),
  );
  const overs = courses.map(({ age, shownAge }) => age - shownAge - between);
  return {
    limit: mean(courses.map(({ shownAge }: Course) => shownAge + between)),
    over: mean(overs),
    worst: Math.max(...overs),
    calls: mean(courses.map(({ polls }) => polls / days)),
  };
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What a case may be older than the targets, s. */
const allowance = ({ seconds, pace }: Case): number =>
  pace.counted ? Math.max(0, seconds - tooEarly.heldFor_s) / tooEarly.oneOf : 0;

function verdict({ over, worst, calls }: Figures, row: Case): string {
  const { counted, pollSeconds } = row.pace;
  const mostCalls = ((counted ? targets.countedCalls : targets.calls) * 86_400) / pollSeconds;
  const more = allowance(row);
  const isWithin = over <= targets.mean + more && worst <= targets.worst + more && calls <= mostCalls + 0.05;
  return `${isWithin ? 'ok' : 'MISSED'}${more > 0 ? ` (${more} s more allowed)` : ''}`;
}

const cells = (...values: (number | string)[]) =>
  values.map((value) => (typeof value === 'number' ? value.toFixed(0) : value).padStart(7)).join('');

let missed = 0;
console.log(`${' '.repeat(53)}learnt:${' '.repeat(22)}fixed:`);
console.log(
  `renewed  asked  least gap${' '.repeat(13)}delay${cells('limit', 'mean', 'worst', 'calls', 'mean', 'worst', 'calls')}`,
);
for (const row of cases)
  for (const [name, weather] of weathers)
    for (const delay of delays) {
      const { seconds, pace } = row;
      const learnt = measure(row, { delay, ...weather }, 'learnt');
      const fixed = measure(row, { delay, ...weather }, 'fixed');
      const what = `${`${seconds} s`.padEnd(9)}${`${pace.pollSeconds} s`.padEnd(7)}${pace.counted ? 'counted' : `${pace.floorSeconds} s`}`;
      const ages = ({ limit, over, worst, calls }: Figures) => cells(limit + over, limit + worst, calls);
      const judged = verdict(learnt, row);
      if (judged.startsWith('MISSED')) missed += 1;
      console.log(
        `${what.padEnd(26)}${name.padEnd(11)}${String(delay).padStart(6)}${cells(learnt.limit)}${ages(learnt)}${ages(fixed)}  ${judged}`,
      );
    }
console.log('Ages in seconds, mean over time: over all phases, and at the worst one. Calls a day.');
console.log(
  'Limit: each renewal told when it is shown, or where it is asked less often, half of the difference later.',
);
console.log(
  `More is allowed where calls are counted and renewals are longer than ${tooEarly.heldFor_s} s: one poll of ${tooEarly.oneOf} may come too early,\n` +
    'and its figures are a renewal older until the next one.',
);
console.log(
  missed === 0
    ? `All within ${targets.mean} s of the limit, and within ${targets.worst} s at the worst phase, and what more is allowed.`
    : `${missed} targets missed.`,
);
process.exitCode = missed === 0 ? 0 : 1;
