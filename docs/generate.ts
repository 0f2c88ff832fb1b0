/**
 * `npm run generate`: writes what the documents and the lists of adapters, destinations and conversations repeat from the code, and says
 * what it wrote and what is missing. `--check` changes nothing and fails if something is out of date or missing.
 * Hand-written text stays: only what stands between the markers is replaced.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Adapter } from '../functions/push-solar-data/adapters/adapter.ts';
import type { DestinationModule } from '../functions/push-solar-data/destinations/destination.ts';
import { ownCommandLine } from '../functions/push-solar-data/local/command-line.ts';
import { adapterKind, forTrial, missingOfAdapters } from './adapter-parts.ts';
import { exampleAdapter, stillOfExample } from './adapter-template.ts';
import { commandsBlocks } from './commands-page.ts';
import { conversationIndex, conversationsFolder, findConversations } from './conversation-list.ts';
import { costTable, fleetTable, homesCostTable, looksTable } from './cost-tables.ts';
import { destinationKind, missingOfDestinations } from './destination-parts.ts';
import { envExample } from './env-example.ts';
import { listedIn, type ModuleList, moduleIndex, moduleLists, namesFile } from './module-list.ts';
import type { Kind } from './parts.ts';
import {
  adapterFacts,
  adapterSettings,
  adaptersTable,
  destinationFacts,
  destinationSettings,
  destinationsTable,
  fill,
} from './tables.ts';

const root = join(import.meta.dirname, '..');

/** What there is to write and to say. */
type Generated = {
  /** Files that repeat the code, with the text that each should have. */
  files: Map<string, string>;
  /** A sentence for each part that nobody has written. */
  missing: string[];
  /** A sentence for each part that is there and not yet what it should become. */
  unfinished: string[];
};

async function generatedFiles(): Promise<Generated> {
  const [adapters, adapterIndex] = await modulesOf<Adapter>(moduleLists.adapters);
  const [destinations, destinationIndex] = await modulesOf<DestinationModule>(moduleLists.destinations);
  const owned = adapters.filter(({ vendor }) => vendor !== forTrial);
  const vendors = adapters.map(({ vendor }) => vendor);
  const slugs = destinations.map(({ slug }) => slug);
  const conversations = findConversations(textsIn(conversationsFolder), vendors);

  const pages: [file: string, blocks: Record<string, string>][] = [
    ...adapters.map((adapter): [string, Record<string, string>] => [
      adapterKind.pageOf(adapter.vendor),
      { facts: adapterFacts(adapter), settings: adapterSettings(adapter) },
    ]),
    ...destinations.map((destination): [string, Record<string, string>] => [
      destinationKind.pageOf(destination.slug),
      { facts: destinationFacts(destination), settings: destinationSettings(destination) },
    ]),
    [
      'README.md',
      {
        vendors: adaptersTable(owned, ({ vendor, title }) => linked(title, adapterKind, vendor)),
        destinations: destinationsTable(destinations, ({ slug, title }) => linked(title, destinationKind, slug)),
      },
    ],
    ['docs/operations.md', { cost: costTable() }],
    ['docs/many-homes.md', { 'homes-cost': homesCostTable(), fleet: fleetTable(), looks: looksTable() }],
    ['docs/commands.md', commandsBlocks()],
    ['docs/aws-from-nothing.md', { policy: ['```json', ownerPolicy(), '```'].join('\n') }],
    ['docs/writing-an-adapter.md', { example: `\`\`\`ts\n${exampleAdapter(root)}\`\`\`` }],
  ];
  const written = pages.filter(([file]) => existsSync(join(root, file)));
  return {
    files: new Map([
      adapterIndex,
      destinationIndex,
      [join(root, 'functions/push-solar-data/adapters/names.ts'), namesFile(adapters)],
      [join(root, conversationsFolder, 'index.ts'), conversationIndex(conversations)],
      [join(root, '.env.example'), envExample(owned, destinations)],
      ...written.map(([file, blocks]): [string, string] => [
        join(root, file),
        fill(readFileSync(join(root, file), 'utf8'), blocks),
      ]),
    ]),
    missing: [...missingOfAdapters(root, vendors, conversations), ...missingOfDestinations(root, slugs)],
    unfinished: stillOfExample(adapters),
  };
}

/** The modules of a folder, and their list with the text that it should have. */
async function modulesOf<Module>(list: ModuleList): Promise<[Module[], index: [file: string, text: string]]> {
  const folder = join('functions/push-solar-data', list.folder);
  const listed = listedIn(textsIn(folder), list);
  const modules: Module[] = [];
  for (const { file, exported } of listed) modules.push((await import(join(root, folder, file)))[exported]);
  return [modules, [join(root, folder, 'index.ts'), moduleIndex(listed, list)]];
}

/** The rights of the owner's commands on AWS, to paste. */
const ownerPolicy = (): string => readFileSync(join(root, 'infra/owner-policy.json'), 'utf8').trim();

function textsIn(folder: string): Map<string, string> {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts'));
  return new Map(files.map((file) => [file, readFileSync(join(root, folder, file), 'utf8')]));
}

function linked(title: string, { pageOf }: Kind, slug: string): string {
  const page = pageOf(slug);
  return existsSync(join(root, page)) ? `[${title}](${page})` : title;
}

/** What is said of it, a line each, and whether `--check` fails. */
export function summary(
  {
    outdated,
    missing,
    unfinished = [],
  }: { outdated: readonly string[]; missing: readonly string[]; unfinished?: readonly string[] },
  isCheck: boolean,
): { lines: string[]; isWrong: boolean } {
  const names = outdated.join(', ');
  const written = names === '' ? 'Nothing to write: everything is up to date.' : `Wrote ${names}.`;
  const toWrite = names === '' ? [] : [`Out of date: ${names}. Run: npm run generate`];
  return {
    lines: [
      ...(isCheck ? toWrite : [written]),
      ...missing.map((sentence) => `Missing: ${sentence}.`),
      ...unfinished.map((sentence) => `Unfinished: ${sentence}.`),
    ],
    isWrong: isCheck && outdated.length + missing.length > 0,
  };
}

if (import.meta.main) {
  const isCheck = ownCommandLine('generate').values.check === true;
  const { files, missing, unfinished } = await generatedFiles();
  const isCurrent = (path: string, text: string) => existsSync(path) && readFileSync(path, 'utf8') === text;
  const outdated = [...files].filter(([path, text]) => !isCurrent(path, text));
  if (!isCheck) for (const [path, text] of outdated) writeFileSync(path, text);
  const { lines, isWrong } = summary(
    { outdated: outdated.map(([path]) => relative(root, path)), missing, unfinished },
    isCheck,
  );
  if (lines.length > 0) console[isWrong ? 'error' : 'log'](lines.join('\n'));
  process.exitCode = isWrong ? 1 : 0;
}
