/** Every setting there is, with its schema and its help: the site's own, and those of every source and destination. */
import * as z from 'zod/mini';
import type { Adapter } from '../adapters/adapter.ts';
import { termFields } from '../core/reading.ts';
import type { DestinationModule } from '../destinations/destination.ts';
import { address, number, type Setting, type Settings, setting, text } from '../settings/setting.ts';
import { createSettingsReader, type SettingTexts, upperSnake, variableOf } from '../settings/settings-reader.ts';
import {
  type DestinationRegistry,
  destinationsNamed,
  everyProblem,
  openSite,
  type Registry,
  sourcesNamed,
} from '../settings/site.ts';
import { quoted, secretProblem } from '../settings/written.ts';

export type KnownSetting = Setting & { name: string };

const takes = Object.keys(termFields);
const take = text.check(
  z.refine(
    (value) => value.split(',').every((word) => takes.includes(word.trim().toLowerCase())),
    `must be some of ${takes.join(', ')}`,
  ),
);

const optionalText = z.optional(text);

const ofTheSite: Record<string, Setting> = {
  VENDOR: setting(text, 'The equipment: one word, or label:vendor,label:vendor'),
  DESTINATION: setting(
    optionalText,
    'Where the figures go: one word, or label:destination,label:destination; default charge-hq. The first one decides',
  ),
  SITE: setting(
    optionalText,
    'Name of the home, default home; home,cabin or a file (./homes.txt, one a line) for several in one stack on AWS',
  ),
  MAX_POWER_KW: setting(
    z.optional(number({ min: 1 })),
    'Figures beyond it are refused as impossible, kW; default: by what the home has shown, at least 30',
  ),
  ALARM_EMAIL: setting(optionalText, 'Where AWS sends its alarms'),
  AWS_REGION: setting(optionalText, 'The region of the bridge on AWS'),
  AWS_PROFILE: setting(optionalText, 'The profile of your AWS credentials'),
  STATE_DIR: setting(optionalText, 'Where log-ins and the history are kept on this machine, default .state'),
  PAGE_PORT: setting(
    z.optional(number({ min: 0, max: 65_535 })),
    'Port of the page of the home on this machine, default 4180 or a free one; 0 for no page',
  ),
  STACK: setting(optionalText, 'With several homes in SITE: the name of their stack on AWS, default homes'),
  STATE_STORE: setting(
    z.optional(z.enum(['parameters', 'dynamodb'], 'must be parameters or dynamodb')),
    'With several homes in SITE: where what they remember lies on AWS, parameters (default) or dynamodb, needed beyond 100 homes',
  ),
  METRICS_OF: setting(
    optionalText,
    'With several homes in SITE: those whose powers get metrics and charts, which cost some dollars each',
  ),
};

/** Of the machine and of the deployment rather than of a home. */
export const deploymentSettings: ReadonlySet<string> = new Set([
  'SITE',
  'STACK',
  'STATE_STORE',
  'METRICS_OF',
  'ALARM_EMAIL',
  'AWS_REGION',
  'AWS_PROFILE',
  'STATE_DIR',
  'PAGE_PORT',
]);

/** What every source has besides its adapter's settings. */
const ofEachSource: Record<string, Setting> = {
  TAKE: setting(z.optional(take), `What it contributes to the home: some of ${takes.join(', ')}`),
  POLL_SECONDS: setting(z.optional(number({ min: 1 })), 'How often it is asked, never oftener than its cloud allows'),
  STALE_AFTER_SECONDS: setting(z.optional(number({ min: 60 })), 'How old its figures may be'),
  BASE_URL: setting(z.optional(address), 'Another address of its cloud'),
  AUTH_URL: setting(z.optional(address), "Another address of its cloud's log-in"),
};

const named = (settings: Record<string, Setting>, prefix = ''): KnownSetting[] =>
  Object.entries(settings).map(([name, entry]) => ({ ...entry, name: prefix + upperSnake(name) }));

export const settingsOfSite = (): KnownSetting[] => named(ofTheSite);

/** Those of an adapter or a destination itself, by their names in code. */
export const ownSettings = (label: string, { settings }: { settings: Settings }): Map<string, KnownSetting> =>
  new Map(Object.entries(settings).map(([key, entry]) => [key, { ...entry, name: variableOf(label, key) }]));

