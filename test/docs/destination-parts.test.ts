import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { destinationKind, missingOfDestinations } from '../../docs/destination-parts.ts';
import { folderOf } from './files.ts';

const page = [
  '# Acme\n\n<!-- facts -->\n<!-- /facts -->\n',
  ...Object.keys(destinationKind.sections).map((heading) => `## ${heading}\n\n<!-- settings -->\n<!-- /settings -->\n`),
].join('\n');
const pageFile = 'docs/destinations/acme.md';
const test = "import { tell } from '../support/destinations.ts';";

const missingOf = (t: TestContext, files: Record<string, string>, slugs = ['acme']) =>
  missingOfDestinations(folderOf(t, files), slugs);

describe('the parts of a destination', () => {
  it('are a page and a test', (t) =>
    assert.deepEqual(missingOf(t, { [pageFile]: page, 'test/destinations/acme.test.ts': test }), []));

  it('are each told with the file to add', (t) =>
    assert.deepEqual(missingOf(t, {}), [
      'acme has no page for owners: add docs/destinations/acme.md with the headings of docs/destinations/charge-hq.md',
      'acme has no test: add test/destinations/acme.test.ts, which sends messages by test/support/destinations.ts, as test/destinations/charge-hq.test.ts does',
    ]));

  it('may have their test in several files', (t) =>
    assert.deepEqual(
      missingOf(t, {
        [pageFile]: page,
        'test/destinations/acme-answers.test.ts': test,
        'test/destinations/acme-slots.test.ts': '',
      }),
      [],
    ));

  it('have a test that sends messages', (t) =>
    assert.deepEqual(missingOf(t, { [pageFile]: page, 'test/destinations/acme.test.ts': '' }), [
      'test/destinations/acme.test.ts lacks what every such test must do: see that it sends messages by test/support/destinations.ts, as test/destinations/charge-hq.test.ts does',
    ]));

  it('have no test in that of another whose name begins the same', (t) => {
    const files = { [pageFile]: page, 'docs/destinations/acme-cloud.md': page };
    const [sentence = '', ...others] = missingOf(
      t,
      { ...files, 'test/destinations/acme-cloud.test.ts': test, 'test/destinations/acmes.test.ts': test },
      ['acme', 'acme-cloud'],
    );
    assert.deepEqual(others, []);
    assert.match(sentence, /^acme has no test: add test\/destinations\/acme\.test\.ts/);
  });

  for (const heading of Object.keys(destinationKind.sections))
    it(`have a page with the heading "${heading}"`, (t) => {
      const changed = page.replace(`## ${heading}`, '### Another');
      const [sentence = '', ...others] = missingOf(t, { [pageFile]: changed, 'test/destinations/acme.test.ts': test });
      assert.deepEqual(others, []);
      assert.ok(sentence.startsWith(`docs/destinations/acme.md says nothing under "## ${heading}": write there `));
    });
});
