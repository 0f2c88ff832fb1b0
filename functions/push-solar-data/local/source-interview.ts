/** What the owner is asked about one source: its address, its settings, what it contributes. */
import type { Adapter } from '../adapters/adapter.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { commonSettings } from './known-settings.ts';
import { askFor, askSettings } from './settings-interview.ts';

export type AskedSource = {
  label: string;
  adapter: Adapter;
  /** Whether nothing is set and it was chosen just now: then what is optional is offered too. */
  isNew: boolean;
  /** Whether the home has no other source. */
  isAlone: boolean;
};

export async function askSource(
  { label, adapter, isNew, isAlone }: AskedSource,
  draft: Draft,
  ports: InterviewPorts,
): Promise<void> {
  const common = commonSettings(label, adapter);
  if (isNew)
    ports.ask.say(`\n${adapter.title}: you need ${adapter.needs}. How to get it: docs/adapters/${adapter.vendor}.md`);
  const baseUrl = common.find(({ name }) => name.endsWith('_BASE_URL'));
  if (adapter.baseUrl === undefined && baseUrl) await askFor(baseUrl, draft, ports, { needed: true });
  const consent = adapter.consent && {
    yields: adapter.consent.yields,
    wasAsked: () => ports.askedToConsent.has(label),
    obtain: async () => {
      await ports.consent(label, adapter, draft);
      ports.askedToConsent.add(label);
    },
  };
  const take = isAlone ? [] : common.filter(({ name }) => name.endsWith('_TAKE'));
  await askSettings({ label, module: adapter, isNew, consent }, draft, ports, take);
}
