/** A cloud that renews its figures by the clock of its equipment, and a bridge that asks it: how old is what it has told? */

import { isWorthWaiting } from '../../functions/push-solar-data/core/next-poll.ts';
import { learnRefresh, nextPollAt, type Pace, type Refresh } from '../../functions/push-solar-data/core/refresh.ts';
import { type Draw, drawFrom } from '../fuzz/mutation.ts';

/** Durations are in seconds. */
export type Cloud = {
  /** From one upload to the next. */
  seconds: number;
  /** Of the uploads against the ticks. */
  phase: number;
  /** From an upload until it is shown. */
  delay: number;
  /** Uploads are shown up to so much later, and come themselves up to a third of it later. */
  jitter?: number;
  /** Share of uploads that never come. */
  missed?: number;
  /** The vendor's clock is ahead by so much, and gains so much a day. */
  clock?: { ahead: number; gained: number };
  /** What passes as time of measurement; default: the measurement's, by the vendor's clock. */
  times?: 'none' | 'of asking';
};

export type Course = {
  /** Mean over all moments of now − time of measurement of what was told last. */
  age: number;
  /** The same if each upload were told at the moment it is shown. */
  shownAge: number;
  polls: number;
  /** Between the polls, in order. */
  gaps: number[];
  refresh: Refresh | undefined;
};

const begin = Date.parse('2026-05-01T00:00:00Z');
const daySeconds = 86_400;
/** A tick comes so much early or late at most. */
const tickJitterMs = 2_000;
const answerMs = 400;
/** No tick waits longer for a cloud. */
const longestWaitMs = 30_000;

export type Rule = 'learnt' | 'fixed';
type Ride = { days: number; seed?: number; rule?: Rule; refresh?: Refresh | undefined };

/** Asks a cloud at the ticks of some days. The same seed is the same course. */
export function follow(cloud: Cloud, pace: Pace, { days, seed = 1, rule = 'learnt', ...kept }: Ride): Course {
  const draw = drawFrom(seed);
  const uploads = uploadsOf(cloud, days, draw);
  const end = begin + days * daySeconds * 1000;
  const told = meanAge();
  const gaps: number[] = [];
  let { refresh } = kept;
  let polledAt = Number.NaN;
  let dueAt = 0;
  let shown = 0;
  for (let minute = begin; minute < end; minute += 60_000) {
    const tickAt = Math.round(minute + (2 * draw() - 1) * tickJitterMs);
    if (dueAt > tickAt && !isWorthWaiting(dueAt - tickAt, dueAt - polledAt, pace)) continue;
    const askedAt = Math.max(tickAt, dueAt);
    gaps.push((askedAt - polledAt) / 1000);
    polledAt = askedAt;
    shown = newestAt(askedAt, uploads, shown);
    const { at, tsms } = uploads[shown] ?? { at: askedAt, tsms: askedAt };
    const answeredAt = askedAt + answerMs;
    told.tell(answeredAt, at);
    const seen = { none: undefined, 'of asking': askedAt, measured: tsms }[cloud.times ?? 'measured'];
    refresh = learnRefresh(refresh, { tsms: seen, askedAt: answeredAt }, pace);
    dueAt = rule === 'learnt' ? nextPollAt({ polledAt }, refresh, pace) : fixedDueAt(polledAt, pace);
    // No tick before it can be late enough, nor wait.
    minute += 60_000 * Math.max(0, Math.floor((dueAt - longestWaitMs - tickJitterMs - minute) / 60_000) - 1);
  }
  return { age: told.mean(end), shownAge: shownAge(uploads, end), polls: gaps.length, gaps: gaps.slice(1), refresh };
}

function newestAt(now: number, uploads: readonly Upload[], from: number): number {
  let newest = from;
  while ((uploads[newest + 1]?.shownAt ?? Number.POSITIVE_INFINITY) <= now) newest += 1;
  return newest;
}

function shownAge(uploads: readonly Upload[], end: number): number {
  const best = meanAge();
  for (const { at, shownAt } of uploads) if (shownAt < end) best.tell(Math.max(begin, shownAt), at);
  return best.mean(end);
}

/** As often as usual, at whatever phase the first poll had. */
const fixedDueAt = (polledAt: number, { pollSeconds }: Pace) =>
  polledAt + 1000 * (pollSeconds <= 60 ? pollSeconds - 5 : pollSeconds);

type Upload = { at: number; tsms: number; shownAt: number };

function uploadsOf(cloud: Cloud, days: number, draw: Draw): Upload[] {
  const { seconds, phase, delay, jitter = 0, missed = 0, clock = { ahead: 0, gained: 0 } } = cloud;
  const uploads: Upload[] = [];
  // The first one is shown before the first tick.
  for (let due = phase - 2 * seconds - delay - jitter; due < days * daySeconds; due += seconds) {
    const at = begin + 1000 * (due + (draw() * jitter) / 3);
    const shownAt = Math.max(at + 1000 * (delay + draw() * jitter), uploads.at(-1)?.shownAt ?? 0);
    const ahead = clock.ahead + (clock.gained * due) / daySeconds;
    if (draw() >= missed || uploads.length === 0)
      uploads.push({ at, tsms: 1000 * Math.round(at / 1000 + ahead), shownAt });
  }
  return uploads;
}

/** The mean over time of an age that grows by itself until something newer is told. */
function meanAge() {
  let first: number | undefined;
  let last = { told: 0, at: 0 };
  let area = 0;
  const growUntil = (moment: number) => {
    area += (moment - last.told) * ((moment + last.told) / 2 - last.at);
  };
  return {
    tell(told: number, at: number) {
      if (first !== undefined) growUntil(told);
      first ??= told;
      last = { told, at };
    },
    mean(end: number): number {
      growUntil(end);
      return area / (end - (first ?? end)) / 1000;
    },
  };
}
