/** SECURITY.md promises what tests show: each that it names in brackets is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** Of `` [`test/file.test.ts`: a name; another, `test/other.test.ts`] ``: each file with the names that are meant. */
function testsNamedIn(page: string): { file: string; names: string[] }[] {
  const brackets = [...page.matchAll(/\[(`test\/[^\]]+)\]/g)].map(([, inside = '']) => inside);
  return brackets.flatMap((inside) =>
    [...inside.matchAll(/`(test\/[^`]+)`(?:: ([^`]+))?/g)].map(([, file = '', names = '']) => ({
      file,
      names: names
        .replace(/,? (and )?$/, '')
        .split('; ')
        .filter(Boolean),
    })),
  );
}

it('every test that SECURITY.md names exists', () => {
  const named = testsNamedIn(readFileSync(join(root, 'SECURITY.md'), 'utf8'));
  assert.ok(named.length > 20);
  for (const { file, names } of named) {
    assert.ok(existsSync(join(root, file)), file);
    const text = readFileSync(join(root, file), 'utf8').toLowerCase();
    for (const name of names) assert.ok(text.includes(name.toLowerCase()), `"${name}" is in no test of ${file}`);
  }
});
