/**
 * Owners' expressions of several homes in one process of ours: two processes for all of them, because each needs some
 * 50 MB. The second is for homes whose expressions take long, and lives only while
 * it is asked: nobody else waits for them.
 */
import { Failure } from '../core/failure.ts';
import { type Clock, systemClock } from './clock.ts';
import { createExpressionProcess, type Evaluator, wasEnded } from './expression-process.ts';
import type { Result } from './expression-runner.ts';

/** For all expressions of a question in the quick process, ms: as long as a single one may take. */
const quickMs = 1_000;
/** From this time on, without that of a start, a question is a slow one, ms. */
const slowFromMs = 300;
/** Half of what those of one home alone have: two processes and the homes share the memory of one function. */
const heapMb = 24;
/** How long a home with slow expressions is kept apart, ms. */
const apartMs = 3_600_000;
/** Questions of one home that wait. */
const mostWaiting = 20;

type Answered = { results: Result[]; isSlow: boolean; hasEnded: boolean };

/** @returns the evaluator of a home, by its name. */
export function createSharedExpressions(clock: Clock = systemClock): (home: string) => Evaluator {
  const quick = createExpressionProcess({ questionMs: quickMs, heapMb });
  const slow = createExpressionProcess({ heapMb });
  const quickInTurn = createQueue();
  /** By home, until when it is kept apart, ms since the epoch. */
  const apart = new Map<string, number>();
  let isWarm = false;
  let slowOnes = 0;

  const isApart = (home: string): boolean => {
    const left = (apart.get(home) ?? 0) - clock.now();
    return left > 0 && left <= apartMs;
  };
  const askQuick = (question: string, count: number): Promise<Answered> =>
    quickInTurn(async () => {
      const wasWarm = isWarm;
      isWarm = false;
      const begun = clock.stopwatch();
      const results = await quick.ask(question, count);
      const hasEnded = results.some(wasEnded);
      isWarm = !hasEnded;
      return { results, hasEnded, isSlow: hasEnded || (wasWarm && clock.stopwatch() - begun >= slowFromMs) };
    });
  const askSlow = async (question: string, count: number): Promise<Result[]> => {
    slowOnes += 1;
    try {
      return await slow.ask(question, count);
    } finally {
      slowOnes -= 1;
      if (slowOnes === 0) slow.end();
    }
  };

  return (home) => {
    const inTurn = createQueue();
    let waiting = 0;
    const askNow = async (question: string, count: number): Promise<Result[]> => {
      if (!isApart(home)) {
        const { results, isSlow, hasEnded } = await askQuick(question, count);
        if (isSlow) apart.set(home, clock.now() + apartMs);
        if (!hasEnded) return results;
      }
      return askSlow(question, count);
    };
    return {
      start() {
        if (!isApart(home)) quick.start();
      },
      // One question of a home at a time: however many it has, another home waits for one of them.
      async ask(question, count) {
        if (waiting >= mostWaiting) throw new Failure('unavailable', 'Too many expressions of this home are waiting');
        waiting += 1;
        try {
          return await inTurn(() => askNow(question, count));
        } finally {
          waiting -= 1;
        }
      },
    };
  };
}

function createQueue(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let turn: Promise<unknown> = Promise.resolve();
  return (work) => {
    const answer = turn.then(work);
    turn = answer.catch(() => {});
    return answer;
  };
}
