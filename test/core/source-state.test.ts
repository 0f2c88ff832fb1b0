/** When a source is asked again, and how long it is left alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure, type FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import {
  afterAnswer,
  afterFailure,
  msUntilDue,
  type SourceState,
  standing,
} from '../../functions/push-solar-data/core/source-state.ts';
import { sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const agoMs = (seconds: number) => now - seconds * 1000;
const inMs = (seconds: number) => now + seconds * 1000;
const reading: Reading = { production_kw: 4.2 };

const isDue = (...asked: Parameters<typeof msUntilDue>): boolean => msUntilDue(...asked) === 0;

/** What is known of the source that `sourceOf` makes. */
const stateOf = (state: Partial<SourceState>): SourceState => ({ settingsHash: 'settings', ...state });
/** The same after a good answer. */
const answered = (secondsAgo: number): SourceState =>
  stateOf({ polledAt: agoMs(secondsAgo), last: { reading, lacking: [], at: agoMs(secondsAgo) } });
type Kept = NonNullable<SourceState['failure']>;
const failureOf = (failure: Partial<Kept> = {}): Kept => ({
  kind: 'unavailable',
  message: 'Example Cloud has trouble',
  consecutive: 1,
  ...failure,
});

describe('a source', () => {
  it('that was never asked is asked', () => {
    assert.equal(isDue(undefined, sourceOf(), now), true);
    assert.deepEqual(standing(undefined, sourceOf(), now), {});
  });

  // The trigger comes some seconds early or late.
  const rows: [pollSeconds: number, secondsAgo: number, due: boolean][] = [
    [60, 54, false],
    [60, 55, true],
    [60, 59, true],
    [60, 60, true],
    [60, 3_600, true],
    [30, 24, false],
    [30, 25, true],
  ];
  for (const [pollSeconds, secondsAgo, due] of rows)
    it(`of ${pollSeconds} s is ${due ? 'asked' : 'left alone'} ${secondsAgo} s after it was asked`, () => {
      const limits = sourceOf({ pollSeconds, floorSeconds: pollSeconds });
      assert.equal(isDue(answered(secondsAgo), limits, now), due, 'after an answer');
      const failed = stateOf({ polledAt: agoMs(secondsAgo), failure: failureOf() });
      assert.equal(isDue(failed, limits, now), due, 'after a failure');
    });

  const slowRows: [pollSeconds: number, secondsAgo: number, due: boolean][] = [
    [61, 60, false],
    [61, 61, true],
    [120, 119, false],
    [120, 120, true],
    [300, 299, false],
    [300, 300, true],
  ];
  for (const [pollSeconds, secondsAgo, due] of slowRows)
    it(`of ${pollSeconds} s whose calls are counted is ${due ? 'asked' : 'left alone'} after ${secondsAgo} s`, () => {
      const limits = sourceOf({ pollSeconds, floorSeconds: pollSeconds, callsAreCounted: true });
      assert.equal(isDue(answered(secondsAgo), limits, now), due, 'after an answer');
      const failed = stateOf({ polledAt: agoMs(secondsAgo), failure: failureOf() });
      assert.equal(isDue(failed, limits, now), due, 'after a failure');
    });

  it('is asked when its cloud renews its figures, as learnt, but after a failure at its usual interval', () => {
    const limits = sourceOf({ pollSeconds: 300 });
    const renewal = { seconds: 300, phase: agoMs(250), lag: 10, spare: 300, sure: 4, stride: 3 };
    const learnt = { ...answered(200), refresh: { ...renewal, askedAt: agoMs(200) } } as SourceState;
    const seconds = Array.from({ length: 301 }, (_, second) => second);
    assert.ok((seconds.find((second) => isDue(learnt, limits, inMs(second))) ?? 300) < 90, 'it follows the renewal');
    const failed = { ...learnt, failure: failureOf() };
    assert.equal(
      seconds.find((second) => isDue(failed, limits, inMs(second))),
      100,
    );
  });

  it('in a back-off is left alone beyond its interval, to the ms', () => {
    const state = stateOf({ polledAt: agoMs(1_800), failure: failureOf({ retryAt: now }) });
    assert.equal(isDue(state, sourceOf(), now - 1), false);
    assert.equal(isDue(state, sourceOf(), now), true);
  });

  it('with a back-off shorter than its interval waits for its interval', () => {
    const state = stateOf({ polledAt: agoMs(100), failure: failureOf({ retryAt: agoMs(50) }) });
    assert.equal(isDue(state, sourceOf({ pollSeconds: 300 }), now), false);
  });

  it('with a changed setting is asked at once, also in a back-off', () => {
    const state = stateOf({ polledAt: agoMs(1), failure: failureOf({ retryAt: inMs(1_800) }) });
    assert.equal(isDue(state, sourceOf(), now), false);
    assert.equal(isDue(state, sourceOf({ settingsHash: 'changed' }), now), true);
    assert.deepEqual(standing(state, sourceOf({ settingsHash: 'changed' }), now), {});
  });

  it('is asked by an impatient owner before it is time, but not in a back-off', () => {
    assert.equal(isDue(answered(1), sourceOf(), now, { ignoreInterval: true }), true);
    const refused = stateOf({ polledAt: agoMs(1), failure: failureOf({ retryAt: inMs(60) }) });
    assert.equal(isDue(refused, sourceOf(), now, { ignoreInterval: true }), false);
  });
});

