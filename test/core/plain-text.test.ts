import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from '../../functions/push-solar-data/core/plain-text.ts';

test('A text without anything special stays as it is', () => {
  for (const text of ['', 'Plant „Süd“, 5 kW ☀️ 👩‍🔧', 'a  b', '\ud83c\udf1e'.repeat(150)]) equal(plainText(text), text);
});

for (const [what, text, plain] of [
  ['line breaks and tabs become one blank', '\r\none\t\r\n  two\n', 'one two'],
  ['an escape sequence loses what makes it one', 'a\u001b[31mred\u009b0m', 'a [31mred 0m'],
  ['NUL and DEL go', 'a\u0000b\u007fc', 'a b c'],
  ['separators of lines and paragraphs go', 'a\u2028b\u2029c', 'a b c'],
  ['the direction of writing stays', 'a\u202eb\u2066c\u2069d\u200fe\u061cf', 'a b c d e f'],
  ['half a surrogate pair becomes the replacement character', 'a\ud83cb', 'a\ufffdb'],
] as const)
  test(`In a text for people, ${what}`, () => equal(plainText(text), plain));

test('A long text is cut and says so', () => {
  equal(plainText('x'.repeat(301)), `${'x'.repeat(299)}…`);
  equal(plainText('x'.repeat(300)), 'x'.repeat(300));
  equal(plainText('abcdef', 4), 'abc…');
  equal(plainText(`${'\n'.repeat(5000)}late`), '…');
});

test('A cut never leaves half a character', () => {
  const cut = [4, 5, 6, 7].map((max) => plainText('🌞🌞🌞🌞', max));
  deepEqual(cut, ['🌞…', '🌞🌞…', '🌞🌞…', '🌞🌞🌞…']);
  ok(plainText('🌞'.repeat(9999), 301).isWellFormed());
});

test('A text of megabytes costs nothing', () => {
  const texts = ['x', ' ', '\n ', '\u001b', '🌞'].map((part) => Buffer.from(part.repeat(2_000_000)).toString());
  const begun = performance.now();
  for (const text of texts) plainText(text);
  ok(performance.now() - begun < 100);
});
