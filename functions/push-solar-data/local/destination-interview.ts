/** What the owner is asked about destinations: which ones, their labels, their settings; what only has to be random is made here. */
import { randomBytes } from 'node:crypto';
import type { DestinationModule } from '../destinations/destination.ts';
import { defaultDestination, destinationsNamed, type Named, namedText } from '../settings/named.ts';
import { address } from '../settings/setting.ts';
import { upperSnake } from '../settings/settings-reader.ts';
import type { DestinationRegistry } from '../settings/site.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import {
  type ChosenDestination,
  chosenDestinations,
  cleaned,
  ownSettings,
  problemAmongAll,
  setByDeployment,
} from './known-settings.ts';
import type { Choice } from './questions.ts';
import { askSettings } from './settings-interview.ts';

const later = 'later';
const laterMeans =
  'Until a destination is named nothing is sent anywhere. The settings are stored, and npm run doctor shows the figures.';

/** Whether the owner has put off to say where the figures go. */
export const isToldLater = (draft: Draft, putOff: ReadonlySet<string>): boolean =>
  putOff.has('DESTINATION') && cleaned(draft['DESTINATION']) === undefined;

/** Asks where the figures go if nothing is known of it. */
export async function askDestinationsIfNone(draft: Draft, ports: InterviewPorts): Promise<void> {
  const isNamed = cleaned(draft['DESTINATION']) !== undefined;
  if (isNamed || ports.putOff.has('DESTINATION') || (await isDefaultSet(draft, ports))) return;
  await askDestinations(draft, ports);
  await askDestinationSettings(draft, ports, true);
}

/** Whether figures go to the default destination although none is named. */
async function isDefaultSet(draft: Draft, { destinations }: InterviewPorts): Promise<boolean> {
  const byDefault = await chosenDestinations({}, destinations);
  const settings = byDefault.flatMap(({ label, module }) => [...ownSettings(label, module).values()]);
  return settings.some(({ name }) => cleaned(draft[name]) !== undefined);
}

/** Asks where the figures go, one destination after the other; labels only where names clash. */
export async function askDestinations(draft: Draft, ports: InterviewPorts): Promise<void> {
  const { ask, destinations } = ports;
  const given = cleaned(draft['DESTINATION']);
  const before = destinationsNamed(given).filter(({ slug }) => Object.hasOwn(destinations, slug));
  const choices = await destinationChoices(destinations);
  const putOff = { value: later, name: 'Later: first I look at the figures', short: 'Later', description: laterMeans };
  const first = (await isDefaultSet(draft, ports)) ? choices : [...choices, putOff];
  const chosen: Named[] = [];
  ports.putOff.delete('DESTINATION');
  do {
    const known = before[chosen.length];
    const slug = await ask.search(
      chosen.length === 0 ? 'Where shall the figures go? Type to search:' : 'Where else?',
      chosen.length === 0 ? first : choices,
      known?.slug,
    );
    if (slug === later) {
      ports.putOff.add('DESTINATION');
      delete draft['DESTINATION'];
      return ask.say(laterMeans);
    }
    chosen.push({ slug, label: known?.slug === slug ? known.label : slug });
  } while (await ask.confirm('Shall they go to another destination too?', before.length > chosen.length));
  await askLabels(chosen, draft, ports);
  const text = namedText(chosen);
  if (given !== undefined || text !== defaultDestination) draft['DESTINATION'] = text;
}

/** What its owners should know before they choose it. */
const remarks: Record<string, string> = {
  'charge-hq':
    'The service seems to have closed in 2026; its users go to an MQTT broker, Home Assistant or evcc (by MQTT). ',
};

/** The one that all began with first. */
async function destinationChoices(destinations: DestinationRegistry): Promise<Choice<string>[]> {
  const loaded = await Promise.all(Object.values(destinations).map((load) => load()));
  const isFirst = ({ slug }: DestinationModule) => Number(slug === defaultDestination);
  return loaded
    .toSorted((one, other) => isFirst(other) - isFirst(one) || one.title.localeCompare(other.title))
    .map(({ slug, title, standing, takes, needs }) => ({
      value: slug,
      name: `${title} (${slug})`,
      short: title,
      description: `${remarks[slug] ?? ''}${standing}. It gets ${takes}. You need ${needs}.`,
    }));
}

