/** When a cloud renews its figures, learnt from its own times of measurement, and when it is worth asking next. Pure. */
import * as z from 'zod/mini';

/** What is kept of one source. Times are ms since the epoch, all else is in seconds. */
export const Refresh = z.object({
  /** From one renewal to the next; 0 while not known. */
  seconds: z.number(),
  /** The newest time of measurement seen, by the vendor's clock. */
  phase: z.number(),
  /** From a time of measurement until the cloud shows it; holds the difference of the two clocks, so may be negative. */
  lag: z.number(),
  /** The last answer, by our clock. */
  askedAt: z.number(),
  /** Allowance not used yet: by so much the next gap may be shorter than the least mean gap. */
  spare: z.number(),
  /** How well the times agree with `seconds`: relied on from 2 on. */
  sure: z.number(),
  /** By how much the next poll is aimed earlier; grows until one is too early. At its widest the lag is still sought. */
  stride: z.number(),
});
export type Refresh = z.output<typeof Refresh>;

/** How often a cloud may be asked. */
export type Pace = {
  /** Usual gap between two polls. */
  pollSeconds: number;
  /** Least gap between two polls. */
  floorSeconds: number;
  /** Calls are counted: the mean gap is never below `pollSeconds`. */
  counted: boolean;
};

const tickSeconds = 60;
/** A tick comes some seconds early or late: what may be asked each minute is not skipped for that. */
const slackSeconds = 5;
/** How much more often than usual a cloud is asked whose calls are not counted, for polls that come too early. */
const extraCalls = 1.45;
/** A cloud that renews its figures more often is as good as live: ticks are no finer. */
const quickestSeconds = 90;
/** Times that agree differ by no more. */
const toleranceSeconds = 40;
/** A time of measurement so near to the time of asking is most likely just that. */
const nowSeconds = 10;
/** By how much a poll is aimed later after one that came too early. */
const laterSeconds = 40;

/** A lag may become shorter, so each poll is aimed a little earlier than the one before. */
type Aim = { leastStride: number; growth: number };
/** A poll that came too early is repeated at the next tick. */
const boldAim: Aim = { leastStride: 3, growth: 1.1 };
/** It is not, and the figures grow old meanwhile. */
const carefulAim: Aim = { leastStride: 0.05, growth: 1.02 };
/** Surely reaches the tick before. */
const widestStride = tickSeconds + 3 * slackSeconds;

const surest = 4;
const sureEnough = 2;
/** Below it all is learnt anew. */
const leastSure = -100;
/** What weighs against what was learnt, but proves nothing by itself. */
const doubt = 40;

const secondsFrom = (earlier: number, later: number) => (later - earlier) / 1000;
const between = (least: number, value: number, most: number) => Math.max(least, Math.min(value, most));
const remainder = (value: number, divisor: number) => value - Math.floor(value / divisor) * divisor;
const aimAt = ({ counted, floorSeconds }: Pace) => (counted || floorSeconds > tickSeconds ? carefulAim : boldAim);
const leastMeanGap = ({ pollSeconds, counted }: Pace) => (counted ? pollSeconds : pollSeconds / extraCalls);

/**
 * What is known after a successful poll.
 *
 * @param seen `tsms`: the vendor's time of measurement, absent where it gives none; `askedAt`: when the answer came.
 */
export function learnRefresh(
  before: Refresh | undefined,
  seen: { tsms?: number | undefined; askedAt: number },
  pace: Pace,
): Refresh | undefined {
  const { tsms, askedAt } = seen;
  const gap = before ? secondsFrom(before.askedAt, askedAt) : 0;
  if (!before || gap <= 0 || !isPossible(before)) return tsms === undefined ? undefined : unlearnt(tsms, askedAt);
  const asked = { ...before, askedAt, spare: spareAfter(before.spare, gap, pace) };
  if (tsms === undefined) return rounded(asked);
  const learnt = learn(asked, { tsms, age: secondsFrom(tsms, askedAt), gap }, pace);
  return learnt.sure < leastSure ? unlearnt(tsms, askedAt) : rounded(learnt);
}

/** To ms: it is stored. */
function rounded({ seconds, lag, spare, stride, ...rest }: Refresh): Refresh {
  const toMs = (value: number) => Math.round(value * 1000) / 1000;
  return { ...rest, seconds: toMs(seconds), lag: toMs(lag), spare: toMs(spare), stride: toMs(stride) };
}

const unlearnt = (tsms: number, askedAt: number): Refresh => ({
  seconds: 0,
  phase: tsms,
  lag: 0,
  askedAt,
  spare: 0,
  sure: 0,
  stride: widestStride,
});

