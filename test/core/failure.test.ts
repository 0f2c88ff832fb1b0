import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';

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
