/** Which settings the deployed function needs, and which of them must be encrypted, for what `VENDOR` and `DESTINATION` name. */
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { chosenDestinations, chosenSources } from '../../functions/push-solar-data/local/known-settings.ts';
import type { Configurable } from '../../functions/push-solar-data/settings/module-settings.ts';
import { type SettingTexts, upperSnake } from '../../functions/push-solar-data/settings/settings-reader.ts';

/** A setting that the function will lack; `name` in full. */
export type Lacking = { name: string; help: string; secret: boolean };

/**
 * What the function needs and will find neither in its environment nor in the Parameter Store.
 *
 * @param texts settings at hand; they only decide which others are needed. @param there names that the function will find.
 */
export async function lackingSettings(texts: SettingTexts, there: ReadonlySet<string>): Promise<Lacking[]> {
  const lacking = (await chosen(texts)).flatMap((module) => needs(module, texts, there));
  return lacking.filter(({ name }) => !there.has(name));
}

/** Names of the settings that must be encrypted. */
export async function secretNames(texts: SettingTexts): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { prefix, module } of await chosen(texts))
    for (const [name, { secret }] of Object.entries(module.settings))
      if (secret) names.add(`${prefix}_${upperSnake(name)}`);
  return names;
}

type Chosen = {
  prefix: string;
  module: Configurable /** Of one whose address only its owner knows. */;
  baseUrlOf?: string;
};

/** Destinations first, as everywhere. */
async function chosen(texts: SettingTexts): Promise<Chosen[]> {
  const told = await chosenDestinations(texts, destinations);
  const sources = await chosenSources(texts, adapters);
  return [
    ...told.map(({ label, module }) => ({ prefix: upperSnake(label), module })),
    ...sources.map(({ label, adapter }) => ({
      prefix: upperSnake(label),
      module: adapter,
      ...(adapter.baseUrl === undefined ? { baseUrlOf: adapter.title } : {}),
    })),
  ];
}

/** What one of them needs in any case, and given its other settings. */
function needs({ prefix, module, baseUrlOf }: Chosen, texts: SettingTexts, there: ReadonlySet<string>): Lacking[] {
  const full = (name: string) => `${prefix}_${upperSnake(name)}`;
  const named = (name: string) => Object.entries(module.settings).filter(([other]) => other === name);
  const values = Object.entries(module.settings).map(([name, { schema }]) => [
    name,
    schema.safeParse(texts[full(name)]).data,
  ]);
  const always = Object.entries(module.settings).filter(
    ([name, { schema }]) => !schema.safeParse(undefined).success || module.neededOnAws?.includes(name),
  );
  const given = (module.requires?.(Object.fromEntries(values)) ?? []).flatMap((required) => {
    const alternatives = [required].flat();
    return alternatives.some((name) => there.has(full(name))) ? [] : named(alternatives[0] ?? '');
  });
  const lacking = [...always, ...given].map(([name, { help, secret }]) => ({ name: full(name), help, secret }));
  if (baseUrlOf !== undefined)
    lacking.push({ name: `${prefix}_BASE_URL`, help: `the https address of your ${baseUrlOf}`, secret: false });
  return lacking;
}
