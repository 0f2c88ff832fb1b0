import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, framesOf, stackOf } from '../../functions/push-solar-data/core/failure.ts';

test('Whatever a vendor says, a failure is one short plain sentence with a short excerpt', () => {
  const long = `refused\u001b[2J\n${'x'.repeat(1_900_000)}`;
  const { message, excerpt } = new Failure('auth', long, { excerpt: long });
  for (const text of [message, excerpt]) equal(text, `refused [2J ${'x'.repeat(287)}…`);
});

test('What is wrong with settings is told in as many lines as it takes', () => {
  const usage = `Unknown option\n\n${'  --set NAME=value\n'.repeat(100)}`;
  equal(new Failure('settings', usage).message, usage);
});

test('A failure without an excerpt has none', () => {
  equal(new Failure('auth', 'refused').excerpt, undefined);
});

test('A failure keeps its status, the wait that was told, and no more of an answer than its beginning', () => {
  const details = { status: 429, retryAfterSeconds: 60, answer: 'x'.repeat(1_900_000) };
  const { status, retryAfterSeconds, answer } = new Failure('rate-limited', 'busy', details);
  deepEqual([status, retryAfterSeconds, answer?.length], [429, 60, 2_000]);
});

test('A bug is known by its stack, or by what was thrown instead of an error', () => {
  const bug = new TypeError('x is not a function');
  equal(stackOf(bug), bug.stack);
  equal(stackOf('x'), 'x');
  equal(stackOf(undefined), 'undefined');
});

test('The frames of an error hold nothing of its message, whatever lines that has', () => {
  const answer = 'no plant\n    at token=holds-a-secret\n    at home';
  const changed = new TypeError(answer);
  changed.message = 'in other words';
  for (const error of [new TypeError(answer), changed]) {
    const frames = framesOf(error);
    equal(frames.startsWith('TypeError'), true);
    equal(frames.includes('secret'), false);
  }
  equal(framesOf(new TypeError(answer)).includes(import.meta.filename), true);
  equal(framesOf('holds a secret'), 'thrown: string');
});
