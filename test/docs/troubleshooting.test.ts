/** What docs/troubleshooting.md says that one sees is what the program says. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** What others say. */
const foreign = ['npm: command not found', 'EINTEGRITY', 'npm error No workspaces found: …'];

/** Texts of the code as they appear: joined where they are cut, with … for what is put in. */
function textsOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
    .replace(/['`]\s*\+\s*['`]/g, '')
    .replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '…');
}

const code = globSync(['functions/**/*.ts', 'infra/**/*.{ts,mjs}'], { cwd: root }).map(textsOf).join('\n');

/** Whatever stands before and behind. */
const isSaid = (sentence: string): boolean => code.includes(sentence.replace(/^… ?/, '').replace(/ ?…$/, ''));

const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
const seen = [...page.matchAll(/^\| (.*?) \| /gm)].map(([, cell = '']) => cell);
const quoted = seen.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, sentence = '']) => sentence));

describe('docs/troubleshooting.md', () => {
  it('quotes some thirty sentences', () => assert.ok(quoted.length > 30));

  it('would not quote what nobody says', () => assert.ok(!isSaid('No AWS region was set: put AWS_REGION=…')));

  for (const sentence of quoted.filter((each) => !foreign.includes(each)))
    it(`quotes what is said: ${sentence}`, () => assert.ok(isSaid(sentence)));
});
