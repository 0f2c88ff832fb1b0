/** The menu of a home that is set up: its sources, its destinations, and each setting, also what may be left out. */
import { Failure } from '../core/failure.ts';
import { defaultDestination } from '../settings/named.ts';
import { wordsOf } from '../settings/setting.ts';
import type { Step } from './configure-steps.ts';
import { chooseOne, findShown } from './found-interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import {
  chosenDestinations,
  chosenSources,
  cleaned,
  commonSettings,
  deploymentSettings,
  type KnownSetting,
  mayBeLeftOut,
  ownSettings,
  problemAmongAll,
  settingsOfDestination,
  settingsOfSite,
} from './known-settings.ts';
import { defaultOf } from './questions.ts';

export async function askMenu(draft: Draft, interview: InterviewPorts): Promise<Step> {
  const settings = await settingsOf(draft, interview);
  const shown = settings.filter(({ name }) => name !== 'VENDOR' && name !== 'DESTINATION');
  return interview.ask.select<Step>('What is to be changed?', [
    { value: { to: 'check' }, name: 'Nothing more: read once, then store' },
    ...(await equipmentEntries(draft, interview)),
    { value: { to: 'add-source' }, name: 'Add another source: a second inverter, battery or meter in another cloud' },
    {
      value: { to: 'destinations' },
      name: `Destinations (DESTINATION): ${cleaned(draft['DESTINATION']) ?? defaultDestination}`,
    },
    ...shown.map((setting) => ({
      value: { to: 'setting' as const, setting },
      name: `${setting.name}: ${shownText(setting, draft)}`,
      description: setting.help,
    })),
    { value: { to: 'leave' }, name: 'Leave everything as it was' },
  ]);
}

async function equipmentEntries(draft: Draft, { registry }: InterviewPorts): Promise<{ value: Step; name: string }[]> {
  const sources = await chosenSources(draft, registry);
  const replacing = sources.map(({ label, vendor, adapter }) => ({
    value: { to: 'replace-source' as const, label },
    name: `Equipment (VENDOR)${label === vendor ? '' : ` ${label}`}: ${adapter.title}`,
  }));
  if (sources.length === 0) return [{ value: { to: 'equipment' }, name: 'Equipment (VENDOR): –' }];
  if (sources.length === 1) return replacing;
  const removing = sources.map(({ label, adapter }) => ({
    value: { to: 'remove-source' as const, label },
    name: `Remove ${label}: ${adapter.title}`,
  }));
  return [...replacing, ...removing];
}

function shownText(setting: KnownSetting, draft: Draft): string {
  const text = cleaned(draft[setting.name]);
  if (text !== undefined) return setting.secret ? 'set' : text;
  const byDefault = defaultOf(setting);
  return byDefault === undefined ? '–' : `– (${byDefault})`;
}

/** With `--aws` these chose the parameters, and cannot change with them. */
const choosing = ['SITE', 'AWS_REGION', 'AWS_PROFILE'];
/** Of no use to one home. */
const ofSeveral = ['STACK', 'STATE_STORE', 'METRICS_OF'];

/** What this home can have set, the most important first. */
export async function settingsOf(
  draft: Draft,
  { registry, destinations, aws, home }: InterviewPorts,
): Promise<KnownSetting[]> {
  const sources = await chosenSources(draft, registry);
  const told = await chosenDestinations(draft, destinations);
  const ofDestinations = told.flatMap(({ label, module }) => settingsOfDestination(label, module));
  const isNeeded = (setting: KnownSetting) => !mayBeLeftOut(setting);
  const ofSources = sources.flatMap(({ label, adapter }) => [...ownSettings(label, adapter).values()]);
  const common = sources.flatMap(({ label, adapter }) => commonSettings(label, adapter));
  const [vendor = [], destination = [], ...ofSite] = settingsOfSite().filter(({ name }) => {
    if (home !== undefined) return !deploymentSettings.has(name);
    return !ofSeveral.includes(name) && !(aws && choosing.includes(name));
  });
  const needed = ofDestinations.filter(isNeeded);
  const others = ofDestinations.filter((setting) => !isNeeded(setting));
  return [vendor, destination, needed, ofSources, others, ofSite, common].flat();
}

/** Asks for one setting anew: of what the cloud lists where it lists something, else with the old value in the field. */
export async function changeSetting(setting: KnownSetting, draft: Draft, interview: InterviewPorts): Promise<void> {
  const { name } = setting;
  const present = cleaned(draft[name]);
  const choices = await listedFor(setting, draft, interview);
  const check = (text: string) => problemAmongAll(name, { ...draft, [name]: text }, interview);
  const text =
    choices.length > 0
      ? await chooseOne(setting, choices, interview, { text: present })
      : await interview.ask.setting(setting, present, { needed: !mayBeLeftOut(setting), check });
  if (text === undefined) delete draft[name];
  else draft[name] = text;
}

/** A cloud that cannot be asked lists nothing: then it is typed. */
async function listedFor(setting: KnownSetting, draft: Draft, interview: InterviewPorts) {
  if (setting.secret || wordsOf(setting.schema)) return [];
  for (const { label, adapter } of await chosenSources(draft, interview.registry)) {
    const [key] = [...ownSettings(label, adapter)].find(([, { name }]) => name === setting.name) ?? [];
    if (key === undefined || !adapter.discover) continue;
    const found = await findShown(label, adapter, draft, interview);
    if (found instanceof Failure) interview.ask.say(`${found.message}.`);
    else return found[key] ?? [];
  }
  return [];
}
