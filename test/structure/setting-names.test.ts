/** Sentences for owners name settings as owners write them: `FOXESS_API_KEY`, never as code calls them. */
import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { textsIn } from '../support/literals.ts';

const modules = await Promise.all([...Object.values(adapters), ...Object.values(destinations)].map((load) => load()));
const keys = new Set(['baseUrl', ...modules.flatMap(({ settings }) => Object.keys(settings))]);
/** Those that no one takes for a word. */
const codeNames = [...keys].filter((key) => /[a-z][A-Z]/.test(key));
const named = new RegExp(`(?<![\\w{/.-])(?:${codeNames.join('|')})(?![\\w}=:])`);

/** In http-json its owner writes these, inside JSON. */
const isInJson = ({ file, text }: { file: string; text: string }): boolean =>
  file.includes('adapters/http-json') && /\b(?:netImport|clientId)\b/.test(text);

/** What is a sentence, and not a path or a name: it has blanks. */
const sentences = textsIn('functions/push-solar-data')
  .filter(({ text }) => text.trim().includes(' '))
  .filter((each) => !isInJson(each));

test('no sentence calls a setting as code does', () => {
  deepEqual(
    sentences.filter(({ text }) => named.test(text)),
    [],
  );
});

test('what stands in braces, to be told by its variable, is a setting', () => {
  const braced = sentences.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:check|set|in|and|or|of|with|try|,) \{(\w+)\}/g)].map(([, key = '']) => ({ file, key })),
  );
  deepEqual(
    braced.filter(({ key }) => !keys.has(key)),
    [],
  );
});
