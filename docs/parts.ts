/** What every module has besides its own file: a page for owners with the headings of its kind, and a test. What is missing is told in a sentence that says what to add. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the modules of a kind have in common. */
export type Kind = {
  /** The one to look at, by its slug. */
  model: string;
  pageOf(slug: string): string;
  testOf(slug: string): string;
  /** What a test must hold, and half a sentence that says it. */
  tested: { by: string; advice: string };
  /** The headings of a page, with what an owner reads there. */
  sections: Readonly<Record<string, string>>;
  /** What must be named under a heading, and the end of the sentence where it is not. */
  named?: { under: string; text: string; lacking: string };
};

/** @param root the folder of the project. @returns the text of a file; undefined if there is none. */
export const readsIn =
  (root: string) =>
  (file: string): string | undefined => {
    const path = join(root, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };

/** @param test the text of its test, or of all its tests; undefined if there is none. */
export function missingOfTest({ model, testOf, tested }: Kind, slug: string, test: string | undefined): string[] {
  const advice = `${tested.advice}, as ${testOf(model)} does`;
  if (test === undefined) return [`${slug} has no test: add ${testOf(slug)}, which ${advice}`];
  return test.includes(tested.by) ? [] : [`${testOf(slug)} lacks what every such test must do: see that it ${advice}`];
}

/** @param page the text of its page; undefined if there is none. */
export function missingOfPage(kind: Kind, slug: string, page: string | undefined): string[] {
  const { model, pageOf, sections, named } = kind;
  const file = pageOf(slug);
  if (page === undefined) return [`${slug} has no page for owners: add ${file} with the headings of ${pageOf(model)}`];
  const texts = sectionsOf(page);
  const markers = ['facts', 'settings'].flatMap((name) =>
    page.includes(`<!-- ${name} -->\n`) && page.includes(`<!-- /${name} -->`)
      ? []
      : [`${file} lacks the lines <!-- ${name} --> and <!-- /${name} -->, between which \`npm run generate\` writes`],
  );
  const headings = Object.entries(sections).flatMap(([heading, content]) =>
    texts.get(heading) ? [] : [`${file} says nothing under "## ${heading}": write there ${content}`],
  );
  const said = named && texts.get(named.under);
  const unnamed =
    said && !said.includes(named.text) ? [`${file} does not say under "## ${named.under}" ${named.lacking}`] : [];
  return [...markers, ...headings, ...unnamed];
}

/** What stands under each heading of the second level; empty if nothing does. */
function sectionsOf(page: string): Map<string, string> {
  const [, ...parts] = page.split(/^## /m);
  return new Map(
    parts.map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      return [heading.trim(), lines.join('\n').trim()];
    }),
  );
}
