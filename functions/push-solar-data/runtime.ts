/** What every local command needs: the site that the settings describe, and the ports of its ticks. */
import { adapters } from './adapters/index.ts';
import type { TickPorts } from './core/tick.ts';
import { fileStore } from './persistence/file-store.ts';
import { createMemory } from './persistence/site-memory.ts';
import type { StateStore } from './persistence/store.ts';
import { systemClock } from './platform/clock.ts';
import { openConnections } from './platform/connections.ts';
import type { SettingTexts } from './settings/settings-reader.ts';
import { openSite, type Registry, type Site } from './settings/site.ts';

export type Runtime = { site: Site; ports: TickPorts; close(): Promise<void> };

/** @param store default: files in `STATE_DIR`, or in `.state`. */
export async function openRuntime(
  settings: SettingTexts,
  store: StateStore = fileStore(settings['STATE_DIR'] || '.state'),
  registry: Registry = adapters,
): Promise<Runtime> {
  const connections = openConnections();
  return {
    site: await openSite(settings, registry),
    ports: { memory: createMemory(store), connections, clock: systemClock },
    close: () => connections.close(),
  };
}
