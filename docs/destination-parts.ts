/** What belongs to a destination besides its own file: a page for owners and a test, which may be several. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Kind, missingOfPage, missingOfTest, readsIn } from './parts.ts';

const testsFolder = 'test/destinations';

export const destinationKind: Kind = {
  model: 'charge-hq',
  pageOf: (slug) => `docs/destinations/${slug}.md`,
  testOf: (slug) => `${testsFolder}/${slug}.test.ts`,
  tested: { by: 'support/destinations.ts', advice: 'sends messages by test/support/destinations.ts' },
  sections: {
    'What arrives, and when': 'which figures and errors it is told, in which units and signs, and how often',
    'Setting it up': 'account, token and settings, step by step',
    Settings: 'the markers <!-- settings --> and <!-- /settings -->, a line each',
    'On the other side': 'what an owner pastes or clicks where the figures arrive',
    'When figures stop': 'what whoever reads them does then, and what ends an old value: an expiry or an error',
    'When it does not work': 'the sentences of its failures, and what to do about each',
    'What is proven': 'what a run has shown, and what only stands in a documentation',
  },
};

/**
 * A sentence for each part that is missing.
 *
 * @param root the folder of the project.
 * @param slugs those of the destinations.
 */
export function missingOfDestinations(root: string, slugs: readonly string[]): string[] {
  const read = readsIn(root);
  const folder = join(root, testsFolder);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return slugs.flatMap((slug) => {
    const texts = testsOf(slug, files, slugs).flatMap((file) => read(`${testsFolder}/${file}`) ?? []);
    return [
      ...missingOfPage(destinationKind, slug, read(destinationKind.pageOf(slug))),
      ...missingOfTest(destinationKind, slug, texts.length === 0 ? undefined : texts.join('\n')),
    ];
  });
}

/** `<slug>.test.ts` and `<slug>-<what>.test.ts`, unless that is another destination's. */
function testsOf(slug: string, files: readonly string[], slugs: readonly string[]): string[] {
  const beginsWith = (file: string, name: string) => file === `${name}.test.ts` || file.startsWith(`${name}-`);
  const longer = slugs.filter((other) => other.startsWith(`${slug}-`));
  return files.filter(
    (file) => file.endsWith('.test.ts') && beginsWith(file, slug) && !longer.some((other) => beginsWith(file, other)),
  );
}
