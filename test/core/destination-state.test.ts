import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  afterDelivery,
  afterRefusal,
  afterWaiting,
  currentState,
  DestinationState,
  isWithinInterval,
  type Message,
  msUntilNext,
  pendingMessage,
  whyLeftAlone,
} from '../../functions/push-solar-data/core/destination-state.ts';
import type { ErrorKind } from '../../functions/push-solar-data/core/failure.ts';
import { limitsOf } from '../support/destinations.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const inMs = (seconds: number) => now + seconds * 1000;
const limits = limitsOf();
const figures = {
  reading: { production_kw: 4.2, tsms: now },
  derived: ['consumption_kw'],
  freshUntil: inMs(900),
} as const satisfies Message;
const trouble: Message = { error: 'The vendor has trouble', kind: 'unavailable' };

type Refusal = [kind: ErrorKind, retryAfterSeconds?: number];
/** What is known after a refusal of these figures, or of this message. */
const refused = ([kind, retryAfterSeconds]: Refusal, before: DestinationState = {}, message: Message = figures) =>
  afterRefusal(before, limits, now, message, { kind, message: `Charge HQ: ${kind}`, retryAfterSeconds });

describe('an interval of the owner', () => {
  const everyFiveMinutes = limitsOf({ intervalSeconds: 300 });
  const taken = afterDelivery(everyFiveMinutes, now);

  it('counts from what arrived, and allows for a tick that comes a little early', () => {
    assert.equal(isWithinInterval(taken, everyFiveMinutes, inMs(240)), true);
    assert.equal(isWithinInterval(taken, everyFiveMinutes, inMs(297)), false);
    const refusedLater = afterRefusal(taken, everyFiveMinutes, inMs(300), figures, {
      kind: 'unavailable',
      message: 'no',
    });
    assert.equal(isWithinInterval(refusedLater, everyFiveMinutes, inMs(360)), false);
  });

  it('does not begin in the future, nor where the owner wants every message', () => {
    assert.equal(isWithinInterval(taken, everyFiveMinutes, inMs(-60)), false);
    assert.equal(isWithinInterval(afterDelivery(limits, now), limits, inMs(31)), false);
  });
});

describe('what a destination gathers', () => {
  it('does not wait as a reading that was not taken: it keeps it by itself', () => {
    const gathering = limitsOf({ gathers: true });
    const failure = { kind: 'unavailable', message: 'no' } as const;
    const state = afterRefusal({}, gathering, now, figures, failure, { running: { slots: 1 } });
    assert.equal(state.pending, undefined);
    assert.deepEqual(state.running, { slots: 1 });
  });

  it('may wait longer where its rules say so', () => {
    const failure = { kind: 'rate-limited', message: 'no', retryAfterSeconds: 3_000 } as const;
    const state = afterRefusal({}, limitsOf({ longestWaitSeconds: 3_600 }), now, undefined, failure);
    assert.equal(state.failure?.retryAt, inMs(3_000));
    assert.match(whyLeftAlone(state, limitsOf({ longestWaitSeconds: 3_600 }), inMs(2_000)) ?? '', /12:50 UTC/);
  });
});

describe('a destination is left alone', () => {
  /** Seconds after the last of several refusals in a row; a delivery lies between where there is none. */
  function secondsAfter(refusals: readonly (Refusal | 'taken')[]): number {
    let state: DestinationState = {};
    for (const each of refusals) state = each === 'taken' ? afterDelivery(limits, now) : refused(each, state);
    return ((state.failure?.retryAt ?? now) - now) / 1000;
  }
  const gone: Refusal = ['gone'];
  const rows: [string, (Refusal | 'taken')[], number][] = [
    ['not at all after a delivery', ['taken'], 0],
    ['not at all after trouble', [['unavailable']], 0],
    ['as long as it says in trouble', [['unavailable', 300]], 300],
    ['not at all after a message that it does not take', [['bad-response']], 0],
    ['some minutes where something that a setting names is not there', [['settings']], 300],
    ['at once where it says that it is not there for good', [['gone', 900]], 900],
    ['longer each time when it asks to slow down again', [['rate-limited'], ['rate-limited'], ['rate-limited']], 240],
    [
      'no longer than 15 min however often it asks to slow down',
      Array.from({ length: 40 }, () => ['rate-limited']),
      900,
    ],
    ['not at all after a bug of ours', [['bug'], ['bug'], ['bug'], ['bug'], ['bug']], 0],
    ['half an hour when it refuses the key', [['auth']], 1_800],
    ['half an hour when it refuses the key, whatever it says', [['auth', 1]], 1_800],
    ['a minute when it asks to slow down', [['rate-limited']], 60],
    ['as long as it says when it asks to slow down', [['rate-limited', 300]], 300],
    ['not at all when it asks to slow down for no time', [['rate-limited', 0]], 0],
    ['no longer than 15 min: it may be the page of a load balancer', [['rate-limited', 86_400]], 900],
    ['no longer than 15 min in trouble', [['unavailable', 1_777_636_800]], 900],
    ['not at all while it is not found up to three times', [gone, gone, gone], 0],
    ['15 min when it is not found a fourth time in a row', [gone, gone, gone, gone], 900],
    ['15 min each time from then on', [gone, gone, gone, gone, gone, gone], 900],
    ['not at all when it answers again', [gone, gone, gone, gone, 'taken'], 0],
    ['not at all when it was not found now and then', [gone, gone, gone, 'taken', gone, gone, gone], 0],
    ['not at all when other trouble came between', [gone, gone, gone, ['unavailable'], gone], 0],
  ];
  for (const [what, refusals, seconds] of rows)
    it(what, () => {
      assert.equal(secondsAfter(refusals), seconds);
    });

  it('to the ms, and for a reason that is told', () => {
    const state = refused(['rate-limited', 300]);
    assert.equal(
      whyLeftAlone(state, limits, inMs(299.999)),
      'Charge HQ is left alone until 12:05 UTC: Charge HQ: rate-limited',
    );
    assert.equal(whyLeftAlone(state, limits, inMs(300)), undefined);
    assert.equal(whyLeftAlone({}, limits, now), undefined);
  });

  it('for half an hour indeed', () => {
    for (const seconds of [1, 1_799])
      assert.notEqual(whyLeftAlone(refused(['auth']), limits, inMs(seconds)), undefined, `after ${seconds} s`);
  });

  it('but not by a clock that was ahead once and is set back', () => {
    assert.equal(whyLeftAlone(refused(['auth']), limits, inMs(-86_400)), undefined);
  });

  it('until a setting of it changes', () => {
    const state = refused(['auth']);
    assert.deepEqual(currentState(state, limits), state);
    const changed = currentState(state, { ...limits, settingsHash: 'changed' });
    assert.deepEqual(changed, { sentAt: now }, 'the time between two messages still counts');
    assert.equal(whyLeftAlone(changed, limits, now), undefined);
    assert.deepEqual(currentState({ settingsHash: 'others' }, limits), {});
    assert.deepEqual(currentState(undefined, limits), {});
  });
});

