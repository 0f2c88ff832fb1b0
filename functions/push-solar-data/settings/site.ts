/** From settings (names and texts) to a site: its sources, its destinations, and every problem in one list. */
import type { Adapter } from '../adapters/adapter.ts';
import type { Destination, DestinationModule } from '../destinations/destination.ts';
import { destinations as everyDestination } from '../destinations/index.ts';
import { noDestination, openDestination } from './destination.ts';
import { destinationsNamed, entryProblem, type Named, namedIn, type Prefixes } from './named.ts';
import type { KnownNames } from './search.ts';
import { createSettingsReader, type SettingsReader, type SettingTexts, siteName } from './settings-reader.ts';
import { openSource, type Source } from './source.ts';

export { destinationsNamed, sourcesNamed } from './named.ts';
export type { Source } from './source.ts';

/** One home. */
export type Site = {
  name: string;
  sources: Source[];
  /** In the order of `DESTINATION`; the first one decides a tick's outcome. One with wrong settings has its own problems. */
  destinations: Destination[];
  /** The owner's own limit. */
  maxPower_kw: number | undefined;
  /** What is wrong with the settings, each a sentence with its remedy. With a problem no source is asked. */
  problems: string[];
  /** What was mended in passing. */
  remarks: string[];
  /** Values to hide everywhere. */
  secrets: string[];
  /** Every setting that it has, set or not; undefined where VENDOR or DESTINATION name what there is not. */
  settingNames?: ReadonlySet<string> | undefined;
};

export type Registry = Record<string, () => Promise<Adapter>>;
export type DestinationRegistry = Record<string, () => Promise<DestinationModule>>;

/**
 * @param registry the adapters there are.
 * @param destinations the destinations there are.
 * Never throws for bad settings: they are the site's `problems`, or those of one destination while another is left.
 */
export async function openSite(
  texts: SettingTexts,
  registry: Registry,
  destinations: DestinationRegistry = everyDestination,
): Promise<Site> {
  const reader = createSettingsReader(texts);
  const name = reader.take('SITE') ?? 'home';
  if (!siteName.test(name))
    reader.problems.push(`SITE must be a short name of small letters, digits and hyphens (it is "${name}")`);
  const prefixes: Prefixes = new Map();
  const chosen = await chosenVendors(reader, registry, prefixes);
  const opened = await openDestinations(texts, reader, name, destinations, prefixes);
  if (opened.every(({ problems }) => problems.length > 0))
    reader.problems.push(...opened.flatMap(({ problems }) => problems));
  const site: Site = {
    name,
    sources: [],
    destinations: opened,
    maxPower_kw: reader.takeNumber('MAX_POWER_KW', 1),
    problems: reader.problems,
    remarks: reader.remarks,
    secrets: reader.secrets,
    settingNames:
      chosen.length === namedIn(texts['VENDOR'] ?? '').length && opened.every(({ module }) => module)
        ? reader.names
        : undefined,
  };
  for (const { label, slug } of chosen) {
    const load = registry[slug];
    const source = load && openSource(label, await load(), reader, name);
    if (source) site.sources.push(source);
  }
  return site;
}

/** Everything that is wrong, also with one destination while others can be told. */
export const everyProblem = ({ problems, destinations }: Site): string[] => [
  ...new Set([...problems, ...destinations.flatMap((destination) => destination.problems)]),
];

async function chosenVendors(reader: SettingsReader, registry: Registry, prefixes: Prefixes) {
  const known = Object.keys(registry).sort();
  const text = reader.take('VENDOR');
  if (!text) {
    reader.problems.push(`VENDOR is missing: choose one of ${known.join(', ')}`);
    return [];
  }
  const named = namedIn(text);
  const meant = await guessing(named, known, async () => (await import('../adapters/names.ts')).knownNames);
  return named.filter((chosen) => {
    const problem = entryProblem(chosen, { setting: 'VENDOR', known, prefixes, meant });
    if (problem) reader.problems.push(problem);
    return !problem;
  });
}

/** What could be meant by words that are not known; the search is loaded only where there is one. */
async function guessing(
  named: readonly Named[],
  known: readonly string[],
  names: () => Promise<KnownNames>,
): Promise<(word: string) => string | undefined> {
  if (named.every(({ slug }) => known.includes(slug))) return (word) => word;
  const [{ meantBy }, knownNames] = await Promise.all([import('./search.ts'), names()]);
  return (word) => meantBy(word, known, knownNames);
}

async function openDestinations(
  texts: SettingTexts,
  reader: SettingsReader,
  site: string,
  registry: DestinationRegistry,
  prefixes: Prefixes,
): Promise<Destination[]> {
  const known = Object.keys(registry).sort();
  const opened: Destination[] = [];
  const all = destinationsNamed(reader.take('DESTINATION'));
  const meant = await guessing(all, known, async () => ({}));
  for (const named of all) {
    const problem = entryProblem(named, { setting: 'DESTINATION', known, prefixes, meant });
    const module = problem === undefined ? await registry[named.slug]?.() : undefined;
    opened.push(
      module
        ? openDestination(named.label, module, texts, { reader, site })
        : (noDestination(named.label, problem ?? '') as Destination),
    );
  }
  return opened;
}
