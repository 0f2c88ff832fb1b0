/** From settings to a source: a configured adapter. */
import type { Adapter } from '../adapters/adapter.ts';
import { type Term, termFields } from '../core/reading.ts';
import type { SourceLimits } from '../core/source-state.ts';
import { hashOf, readSettings, secretsOf, unmetRequirements, whereToPut } from './module-settings.ts';
import { type SettingsReader, upperSnake } from './settings-reader.ts';

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

const defaultStaleAfterSeconds = 900;

/** @returns undefined if something is wrong, which the reader then holds. */
export function openSource(label: string, adapter: Adapter, reader: SettingsReader, site: string): Source | undefined {
  const problemsBefore = reader.problems.length;
  const prefix = upperSnake(label);
  const written = writtenOf(adapter, prefix, reader, site);
  if (reader.problems.length > problemsBefore) return undefined;
  reader.problems.push(...unmetRequirements(adapter, written.settings, prefix, site));
  const source = sourceOf(label, adapter, written, reader);
  if (adapter.baseUrl === undefined && source.baseUrl === undefined)
    reader.problems.push(
      `${prefix}_BASE_URL is missing: the https address of your ${adapter.title}. ${whereToPut(site)}`,
    );
  return reader.problems.length > problemsBefore ? undefined : source;
}

/** As far as its settings are there and right: for what its cloud may be asked before all of them are. */
export function openDraftSource(label: string, adapter: Adapter, reader: SettingsReader): Source {
  return sourceOf(label, adapter, writtenOf(adapter, upperSnake(label), reader, ''), reader);
}

type Written = ReturnType<typeof writtenOf>;

function writtenOf(adapter: Adapter, prefix: string, reader: SettingsReader, site: string) {
  const read = readSettings(adapter, prefix, reader, site);
  const take = takeOf(prefix, reader);
  for (const name of ['POLL_SECONDS', 'STALE_AFTER_SECONDS']) reader.names.add(`${prefix}_${name}`);
  const secrets = secretsOf(adapter, prefix);
  const [ownBase, ownAuth] = ['BASE', 'AUTH'].map((host) => reader.takeAddress(`${prefix}_${host}_URL`, secrets));
  return { ...read, take, ownBase, ownAuth };
}

function sourceOf(
  label: string,
  adapter: Adapter,
  { texts, settings, take, ownBase, ownAuth }: Written,
  reader: SettingsReader,
): Source {
  const baseUrl = ownBase ?? given(adapter.baseUrl, settings) ?? undefined;
  const authUrl = ownAuth ?? given(adapter.authUrl, settings);
  return {
    label,
    adapter,
    settings,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(authUrl === undefined ? {} : { authUrl }),
    title: adapter.title,
    ...pace(adapter, settings, upperSnake(label), reader),
    ...(take ? { take } : {}),
    settingsHash: hashOf([adapter.vendor, texts, baseUrl, authUrl, take]),
    identity: hashOf([
      adapter.vendor,
      pick(texts, adapter.identity),
      ownBase ?? fixed(adapter.baseUrl),
      ownAuth ?? fixed(adapter.authUrl),
    ]),
  };
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

function takeOf(prefix: string, reader: SettingsReader): readonly Term[] | undefined {
  const text = reader.take(`${prefix}_TAKE`);
  if (text === undefined) return undefined;
  const words = text.split(',').map((word) => word.trim().toLowerCase());
  const isTake = (word: string): word is Term => Object.hasOwn(termFields, word);
  if (words.every(isTake)) return words;
  reader.problems.push(`${prefix}_TAKE must be some of ${Object.keys(termFields).join(', ')} (it is "${text}")`);
  return undefined;
}

const given = <Result>(
  value: Result | ((settings: Record<string, unknown>) => Result) | undefined,
  settings: Record<string, unknown>,
): Result | undefined => (typeof value === 'function' ? (value as (settings: unknown) => Result)(settings) : value);

/** A host that follows from a setting is another one for the log-in only if that setting is of the adapter's `identity`. */
const fixed = (host: Adapter['baseUrl']): string | undefined => (typeof host === 'string' ? host : undefined);

const pick = (texts: Record<string, string>, names: readonly string[] | undefined) =>
  names ? Object.fromEntries(names.map((name) => [name, texts[name]])) : texts;
