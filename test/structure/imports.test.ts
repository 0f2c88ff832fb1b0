/** The structure between files: no circles, and one direction from the outer rooms to the inner ones. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { circles, importsOf, offences, onlyCore, readImports, rules } from './imports.ts';

const imports = readImports(['functions', 'infra']);

describe('in functions/ and infra/', () => {
  it('no files import each other in a circle, not even types', () => assert.deepEqual(circles(imports), []));

  for (const rule of rules) it(rule.says, () => assert.deepEqual(offences(imports, rule), []));

  it(onlyCore.says, () => assert.deepEqual(offences(imports, onlyCore), []));
});

describe('the reader of imports', () => {
  it('finds them in every form, and nothing in comments and texts', () => {
    const text = `/** import { no } from './comment.ts' */
import assert from 'node:assert/strict';
import type { A } from '../a.ts';
import {
  b,
  type C,
} from './b.ts';
import './effect.ts';
export { d } from './d.ts';
export * from './e.ts';
const { f } = await import('./f.ts');
type G = import('./g.ts').G;
const word = " from './text.ts'";
`;
    assert.deepEqual(importsOf('infra/deep/file.ts', text), [
      'node:assert/strict',
      'infra/a.ts',
      ...['b', 'effect', 'd', 'e', 'f', 'g'].map((name) => `infra/deep/${name}.ts`),
    ]);
  });

  it('has read what there is', () => {
    assert.ok(imports.size > 100);
    assert.ok(imports.get('infra/public-settings.ts')?.includes('functions/push-solar-data/settings/site.ts'));
  });
});

describe('the rules', () => {
  const core = 'functions/push-solar-data/core/tick.ts';
  const said = (file: string, imported: string) =>
    [onlyCore, ...rules].flatMap((rule) => offences(new Map([[file, [imported]]]), rule));

  for (const [file, imported] of [
    ['functions/push-solar-data/handler.ts', 'infra/cost.ts'],
    ['functions/push-solar-data/handler.ts', 'test/support/home.ts'],
    ['infra/cost.ts', 'test/support/home.ts'],
    ['functions/push-solar-data/platform/http.ts', '@aws-sdk/client-ssm'],
    [core, 'functions/push-solar-data/platform/http.ts'],
    [core, 'node:fs'],
  ] as const)
    it(`forbid ${file} to import ${imported}, in a sentence`, () => {
      const sentences = said(file, imported);
      assert.equal(sentences.length, 1);
      assert.ok(sentences[0]?.startsWith(`${file} imports ${imported}, but `));
    });

  for (const [file, imported] of [
    ['infra/cost.ts', 'functions/push-solar-data/handler.ts'],
    ['functions/push-solar-data/persistence/parameter-store.ts', '@aws-sdk/client-ssm'],
    [core, 'functions/push-solar-data/core/reading.ts'],
    [core, 'zod/mini'],
  ] as const)
    it(`let ${file} import ${imported}`, () => assert.deepEqual(said(file, imported), []));

  it('see a circle once, whoever it begins with', () => {
    const graph = new Map([
      ['before.ts', ['a.ts']],
      ['a.ts', ['b.ts', 'alone.ts']],
      ['b.ts', ['c.ts']],
      ['c.ts', ['a.ts', 'node:fs']],
      ['alone.ts', []],
    ]);
    assert.deepEqual(circles(graph), ['A circle: a.ts → b.ts → c.ts → a.ts']);
  });
});
