/** What every local command needs: the site that the settings describe, and the ports of its ticks. */
import { adapters } from '../adapters/index.ts';
import { createMemory } from '../memory.ts';
import { systemClock } from '../platform/clock.ts';
import { openConnections } from '../platform/connections.ts';
import type { SettingTexts } from '../platform/settings.ts';
import { fileStore, type StateStore } from '../platform/state.ts';
import { openSite, type Registry, type Site } from '../site.ts';
import type { TickPorts } from '../tick.ts';

export type LocalBridge = { site: Site; ports: TickPorts; close(): Promise<void> };

/** @param store default: files in `STATE_DIR`, or in `.state`. */
export async function openBridge(
  settings: SettingTexts,
  store: StateStore = fileStore(settings['STATE_DIR'] || '.state'),
  registry: Registry = adapters,
): Promise<LocalBridge> {
  const connections = openConnections();
  return {
    site: await openSite(settings, registry),
    ports: { memory: createMemory(store), connections, clock: systemClock },
    close: () => connections.close(),
  };
}
