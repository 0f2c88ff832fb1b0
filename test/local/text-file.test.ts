import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { changeFile, oddities, textsInFile } from '../../functions/push-solar-data/local/env-file.ts';
import { temporaryFolder } from '../support/terminal.ts';

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
const lines = 'VENDOR=foxess\r\nFOXESS_API_KEY="schön"\r\n';

function fileOf(t: TestContext, content: string | Buffer): string {
  const file = join(temporaryFolder(t), '.env');
  writeFileSync(file, content);
  return file;
}

describe('a .env is read', () => {
  for (const [what, content] of [
    ['as UTF-8 with the ends of lines of Windows', lines],
    ['as UTF-8 with a mark', `\ufeff${lines}`],
    ['as UTF-16', Buffer.from(`\ufeff${lines}`, 'utf16le')],
    ['as UTF-16 without a mark', Buffer.from(lines, 'utf16le')],
    ['as UTF-16 the other way round', swapped(`\ufeff${lines}`)],
    ['as UTF-16 the other way round without a mark', swapped(lines)],
  ] as const)
    it(`saved ${what}`, (t) => {
      const file = fileOf(t, content);
      assert.deepEqual({ ...textsInFile(file) }, { VENDOR: 'foxess', FOXESS_API_KEY: 'schön' });
      assert.deepEqual(oddities(file), []);
    });

  it('saved in the old letters of Windows, which is remarked', (t) => {
    const file = fileOf(t, Buffer.from(lines, 'latin1'));
    assert.equal(textsInFile(file)['FOXESS_API_KEY'], 'schön');
    assert.match(oddities(file).join(), /is not saved as UTF-8/);
  });

  it('and written as UTF-8 when it is changed', (t) => {
    const file = fileOf(t, Buffer.from(`\ufeff${lines}`, 'utf16le'));
    changeFile(file, new Map([['VENDOR', 'sma']]));
    assert.equal(readFileSync(file, 'utf8'), lines.replace('foxess', 'sma'));
  });

  it('and one that cannot be is named', (t) => {
    const folder = join(temporaryFolder(t), '.env');
    mkdirSync(folder);
    assert.throws(() => textsInFile(folder), /\.env cannot be read \(EISDIR\): look at its rights/);
  });

  it('and none is an empty one', (t) => assert.deepEqual(textsInFile(join(temporaryFolder(t), '.env')), {}));
});

it('what its owner may not have meant is remarked, without any value', (t) => {
  const file = fileOf(
    t,
    '# mine\n\nVENDOR=a\nFOXESS_API_KEY: s3cret\nVENDOR=b\n  \nexport SITE=c\nB="two\n# lines"\ns3cret\n',
  );
  const said = oddities(file).map((sentence) => sentence.replace(file, '.env'));
  assert.deepEqual(said, [
    '.env has a line that is not understood (4, 10): each line should be NAME=value',
    'VENDOR stands in .env several times: the last one counts',
  ]);
});
