/** What the owner is asked about one source: its address, its credentials, then what its cloud lists. */
import { type Adapter, Failure } from '../adapters/adapter.ts';
import { askAmongFound } from './found-interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { cleaned, commonSettings, ownSettings } from './known-settings.ts';
import { askFor, askSettings } from './settings-interview.ts';
import { valuesRead } from './watched-values.ts';

export type AskedSource = {
  label: string;
  adapter: Adapter;
  /** Names in code of what was chosen together with the equipment. */
  chosen?: readonly string[];
  /** Whether nothing is set and it was chosen just now. */
  isNew?: boolean;
};

/** Asks for everything without which it cannot be read, and does not ask for what its cloud can tell. */
export async function askSource(
  { label, adapter, chosen = [], isNew = false }: AskedSource,
  draft: Draft,
  ports: InterviewPorts,
): Promise<void> {
  if (isNew)
    ports.ask.say(`\n${adapter.title}: you need ${adapter.needs}. How to get it: docs/adapters/${adapter.vendor}.md`);
  const baseUrl = commonSettings(label, adapter).find(({ name }) => name.endsWith('_BASE_URL'));
  if (adapter.baseUrl === undefined && baseUrl) await askFor(baseUrl, draft, ports, { needed: true });
  const { consent, discovers = [] } = adapter;
  const own = ownSettings(label, adapter);
  const asked = {
    label,
    module: adapter,
    isNew,
    consent: consent && {
      yields: consent.yields,
      wasAsked: () => ports.putOff.has(label),
      obtain: async () => {
        for (const key of ofConsent(adapter, consent, label, draft)) {
          const setting = own.get(key);
          if (setting && !chosen.includes(key)) await askFor(setting, draft, ports, { needed: false });
        }
        await ports.consent(label, adapter, draft);
        ports.putOff.add(label);
      },
    },
  };
  const isSet = (key: string) => cleaned(draft[own.get(key)?.name ?? '']) !== undefined;
  await askSettings({ ...asked, notAsked: () => [...chosen, ...discovers] }, draft, ports);
  const isLeft = discovers.length > 0 && !discovers.some(isSet) && !ports.searched.has(label);
  const canLogIn = !consent || !ports.putOff.has(label) || consent.yields.some(isSet);
  if (adapter.discover && (isNew || isLeft) && canLogIn) {
    await askAmongFound(label, adapter, draft, ports);
    ports.searched.add(label);
  }
  await askSettings({ ...asked, notAsked: () => chosen }, draft, ports);
}

/** Names in code of what a consent looks at before it begins, whether or not a read needs it. */
function ofConsent(adapter: Adapter, consent: NonNullable<Adapter['consent']>, label: string, draft: Draft): string[] {
  const { redirectUri, page } = consent;
  return valuesRead(adapter, label, draft, (settings) => {
    if (typeof redirectUri === 'function') redirectUri(settings);
    try {
      page({ settings, redirectUri: '', state: '' });
    } catch (error) {
      if (!(error instanceof Failure)) throw error; // it refuses what is not there yet
    }
  });
}
