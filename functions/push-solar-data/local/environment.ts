/** Settings on one's own machine: the environment, then the file `.env`. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import { textsInFile } from './env-file.ts';
import { settingsOfHome } from './home-at-hand.ts';

/**
 * The environment wins over the file, and what is given on the command line over both.
 *
 * @throws Failure `settings` where the file cannot be read
 */
export const localSettings = (
  environment: NodeJS.ProcessEnv,
  given: SettingTexts = {},
  file = '.env',
): SettingTexts => ({ ...settingsOfHome(environment, textsInFile(file), undefined, given).settings, ...given });

/** Where log-ins and the times of polls lie on this machine. */
export const stateFolder = (settings: SettingTexts): string => settings['STATE_DIR'] || '.state';
