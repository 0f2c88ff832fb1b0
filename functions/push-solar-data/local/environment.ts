/** Settings on one's own machine: the environment, then the file `.env`. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { SettingTexts } from '../settings/settings-reader.ts';

/** The environment wins over the file. */
export function localSettings(environment: NodeJS.ProcessEnv, file = '.env'): SettingTexts {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...environment };
}

/** Where log-ins and the times of polls lie on this machine. */
export const stateFolder = (settings: SettingTexts): string => settings['STATE_DIR'] || '.state';
