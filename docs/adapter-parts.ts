/** What belongs to an adapter besides its own file: a page for owners, a test, a conversation. What is missing is told in a sentence that says what to add. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversation } from './conversation-list.ts';

/** The one to look at. */
const model = 'victron-vrm';
/** For a trial without any cloud: nobody owns one, and there is nothing to talk to. */
export const forTrial = 'simulator';

const pageOf = (vendor: string): string => `docs/adapters/${vendor}.md`;
const testOf = (vendor: string): string => `test/adapters/${vendor}.test.ts`;
const conversationOf = (vendor: string): string => `test/conversations/${vendor}.ts`;

/** The headings of a page, with what an owner reads there. */
const sections = {
  'Getting the credentials': 'how an owner gets what the settings ask for, step by step',
  Settings: 'the markers <!-- settings --> and <!-- /settings -->, a line each',
  'What is measured': 'which powers and counters the cloud measures, and which are derived',
  'How old the figures are': 'how often the cloud renews them, and when they are reported as stale',
  'What it cannot do': 'what an owner could expect and does not get',
  'Are the signs right?': 'which signs a recording has proven, which not, and how to check them with `npm run doctor`',
};
const signs = 'Are the signs right?';

/**
 * A sentence for each part that is missing.
 *
 * @param root the folder of the project.
 * @param vendors slugs of the adapters.
 * @param conversations those that were found.
 */
export function missingParts(
  root: string,
  vendors: readonly string[],
  conversations: readonly Conversation[],
): string[] {
  const read = (file: string) => {
    const path = join(root, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const strays = conversations.flatMap(({ vendor, file }) =>
    vendor === undefined
      ? [`${file} belongs to no adapter: name it <vendor>.ts, or <vendor>-<way>.ts for another way to talk`]
      : [],
  );
  const missing = vendors
    .filter((vendor) => vendor !== forTrial)
    .flatMap((vendor) => [
      ...missingOfPage(vendor, read(pageOf(vendor))),
      ...missingOfTest(vendor, read(testOf(vendor))),
      ...(conversations.some((each) => each.vendor === vendor) ? [] : [noConversation(vendor)]),
    ]);
  return [...missing, ...strays];
}

const noConversation = (vendor: string): string =>
  `${vendor} has no conversation: add ${conversationOf(vendor)} with an exported \`conversation: AdapterConversation\`, as in ${conversationOf(model)}`;

function missingOfTest(vendor: string, test: string | undefined): string[] {
  const advice = `hands its conversation to testAdapter, as ${testOf(model)} does`;
  if (test === undefined) return [`${vendor} has no test: add ${testOf(vendor)}, which ${advice}`];
  return test.includes('testAdapter(')
    ? []
    : [`${testOf(vendor)} lacks what every adapter must do: see that it ${advice}`];
}

function missingOfPage(vendor: string, page: string | undefined): string[] {
  const file = pageOf(vendor);
  if (page === undefined)
    return [`${vendor} has no page for owners: add ${file} with the headings of ${pageOf(model)}`];
  const texts = sectionsOf(page);
  const markers = ['facts', 'settings'].flatMap((name) =>
    page.includes(`<!-- ${name} -->\n`) && page.includes(`<!-- /${name} -->`)
      ? []
      : [`${file} lacks the lines <!-- ${name} --> and <!-- /${name} -->, between which \`npm run generate\` writes`],
  );
  const headings = Object.entries(sections).flatMap(([heading, content]) =>
    texts.get(heading) ? [] : [`${file} says nothing under "## ${heading}": write there ${content}`],
  );
  const said = texts.get(signs);
  const unchecked =
    said && !said.includes('npm run doctor')
      ? [`${file} does not say under "## ${signs}" how to check them: write there what \`npm run doctor\` should say`]
      : [];
  return [...markers, ...headings, ...unchecked];
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