/** A clock that was wrong once, or another's document, must not be followed. */
const isPossible = ({ seconds, phase, lag, askedAt, spare, sure, stride }: Refresh) =>
  seconds >= 0 &&
  Math.max(seconds, Math.abs(lag), Math.abs(spare), Math.abs(secondsFrom(phase, askedAt))) < 1_000_000 &&
  sure <= surest &&
  stride >= carefulAim.leastStride &&
  stride <= widestStride;

/** A long pause saves no more than the longest gap that is planned: nobody knows what was asked in it. */
function spareAfter(spare: number, gap: number, pace: Pace): number {
  const { pollSeconds } = pace;
  return between(0, spare + Math.min(gap, pollSeconds + tickSeconds) - leastMeanGap(pace), pollSeconds);
}

/** A poll as seen from the one before. */
type Poll = {
  tsms: number;
  /** Since the time of measurement. */
  age: number;
  /** Since the poll before. */
  gap: number;
};

function learn(before: Refresh, poll: Poll, pace: Pace): Refresh {
  const { seconds, sure } = before;
  const phase = poll.tsms;
  const step = secondsFrom(before.phase, poll.tsms);
  if (seconds > 0 && seconds < quickestSeconds) return { ...before, phase, sure: sure - doubtOfQuick(step, poll) };
  if (step < -2 * seconds) return { ...before, sure: sure - doubt };
  if (step <= 0) return before;
  if (seconds === 0 && Math.abs(poll.age) <= nowSeconds) return { ...before, phase };
  if (seconds === 0) return { ...before, phase, seconds: step, lag: poll.age, stride: widestStride };
  // After a pause no number of renewals is sure.
  if (step > 4 * Math.max(seconds, pace.pollSeconds)) return { ...before, phase };
  if (!agree(step, seconds)) return afterOddStep(before, step, poll, aimAt(pace));
  if (isSeveral(before, step, poll, pace)) return { ...before, phase, seconds: step, sure: sureEnough };
  return {
    ...before,
    phase,
    seconds: seconds + 0.2 * (step / renewalsIn(step, seconds) - seconds),
    // A step as long as the gap is what a live cloud shows too.
    sure: Math.min(Math.max(sure, 0) + 1, follows(step, poll) ? Math.max(sure, surest - 1) : surest),
    ...lagAfter(before, step, poll, aimAt(pace)),
  };
}

const renewalsIn = (step: number, seconds: number) => Math.max(1, Math.round(step / seconds));
const agree = (step: number, seconds: number) =>
  Math.abs(step - seconds * renewalsIn(step, seconds)) <= Math.min(toleranceSeconds, seconds / 6);
const follows = (step: number, { gap }: Poll) => Math.abs(step - gap) <= toleranceSeconds;

/** Where the poll before missed two renewals, and this one shows no more within the usual gap, they are one. */
const isSeveral = ({ seconds, lag }: Refresh, step: number, { age, gap }: Poll, { pollSeconds }: Pace) =>
  renewalsIn(step, seconds) >= 2 && step <= pollSeconds + tickSeconds && age + step - gap - lag >= 2 * seconds;

/** At a quick cloud there is nothing to aim at; now and then that is looked into again. */
const doubtOfQuick = (step: number, { gap }: Poll) => (Math.abs(step - gap) > 2 * toleranceSeconds ? doubt : 1);

/** Once, it is equipment that was started anew; again, or while the lag is sought, the interval is a part of it. */
function afterOddStep(before: Refresh, step: number, poll: Poll, aim: Aim): Refresh {
  const sure = before.sure - 2;
  const phase = poll.tsms;
  if (sure > 0 && before.stride < widestStride) return { ...before, phase, sure };
  const apart = { ...before, phase, seconds: commonPart(before.seconds, step), sure: sureEnough, stride: widestStride };
  return { ...apart, ...lagAfter(apart, step, poll, aim) };
}

/** The longest interval that both are multiples of, best one of whole minutes; a quick one if there is none. */
function commonPart(a: number, b: number): number {
  const longer = Math.max(a, b);
  const parts = Array.from({ length: Math.floor(longer / quickestSeconds) }, (_, index) => longer / (index + 1));
  const common = parts.filter((part) => agree(Math.min(a, b), part));
  return common.find((part) => Math.abs(part - 60 * Math.round(part / 60)) < part / 30) ?? common[0] ?? tickSeconds;
}

