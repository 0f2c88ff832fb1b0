/** Small adapters and sources of a test's own, without any cloud. */
import {
  type Adapter,
  type AdapterDefinition,
  defineAdapter,
  type Reading,
} from '../../functions/push-solar-data/adapters/adapter.ts';
import type { Settings } from '../../functions/push-solar-data/settings/setting.ts';
import type { Registry, Source } from '../../functions/push-solar-data/settings/site.ts';

/** An adapter without settings that gives 4.2 kW of sun and 1.5 kW exported, but for what the test says. */
export function adapterOf<
  S extends Settings = Record<never, never>,
  State = Record<string, never>,
  Session = Record<string, never>,
>(definition: Partial<AdapterDefinition<S, State, Session>> = {}): Adapter {
  const usual = {
    vendor: 'example',
    title: 'Example Cloud',
    homepage: 'https://cloud.example.com',
    standing: 'experimental',
    refresh: 'live',
    needs: 'nothing',
    baseUrl: 'https://api.example.com',
    pollSeconds: 60,
    settings: {},
    read: async (): Promise<Reading> => ({ production_kw: 4.2, net_import_kw: -1.5 }),
  } as const;
  return defineAdapter({ ...usual, ...definition } as unknown as AdapterDefinition<S, State, Session>);
}

/** A configured source as `openSite` makes it, but for what the test says. */
export const sourceOf = (source: Partial<Source> = {}): Source => ({
  label: 'roof',
  adapter: adapterOf(),
  settings: {},
  pollSeconds: 60,
  staleAfterSeconds: 900,
  title: 'Example Cloud',
  floorSeconds: 60,
  callsAreCounted: false,
  staleAfterIsOwn: false,
  settingsHash: 'settings',
  identity: 'identity',
  ...source,
});

export const registryOf = (...adapters: Adapter[]): Registry =>
  Object.fromEntries(adapters.map((adapter) => [adapter.vendor, async () => adapter]));
