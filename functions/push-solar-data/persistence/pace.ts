/** So many calls a second to a service that counts them, the urgent first; slower while it refuses some for being too many. */
import { Failure } from '../core/failure.ts';
import type { Clock } from '../platform/clock.ts';

export type Pace = {
  /** Does the work when its turn comes. What is throttled or passes is tried again. @throws what the work throws in the end */
  inTurn<Result>(isUrgent: boolean, work: () => Promise<Result>): Promise<Result>;
};

/** How long a call is tried anew from its first refusal on. Its caller may have given up long before, and takes over what comes of it. */
const patienceMs = 300_000;
/** A second try and a third one for what has nothing to do with the pace, as the SDK does by itself. */
const mostTries = 3;
/** The slowest pace is this part of the usual one. */
const slowestPart = 1 / 16;
/** One calm call brings back this part of the usual pace. */
const recoveredPart = 1 / 20;

type PaceClock = Pick<Clock, 'stopwatch' | 'sleep'>;

export function openPace(perSecond: number, clock: PaceClock): Pace {
  const urgent: (() => void)[] = [];
  const others: (() => void)[] = [];
  /** After a pause, as many calls at once as a second has, but always one. */
  const mostAtOnce = Math.max(1, perSecond);
  let rate = perSecond;
  let allowed = mostAtOnce;
  let countedAt = clock.stopwatch();
  let slowedAt = Number.NEGATIVE_INFINITY;
  let isCalling = false;

  const count = () => {
    const now = clock.stopwatch();
    allowed = Math.min(mostAtOnce, allowed + ((now - countedAt) / 1000) * rate);
    countedAt = now;
  };
  const callNext = async () => {
    if (isCalling) return;
    isCalling = true;
    while (urgent.length + others.length > 0) {
      count();
      if (allowed < 1) {
        await clock.sleep(Math.ceil(((1 - allowed) / rate) * 1000));
      } else {
        allowed -= 1;
        (urgent.shift() ?? others.shift())?.();
      }
    }
    isCalling = false;
  };
  const turn = (isUrgent: boolean) =>
    new Promise<void>((resolve) => {
      (isUrgent ? urgent : others).push(resolve);
      void callNext();
    });
  /** Calls side by side that are refused together slow down once. */
  const slowDown = (begunAt: number) => {
    count();
    if (begunAt <= slowedAt) return;
    slowedAt = countedAt;
    rate = Math.max(rate / 2, perSecond * slowestPart);
    allowed = Math.min(allowed, 0);
  };
  /** Whether what has failed so is worth another turn. */
  const patience = () => {
    let tries = 0;
    let refusedAt: number | undefined;
    return (error: unknown, begunAt: number): boolean => {
      tries += 1;
      if (!isThrottled(error)) return isPassing(error) && tries < mostTries;
      slowDown(begunAt);
      refusedAt ??= countedAt;
      return clock.stopwatch() - refusedAt < patienceMs;
    };
  };
  return {
    async inTurn(isUrgent, work) {
      const isWorthAnother = patience();
      for (;;) {
        await turn(isUrgent);
        const begunAt = clock.stopwatch();
        try {
          const result = await work();
          rate = Math.min(perSecond, rate + perSecond * recoveredPart);
          return result;
        } catch (error) {
          if (!isWorthAnother(error, begunAt)) throw error;
        }
      }
    },
  };
}

type ServiceError = Error & { $metadata?: { httpStatusCode?: number } };
/** What the SDK has said, which a sentence for the owner may hide. */
const saidBySdk = (error: unknown): ServiceError => (error instanceof Failure ? error.cause : error) as ServiceError;

/** Too many calls, or two for one parameter at once. */
const isThrottled = (error: unknown): boolean =>
  ['ThrottlingException', 'Throttling', 'TooManyUpdates', 'RequestLimitExceeded'].includes(saidBySdk(error)?.name);

/** Trouble of the service, or no answer at all. */
function isPassing(error: unknown): boolean {
  const { $metadata } = saidBySdk(error) ?? {};
  return $metadata !== undefined && ($metadata.httpStatusCode ?? 500) >= 500;
}
