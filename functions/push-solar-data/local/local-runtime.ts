/** The bridge on one's own machine: settings from the environment and `.env`, state in files. */
import { fileStore } from '../persistence/file-store.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import { openRuntime, type Runtime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { localSettings, stateFolder } from './environment.ts';

export const openLocalRuntime = (settings: SettingTexts = localSettings(process.env)): Runtime =>
  openRuntime({ environment: settings, memory: createSiteMemory(fileStore(stateFolder(settings))) });
