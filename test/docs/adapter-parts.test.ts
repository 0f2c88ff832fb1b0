import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { forTrial, missingParts } from '../../docs/adapter-parts.ts';

const headings = [
  'Getting the credentials',
  'Settings',
  'What is measured',
  'How old the figures are',
  'What it cannot do',
];
const page = [
  '# Acme\n\n<!-- facts -->\n<!-- /facts -->\n',
  ...headings.map((heading) => `## ${heading}\n\n<!-- settings -->\n<!-- /settings -->\n`),
  '## Are the signs right?\n\nYes: `npm run doctor` says that you are exporting.\n',
].join('\n');
const whole = { 'docs/adapters/acme.md': page, 'test/adapters/acme.test.ts': 'testAdapter(acme, conversation);' };
const conversations = [{ vendor: 'acme', name: 'acme', file: 'test/conversations/acme.ts', exported: 'conversation' }];

/** What is missing of Acme in a folder with these files. */
function missingOf(t: TestContext, files: Record<string, string>, found = conversations, vendors = ['acme']): string[] {
  const root = mkdtempSync(join(tmpdir(), 'adapter-parts-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return missingParts(root, vendors, found);
}

describe('the parts of an adapter', () => {
  it('are a page, a test and a conversation', (t) => assert.deepEqual(missingOf(t, whole), []));

  it('are not demanded of the one for a trial', (t) => assert.deepEqual(missingOf(t, {}, [], [forTrial]), []));

  it('are each told with the file to add', (t) =>
    assert.deepEqual(missingOf(t, {}, []), [
      'acme has no page for owners: add docs/adapters/acme.md with the headings of docs/adapters/victron-vrm.md',
      'acme has no test: add test/adapters/acme.test.ts, which hands its conversation to testAdapter, as test/adapters/victron-vrm.test.ts does',
      'acme has no conversation: add test/conversations/acme.ts with an exported `conversation: AdapterConversation`, as in test/conversations/victron-vrm.ts',
    ]));

  it('have a test that does what every adapter must do', (t) =>
    assert.deepEqual(missingOf(t, { ...whole, 'test/adapters/acme.test.ts': '' }), [
      'test/adapters/acme.test.ts lacks what every adapter must do: see that it hands its conversation to testAdapter, as test/adapters/victron-vrm.test.ts does',
    ]));

  it('have names that lead to the adapter', (t) => {
    const stray = { vendor: undefined, name: 'acne', file: 'test/conversations/acne.ts', exported: 'conversation' };
    assert.deepEqual(missingOf(t, whole, [...conversations, stray] as typeof conversations), [
      'test/conversations/acne.ts belongs to no adapter: name it <vendor>.ts, or <vendor>-<way>.ts for another way to talk',
    ]);
  });
});

describe('a page for owners', () => {
  const changed = (t: TestContext, from: string, to: string) =>
    missingOf(t, { ...whole, 'docs/adapters/acme.md': page.replace(from, to) });

  for (const heading of [...headings, 'Are the signs right?'])
    it(`has the heading "${heading}"`, (t) => {
      const [sentence = '', ...others] = changed(t, `## ${heading}`, '### Another');
      assert.deepEqual(others, []);
      assert.ok(sentence.startsWith(`docs/adapters/acme.md says nothing under "## ${heading}": write there `));
    });

  it('says which signs are proven, not only that there is something to say', (t) =>
    assert.deepEqual(changed(t, '\nYes: `npm run doctor` says that you are exporting.\n', ''), [
      'docs/adapters/acme.md says nothing under "## Are the signs right?": write there which signs a recording has proven, which not, and how to check them with `npm run doctor`',
    ]));

  it('says how to check the signs', (t) =>
    assert.deepEqual(changed(t, '`npm run doctor` says', 'you see'), [
      'docs/adapters/acme.md does not say under "## Are the signs right?" how to check them: write there what `npm run doctor` should say',
    ]));

  it('has room for what is generated', (t) =>
    assert.deepEqual(changed(t, '<!-- facts -->', ''), [
      'docs/adapters/acme.md lacks the lines <!-- facts --> and <!-- /facts -->, between which `npm run generate` writes',
    ]));
});
