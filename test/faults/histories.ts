/** Faults that take more than one tick: what vanishes, what stands still, and a clock that is put right. */
import { isDeepStrictEqual } from 'node:util';
import { powerFields, powerOf, type Term, terms } from '../../functions/push-solar-data/core/reading.ts';
import { withFigures } from '../conversations/adapter-conversation.ts';
import type { NamedConversation } from '../conversations/all.ts';
import type { Push } from '../support/conversation.ts';
import type { Cell } from './cell.ts';
import type { Fault } from './fault.ts';
import { openTestedHome, undisturbed } from './tested-home.ts';

export type History = { name: string; play(conversation: NamedConversation): Promise<Cell> };

export const histories: readonly History[] = [
  { name: 'each power in its turn is gone', play: (talk) => playVanishing(talk, undefined) },
  { name: 'each power in its turn is null', play: (talk) => playVanishing(talk, null) },
  { name: 'each power in its turn is "--"', play: (talk) => playVanishing(talk, '--') },
  { name: 'each is gone after a cold start', play: (talk) => playVanishing(talk, undefined, 'cold start') },
  { name: 'the same figures for 40 minutes', play: playFrozen },
  { name: 'a clock that was a year ahead once', play: (talk) => playClock(talk, {}) },
  { name: 'a clock that was ahead at a refusal', play: (talk) => playClock(talk, { status: 429 }) },
  { name: 'a clock that was ahead at an error', play: (talk) => playClock(talk, { status: 500 }) },
];

const played = (wrong: string[], sign: Cell['sign']): Cell => ({
  ...{ sign: wrong.length > 0 ? '✗' : sign, wrong, ms: 0, megabytes: 0 },
});
const notThere = played([], '·');

/** A cloud that is asked as often as the conversation says. */
export function askedAgain({ name, adapter, conversation }: NamedConversation) {
  const { again, settings } = conversation;
  const { pollSeconds } = adapter;
  return {
    talk: { name, adapter, conversation: { ...conversation, settings: { ...settings, ...again?.settings } } },
    everySeconds: Math.max(60, again?.afterSeconds ?? (typeof pollSeconds === 'number' ? pollSeconds : 300)),
  };
}

/** At noon, what has given a power gives it no more, or something else in its place. */
async function playVanishing(of: NamedConversation, instead: unknown, start?: 'cold start'): Promise<Cell> {
  const { carriers, push } = of.conversation;
  const wrong: string[] = [];
  for (const term of terms) {
    const carrier = carriers[term];
    if (!carrier || !(powerOf[term] in push.siteMeters)) continue;
    const changes = Array.isArray(carrier) ? Object.fromEntries(carrier.map((name) => [name, instead])) : carrier;
    const found = await playGone(of, changes as Record<string, unknown>, term, start);
    wrong.push(...found.map((what) => `without the ${term}: ${what}`));
  }
  return played(wrong, '✓');
}

async function playGone(
  of: NamedConversation,
  changes: Record<string, unknown>,
  term: Term,
  start: 'cold start' | undefined,
): Promise<string[]> {
  const whole = await toldSecondly(of, {}, undefined);
  const { push, wrong } = await toldSecondly(of, changes, start);
  if (!whole.push?.siteMeters || !push) return [...wrong, 'it was not told twice'];
  return [...wrong, ...inventions(push, whole.push.siteMeters, term)];
}

/** What is told after the second of two answers, which differs from the first by these changes. */
async function toldSecondly(
  of: NamedConversation,
  changes: Record<string, unknown>,
  start: 'cold start' | undefined,
): Promise<{ push: Push | undefined; wrong: string[] }> {
  const { talk, everySeconds } = askedAgain(of);
  const answer: Fault['answer'] = ({ json, ...rest }) =>
    json === undefined ? undefined : { ...rest, json: withFigures(json, changes) };
  const tested = await openTestedHome(talk, { answer }, 'every call');
  try {
    const first = await tested.tick();
    if (first.outcome !== 'pushed') return { push: undefined, wrong: [first.error ?? first.outcome] };
    if (start) tested.home.coldStart();
    tested.home.clock.advance(everySeconds);
    tested.strike('answers');
    const report = await tested.tick();
    const [, push] = tested.chargeHq.pushes;
    const wrong = tested.unfit(report, push ? [push] : []);
    if (report.kind === 'bug') wrong.push(`a bug: ${report.sources[0]?.stack ?? report.remarks}`);
    return { push, wrong };
  } finally {
    await tested.close();
  }
}

