/** The bridge on one's own machine: settings from the environment and `.env`, state in files. */
import { fileStore } from '../persistence/file-store.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import { openRuntime, type Runtime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { stateFolder } from './environment.ts';
import { looksIn } from './looks.ts';

export function openLocalRuntime(settings: SettingTexts): Runtime {
  const store = fileStore(stateFolder(settings));
  return openRuntime({ environment: settings, memory: createSiteMemory(store), looks: looksIn(store) });
}