async function askLabels(chosen: Named[], draft: Draft, { ask, ...registries }: InterviewPorts): Promise<void> {
  const problemWith = (tried: readonly Named[]) =>
    problemAmongAll('DESTINATION', { ...draft, DESTINATION: namedText(tried) }, registries);
  for (const [index, destination] of chosen.entries()) {
    const before = chosen.slice(0, index);
    if ((await problemWith([...before, destination])) === undefined) continue;
    const label = await ask.word(
      `Label of this ${destination.slug}, a word that begins the names of its settings:`,
      `my-${destination.slug}`,
      (answer) => problemWith([...before, { ...destination, label: answer.trim().toLowerCase() }]),
    );
    destination.label = label.trim().toLowerCase();
  }
}

/** Asks for what the chosen destinations need. @param isChosen whether they were chosen just now. */
export async function askDestinationSettings(draft: Draft, ports: InterviewPorts, isChosen: boolean): Promise<void> {
  if (isToldLater(draft, ports.putOff)) return;
  for (const { label, module } of await chosenDestinations(draft, ports.destinations)) {
    const own = ownSettings(label, module);
    const isNew = isChosen && [...own.values()].every(({ name }) => cleaned(draft[name]) === undefined);
    const isSimple = module.slug === defaultDestination; // its key is all that anybody sets
    if (isNew && !isSimple) ports.ask.say(`\n${module.title}: you need ${module.needs}.`);
    await (isNew ? makers[module.slug] : undefined)?.({ label, module }, draft, ports);
    const notAsked = () => withoutQuestion({ label, module }, draft, ports.aws);
    await askSettings({ label, module, isNew: isNew && !isSimple, notAsked }, draft, ports);
  }
}

/** AWS IoT Core wants nothing that a broker wants, and a broker no endpoint of AWS. */
function withoutQuestion({ label, module }: ChosenDestination, draft: Draft, aws: boolean): readonly string[] {
  if (module.slug !== 'mqtt') return [];
  if (setByDeployment(label, module, draft) === undefined) return ['baseUrl'];
  return ['userName', 'password', 'ca', 'cert', 'key', 'protocol', ...(aws ? ['baseUrl'] : [])];
}

type Maker = (destination: ChosenDestination, draft: Draft, ports: InterviewPorts) => Promise<void>;

/** Secrets that nobody gives out: they only have to be random, and the same at both ends, so they are shown once. */
const makers: Record<string, Maker> = {
  async webhook({ label }, draft, { ask }) {
    const isWanted = await ask.confirm(
      'Shall each message be signed, so that the receiver knows it is yours? A secret for it can be made now.',
      false,
    );
    if (!isWanted) return;
    const name = `${upperSnake(label)}_SECRET`;
    draft[name] = `whsec_${randomBytes(32).toString('base64')}`;
    ask.say(`${name} is made. Give it to the receiver too, it is shown only now:\n  ${draft[name]}`);
  },
  async 'home-assistant-webhook'({ label }, draft, { ask }) {
    if (!(await ask.confirm('Shall an id for the webhook be made, which nobody can guess?', true))) return;
    const home = await ask.word(
      'Address of your Home Assistant, such as https://home.example.org:',
      '',
      async (answer) =>
        address.safeParse(answer.trim()).success ? undefined : 'It must be an address that begins with https://',
    );
    const id = randomBytes(24).toString('base64url');
    draft[`${upperSnake(label)}_URL`] = `${home.trim().replace(/(?<!\/)\/+$/, '')}/api/webhook/${id}`;
    ask.say(
      `The webhook's id is made. Put it into your configuration of Home Assistant, it is shown only now:\n  ${id}`,
    );
  },
};