/** Those that every source has, but for what the adapter itself asks for. Where the adapter knows no address, its owner must give one. */
export function commonSettings(label: string, adapter: Adapter): KnownSetting[] {
  const { baseUrl, title } = adapter;
  const own = new Set([...ownSettings(label, adapter).values()].map(({ name }) => name));
  const settings = named(ofEachSource, `${upperSnake(label)}_`).filter(({ name }) => !own.has(name));
  if (baseUrl !== undefined) return settings;
  const help = `The https address of your ${title}, without a slash at the end`;
  return settings.map((entry) => (entry.name.endsWith('_BASE_URL') ? { ...entry, help, schema: address } : entry));
}

/** Of a source: its own, and what every source has. */
export const settingsOfSource = (label: string, adapter: Adapter): KnownSetting[] => [
  ...ownSettings(label, adapter).values(),
  ...commonSettings(label, adapter),
];

/** Of a destination: its own, and another address where it has one that is no setting. */
export const settingsOfDestination = (label: string, module: DestinationModule): KnownSetting[] => [
  ...ownSettings(label, module).values(),
  ...(module.baseUrl === undefined
    ? []
    : named({ baseUrl: setting(z.optional(address), `Another address of ${module.title}`) }, `${upperSnake(label)}_`)),
];

/** What `npm run deploy` finds out by itself: the account's own endpoint, for a destination at AWS IoT Core. */
export function setByDeployment(label: string, { slug }: { slug: string }, texts: SettingTexts): string | undefined {
  const prefix = upperSnake(label);
  return slug === 'mqtt' && cleaned(texts[`${prefix}_URL`]) === 'aws-iot' ? `${prefix}_BASE_URL` : undefined;
}

export type Registries = { registry: Registry; destinations: DestinationRegistry };

export type ChosenSource = { label: string; vendor: string; adapter: Adapter };
export type ChosenDestination = { label: string; module: DestinationModule };

/** The sources in VENDOR whose vendors there are. */
export async function chosenSources(texts: SettingTexts, registry: Registry): Promise<ChosenSource[]> {
  const found = [];
  for (const source of sourcesNamed(cleaned(texts['VENDOR']) ?? '')) {
    const adapter = Object.hasOwn(registry, source.vendor) ? await registry[source.vendor]?.() : undefined;
    if (adapter) found.push({ ...source, adapter });
  }
  return found;
}

/** The destinations in DESTINATION that there are. */
export async function chosenDestinations(
  texts: SettingTexts,
  destinations: DestinationRegistry,
): Promise<ChosenDestination[]> {
  const found = [];
  for (const { label, slug } of destinationsNamed(cleaned(texts['DESTINATION']))) {
    const module = Object.hasOwn(destinations, slug) ? await destinations[slug]?.() : undefined;
    if (module) found.push({ label, module });
  }
  return found;
}

/**
 * All settings by name: the site's, those of what VENDOR and DESTINATION name, and those of each vendor and destination
 * under its own name.
 */
export async function everySetting(
  texts: SettingTexts,
  { registry, destinations }: Registries,
): Promise<Map<string, KnownSetting>> {
  const [vendors, slugs] = [Object.keys(registry).join(), Object.keys(destinations).join()];
  const found = settingsOfSite();
  for (const { VENDOR, DESTINATION } of [{ VENDOR: vendors, DESTINATION: slugs }, texts]) {
    for (const { label, adapter } of await chosenSources({ VENDOR }, registry))
      found.push(...settingsOfSource(label, adapter));
    for (const { label, module } of await chosenDestinations({ DESTINATION }, destinations))
      found.push(...settingsOfDestination(label, module));
  }
  return new Map(found.map((entry) => [entry.name, entry]));
}

/** What is wrong with a setting among all others, where its own schema cannot tell. */
export async function problemAmongAll(
  name: string,
  texts: SettingTexts,
  { registry, destinations }: Registries,
): Promise<string | undefined> {
  const site = await openSite(texts, registry, destinations);
  return everyProblem(site).find((problem) => problem.startsWith(`${name} `));
}

/** By its own schema; whether others require it is not known here. */
export const mayBeLeftOut = ({ schema }: KnownSetting): boolean => schema.safeParse(undefined).success;

/** The text as the bridge takes it, without stray spaces and quotes; undefined if nothing is left. */
export const cleaned = (text: string | undefined): string | undefined => createSettingsReader({ it: text }).take('it');

/** What is wrong with a text, in a sentence that tells no secret; undefined if it will do. */
export function problemWith({ name, schema, secret }: KnownSetting, text: string | undefined): string | undefined {
  const clean = cleaned(text);
  const parsed = schema.safeParse(clean);
  const short = secret && clean !== undefined ? secretProblem(clean) : undefined;
  if (parsed.success) return short && `${name} ${short}`;
  const told = secret || text === undefined ? '' : quoted(text);
  return `${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}${told}`;
}
