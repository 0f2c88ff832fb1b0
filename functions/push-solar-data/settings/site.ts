/** From settings (names and texts) to a site: its sources, its destination, and every problem in one list. */
import { createHash } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import type { Adapter } from '../adapters/adapter.ts';
import { type Term, termFields } from '../core/reading.ts';
import type { SourceLimits } from '../core/source-state.ts';
import { chargeHq, chargeHqUrl } from '../destinations/charge-hq.ts';
import type { Destination } from '../destinations/destination.ts';
import type { Setting } from './setting.ts';
import {
  createSettingsReader,
  parameterPath,
  type SettingsReader,
  type SettingTexts,
  upperSnake,
} from './settings-reader.ts';
import { quoted } from './written.ts';

/** A configured adapter at a site. */
export type Source = SourceLimits & {
  adapter: Adapter;
  /** The adapter's settings, parsed. */
  settings: Record<string, unknown>;
  baseUrl?: string;
  authUrl?: string;
  /** Changes with the settings that its log-in belongs to. */
  identity: string;
};

/** One home. */
export type Site = {
  name: string;
  sources: Source[];
  /** The first one decides a tick's outcome. Empty where the key is missing. */
  destinations: Destination[];
  /** The owner's own limit. */
  maxPower_kw: number | undefined;
  /** What is wrong with the settings, each a sentence with its remedy. With a problem no source is asked. */
  problems: string[];
  /** What was mended in passing. */
  remarks: string[];
  /** Values to hide everywhere. */
  secrets: string[];
};

export type Registry = Record<string, () => Promise<Adapter>>;

/** Labels whose settings would carry the names of the site's own. */
const reservedLabels = new Set(['site', 'vendor', 'charge-hq', 'state', 'max-power', 'alarm', 'aws']);

const defaultStaleAfterSeconds = 900;

/** @param registry the adapters there are. Never throws for bad settings: they are the site's `problems`. */
export async function openSite(texts: SettingTexts, registry: Registry): Promise<Site> {
  const reader = createSettingsReader(texts);
  const name = reader.take('SITE') ?? 'home';
  const site: Site = {
    name,
    sources: [],
    destinations: [],
    maxPower_kw: undefined,
    problems: reader.problems,
    remarks: reader.remarks,
    secrets: reader.secrets,
  };
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(name))
    reader.problems.push(`SITE must be a short name of small letters, digits and hyphens (it is "${name}")`);
  const apiKey = reader.take('CHARGE_HQ_API_KEY', { secret: true });
  const url = reader.takeAddress('CHARGE_HQ_URL') ?? chargeHqUrl;
  if (apiKey) site.destinations.push(chargeHq(apiKey, url));
  else
    reader.problems.push(
      `CHARGE_HQ_API_KEY is missing: Charge HQ web app → My Equipment → Solar / Battery Equipment → Push API. ${whereToPut(name)}`,
    );
  site.maxPower_kw = reader.takeNumber('MAX_POWER_KW', 1);
  for (const { label, vendor } of chosenVendors(reader, registry)) {
    const load = registry[vendor];
    const source = load && openSource(label, await load(), reader, name);
    if (source) site.sources.push(source);
  }
  return site;
}

/** `roof:fusionsolar,grid:victron-vrm` or `foxess`: the sources that VENDOR names, each with its label. */
export function sourcesNamed(vendor: string): { label: string; vendor: string }[] {
  return vendor.split(',').map((entry) => {
    const [first = '', second] = entry.split(':').map((part) => part.trim().toLowerCase());
    return { label: first, vendor: second ?? first };
  });
}

function chosenVendors(reader: SettingsReader, registry: Registry): { label: string; vendor: string }[] {
  const known = Object.keys(registry).sort();
  const text = reader.take('VENDOR');
  if (!text) {
    reader.problems.push(`VENDOR is missing: choose one of ${known.join(', ')}`);
    return [];
  }
  const prefixes = new Set<string>();
  return sourcesNamed(text).filter((chosen) => {
    const problem = vendorProblem(chosen, known, prefixes);
    if (problem) reader.problems.push(problem);
    prefixes.add(upperSnake(chosen.label));
    return !problem;
  });
}

function vendorProblem(
  { label, vendor }: { label: string; vendor: string },
  known: string[],
  prefixes: Set<string>,
): string | undefined {
  if (!known.includes(vendor))
    return `VENDOR names "${vendor}", which is not known. Did you mean ${closest(vendor, known)}? Known: ${known.join(', ')}`;
  if (!/^[a-z][a-z0-9-]*$/.test(label) || reservedLabels.has(label))
    return `VENDOR gives a source the label "${label}", which cannot be one: use a word such as roof, garage or meter`;
  if (prefixes.has(upperSnake(label)))
    return `VENDOR names "${label}" twice: give each source a label of its own, such as roof:${vendor},garage:${vendor}`;
  return undefined;
}

