/** What is remarked about the names in `.env`, in the environment and among a site's parameters, before a command does its work. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import { upperSnake } from '../settings/settings-reader.ts';
import { strayNames, unusedRemark } from '../settings/stray.ts';
import {
  chosenDestinations,
  chosenSources,
  everySetting,
  type Registries,
  settingsOfDestination,
  settingsOfSite,
  settingsOfSource,
} from './known-settings.ts';

/** Names by where they were found. */
export type FoundNames = {
  /** Of `.env`, which may hold what belongs to other programs. */
  file: readonly string[];
  /** Of the environment, which mostly belongs to others. */
  environment: readonly string[];
  /** Of the site's parameters, which are the bridge's alone. */
  parameters?: readonly string[];
};

/** @param texts all settings at hand: they decide which others are used. */
export async function strayRemarks(found: FoundNames, texts: SettingTexts, registries: Registries): Promise<string[]> {
  const { used, prefixes } = await usedBy(texts, registries);
  const { file, environment, parameters = [] } = found;
  const inFile = strayNames(file, used, prefixes);
  const around = strayNames(
    environment.filter((name) => !file.includes(name)),
    used,
    prefixes,
    { onlyNear: true },
  ).remarks.filter((remark) => prefixes.some((prefix) => remark.startsWith(`${prefix}_`)));
  const stored = strayNames(parameters, used, prefixes);
  // only these would need every module
  const known = inFile.others.length > 0 ? await everySetting(texts, registries) : new Map();
  const idle = inFile.others.filter((name) => known.has(name));
  return [
    ...new Set([...inFile.remarks, ...around, ...stored.remarks]),
    ...unusedRemark([...new Set([...idle, ...stored.others])]),
  ];
}

/** The settings that this home reads, wherever they may be used. */
async function usedBy(texts: SettingTexts, { registry, destinations }: Registries) {
  const sources = await chosenSources(texts, registry);
  const told = await chosenDestinations(texts, destinations);
  const settings = [
    ...settingsOfSite(),
    ...sources.flatMap(({ label, adapter }) => settingsOfSource(label, adapter)),
    ...told.flatMap(({ label, module }) => settingsOfDestination(label, module)),
  ];
  return {
    used: new Set([...settings.map(({ name }) => name), 'AWS_DEFAULT_REGION']),
    prefixes: [...sources, ...told].map(({ label }) => upperSnake(label)),
  };
}
