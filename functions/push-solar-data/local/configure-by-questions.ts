/** `npm run configure` in a terminal: questions, a first read, and only then the storing. */
import { type CommandPorts, exitCodes } from './command.ts';
import { type ConfigStores, openConfigStores } from './config-stores.ts';
import { askForConsent } from './consent-question.ts';
import { diagnosisTable } from './diagnosis.ts';
import { dryRun } from './dry-run.ts';
import { askEquipment, askMissing, chosenSources, problemAmongAll } from './interview.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import {
  cleaned,
  commonSettings,
  type KnownSetting,
  mayBeLeftOut,
  ownSettings,
  settingsOfSite,
} from './known-settings.ts';
import { defaultOf, openQuestions } from './questions.ts';

type Step = 'check' | 'store' | 'leave' | 'equipment' | 'menu' | KnownSetting;

/** @returns the exit code. @throws `ExitPromptError` at Ctrl+C, before anything is stored. */
export async function configureByQuestions({ aws }: { aws: boolean }, ports: CommandPorts): Promise<number> {
  const configStores = await openConfigStores({ ...ports, aws });
  const ask = openQuestions(ports);
  const draft: Draft = { ...configStores.present };
  const interview: InterviewPorts = {
    ask,
    registry: ports.registry,
    consent: (...about) => askForConsent(...about, ask, ports),
    askedToConsent: new Set(),
  };
  const isNew = await problemAmongAll('VENDOR', draft, ports.registry);
  for (let step: Step = isNew ? 'equipment' : 'menu'; step !== 'store'; ) {
    if (step === 'leave') {
      ask.say('Nothing was changed.');
      return exitCodes.done;
    }
    step = await take(step, { draft, configStores, interview, aws });
  }
  const wanted = (await settingsOf(draft, interview, aws)).map((setting) => {
    const text = cleaned(draft[setting.name]);
    return { setting, text, given: text !== cleaned(configStores.present[setting.name]) };
  });
  const sentences = await configStores.store(wanted);
  ask.say(sentences.length > 0 ? sentences.join('\n') : 'Nothing was changed.');
  ask.say(aws ? 'Next: npm run deploy' : 'Next: npm start (here), or npm run configure -- --aws and npm run deploy');
  return exitCodes.done;
}

type Session = { draft: Draft; configStores: ConfigStores; interview: InterviewPorts; aws: boolean };

async function take(step: Exclude<Step, 'store' | 'leave'>, session: Session): Promise<Step> {
  const { draft, interview } = session;
  if (step === 'menu') return menu(session);
  if (step === 'equipment') {
    await askEquipment(draft, interview);
    await askMissing(draft, interview, { isChosen: true });
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
async function decide({ draft, configStores, interview: { ask, registry } }: Session): Promise<Step> {
  ask.say('\nReading once; nothing is pushed …\n');
  const { now, ...diagnosis } = await dryRun(draft, { store: configStores.state, registry });
  ask.say(`${diagnosisTable(diagnosis, now)}\n`);
  const change = { value: 'menu', name: 'Change a setting' } as const;
  const leave = { value: 'leave', name: 'Leave everything as it was' } as const;
  return diagnosis.kind
    ? ask.select<Step>('The read failed.', [change, { value: 'store', name: 'Store the settings all the same' }, leave])
    : ask.select<Step>('Is this what your home does right now? Look at the directions.', [
        { value: 'store', name: 'Yes: store the settings' },
        change,
        leave,
      ]);
}

async function menu({ draft, interview, aws }: Session): Promise<Step> {
  const settings = await settingsOf(draft, interview, aws);
  const shown = settings.filter(({ name }) => name !== 'VENDOR');
  return interview.ask.select<Step>('What is to be changed?', [
    { value: 'check', name: 'Nothing more: read once, then store' },
    { value: 'equipment', name: `Equipment (VENDOR): ${cleaned(draft['VENDOR']) ?? '–'}` },
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
async function settingsOf(draft: Draft, { registry }: InterviewPorts, aws: boolean): Promise<KnownSetting[]> {
  const sources = await chosenSources(draft, registry);
  const ofSources = sources.flatMap(({ label, adapter }) => [...ownSettings(label, adapter).values()]);
  const common = sources.flatMap(({ label, adapter }) => commonSettings(label, adapter));
  const [vendor = [], chargeHq = [], ...ofSite] = settingsOfSite().filter(
    ({ name }) => !aws || !choosing.includes(name),
  );
  return [vendor, chargeHq, ofSources, ofSite, common].flat();
}

async function change(setting: KnownSetting, draft: Draft, { ask, registry }: InterviewPorts): Promise<void> {
  const { name } = setting;
  const check = (text: string) => problemAmongAll(name, { ...draft, [name]: text }, registry);
  const text = await ask.setting(setting, cleaned(draft[name]), { needed: !mayBeLeftOut(setting), check });
  if (text === undefined) delete draft[name];
  else draft[name] = text;
}