/** What was told although it is not known: the term itself, the home's consumption, or something that nobody measured. */
function inventions({ siteMeters, error }: Push, whole: Record<string, number>, term: Term): string[] {
  if (!siteMeters) return error === undefined ? ['neither figures nor an error'] : [];
  const field = powerOf[term];
  const told = JSON.stringify(siteMeters);
  if (field in siteMeters)
    return siteMeters[field] === whole[field] ? [] : [`${field} is made up: ${told} of ${JSON.stringify(whole)}`];
  if (term === 'grid') return [`without the grid the rest looks like surplus: ${told}`];
  if ('consumption_kw' in siteMeters) return [`the consumption is made up: ${told}`];
  return Object.entries(siteMeters).flatMap(([name, kw]) =>
    kw === whole[name] ? [] : [`${name} is made up: ${told}`],
  );
}

const frozenMinutes = 40;

/** Of a cloud that gives no times only the figures themselves can tell that the equipment reports no more. */
async function playFrozen(of: NamedConversation): Promise<Cell> {
  const { push } = of.conversation;
  const flowing = powerFields.filter((field) => (push.siteMeters[field] ?? 0) !== 0);
  if (push.tsms !== undefined || flowing.length < 2) return notThere;
  const { talk, everySeconds } = askedAgain(of);
  const tested = await openTestedHome(talk, { answer: () => undefined }, 'every call');
  try {
    const wrong: string[] = [];
    for (let seconds = 0; seconds <= frozenMinutes * 60; seconds += everySeconds) {
      const report = await tested.tick();
      wrong.push(...tested.unfit(report, tested.chargeHq.pushes.slice(-1)));
      if (seconds < 600 && report.outcome !== 'pushed') wrong.push(`${report.error} after ${seconds} s`);
      if (seconds > frozenMinutes * 60 - everySeconds && report.kind !== 'stale')
        wrong.push(`still ${report.outcome} after ${seconds} s`);
      tested.home.clock.advance(everySeconds);
    }
    return played(wrong, '✓');
  } finally {
    await tested.close();
  }
}

const yearSeconds = 365 * 86_400;

/** An empty battery of a clock: what was remembered in the future holds nobody up when the clock is right. */
async function playClock(of: NamedConversation, { status }: { status?: number }): Promise<Cell> {
  const answer: Fault['answer'] = () => ({ status: status ?? 200, headers: { 'retry-after': '86400' }, json: {} });
  const { talk, everySeconds } = askedAgain(of);
  const tested = await openTestedHome(talk, { answer }, 'live call');
  try {
    const right = tested.home.clock.at;
    tested.home.clock.advance(yearSeconds);
    if (status) tested.strike('answers');
    await tested.tick(true);
    tested.strike(undefined);
    const wrong: string[] = [];
    for (const seconds of [0, everySeconds + 10]) {
      tested.home.clock.at = right + seconds * 1000;
      const report = await tested.tick(true);
      const push = tested.chargeHq.pushes.at(-1);
      wrong.push(...tested.unfit(report, push ? [push] : []));
      const expected = await undisturbed(tested, tested.home.clock.at);
      // With a log-in from the future a call may be refused that the conversation does not know.
      const isRight = report.outcome === 'pushed' && isDeepStrictEqual(push?.siteMeters, expected?.siteMeters);
      if (!isRight) wrong.push(`${seconds} s after the clock was put right: ${JSON.stringify(report)}`);
    }
    return played(wrong, '=');
  } finally {
    await tested.close();
  }
}
