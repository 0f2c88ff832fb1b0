/** Every setting there is, with its schema and its help: the site's own, each source's, and those of every adapter. */
import * as z from 'zod/mini';
import type { Adapter } from '../adapters/adapter.ts';
import { termFields } from '../core/reading.ts';
import { address, number, type Setting, secret, setting, text } from '../settings/setting.ts';
import { createSettingsReader, upperSnake } from '../settings/settings-reader.ts';
import { type Registry, sourcesNamed } from '../settings/site.ts';
import { quoted, secretProblem } from '../settings/written.ts';

export type KnownSetting = Setting & { name: string };

const takes = Object.keys(termFields);
const take = text.check(
  z.refine(
    (value) => value.split(',').every((word) => takes.includes(word.trim().toLowerCase())),
    `must be some of ${takes.join(', ')}`,
  ),
);

export const chargeHqKey: KnownSetting = {
  name: 'CHARGE_HQ_API_KEY',
  ...secret(text, 'Key of the Push API: Charge HQ web app → My Equipment → Solar / Battery Equipment → Push API'),
};

const optionalText = z.optional(text);

const ofTheSite: Record<string, Setting> = {
  VENDOR: setting(text, 'The equipment: one word, or label:vendor,label:vendor'),
  [chargeHqKey.name]: chargeHqKey,
  SITE: setting(optionalText, 'Name of the home, default home; each has its own stack and parameters on AWS'),
  CHARGE_HQ_URL: setting(z.optional(address), 'Another address for the Push API'),
  MAX_POWER_KW: setting(z.optional(number({ min: 1 })), 'Figures beyond it are refused as impossible; default 100'),
  ALARM_EMAIL: setting(optionalText, 'Where AWS sends its alarms'),
  AWS_REGION: setting(optionalText, 'The region of the bridge on AWS'),
  AWS_PROFILE: setting(optionalText, 'The profile of your AWS credentials'),
  STATE_DIR: setting(optionalText, 'Where log-ins are kept on this machine, default .state'),
};

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

/** The adapter's own, by their names in code. */
export const ownSettings = (label: string, { settings }: Adapter): Map<string, KnownSetting> =>
  new Map(
    Object.entries(settings).map(([key, entry]) => [
      key,
      { ...entry, name: `${upperSnake(label)}_${upperSnake(key)}` },
    ]),
  );

/** Those that every source has, but for what the adapter itself asks for. Where the adapter knows no address, its owner must give one. */
export function commonSettings(label: string, adapter: Adapter): KnownSetting[] {
  const { baseUrl, title } = adapter;
  const own = new Set([...ownSettings(label, adapter).values()].map(({ name }) => name));
  const settings = named(ofEachSource, `${upperSnake(label)}_`).filter(({ name }) => !own.has(name));
  if (baseUrl !== undefined) return settings;
  const help = `The https address of your ${title}, without a slash at the end`;
  return settings.map((entry) => (entry.name.endsWith('_BASE_URL') ? { ...entry, help, schema: address } : entry));
}

/** All settings by name: the site's, those of the sources in VENDOR, and those of each vendor as a home's only source. */
export async function everySetting(vendor: string | undefined, registry: Registry): Promise<Map<string, KnownSetting>> {
  const alone = Object.keys(registry).map((slug) => ({ label: slug, vendor: slug }));
  const found = settingsOfSite();
  for (const source of [...alone, ...sourcesNamed(vendor ?? '')]) {
    const adapter = Object.hasOwn(registry, source.vendor) ? await registry[source.vendor]?.() : undefined;
    if (adapter) found.push(...ownSettings(source.label, adapter).values(), ...commonSettings(source.label, adapter));
  }
  return new Map(found.map((entry) => [entry.name, entry]));
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