describe('a clock that was ahead once and is set back', () => {
  const ahead = 30 * 86_400;
  const rows: [string, Partial<SourceState>][] = [
    ['a poll', { polledAt: inMs(ahead) }],
    ['a poll just beyond its interval', { polledAt: inMs(61) }],
    [
      'a poll and the back-off after it',
      { polledAt: inMs(ahead), failure: failureOf({ retryAt: inMs(ahead + 1_800) }) },
    ],
    ['a back-off whose poll was not kept', { failure: failureOf({ retryAt: inMs(ahead) }) }],
  ];
  for (const [what, state] of rows)
    it(`silences no source by ${what} of the future`, () => {
      assert.equal(isDue(stateOf(state), sourceOf(), now), true);
    });

  it('does not shorten the longest back-off that there is', () => {
    const failure = failureOf({ kind: 'rate-limited', retryAt: inMs(86_400) });
    assert.equal(isDue(stateOf({ polledAt: now, failure }), sourceOf(), now), false);
  });

  it('is not meant by a poll that was noted ahead, within its interval', () => {
    assert.equal(isDue(stateOf({ polledAt: inMs(270) }), sourceOf({ pollSeconds: 300 }), now), false);
  });
});

describe('a source whose polls are not kept, after a cold start,', () => {
  const rows: [pollSeconds: number, secondsAfterLoading: number, due: boolean][] = [
    [60, 0, true],
    [120, 0, false],
    [120, 119, false],
    [120, 120, true],
  ];
  for (const [pollSeconds, seconds, due] of rows)
    it(`of ${pollSeconds} s is ${due ? 'asked' : 'left alone'} ${seconds} s later: it may have been asked just before`, () => {
      assert.equal(isDue(stateOf({}), sourceOf({ pollSeconds }), now, { loadedAt: agoMs(seconds) }), due);
    });

  it('is asked at once where it was never asked', () => {
    assert.equal(isDue(undefined, sourceOf({ pollSeconds: 900 }), now, { loadedAt: now }), true);
  });

  it('is left alone in a back-off', () => {
    const refused = stateOf({ failure: failureOf({ retryAt: inMs(1_000) }) });
    assert.equal(isDue(refused, sourceOf(), inMs(999), { loadedAt: now }), false);
    assert.equal(isDue(refused, sourceOf(), inMs(1_000), { loadedAt: now }), true);
  });
});

