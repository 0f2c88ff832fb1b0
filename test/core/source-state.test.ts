import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure, type FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import {
  afterColdStart,
  afterFailure,
  afterReading,
  emptySchedule,
  mustBeKept,
  type Schedule,
  type SourceRecord,
  scheduleFrom,
  standing,
  withPollsAhead,
  worthKeeping,
  writeSpacingMs,
} from '../../functions/push-solar-data/core/source-state.ts';
import { sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const agoMs = (seconds: number) => now - seconds * 1000;
const inMs = (seconds: number) => now + seconds * 1000;
const reading: Reading = { production_kw: 4.2 };

/** A record of the source that `sourceOf` makes. */
const recordOf = (record: Partial<SourceRecord>): SourceRecord => ({ fingerprint: 'fingerprint', ...record });
type Kept = NonNullable<SourceRecord['failure']>;
const failureOf = (failure: Partial<Kept> = {}): Kept => ({
  kind: 'unavailable',
  message: 'Example Cloud has trouble',
  inARow: 1,
  ...failure,
});

describe('a source', () => {
  it('that was never asked is asked', () => {
    assert.deepEqual(standing(undefined, sourceOf(), now), { now: 'poll' });
  });

  // The trigger comes some seconds early or late.
  const due: [pollSeconds: number, secondsAgo: number, due: boolean][] = [
    [60, 54, false],
    [60, 55, true],
    [60, 59, true],
    [60, 60, true],
    [60, 3_600, true],
    [30, 24, false],
    [30, 25, true],
    [61, 60, false],
    [61, 61, true],
    [120, 118, false],
    [120, 120, true],
    [300, 299, false],
    [300, 300, true],
  ];
  for (const [pollSeconds, secondsAgo, isDue] of due)
    it(`of ${pollSeconds} s is ${isDue ? 'asked' : 'left alone'} ${secondsAgo} s after it was asked`, () => {
      const record = recordOf({ polledAt: agoMs(secondsAgo), reading });
      const expected = isDue ? { now: 'poll' } : { now: 'hold', reading };
      assert.deepEqual(standing(record, sourceOf({ pollSeconds }), now), expected);
    });

  it('holds its last reading until it is its turn', () => {
    const record = recordOf({ polledAt: agoMs(100), reading });
    assert.deepEqual(standing(record, sourceOf({ pollSeconds: 300 }), now), { now: 'hold', reading });
  });

  it('stays failed until it is its turn', () => {
    const record = recordOf({ polledAt: agoMs(100), failure: failureOf() });
    assert.deepEqual(standing(record, sourceOf({ pollSeconds: 300 }), now), {
      now: 'failed',
      kind: 'unavailable',
      message: 'Example Cloud has trouble',
    });
  });

  it('of which nothing is known waits for its turn', () => {
    const record = recordOf({ polledAt: agoMs(100) });
    assert.deepEqual(standing(record, sourceOf({ pollSeconds: 300 }), now), { now: 'wait' });
  });

  it('in a back-off stays failed beyond its interval, to the ms', () => {
    const failure = failureOf({ notBefore: now });
    const record = recordOf({ polledAt: agoMs(1_800), failure });
    assert.equal(standing(record, sourceOf(), now - 1).now, 'failed');
    assert.equal(standing(record, sourceOf(), now).now, 'poll');
  });

  it('with a back-off shorter than its interval waits for its interval', () => {
    const record = recordOf({ polledAt: agoMs(100), failure: failureOf({ notBefore: agoMs(50) }) });
    assert.equal(standing(record, sourceOf({ pollSeconds: 300 }), now).now, 'failed');
  });

  it('with a changed setting is asked at once, also in a back-off', () => {
    const record = recordOf({ polledAt: agoMs(1), failure: failureOf({ notBefore: inMs(1_800) }) });
    assert.equal(standing(record, sourceOf(), now).now, 'failed');
    assert.equal(standing(record, sourceOf({ fingerprint: 'changed' }), now).now, 'poll');
  });

  it('that was asked in the future, by a clock that was set back, is asked', () => {
    assert.equal(standing(recordOf({ polledAt: inMs(86_400), reading }), sourceOf(), now).now, 'poll');
  });

  it('is asked by an impatient owner before it is time, but not in a back-off', () => {
    const held = recordOf({ polledAt: agoMs(1), reading });
    assert.equal(standing(held, sourceOf(), now, true).now, 'poll');
    const refused = recordOf({ polledAt: agoMs(1), failure: failureOf({ notBefore: inMs(60) }) });
    assert.equal(standing(refused, sourceOf(), now, true).now, 'failed');
  });
});

it('a reading ends what failed before', () => {
  assert.deepEqual(afterReading(sourceOf(), now, reading), { fingerprint: 'fingerprint', polledAt: now, reading });
});

describe('after a failure the vendor is left alone', () => {
  /** Seconds after the last of several failures in a row. */
  function secondsAfter(failures: Failure[], source = sourceOf()): number | undefined {
    let record: SourceRecord | undefined;
    for (const failure of failures) record = afterFailure(source, now, failure, record);
    const { notBefore } = record?.failure ?? {};
    return notBefore === undefined ? undefined : (notBefore - now) / 1000;
  }
  const failing = (kind: FailureKind, retryAfterSeconds?: number) =>
    new Failure(kind, 'a sentence', retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  const times = (count: number, failure: Failure) => Array.from({ length: count }, () => failure);

  const rows: [string, Failure[], number | undefined][] = [
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
    ['only for its interval when offline', [failing('offline')], undefined],
    ['only for its interval when stale', [failing('stale')], undefined],
    ['only for its interval after a bad response', [failing('bad-response')], undefined],
    ['only for its interval when unavailable', times(9, failing('unavailable')), undefined],
    ['only for its interval when told 0 s', [failing('rate-limited', 0)], undefined],
  ];
  for (const [what, failures, seconds] of rows)
    it(what, () => {
      assert.equal(secondsAfter(failures), seconds);
    });

  it('and what it said is kept', () => {
    assert.deepEqual(afterFailure(sourceOf(), now, failing('auth'), undefined), {
      fingerprint: 'fingerprint',
      polledAt: now,
      failure: { kind: 'auth', message: 'a sentence', inARow: 1, notBefore: inMs(1_800) },
    });
  });

  it('5 min again with other settings', () => {
    const before = afterFailure(sourceOf({ fingerprint: 'others' }), now, failing('rate-limited'), undefined);
    const { failure } = afterFailure(sourceOf(), now, failing('rate-limited'), before);
    assert.equal(failure?.notBefore, inMs(300));
  });
});

describe('what is worth a write where writes are counted:', () => {
  const scheduleWith = (record: SourceRecord): Schedule => ({ version: 1, sources: { roof: record }, destination: {} });
  const keptOf = (record: SourceRecord, pollSeconds: number) =>
    worthKeeping(scheduleWith(record), [sourceOf({ pollSeconds })]).sources['roof'];

  for (const pollSeconds of [60, 120, 299])
    it(`of a source of ${pollSeconds} s only that it was asked: the same after every poll`, () => {
      const first = keptOf(recordOf({ polledAt: agoMs(60), reading }), pollSeconds);
      const second = keptOf(recordOf({ polledAt: now, reading: { production_kw: 1 } }), pollSeconds);
      const third = keptOf(recordOf({ polledAt: now, failure: failureOf() }), pollSeconds);
      assert.deepEqual(first, { fingerprint: 'fingerprint' });
      assert.deepEqual(second, first);
      assert.deepEqual(third, first);
    });

  it('of a slow source everything', () => {
    const record = recordOf({ polledAt: now, reading });
    assert.deepEqual(keptOf(record, 300), record);
  });

  for (const pollSeconds of [60, 300])
    it(`the back-off of a source of ${pollSeconds} s`, () => {
      const failure = failureOf({ kind: 'auth', notBefore: inMs(1_800) });
      assert.deepEqual(keptOf(recordOf({ polledAt: now, failure }), pollSeconds)?.failure, failure);
    });

  it('nothing of a source that was never asked or is no more', () => {
    const schedule = scheduleWith(recordOf({ polledAt: now, reading }));
    assert.deepEqual(worthKeeping(schedule, [sourceOf({ label: 'grid' })]), emptySchedule());
  });

  it('of the destination only that it is left alone', () => {
    const keptOf = (destination: Schedule['destination']) =>
      worthKeeping({ ...emptySchedule(), destination }, []).destination;
    assert.deepEqual(keptOf({ pushedAt: now }), {});
    assert.deepEqual(keptOf({ pushedAt: now, goneInARow: 2 }), {});
    assert.deepEqual(keptOf({ pushedAt: now, goneInARow: 4, notBefore: inMs(900) }), {
      goneInARow: 4,
      notBefore: inMs(900),
    });
  });

  it('does not take it from the schedule itself', () => {
    const schedule = scheduleWith(recordOf({ polledAt: now, reading }));
    worthKeeping(schedule, [sourceOf()]);
    assert.deepEqual(schedule.sources['roof'], recordOf({ polledAt: now, reading }));
  });
});

describe('a schedule as it is written', () => {
  const writtenOf = (record: SourceRecord, pollSeconds: number) =>
    withPollsAhead({ ...emptySchedule(), sources: { roof: record } }, [sourceOf({ pollSeconds })], now).sources['roof'];

  it('notes a poll as done that the next write may follow: no cold start repeats it too early', () => {
    const record = recordOf({ polledAt: agoMs(100), reading });
    // a tick's delay later than due at the earliest, and what it will have given is not known
    assert.deepEqual(writtenOf(record, 300), recordOf({ polledAt: inMs(270) }));
    assert.deepEqual(record, recordOf({ polledAt: agoMs(100), reading }), 'the given one is not changed');
  });

  it('keeps the back-off of a poll that it notes ahead', () => {
    const failure = failureOf({ kind: 'auth', notBefore: inMs(1_800) });
    assert.deepEqual(writtenOf(recordOf({ polledAt: agoMs(100), failure }), 300)?.failure, failure);
  });

  it('notes no poll that the next write will precede', () => {
    assert.deepEqual(writtenOf(recordOf({ polledAt: now }), 300), recordOf({ polledAt: now }));
    const justBefore = recordOf({ polledAt: now + writeSpacingMs - 300_000 });
    assert.deepEqual(writtenOf(justBefore, 300), justBefore);
  });

  it('notes none of a source whose polls are not kept', () => {
    assert.deepEqual(writtenOf(recordOf({}), 60), recordOf({}));
  });

  const refused = failureOf({ kind: 'auth', notBefore: inMs(1_800) });
  const scheduleOf = (record: SourceRecord, destination: Schedule['destination'] = {}): Schedule => ({
    version: 1,
    sources: { roof: record },
    destination,
  });
  const usual = scheduleOf(recordOf({ polledAt: now, reading }));
  const urgency: [string, Schedule, boolean][] = [
    ['another poll', scheduleOf(recordOf({ polledAt: inMs(300), reading: { production_kw: 1 } })), false],
    ['a failure without back-off', scheduleOf(recordOf({ polledAt: now, failure: failureOf() })), false],
    ['a back-off', scheduleOf(recordOf({ polledAt: now, failure: refused })), true],
    [
      'a longer back-off',
      scheduleOf(recordOf({ polledAt: now, failure: { ...refused, notBefore: inMs(3_600) } })),
      true,
    ],
    ['a changed setting', scheduleOf(recordOf({ fingerprint: 'changed', polledAt: now, reading })), true],
    ['another source', { ...usual, sources: { ...usual.sources, grid: recordOf({}) } }, true],
    [
      'a destination that is left alone',
      scheduleOf(recordOf({ polledAt: now, reading }), { notBefore: inMs(900) }),
      true,
    ],
  ];
  for (const [what, schedule, urgent] of urgency)
    it(`${urgent ? 'cannot' : 'can'} wait with ${what}`, () => {
      const said = (document: Schedule) => JSON.stringify(mustBeKept(document));
      assert.equal(said(schedule) !== said(usual), urgent);
      if (what === 'a longer back-off')
        assert.notEqual(said(schedule), said(scheduleOf(recordOf({ failure: refused }))));
    });
});

describe('after a cold start', () => {
  /** How a source stands at a time after a cold start that found this record. */
  function standingAfter(record: SourceRecord | undefined, pollSeconds: number, secondsLater = 0) {
    const source = sourceOf({ pollSeconds });
    const schedule: Schedule = { ...emptySchedule(), sources: record ? { roof: record } : {} };
    return standing(afterColdStart(schedule, [source], now).sources['roof'], source, inMs(secondsLater)).now;
  }
  const asked = recordOf({});

  it('a source of a minute is asked', () => {
    assert.equal(standingAfter(asked, 60), 'poll');
  });

  it('a source of two minutes counts as just asked, because it may have been', () => {
    assert.equal(standingAfter(asked, 120), 'wait');
    assert.equal(standingAfter(asked, 120, 119), 'wait');
    assert.equal(standingAfter(asked, 120, 120), 'poll');
  });

  it('a source that was never asked is asked, however slow', () => {
    assert.equal(standingAfter(undefined, 120), 'poll');
    assert.equal(standingAfter(undefined, 900), 'poll');
  });

  it('a slow source whose poll was kept is asked when it is its turn', () => {
    assert.equal(standingAfter(recordOf({ polledAt: agoMs(200), reading }), 300), 'hold');
    assert.equal(standingAfter(recordOf({ polledAt: agoMs(200), reading }), 300, 100), 'poll');
  });

  it('a back-off goes on', () => {
    const refused = recordOf({ failure: failureOf({ kind: 'auth', notBefore: inMs(1_000) }) });
    for (const pollSeconds of [60, 120]) {
      assert.equal(standingAfter(refused, pollSeconds, 999), 'failed');
      assert.equal(standingAfter(refused, pollSeconds, 1_000), 'poll');
    }
  });
});

describe('a stored schedule', () => {
  const stored: Schedule = {
    version: 1,
    sources: { roof: recordOf({ polledAt: now, reading }) },
    destination: { pushedAt: now },
  };

  const failed = recordOf({ polledAt: now, failure: failureOf({ notBefore: now }) });

  it('is read as it was', () => {
    assert.deepEqual(scheduleFrom(JSON.parse(JSON.stringify(stored))), stored);
  });

  const others: [string, unknown][] = [
    ['of another version', { ...stored, version: 2 }],
    ['without sources', { version: 1, destination: {} }],
    ['without destination', { version: 1, sources: {} }],
    ['with null for sources', { version: 1, sources: null, destination: {} }],
    ['that is null', null],
    ['that is a text', 'schedule'],
    ['that is a list', []],
    ['with a source that is none', { ...stored, sources: { ...stored.sources, grid: null } }],
    ['with a time that is none', { ...stored, sources: { roof: recordOf({ polledAt: Number.NaN }) } }],
    [
      'with a kind of failure that there is not',
      { ...stored, sources: { roof: { ...failed, failure: { ...failed.failure, kind: 'bad luck' } } } },
    ],
  ];
  for (const [what, document] of others)
    it(`${what} is empty`, () => {
      assert.deepEqual(scheduleFrom(document), emptySchedule());
    });
});
