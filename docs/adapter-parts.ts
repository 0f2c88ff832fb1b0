/** What belongs to an adapter besides its own file: a page for owners, a test, a conversation. */
import type { Conversation } from './conversation-list.ts';
import { type Kind, missingOfPage, missingOfTest, readsIn } from './parts.ts';

/** For a trial without any cloud: nobody owns one, and there is nothing to talk to. */
export const forTrial = 'simulator';

export const conversationOf = (vendor: string): string => `test/conversations/${vendor}.ts`;

const signs = 'Are the signs right?';

export const adapterKind: Kind = {
  model: 'victron-vrm',
  pageOf: (vendor) => `docs/adapters/${vendor}.md`,
  testOf: (vendor) => `test/adapters/${vendor}.test.ts`,
  tested: { by: 'testAdapter(', advice: 'hands its conversation to testAdapter' },
  sections: {
    'Getting the credentials': 'how an owner gets what the settings ask for, step by step',
    Settings: 'the markers <!-- settings --> and <!-- /settings -->, a line each',
    'What is measured': 'which powers and counters the cloud measures, and which are derived',
    'How old the figures are': 'how often the cloud renews them, and when they are reported as stale',
    'What it cannot do': 'what an owner could expect and does not get',
    [signs]: 'which signs a recording has proven, which not, and how to check them with `npm run doctor`',
  },
  named: {
    under: signs,
    text: 'npm run doctor',
    lacking: 'how to check them: write there what `npm run doctor` should say',
  },
};

/**
 * A sentence for each part that is missing.
 *
 * @param root the folder of the project.
 * @param vendors slugs of the adapters.
 * @param conversations those that were found.
 */
export function missingOfAdapters(
  root: string,
  vendors: readonly string[],
  conversations: readonly Conversation[],
): string[] {
  const read = readsIn(root);
  const strays = conversations.flatMap(({ vendor, file }) =>
    vendor === undefined
      ? [`${file} belongs to no adapter: name it <vendor>.ts, or <vendor>-<way>.ts for another way to talk`]
      : [],
  );
  const missing = vendors
    .filter((vendor) => vendor !== forTrial)
    .flatMap((vendor) => [
      ...missingOfPage(adapterKind, vendor, read(adapterKind.pageOf(vendor))),
      ...missingOfTest(adapterKind, vendor, read(adapterKind.testOf(vendor))),
      ...(conversations.some((each) => each.vendor === vendor) ? [] : [noConversation(vendor)]),
    ]);
  return [...missing, ...strays];
}

const noConversation = (vendor: string): string =>
  `${vendor} has no conversation: add ${conversationOf(vendor)} with an exported \`conversation: AdapterConversation\`, as in ${conversationOf(adapterKind.model)}`;
