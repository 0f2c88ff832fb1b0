import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { untilAborted, within } from '../../functions/push-solar-data/core/time.ts';

const late = () => new Error('late');
const never = () => new Promise<never>(() => {});
/** Ends with the signal, as a request does. */
const untilStopped = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));

describe('work within a time', () => {
  it('gives its result or its failure', async () => {
    assert.equal(await within(1_000, async () => 'done'), 'done');
    await assert.rejects(
      within(1_000, async () => Promise.reject(new Error('broken'))),
      /broken/,
    );
  });

  it('is told when its time is up', async () => {
    assert.match(String(await within(5, untilStopped)), /the time for this is up/);
  });

  for (const ms of [0, -1])
    it(`is told at once where ${ms} ms are left`, async () => {
      assert.match(String(await within(ms, untilStopped)), /the time for this is up/);
    });

  it('has its time also where that is longer than any timer', async () => {
    assert.equal(await within(2 ** 40, async (signal) => wait(20, signal).then(() => signal.aborted)), false);
  });

  it('leaves nothing running that has its signal', async () => {
    let left: Promise<unknown> = never();
    await within(60_000, async (signal) => {
      left = untilStopped(signal);
    });
    assert.match(String(await left), /nobody waits for this any more/);
  });

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    await within(60_000, async () => {});
    assert.equal(timers(), before);
  });
});

describe('a wait until a signal', () => {
  it('ends with the work, and listens no longer', async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve('done'), signal, late), 'done');
    await assert.rejects(untilAborted(Promise.reject(new Error('broken')), signal, late), /broken/);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  it('ends with the signal, also one of before', async () => {
    const controller = new AbortController();
    const waiting = assert.rejects(untilAborted(never(), controller.signal, late), /late/);
    controller.abort();
    await waiting;
    await assert.rejects(untilAborted(never(), controller.signal, late), /late/);
  });
});
