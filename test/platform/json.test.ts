import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { readJson } from '../../functions/push-solar-data/platform/json.ts';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const list = (entries: number) => JSON.stringify(Array(entries).fill(0));
const tooMuch = { problem: 'lists that are too long or nested too deep' };

for (const [what, text, expected] of [
  ['an object', '{"a":[{"b":1}]}', { value: { a: [{ b: 1 }] } }],
  ['a number', '1', { value: 1 }],
  ['null', 'null', { value: null }],
  ['nothing', ' \n', { problem: 'nothing' }],
  ['a web page', ' <html>', { problem: 'a web page' }],
  ['words', 'busy', { problem: 'text that is not JSON' }],
  ['lists in lists', nested(65), tooMuch],
  ['lists in lists beyond any stack', nested(500_000), tooMuch],
  ['objects in objects', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, tooMuch],
  ['a list as long as a day of seconds', `{"a":${list(10_001)}}`, tooMuch],
] as const)
  test(`A text that holds ${what}`, () => deepEqual(readJson(text), expected));

test('What is just short and flat enough is taken', () => {
  deepEqual(readJson(list(10_000)), { value: Array(10_000).fill(0) });
  deepEqual(readJson(nested(64)), { value: JSON.parse(nested(64)) });
});

test('Who knows of longer lists may have them', () => {
  deepEqual(readJson(list(86_400), Number.POSITIVE_INFINITY), { value: Array(86_400).fill(0) });
});
