/** Settings that nobody reads any more, because the source that they belong to is another one or gone. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registry } from '../settings/site.ts';
import type { ConfigStores } from './config-stores.ts';
import {
  chosenDestinations,
  chosenSources,
  cleaned,
  type KnownSetting,
  type Registries,
  settingsOfDestination,
  settingsOfSource,
} from './known-settings.ts';

/** Said before the names of what is removed. */
export const ofFormerEquipment = 'What belonged to the former equipment alone is removed with it.';

/**
 * Those that are set for the sources of before, and are none of the sources and destinations of now. None where the file
 * may be another home's, whose settings these are.
 */
export async function orphans(
  { present: before, mayBeOfAnotherHome }: Pick<ConfigStores, 'present' | 'mayBeOfAnotherHome'>,
  now: SettingTexts,
  { registry, destinations }: Registries,
): Promise<KnownSetting[]> {
  if (mayBeOfAnotherHome) return [];
  const [former, kept, told] = await Promise.all([
    settingsOfSources(before, registry),
    settingsOfSources(now, registry),
    chosenDestinations(now, destinations),
  ]);
  const ofDestinations = told.flatMap(({ label, module }) => settingsOfDestination(label, module));
  const used = new Set([...kept.values(), ...ofDestinations].map(({ name }) => name));
  return [...former.values()].filter(({ name }) => !used.has(name) && cleaned(before[name]) !== undefined);
}

async function settingsOfSources(texts: SettingTexts, registry: Registry): Promise<Map<string, KnownSetting>> {
  const sources = await chosenSources(texts, registry);
  const settings = sources.flatMap(({ label, adapter }) => settingsOfSource(label, adapter));
  return new Map(settings.map((setting) => [setting.name, setting]));
}
