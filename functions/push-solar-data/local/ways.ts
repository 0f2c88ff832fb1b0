/** The equipment to choose from: each maker's cloud, one that has several ways in once for each. */
import type { Adapter } from '../adapters/adapter.ts';
import { wordsOf } from '../settings/setting.ts';
import { variableOf } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import type { Draft } from './interview-ports.ts';
import { ownSettings } from './known-settings.ts';
import { type Choice, defaultOf } from './questions.ts';
import { valuesRead } from './watched-values.ts';

export type Way = {
  adapter: Adapter;
  /** Which setting says so, by its name in code, and the word that it then has. */
  by?: { key: string; word: string; isUsual: boolean };
};

/** By title; of one cloud in the order of its words, a last resort last. */
export async function wayChoices(registry: Registry): Promise<Choice<Way>[]> {
  const vendors = Object.keys(registry).filter((vendor) => vendor !== 'simulator');
  const loaded = await Promise.all(vendors.map((vendor) => registry[vendor]?.()));
  return loaded.flatMap((adapter) => (adapter ? waysOf(adapter) : []));
}

function waysOf(adapter: Adapter): Choice<Way>[] {
  const { vendor, title, standing, refresh, needs, knownAs = [], brands = [] } = adapter;
  const terms = [...knownAs, ...brands].join(' ');
  const about = `${standing}. You need ${needs}. How old its figures are: ${refresh}.`;
  const [key, setting] =
    [...ownSettings('', adapter)].find(([name, { schema }]) => wordsOf(schema) && deciding(adapter).includes(name)) ??
    [];
  const usual = { name: `${title} (${vendor})`, short: title, terms };
  if (key === undefined || !setting) return [{ value: { adapter }, ...usual, description: about }];
  return [...(wordsOf(setting.schema) ?? [])].map(([word, is]) => ({
    value: { adapter, by: { key, word, isUsual: defaultOf(setting) === word } },
    ...usual,
    name: `${title} (${vendor}), ${word}`,
    description: is ? `${word}: ${is}. ${about}` : about,
  }));
}

/** Names in code of the settings that decide what else is needed. */
const deciding = (adapter: Adapter): string[] => valuesRead(adapter, '', {}, (values) => adapter.requires?.(values));

/** Puts the word of the way into the draft; the usual one need not stand there. @returns the names in code that are settled by it. */
export function chooseWay(label: string, { by }: Way, draft: Draft): string[] {
  if (!by) return [];
  const name = variableOf(label, by.key);
  if (by.isUsual) delete draft[name];
  else draft[name] = by.word;
  return [by.key];
}
