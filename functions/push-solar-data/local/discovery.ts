/** What the clouds of a home can list for its settings, asked with what is set so far, and asked once as long as the log-in is the same. */
import type { Adapter } from '../adapters/adapter.ts';
import { Failure } from '../core/failure.ts';
import { siteStateFrom } from '../core/site-state.ts';
import { within } from '../core/time.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { StateStore } from '../persistence/store.ts';
import { systemClock } from '../platform/clock.ts';
import { openConnections } from '../platform/connections.ts';
import { createRedactor } from '../platform/redaction.ts';
import {
  createSettingsReader,
  type SettingsReader,
  type SettingTexts,
  variableOf,
} from '../settings/settings-reader.ts';
import { openDraftSource, type Source } from '../settings/source.ts';
import { discover, type Found } from '../sources/discover.ts';
import { storeForALook } from './store-for-a-look.ts';

export type { Found } from '../sources/discover.ts';

/** How long a cloud may take for its lists. */
export const discoverySeconds = 30;

/** @returns free of secrets. A failure is asked again the next time. */
export type Find = (label: string, adapter: Adapter, texts: SettingTexts) => Promise<Found | Failure>;

/** @param store where a read of these settings keeps its log-ins, so that the one of the search serves it too. */
export function openDiscovery(store: StateStore): Find {
  const known = new Map<string, Found>();
  return async (label, adapter, texts) => {
    if (!adapter.discover) return {};
    const reader = createSettingsReader(texts);
    const source = openDraftSource(label, adapter, reader);
    const refused = refusedAddress(label, reader);
    if (refused) return refused;
    const key = [label, source.identity, source.baseUrl].join(' ');
    const found = known.get(key) ?? (await askOnce(source, reader.secrets, store));
    if (!(found instanceof Failure)) known.set(key, found);
    return found;
  };
}

/** Credentials that are meant for an address of the owner's own go to no other because there is a slip in it. */
function refusedAddress(label: string, { problems, secrets }: SettingsReader): Failure | undefined {
  const names = ['baseUrl', 'authUrl'].map((host) => variableOf(label, host));
  const problem = problems.find((each) => names.some((name) => each.startsWith(`${name} `)));
  return problem === undefined ? undefined : new Failure('settings', createRedactor(secrets).text(problem));
}

async function askOnce(source: Source, secrets: string[], store: StateStore): Promise<Found | Failure> {
  const look = storeForALook(store);
  if (source.adapter.consent) look.needed.add(`session/${source.label}`);
  const memory = createSiteMemory(look);
  const connections = openConnections();
  const redactor = createRedactor(secrets);
  const now = systemClock.now();
  try {
    const found = await within(discoverySeconds * 1000, (signal) =>
      discover(source, { memory, connections, clock: systemClock, redactor, now, signal }),
    );
    return found instanceof Failure ? found : titled(found, redactor.text);
  } finally {
    await memory.commit([], siteStateFrom(undefined), now, { final: true });
    await connections.close();
  }
}

const titled = (found: Found, clean: (text: string) => string): Found =>
  Object.fromEntries(
    Object.entries(found).map(([name, choices]) => [
      name,
      choices.map(({ title, ...choice }) => (title ? { ...choice, title: clean(title) } : choice)),
    ]),
  );