describe('between two messages', () => {
  const rows: [string, secondsAgo: number, seconds: number][] = [
    ['of the same moment', 0, 30],
    ['too soon after the last', 29.5, 0.5],
    ['at the least time', 30, 0],
    ['of a minute', 60, 0],
    ['of a clock that was set back', -10, 0],
  ];
  for (const [what, secondsAgo, seconds] of rows)
    it(`${seconds} s are still to wait: ${what}`, () => {
      assert.equal(msUntilNext({ sentAt: inMs(-secondsAgo) }, limits, now), seconds * 1000);
    });

  it('half a minute passes also where the first was not taken', () => {
    assert.equal(msUntilNext(refused(['unavailable']), limits, inMs(29)), 1_000);
  });

  it('nothing is waited for before the first', () => {
    assert.equal(msUntilNext({}, limits, now), 0);
  });
});

describe('a reading that was not taken', () => {
  it('waits for the next tick as it is, as long as it is fresh', () => {
    const state = refused(['unavailable']);
    assert.deepEqual(pendingMessage(state, inMs(60)), figures);
    assert.deepEqual(pendingMessage(state, figures.freshUntil), figures);
    assert.equal(pendingMessage(state, figures.freshUntil + 1), undefined);
  });

  it('waits also where it was too soon to send it', () => {
    const state = afterWaiting({ settingsHash: 'settings', sentAt: now }, figures);
    assert.deepEqual(state, { settingsHash: 'settings', sentAt: now, pending: figures });
  });

  it('gives way to a later one, taken or not', () => {
    const later = { ...figures, reading: { production_kw: 5 } };
    assert.deepEqual(pendingMessage(afterWaiting(refused(['unavailable']), later), now), later);
    assert.deepEqual(pendingMessage(refused(['unavailable'], refused(['unavailable']), later), now), later);
    assert.equal(pendingMessage(afterDelivery(limits, now), now), undefined);
  });

  it('is history after an error: the figures would deny it', () => {
    assert.equal(pendingMessage(refused(['unavailable'], refused(['unavailable']), trouble), now), undefined);
    assert.equal(pendingMessage(afterWaiting(refused(['unavailable']), trouble), now), undefined);
  });
});

it('an error that was not taken does not wait: the next tick knows better', () => {
  assert.equal(pendingMessage(refused(['unavailable'], {}, trouble), now), undefined);
});

it('a delivery leaves nothing but when it was', () => {
  assert.deepEqual(afterDelivery(limits, now), { settingsHash: 'settings', sentAt: now });
});

it('what a refusal says is kept short, and how often it came', () => {
  const long = { kind: 'bad-response', message: `Charge HQ refuses it: ${'no\n'.repeat(200)}` } as const;
  const once = afterRefusal({}, limits, now, figures, long);
  const { failure } = afterRefusal(once, limits, now, figures, long);
  assert.equal(failure?.consecutive, 2);
  assert.equal(failure?.message.length, 300);
});

it('everything that is known can be stored', () => {
  for (const state of [refused(['auth']), refused(['gone'], refused(['gone'])), afterWaiting({}, figures), {}])
    assert.deepEqual(DestinationState.parse(JSON.parse(JSON.stringify(state))), state);
});
