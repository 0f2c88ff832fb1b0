import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { syntaxProblem } from '../../functions/push-solar-data/settings/json-place.ts';

describe('a mistake in JSON is named with its place', () => {
  for (const [text, place, advice] of [
    ['{"a":1,}', 'line 1, column 8', 'no comma may stand before }'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3', 'a comma is missing before this text'],
    ["{'a':1}", 'line 1, column 2', `texts stand in straight double quotes ("), not in '`],
    ['{“a”:1}', 'line 1, column 2', 'texts stand in straight double quotes ("), not in “'],
    [
      '{a:1}',
      'line 1, column 2',
      'names and texts stand in double quotes, a colon behind a name, a comma between two members',
    ],
    ['{"a":1', 'line 1, column 7', 'it ends too early, so a bracket or a quote is not closed'],
    ['{"a":"b', 'line 1, column 8', 'it ends too early, so a bracket or a quote is not closed'],
    ['{"a":1}}', 'line 1, column 8', 'a } cannot stand there'],
    ['[1,,2]', 'line 1, column 4', 'a , cannot stand there'],
  ] as const)
    it(JSON.stringify(text), () => assert.equal(syntaxProblem(text), `is not JSON from ${place} on: ${advice}`));

  for (const text of ['{"a":[1,"}"]}', ' [ ] ', 'no JSON at all', ''])
    it(`${JSON.stringify(text)} is none`, () => assert.equal(syntaxProblem(text), undefined));

  it('tells nothing of the text, which may be a secret', () => {
    const problem = syntaxProblem('{"token": s3cret}') ?? '';
    assert.match(problem, /column 11/);
    assert.doesNotMatch(problem, /s3cret|token/);
  });

  it('is found at once in a long text', () => {
    const text = `[${'{"a":"bc"},'.repeat(5_000)}`;
    const begun = performance.now();
    assert.match(syntaxProblem(text) ?? '', /column 55002/);
    assert.ok(performance.now() - begun < 1_000);
  });
});
