import { equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { inTime, within } from '../../functions/push-solar-data/core/time.ts';

test('Work that takes too long gets its signal', async () => {
  const told = await within(
    10,
    (signal) => new Promise<Error>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason))),
  );
  equal(told.message, 'the time for this is up');
});

test('What work leaves running ends with the work, well or not', async () => {
  const signals: AbortSignal[] = [];
  await within(60_000, async (signal) => signals.push(signal));
  await rejects(
    within(60_000, async (signal) => {
      signals.push(signal);
      throw new Error('failed');
    }),
  );
  equal(signals.filter(({ aborted }) => aborted).length, 2);
});

test('A time beyond the longest timer is no time of nothing', async () => {
  await within(1e12, async (signal) => {
    await turn();
    await new Promise((resolve) => setTimeout(resolve, 5));
    ok(!signal.aborted);
  });
});

test('Work that is done in time gives its result or its failure, and leaves no timer', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const late = () => new Error('late');
  equal(await inTime(60_000, Promise.resolve(1), late), 1);
  await rejects(inTime(60_000, Promise.reject(new Error('failed')), late), /failed/);
  equal(timers(), before);
});

test('Nobody waits longer for work than its time', async () => {
  const late = () => new Error('late');
  await rejects(inTime(10, new Promise(() => {}), late), /late/);
});
