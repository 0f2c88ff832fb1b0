/** The modules of a folder: found by what they export, and the list from which they are loaded. */

/** A module as it stands in its folder. */
export type Listed = { file: string; exported: string; slug: string };

/** What a list holds, and the words of its file. */
export type ModuleList = {
  /** In the folder of the functions. */
  folder: 'adapters' | 'destinations';
  /** The function that declares one. */
  definedBy: string;
  /** Of its first line. */
  each: string;
  type: string;
  typeFile: string;
};

export const moduleLists = {
  adapters: {
    folder: 'adapters',
    definedBy: 'defineAdapter',
    each: "adapter by its vendor's slug",
    type: 'Adapter',
    typeFile: './adapter.ts',
  },
  destinations: {
    folder: 'destinations',
    definedBy: 'defineDestination',
    each: 'destination by its slug',
    type: 'DestinationModule',
    typeFile: './destination.ts',
  },
} as const satisfies Record<string, ModuleList>;

/** @param files name and text of each file in the folder. */
export function listedIn(files: ReadonlyMap<string, string>, { definedBy }: ModuleList): Listed[] {
  const exports = new RegExp(`^export const (\\w+) = ${definedBy}\\(`, 'm');
  return [...files].flatMap(([file, text]) => {
    const [, exported] = exports.exec(text) ?? [];
    return exported === undefined ? [] : [{ file, exported, slug: file.replace(/\.ts$/, '') }];
  });
}

/** The file from which a module is loaded when it is chosen. */
export function moduleIndex(listed: readonly Listed[], { folder, each, type, typeFile }: ModuleList): string {
  const key = (slug: string) => (/^\w+$/.test(slug) ? slug : `'${slug}'`);
  return [
    `/** Every ${each}, loaded when it is chosen. Generated from this folder by \`npm run generate\`. */`,
    `import type { ${type} } from '${typeFile}';`,
    '',
    `export const ${folder}: Record<string, () => Promise<${type}>> = {`,
    ...listed.map(({ file, exported, slug }) => `  ${key(slug)}: async () => (await import('./${file}')).${exported},`),
    '};',
    '',
  ].join('\n');
}
