/** The conversations with vendors' clouds, as they are found in test/conversations/. */

/** An exported conversation. */
export type Conversation = {
  /** undefined where no adapter has the file's name. */
  vendor: string | undefined;
  /** `vendor`, or `vendor/way` for another way to talk. */
  name: string;
  /** From the folder of the project. */
  file: string;
  exported: string;
};

export const conversationsFolder = 'test/conversations';

/**
 * `<vendor>.ts` or `<vendor>-<way>.ts` exports `conversation`, or `<way>Conversation` for a further way.
 *
 * @param files name and text of each file in the folder.
 */
export function findConversations(files: ReadonlyMap<string, string>, vendors: readonly string[]): Conversation[] {
  const longestFirst = [...vendors].sort((a, b) => b.length - a.length);
  const found = [...files].flatMap(([file, text]) => {
    const slug = file.replace(/\.ts$/, '');
    const vendor = longestFirst.find((each) => slug === each || slug.startsWith(`${each}-`));
    const ofFile = vendor === undefined ? '' : slug.slice(vendor.length + 1);
    return [...text.matchAll(/^export const (\w+): AdapterConversation\b/gm)].map(([, exported = '']) => {
      const ways = [ofFile, exported.replace(/conversation$/i, '')].filter((way) => way !== '');
      return {
        ...{ vendor, exported, file: `${conversationsFolder}/${file}` },
        name: [vendor ?? slug, ...(ways.length > 0 ? [ways.join('-')] : [])].join('/'),
      };
    });
  });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The list that every suite plays. */
export function conversationIndex(conversations: readonly Conversation[]): string {
  const key = (name: string) => (/^\w+$/.test(name) ? name : `'${name}'`);
  return [
    '/** Every conversation by its vendor and its way to talk. Generated from this folder by `npm run generate`. */',
    "import type { AdapterConversation } from './adapter-conversation.ts';",
    '',
    'export const conversationsByName: Record<string, () => Promise<AdapterConversation>> = {',
    ...conversations
      .filter(({ vendor }) => vendor !== undefined)
      .map(
        ({ name, file, exported }) => `  ${key(name)}: async () => (await import('./${baseName(file)}')).${exported},`,
      ),
    '};',
    '',
  ].join('\n');
}

const baseName = (file: string): string => file.slice(conversationsFolder.length + 1);
