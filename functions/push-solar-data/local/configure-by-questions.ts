/** `npm run configure` in a terminal: questions, a first read, and only then the storing. */
import type { Message } from '../core/destination-state.ts';
import { defaultDestination } from '../settings/named.ts';
import { openSite } from '../settings/site.ts';
import { type CommandPorts, exitCodes } from './command.ts';
import { type ConfigStores, openConfigStores } from './config-stores.ts';
import { askForConsent } from './consent-question.ts';
import { askDestinationSettings, askDestinations } from './destination-interview.ts';
import { diagnosisTable } from './diagnosis.ts';
import { dryRun } from './dry-run.ts';
import { textsInFile } from './env-file.ts';
import { stateFolder } from './environment.ts';
import { askAboutSources, askEquipment, askMissing } from './interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import {
  chosenDestinations,
  chosenSources,
  cleaned,
  commonSettings,
  type KnownSetting,
  mayBeLeftOut,
  ownSettings,
  problemAmongAll,
  settingsOfDestination,
  settingsOfSite,
} from './known-settings.ts';
import { defaultOf, openQuestions } from './questions.ts';
import { alone } from './state-lock.ts';
import { suggested } from './suggested.ts';
import { sendTest } from './test-message.ts';
import { untold } from './untold.ts';

type Step = 'check' | 'store' | 'leave' | 'equipment' | 'destinations' | 'menu' | KnownSetting;

/** @returns the exit code. @throws `ExitPromptError` at Ctrl+C, before anything is stored. */
export async function configureByQuestions({ aws }: { aws: boolean }, ports: CommandPorts): Promise<number> {
  const configStores = await openConfigStores({ ...ports, aws });
  const ask = openQuestions(ports);
  const draft: Draft = { ...configStores.present };
  const interview: InterviewPorts = {
    ask,
    aws,
    registry: ports.registry,
    destinations: ports.destinations,
    consent: (...about) => askForConsent(...about, ask, { ...ports, aws }),
    askedToConsent: new Set(),
  };
  const isNew = (await problemAmongAll('VENDOR', draft, ports)) !== undefined;
  for (let step: Step = isNew ? 'equipment' : 'menu'; step !== 'store'; ) {
    if (step === 'leave') {
      ask.say('Nothing was changed.');
      return exitCodes.done;
    }
    step = await take(step, { draft, configStores, interview, isNew });
  }
  const wanted = (await settingsOf(draft, interview)).map((setting) => {
    const text = cleaned(draft[setting.name]);
    return { setting, text, given: text !== cleaned(configStores.present[setting.name]) };
  });
  const sentences = await configStores.store(wanted);
  ask.say(sentences.length > 0 ? sentences.join('\n') : 'Nothing was changed.');
  const next = (command: string) => suggested(command, draft, { inFile: textsInFile(ports.file) });
  const deploy = next('npm run deploy');
  ask.say(
    `Next: ${aws ? deploy : `${next('npm start')} (here), or ${next('npm run configure -- --aws')} and ${deploy}`}`,
  );
  return exitCodes.done;
}

type Session = { draft: Draft; configStores: ConfigStores; interview: InterviewPorts; isNew: boolean };

async function take(step: Exclude<Step, 'store' | 'leave'>, session: Session): Promise<Step> {
  const { draft, interview, isNew } = session;
  if (step === 'menu') return menu(session);
  if (step === 'equipment') {
    await askEquipment(draft, interview);
    await askAboutSources(draft, interview, { isChosen: true });
    return isNew ? 'destinations' : 'check';
  }
  if (step === 'destinations') {
    await askDestinations(draft, interview);
    await askDestinationSettings(draft, interview, true);
    return 'check';
  }
  if (step === 'check') {
    await askMissing(draft, interview);
    return decide(session);
  }
  await change(step, draft, interview);
  return 'menu';
}

/** Reads once, shows what came, and asks what to do with it. */
async function decide(session: Session): Promise<Step> {
  const { draft, configStores, interview } = session;
  const { ask, registry, destinations } = interview;
  ask.say('\nReading once; nothing is pushed …\n');
  const { now, message, ...diagnosis } = await dryRun(draft, { store: configStores.state, registry, destinations });
  ask.output.write(`${diagnosisTable(diagnosis, now, ask.output)}\n\n`);
  const change = { value: 'menu', name: 'Change a setting' } as const;
  const leave = { value: 'leave', name: 'Leave everything as it was' } as const;
  const store = { value: 'store', name: 'Store the settings all the same' } as const;
  if (diagnosis.kind || !message) return ask.select<Step>('The read failed.', [change, store, leave]);
  const step = await ask.select<Step>('Is this what your home does right now? Look at the directions.', [
    { value: 'store', name: 'Yes: store the settings' },
    change,
    leave,
  ]);
  if (step !== 'store' || (await areTaken(session, message))) return step;
  return ask.select<Step>('Not every destination took it.', [change, store, leave]);
}

