import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { openPace } from '../../functions/push-solar-data/persistence/pace.ts';
import { quickClock } from '../support/quick-clock.ts';

/** An error as the SDK throws it. */
const said = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, $metadata: { ...(httpStatusCode ? { httpStatusCode } : {}) } });
const throttled = () => said('ThrottlingException', 400);

/** Times of the calls, s, that a pace lets through. */
function paced(perSecond: number) {
  const clock = quickClock();
  const pace = openPace(perSecond, clock);
  const calls: { what: string; at: number }[] = [];
  const call = (what: string, { isUrgent = false, errors = [] as Error[] } = {}) =>
    pace.inTurn(isUrgent, async () => {
      calls.push({ what, at: clock.at / 1000 });
      const error = errors.shift();
      if (error) throw error;
      return what;
    });
  return { clock, call, calls, times: () => calls.map(({ at }) => at) };
}

describe('a pace', () => {
  it('lets as many calls through at once as a second has, then one after the other', async () => {
    const { call, times } = paced(4);
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((what) => call(what)));
    assert.deepEqual(times(), [0, 0, 0, 0, 0.25, 0.5]);
  });

  it('lets one call through at once where a second has less than one', async () => {
    const { call, times } = paced(0.2);
    await Promise.all([call('a'), call('b'), call('c')]);
    assert.deepEqual(times(), [0, 5, 10]);
  });

  it('makes up for no pause longer than a second', async () => {
    const { clock, call, times } = paced(2);
    await Promise.all([call('a'), call('b'), call('c')]);
    clock.at += 60_000;
    await Promise.all([call('d'), call('e'), call('f')]);
    assert.deepEqual(times(), [0, 0, 0.5, 60.5, 60.5, 61]);
  });

  it('lets the urgent go first, each kind in its order', async () => {
    const { call, calls } = paced(1);
    await Promise.all([
      call('first'),
      call('a'),
      call('b'),
      call('log-in', { isUrgent: true }),
      call('another log-in', { isUrgent: true }),
    ]);
    assert.deepEqual(
      calls.map(({ what }) => what),
      ['first', 'log-in', 'another log-in', 'a', 'b'],
    );
  });

  it('gives each caller its own answer, or its own error', async () => {
    const { call } = paced(2);
    const refused = said('AccessDeniedException', 400);
    const ends = await Promise.allSettled([call('a'), call('b', { errors: [refused] }), call('c')]);
    assert.deepEqual(ends, [
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: refused },
      { status: 'fulfilled', value: 'c' },
    ]);
  });
});

describe('a call that is refused for being too many', () => {
  it('is made again, each time later', async () => {
    const { call, times } = paced(4);
    assert.equal(await call('a', { errors: [throttled(), throttled(), throttled()] }), 'a');
    assert.deepEqual(times(), [0, 0.5, 1.5, 3.5]);
  });

  it('is known also where its error is in an owner’s words', async () => {
    const { call, times } = paced(4);
    const inWords = new Failure('unavailable', 'does not answer', { cause: throttled() });
    await call('a', { errors: [inWords, said('TooManyUpdates', 400)] });
    assert.equal(times().length, 3);
  });

  it('slows all others down, once where many are refused together, and not for ever', async () => {
    const { call, times } = paced(4);
    const names = Array.from({ length: 4 }, (_, nth) => `${nth}`);
    await Promise.all(names.map((what) => call(what, { errors: [throttled()] })));
    assert.deepEqual(times().slice(4, 6), [0.5, 1], 'half the pace');
    for (const _each of Array.from({ length: 20 })) await call('calm');
    const before = times().at(-1) ?? 0;
    await Promise.all(names.map((what) => call(what)));
    assert.equal(Math.round(((times().at(-1) ?? 0) - before) * 1000), 1_000, 'the usual pace again');
  });

  it('fails in the end where that goes on, and is not made as often as before', async () => {
    const { clock, call, calls } = paced(32);
    const forever = Array.from({ length: 10_000 }, throttled);
    await assert.rejects(call('a', { errors: forever }), { name: 'ThrottlingException' });
    assert.ok(clock.at >= 300_000 && clock.at < 320_000, `${clock.at}`);
    assert.ok(calls.length < 700, `${calls.length}: 2 a second, not 32`);
  });
});

describe('a call that fails otherwise', () => {
  const rows: [string, Error, number][] = [
    ['by trouble of the service is made three times', said('InternalServerError', 500), 3],
    ['without any answer is made three times', said('TimeoutError'), 3],
    ['by a refusal is made once', said('AccessDeniedException', 400), 1],
    ['by an error of our own is made once', new TypeError('no function'), 1],
  ];
  for (const [what, error, count] of rows)
    it(what, async () => {
      const { call, calls } = paced(4);
      await assert.rejects(call('a', { errors: Array(9).fill(error) }), error);
      assert.equal(calls.length, count);
    });
});
