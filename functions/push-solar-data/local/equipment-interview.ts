/** What the owner is asked about the equipment of a home: which there is, another one, one instead of another. */
import type { Adapter } from '../adapters/adapter.ts';
import { namedText } from '../settings/named.ts';
import { variableOf } from '../settings/settings-reader.ts';
import { sourcesNamed } from '../settings/site.ts';
import { askDestinationSettings, askDestinationsIfNone } from './destination-interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { chosenSources, cleaned, ownSettings, problemAmongAll, settingsOfSource } from './known-settings.ts';
import type { Choice } from './questions.ts';
import { askSource } from './source-interview.ts';
import { chooseWay, type Way, wayChoices } from './ways.ts';

type NamedSource = { label: string; vendor: string };

const named = (draft: Draft): NamedSource[] => sourcesNamed(cleaned(draft['VENDOR']) ?? '');

const vendorText = (sources: readonly NamedSource[]): string =>
  namedText(sources.map(({ label, vendor }) => ({ label, slug: vendor })));

/** The equipment of a home of which none is known yet. */
export async function askEquipment(draft: Draft, ports: InterviewPorts): Promise<void> {
  const way = await askWay('Which equipment? Type to search:', undefined, draft, ports);
  const { vendor } = way.adapter;
  draft['VENDOR'] = vendor;
  await askChosen(vendor, way, draft, ports);
}

/** Another source beside those that there are, which keep their labels and settings. */
export async function addSource(draft: Draft, ports: InterviewPorts): Promise<void> {
  const way = await askWay('Which equipment is the other one? Type to search:', undefined, draft, ports);
  const { vendor } = way.adapter;
  const before = named(draft);
  const label = await freeLabel({ label: vendor, vendor }, before, ports);
  draft['VENDOR'] = vendorText([...before, { label, vendor }]);
  await askChosen(label, way, draft, ports);
}

/** Other equipment under this label; of the same maker's, what is set is kept. */
export async function replaceSource(label: string, draft: Draft, ports: InterviewPorts): Promise<void> {
  const sources = named(draft);
  const former = sources.find((source) => source.label === label);
  const way = await askWay('Which equipment? Type to search:', former, draft, ports);
  const { vendor } = way.adapter;
  if (vendor === former?.vendor) return askChosen(label, way, draft, ports);
  const others = sources.filter((source) => source !== former);
  const isOwnLabel = former !== undefined && former.label !== former.vendor;
  const next = isOwnLabel ? label : await freeLabel({ label: vendor, vendor }, others, ports);
  await forget(label, draft, ports);
  draft['VENDOR'] = vendorText(sources.map((source) => (source === former ? { label: next, vendor } : source)));
  await askChosen(next, way, draft, ports);
}

/** One of several sources leaves the home. */
export function removeSource(label: string, draft: Draft): void {
  draft['VENDOR'] = vendorText(named(draft).filter((source) => source.label !== label));
}

/** What another maker's equipment knows nothing of; what a source contributes belongs to its place in the home. */
async function forget(label: string, draft: Draft, { registry }: InterviewPorts): Promise<void> {
  const source = (await chosenSources(draft, registry)).find((each) => each.label === label);
  if (!source) return;
  for (const { name } of settingsOfSource(label, source.adapter)) if (!name.endsWith('_TAKE')) delete draft[name];
}

/** @param former what is replaced: its own way in is marked. */
async function askWay(
  message: string,
  former: NamedSource | undefined,
  draft: Draft,
  ports: InterviewPorts,
): Promise<Way> {
  const choices = await wayChoices(ports.registry);
  const isPresent = ({ value: { adapter, by } }: Choice<Way>) => {
    if (adapter.vendor !== former?.vendor) return false;
    const word = by && cleaned(draft[variableOf(former.label, by.key)])?.toLowerCase();
    return by === undefined || (word === undefined ? by.isUsual : word === by.word.toLowerCase());
  };
  return ports.ask.search(message, choices, choices.find(isPresent)?.value);
}

async function askChosen(label: string, way: Way, draft: Draft, ports: InterviewPorts): Promise<void> {
  const { adapter } = way;
  const isNew = isNothingSet(label, adapter, draft);
  await askSource({ label, adapter, isNew, chosen: chooseWay(label, way, draft) }, draft, ports);
}

const isNothingSet = (label: string, adapter: Adapter, draft: Draft): boolean =>
  [...ownSettings(label, adapter).values()].every(({ name }) => cleaned(draft[name]) === undefined);

/** The label is asked for only where it would clash with another one. */
async function freeLabel(
  source: NamedSource,
  others: readonly NamedSource[],
  { ask, ...registries }: InterviewPorts,
): Promise<string> {
  const problemOf = (label: string) =>
    problemAmongAll('VENDOR', { VENDOR: vendorText([...others, { ...source, label }]) }, registries);
  if ((await problemOf(source.label)) === undefined) return source.label;
  const label = await ask.word(
    `Label of this ${source.vendor}, a word such as garage that begins the names of its settings:`,
    `other-${source.vendor}`,
    (answer) => problemOf(answer.trim().toLowerCase()),
  );
  return label.trim().toLowerCase();
}

/** Asks for everything without which the home cannot be read and told. */
export async function askMissing(draft: Draft, ports: InterviewPorts): Promise<void> {
  for (const source of await chosenSources(draft, ports.registry)) await askSource(source, draft, ports);
  await askDestinationsIfNone(draft, ports);
  await askDestinationSettings(draft, ports, false);
}