/** Offers to send the reading to each destination. @returns false if one of them did not take it. */
async function areTaken({ draft, configStores, interview }: Session, message: Message): Promise<boolean> {
  const { ask, registry, destinations, aws } = interview;
  const ports = { store: configStores.state, registry, destinations };
  for (const sentence of await untold(draft, { registry, destinations }, { aws })) ask.say(sentence);
  const site = await openSite(draft, registry, destinations);
  const usable = site.destinations.filter(({ problems }) => problems.length === 0); // one at AWS may wait for the deployment
  let areAllTaken = true;
  for (const { label, title } of usable) {
    if (!(await ask.confirm(`Send this reading to ${title} now, to try it?`, true))) continue;
    const send = async (): Promise<number> => {
      const { isTaken, sentence } = await sendTest(draft, label, message, ports);
      ask.say(sentence);
      return isTaken ? exitCodes.done : exitCodes.failed;
    };
    const code = aws ? await send() : await alone(stateFolder(draft), 'configure', send, ask.say);
    if (code !== exitCodes.done) areAllTaken = false;
  }
  return areAllTaken;
}

async function menu({ draft, interview }: Session): Promise<Step> {
  const settings = await settingsOf(draft, interview);
  const shown = settings.filter(({ name }) => name !== 'VENDOR' && name !== 'DESTINATION');
  return interview.ask.select<Step>('What is to be changed?', [
    { value: 'check', name: 'Nothing more: read once, then store' },
    { value: 'equipment', name: `Equipment (VENDOR): ${cleaned(draft['VENDOR']) ?? '–'}` },
    {
      value: 'destinations',
      name: `Destinations (DESTINATION): ${cleaned(draft['DESTINATION']) ?? defaultDestination}`,
    },
    ...shown.map((setting) => ({
      value: setting,
      name: `${setting.name}: ${shownText(setting, draft)}`,
      description: setting.help,
    })),
    { value: 'leave', name: 'Leave everything as it was' },
  ]);
}

function shownText(setting: KnownSetting, draft: Draft): string {
  const text = cleaned(draft[setting.name]);
  if (text !== undefined) return setting.secret ? 'set' : text;
  const byDefault = defaultOf(setting);
  return byDefault === undefined ? '–' : `– (${byDefault})`;
}

/** With `--aws` these chose the parameters, and cannot change with them. */
const choosing = ['SITE', 'AWS_REGION', 'AWS_PROFILE'];

/** What this home can have set, the most important first. */
async function settingsOf(draft: Draft, { registry, destinations, aws }: InterviewPorts): Promise<KnownSetting[]> {
  const sources = await chosenSources(draft, registry);
  const told = await chosenDestinations(draft, destinations);
  const ofDestinations = told.flatMap(({ label, module }) => settingsOfDestination(label, module));
  const isNeeded = (setting: KnownSetting) => !mayBeLeftOut(setting);
  const ofSources = sources.flatMap(({ label, adapter }) => [...ownSettings(label, adapter).values()]);
  const common = sources.flatMap(({ label, adapter }) => commonSettings(label, adapter));
  const [vendor = [], destination = [], ...ofSite] = settingsOfSite().filter(
    ({ name }) => !aws || !choosing.includes(name),
  );
  const needed = ofDestinations.filter(isNeeded);
  const others = ofDestinations.filter((setting) => !isNeeded(setting));
  return [vendor, destination, needed, ofSources, others, ofSite, common].flat();
}

async function change(setting: KnownSetting, draft: Draft, { ask, ...registries }: InterviewPorts): Promise<void> {
  const { name } = setting;
  const check = (text: string) => problemAmongAll(name, { ...draft, [name]: text }, registries);
  const text = await ask.setting(setting, cleaned(draft[name]), { needed: !mayBeLeftOut(setting), check });
  if (text === undefined) delete draft[name];
  else draft[name] = text;
}