/** A poll that shows a new measurement bounds its lag: not shown yet at the poll before, shown now. */
function lagAfter(before: Refresh, step: number, { age, gap }: Poll, aim: Aim): Pick<Refresh, 'lag' | 'stride'> {
  const { seconds, lag } = before;
  const stride = Math.max(before.stride, aim.leastStride);
  const ageBefore = age + step - gap;
  const nextAge = age - seconds;
  const nextAgeBefore = ageBefore - seconds;
  // Another one is due and not shown. Once, its upload may have been missed; after an earlier aim, or twice, it is not.
  const isTooEarly = nextAge > lag && (nextAge < ageBefore - laterSeconds || nextAgeBefore > lag);
  const notYet = isTooEarly ? Math.max(age - gap, nextAge) : age - gap;
  if (lag <= notYet) return { lag: laterLag(before, notYet, aim), stride: aim.leastStride };
  const isSought = stride >= widestStride;
  // Asked a tick later than before, it has passed a renewal, or one was missed just then: if it was sought, that is tried.
  const isLater = Math.abs(remainder(gap, seconds) - tickSeconds) < tickSeconds / 2;
  if (isLater && age - nextAgeBefore < 1.5 * tickSeconds && age < lag + 2 * widestStride)
    return { lag: age - laterSeconds, stride: isSought ? boldAim.leastStride : aim.leastStride };
  const earliest = age - (isSought ? widestStride : tickSeconds + slackSeconds);
  return {
    lag: Math.min(lag, Math.max(Math.min(lag, age) - stride, earliest)),
    stride: Math.min(stride * aim.growth, widestStride),
  };
}

/** Too early once may be chance; again soon, or by far, it is not. */
function laterLag({ lag, stride }: Refresh, notYet: number, { leastStride, growth }: Aim): number {
  const isChance = stride < widestStride && stride > leastStride * growth ** 3;
  return laterSeconds + (isChance ? lag : notYet);
}

/** From one renewal to the next, s, where polls are aimed at it. */
export const renewalSeconds = ({ seconds, sure }: Refresh): number | undefined =>
  sure >= sureEnough && seconds >= quickestSeconds ? seconds : undefined;

/** Earliest time, ms, at which the next poll is worth it. */
export function nextPollAt(last: { polledAt: number }, refresh: Refresh | undefined, pace: Pace): number {
  return last.polledAt + 1000 * gapAfter(last.polledAt, refresh, pace);
}

function gapAfter(polledAt: number, refresh: Refresh | undefined, pace: Pace): number {
  const { pollSeconds, floorSeconds } = pace;
  if (pollSeconds <= tickSeconds) return pollSeconds - slackSeconds;
  // A poll after the last answer has failed: its cloud is left alone as long as usual.
  if (!refresh || !isPossible(refresh) || polledAt > refresh.askedAt) return pollSeconds;
  const floor = floorSeconds <= tickSeconds ? floorSeconds - slackSeconds : floorSeconds;
  const soonest = Math.max(floor, leastMeanGap(pace) - refresh.spare);
  const isQuick = refresh.seconds > 0 && refresh.seconds < quickestSeconds;
  if (!isQuick && refresh.sure < sureEnough) return pollSeconds;
  const gap = isQuick ? Math.max(soonest, pollSeconds - slackSeconds) : alignedGap(polledAt, refresh, pace, soonest);
  return between(floor, gap, pollSeconds + tickSeconds);
}

/** To the next renewal within the allowance. */
function alignedGap(polledAt: number, { seconds, phase, lag }: Refresh, pace: Pace, soonest: number): number {
  const { pollSeconds, counted } = pace;
  const longest = pollSeconds + tickSeconds - slackSeconds;
  const sincePhase = secondsFrom(phase, polledAt) - lag;
  const sinceDue = remainder(sincePhase, seconds);
  const untilDue = seconds - sinceDue;
  const wasTooEarly = sincePhase >= seconds && sincePhase < 2 * seconds && sinceDue < tickSeconds;
  if (wasTooEarly && !counted && soonest <= 2 * tickSeconds) return soonest;
  // The polls on the way to a renewal far ahead leave the longest gap for the last one.
  if (untilDue > pollSeconds) return Math.max(soonest, untilDue - longest * (Math.ceil(untilDue / longest) - 1));
  const due = untilDue + seconds * Math.floor((pollSeconds - untilDue) / seconds);
  if (due >= soonest - (counted ? 2 * slackSeconds : laterSeconds)) return Math.max(due, soonest);
  if (due + seconds <= longest) return due + seconds;
  // Out of step and no call to spare: a tick later each time, until it passes a renewal.
  const isOutOfStep = pollSeconds - due > tickSeconds + 2 * slackSeconds;
  return isOutOfStep ? longest : Math.max(soonest, pollSeconds - slackSeconds);
}
