/** Settings on one's own machine: the environment, then the file `.env`. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import { textsInFile } from './env-file.ts';

/** The environment wins over the file. @throws Failure `settings` where the file cannot be read */
export const localSettings = (environment: NodeJS.ProcessEnv, file = '.env'): SettingTexts => ({
  ...textsInFile(file),
  ...environment,
});

/** Where log-ins and the times of polls lie on this machine. */
export const stateFolder = (settings: SettingTexts): string => settings['STATE_DIR'] || '.state';