/** @returns undefined if something is wrong, which the reader then holds. */
function openSource(label: string, adapter: Adapter, reader: SettingsReader, site: string): Source | undefined {
  const problemsBefore = reader.problems.length;
  const prefix = upperSnake(label);
  const { texts, settings } = readSettings(adapter, prefix, reader, site);
  const take = takeOf(prefix, reader);
  const secrets = Object.entries(adapter.settings).flatMap(([key, { secret }]) =>
    secret ? [`${prefix}_${upperSnake(key)}`] : [],
  );
  const [ownBase, ownAuth] = ['BASE', 'AUTH'].map((host) => reader.takeAddress(`${prefix}_${host}_URL`, secrets));
  if (reader.problems.length > problemsBefore) return undefined;
  reader.problems.push(...unmetRequirements(adapter, settings, prefix, site));

  const baseUrl = ownBase ?? given(adapter.baseUrl, settings) ?? undefined;
  const authUrl = ownAuth ?? given(adapter.authUrl, settings);
  if (adapter.baseUrl === undefined && baseUrl === undefined)
    reader.problems.push(
      `${prefix}_BASE_URL is missing: the https address of your ${adapter.title}. ${whereToPut(site)}`,
    );
  const source: Source = {
    label,
    adapter,
    settings,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(authUrl === undefined ? {} : { authUrl }),
    title: adapter.title,
    ...pace(adapter, settings, prefix, reader),
    ...(take ? { take } : {}),
    settingsHash: hashOf([adapter.vendor, texts, baseUrl, authUrl, take]),
    identity: hashOf([adapter.vendor, pick(texts, adapter.identity), baseUrl, authUrl]),
  };
  return reader.problems.length > problemsBefore ? undefined : source;
}

function readSettings(adapter: Adapter, prefix: string, reader: SettingsReader, site: string) {
  const texts: Record<string, string> = {};
  const settings: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(adapter.settings)) {
    const name = `${prefix}_${upperSnake(key)}`;
    const text = reader.take(name, entry);
    if (text !== undefined) texts[key] = text;
    const parsed = entry.schema.safeParse(text);
    if (parsed.success) settings[key] = parsed.data;
    else reader.problems.push(settingProblem(name, entry, text, parsed.error.issues[0]?.message, whereToPut(site)));
  }
  return { texts, settings };
}

/** How often a source is asked and how old its figures may be, after the owner's overrides. */
function pace(adapter: Adapter, settings: Record<string, unknown>, prefix: string, reader: SettingsReader) {
  const usualPoll = given(adapter.pollSeconds, settings) ?? 60;
  const pollFloor = given(adapter.pollFloorSeconds, settings) ?? usualPoll;
  const usualStale = given(adapter.staleAfterSeconds, settings) ?? defaultStaleAfterSeconds;
  const pollSeconds = reader.takeNumber(`${prefix}_POLL_SECONDS`, pollFloor) ?? usualPoll;
  const ownStale = reader.takeNumber(`${prefix}_STALE_AFTER_SECONDS`, 60);
  return {
    pollSeconds,
    floorSeconds: Math.min(pollSeconds, pollFloor),
    callsAreCounted: given(adapter.callsAreCounted, settings) ?? false,
    staleAfterSeconds: ownStale ?? usualStale,
    staleAfterIsOwn: ownStale !== undefined,
  };
}

function settingProblem(
  name: string,
  { help, secret }: Setting,
  text: string | undefined,
  message: string | undefined,
  whereToPut: string,
): string {
  if (text === undefined) return `${name} is missing: ${help}. ${whereToPut}`;
  return `${name} ${message ?? 'is not valid'}${secret ? '' : quoted(text)}: ${help}`;
}

function unmetRequirements(
  adapter: Adapter,
  settings: Record<string, unknown>,
  prefix: string,
  site: string,
): string[] {
  const required = adapter.requires?.(settings) ?? [];
  return required.flatMap((entry) => {
    const names = typeof entry === 'string' ? [entry] : entry;
    if (names.some((name) => settings[name] !== undefined)) return [];
    const full = names.map((name) => `${prefix}_${upperSnake(name)}`).join(' or ');
    return [`${full} is missing: ${adapter.settings[names[0] ?? '']?.help}. ${whereToPut(site)}`];
  });
}

function takeOf(prefix: string, reader: SettingsReader): readonly Term[] | undefined {
  const text = reader.take(`${prefix}_TAKE`);
  if (text === undefined) return undefined;
  const words = text.split(',').map((word) => word.trim().toLowerCase());
  const isTake = (word: string): word is Term => Object.hasOwn(termFields, word);
  if (words.every(isTake)) return words;
  reader.problems.push(`${prefix}_TAKE must be some of ${Object.keys(termFields).join(', ')} (it is "${text}")`);
  return undefined;
}

const whereToPut = (site: string): string =>
  `Put it into .env, the environment, or a SecureString parameter under ${parameterPath(site)}/.`;

const given = <Result>(
  value: Result | ((settings: Record<string, unknown>) => Result) | undefined,
  settings: Record<string, unknown>,
): Result | undefined => (typeof value === 'function' ? (value as (settings: unknown) => Result)(settings) : value);

const pick = (texts: Record<string, string>, names: readonly string[] | undefined) =>
  names ? Object.fromEntries(names.map((name) => [name, texts[name]])) : texts;

const hashOf = (parts: unknown): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
