/** What the owner is asked about a home: its equipment, then each setting that is missing. */
import { type Registry, sourcesNamed } from '../settings/site.ts';
import { askDestinationSettings } from './destination-interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { chosenSources, cleaned, ownSettings, problemAmongAll, type Registries } from './known-settings.ts';
import type { Choice, Questions } from './questions.ts';
import { askSource } from './source-interview.ts';

type NamedSource = { label: string; vendor: string };

/** Asks for the equipment, one source after the other, and for their labels if there are several. */
export async function askEquipment(draft: Draft, { ask, ...registries }: InterviewPorts): Promise<void> {
  const { registry } = registries;
  const before = (await problemAmongAll('VENDOR', draft, registries))
    ? []
    : sourcesNamed(cleaned(draft['VENDOR']) ?? '');
  const choices = await vendorChoices(registry);
  const sources: NamedSource[] = [];
  do {
    const known = before[sources.length];
    const vendor = await ask.search(
      sources.length === 0 ? 'Which equipment? Type to search:' : 'Which equipment is the other one?',
      choices,
      known?.vendor,
    );
    sources.push({ vendor, label: known?.vendor === vendor ? known.label : vendor });
  } while (
    await ask.confirm(
      'Is there another source at this home: a second inverter, battery or meter in another cloud?',
      before.length > sources.length,
    )
  );
  if (sources.length > 1) await askLabels(sources, ask, registries);
  draft['VENDOR'] = vendorText(sources);
}

async function vendorChoices(registry: Registry): Promise<Choice<string>[]> {
  const vendors = Object.keys(registry).filter((vendor) => vendor !== 'simulator');
  const loaded = await Promise.all(vendors.map((vendor) => registry[vendor]?.()));
  return loaded.flatMap((adapter) => {
    if (!adapter) return [];
    const { vendor, title, standing, refresh, needs, knownAs = [], brands = [] } = adapter;
    const terms = [...knownAs, ...brands].join(' ');
    const description = `${standing}. You need ${needs}. How old its figures are: ${refresh}.`;
    return [{ value: vendor, name: `${title} (${vendor})`, short: title, description, terms }];
  });
}

const vendorText = (sources: readonly NamedSource[]): string =>
  sources.map(({ label, vendor }) => (label === vendor ? vendor : `${label}:${vendor}`)).join(',');

async function askLabels(sources: NamedSource[], ask: Questions, registries: Registries): Promise<void> {
  ask.say('Each source needs a label, such as roof or garage: it begins the names of its settings.');
  for (const [index, source] of sources.entries()) {
    const before = sources.slice(0, index);
    const label = await ask.word(`Label of ${source.vendor}:`, source.label, (answer) => {
      const tried = [...before, { ...source, label: answer.trim().toLowerCase() }];
      return problemAmongAll('VENDOR', { VENDOR: vendorText(tried) }, registries);
    });
    source.label = label.trim().toLowerCase();
  }
}

/**
 * Asks for everything without which the home cannot be read.
 *
 * @param isChosen whether the equipment was chosen just now: then a source without any settings is offered the optional ones too.
 */
export async function askAboutSources(draft: Draft, ports: InterviewPorts, { isChosen = false } = {}): Promise<void> {
  const sources = await chosenSources(draft, ports.registry);
  for (const { label, adapter } of sources) {
    const names = [...ownSettings(label, adapter).values()].map(({ name }) => name);
    const isNew = isChosen && names.every((name) => cleaned(draft[name]) === undefined);
    await askSource({ label, adapter, isNew, isAlone: sources.length === 1 }, draft, ports);
  }
}

/** Asks for everything without which the home cannot be read and told. */
export async function askMissing(draft: Draft, ports: InterviewPorts): Promise<void> {
  await askAboutSources(draft, ports);
  await askDestinationSettings(draft, ports, false);
}