describe('after a failure the vendor is left alone', () => {
  type Failed = Failure | { kind: 'bug'; message: string };
  const failing = (kind: FailureKind, retryAfterSeconds?: number) =>
    new Failure(kind, 'a sentence', { retryAfterSeconds });
  const bug: Failed = { kind: 'bug', message: 'a sentence' };
  const times = (count: number, failure: Failed) => Array.from({ length: count }, () => failure);
  /** Seconds after the last of several failures in a row. */
  function secondsAfter(failures: readonly Failed[]): number | undefined {
    let state: SourceState | undefined;
    for (const failure of failures) state = afterFailure(state, sourceOf(), now, failure);
    const { retryAt } = state?.failure ?? {};
    return retryAt === undefined ? undefined : (retryAt - now) / 1000;
  }

  const rows: [string, Failed[], number | undefined][] = [
    ['half an hour with refused credentials', [failing('auth')], 1_800],
    ['half an hour with credentials refused again and again', times(9, failing('auth')), 1_800],
    ['as long as the cloud says with refused credentials', [failing('auth', 7_200)], 7_200],
    ['no less than half an hour with refused credentials, whatever a gateway says', [failing('auth', 1)], 1_800],
    ['5 min when told to slow down', [failing('rate-limited')], 300],
    ['10 min when told again', times(2, failing('rate-limited')), 600],
    ['20 min when told a third time', times(3, failing('rate-limited')), 1_200],
    ['40 min when told a fourth time', times(4, failing('rate-limited')), 2_400],
    ['an hour when told a fifth time', times(5, failing('rate-limited')), 3_600],
    ['an hour when told for ever', times(50, failing('rate-limited')), 3_600],
    ['as long as told, where that is said', [failing('rate-limited', 77)], 77],
    ['as long as told, however often', times(5, failing('rate-limited', 77)), 77],
    ['no longer than a day: more is a time mistaken for a duration', [failing('rate-limited', 1_777_636_800)], 86_400],
    ['as long as a cloud in trouble says', [failing('unavailable', 120)], 120],
    [
      '5 min again after another failure between',
      [...times(3, failing('rate-limited')), failing('offline'), failing('rate-limited')],
      300,
    ],
    ['only for its interval where a setting is wrong', [failing('settings')], undefined],
    ['only for its interval when offline', [failing('offline')], undefined],
    ['only for its interval when stale', [failing('stale')], undefined],
    ['only for its interval after a bad response', [failing('bad-response')], undefined],
    ['only for its interval when unavailable', times(9, failing('unavailable')), undefined],
    ['only for its interval when told 0 s', [failing('rate-limited', 0)], undefined],
    ['only for its interval after a bug of ours', times(9, bug), undefined],
  ];
  for (const [what, failures, seconds] of rows)
    it(what, () => {
      assert.equal(secondsAfter(failures), seconds);
    });

  it('5 min again with other settings', () => {
    const before = afterFailure(undefined, sourceOf({ settingsHash: 'others' }), now, failing('rate-limited'));
    const { failure } = afterFailure(before, sourceOf(), now, failing('rate-limited'));
    assert.equal(failure?.retryAt, inMs(300));
  });

  it('5 min again after an answer between', () => {
    const before = afterFailure(undefined, sourceOf(), now, failing('rate-limited'));
    const { state } = afterAnswer(before, sourceOf(), now, reading);
    assert.equal(state.failure, undefined);
    assert.equal(afterFailure(state, sourceOf(), now, failing('rate-limited')).failure?.retryAt, inMs(300));
  });

  it('and what it said stands until the next answer, while the shape stays', () => {
    const { state: before } = afterAnswer(undefined, sourceOf(), agoMs(60), reading);
    const state = afterFailure(before, sourceOf(), now, failing('auth'));
    const { refresh: _, ...kept } = state;
    assert.deepEqual(kept, {
      settingsHash: 'settings',
      polledAt: now,
      shape: before.shape,
      failure: { kind: 'auth', message: 'a sentence', consecutive: 1, retryAt: inMs(1_800) },
    });
    assert.deepEqual(standing(state, sourceOf(), now), { failure: { kind: 'auth', message: 'a sentence' } });
  });

  it('and of a long text of its cloud only the beginning is kept, on one line', () => {
    const long = new Failure('bad-response', `Example Cloud: trouble\n${'\tat com.example.Device\n'.repeat(90)}`);
    const { message = '' } = afterFailure(undefined, sourceOf(), now, long).failure ?? {};
    assert.ok(message.length <= 300);
    assert.match(message, /^Example Cloud: trouble at com\.example\.Device at .*…$/);
  });
});
