/** From settings to a destination, with what is wrong with it: one alone is no reason to leave the others untold. */

import { usualLongestWaitSeconds } from '../core/destination-state.ts';
import type { Destination, DestinationModule } from '../destinations/destination.ts';
import { hashOf, readSettings, secretsOf, unmetRequirements } from './module-settings.ts';
import { titleOf } from './named.ts';
import {
  createSettingsReader,
  type SettingsReader,
  type SettingTexts,
  upperSnake,
  variableOf,
} from './settings-reader.ts';

const usualSecondsBetween = 30;

/** @param reader gets its remarks and secrets, not its problems. */
export function openDestination(
  label: string,
  module: DestinationModule,
  texts: SettingTexts,
  { reader, site }: { reader: SettingsReader; site: string },
): Destination {
  const own = createSettingsReader(texts);
  const prefix = upperSnake(label);
  const settingName = (name: string) => variableOf(label, name);
  const { texts: read, settings } = readSettings(module, prefix, own, site);
  const ownBase =
    module.baseUrl === undefined ? undefined : own.takeAddress(`${prefix}_BASE_URL`, secretsOf(module, prefix));
  if (own.problems.length === 0) own.problems.push(...unmetRequirements(module, settings, prefix, site));
  if (own.problems.length === 0) own.problems.push(...(module.problems?.(settings, settingName) ?? []));
  reader.remarks.push(...own.remarks);
  reader.secrets.push(...own.secrets);
  for (const name of own.names) reader.names.add(name);
  const baseUrl = ownBase ?? module.baseUrl;
  return {
    label,
    title: titleOf(module.title, { label, slug: module.slug }),
    module,
    settings,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    addressSetting: settingName(module.addressSetting ?? ('url' in module.settings ? 'url' : 'baseUrl')),
    settingsHash: hashOf([module.slug, read, baseUrl]),
    minSecondsBetween: module.minSecondsBetween ?? usualSecondsBetween,
    intervalSeconds: own.problems.length > 0 ? undefined : module.intervalSeconds?.(settings),
    longestWaitSeconds: module.longestWaitSeconds ?? usualLongestWaitSeconds,
    gathers: module.gathers === true,
    problems: own.problems,
  };
}

/** What stands for an entry of `DESTINATION` that names none. */
export const noDestination = (label: string, problem: string): Omit<Destination, 'module'> => ({
  label,
  title: label,
  settings: {},
  addressSetting: 'DESTINATION',
  settingsHash: '',
  minSecondsBetween: usualSecondsBetween,
  longestWaitSeconds: usualLongestWaitSeconds,
  gathers: false,
  problems: [problem],
});
