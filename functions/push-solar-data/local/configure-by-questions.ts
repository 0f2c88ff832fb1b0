/** `npm run configure` in a terminal: questions, a first read, and only then the storing. */
import { type CommandPorts, exitCodes } from './command.ts';
import { openConfigStores } from './config-stores.ts';
import type { Step } from './configure-steps.ts';
import { askForConsent } from './consent-question.ts';
import { correctCredentials } from './corrections.ts';
import { askDestinationSettings, askDestinations, isToldLater } from './destination-interview.ts';
import { openDiscovery } from './discovery.ts';
import { addSource, askEquipment, askMissing, removeSource, replaceSource } from './equipment-interview.ts';
import { correctFigures } from './figures-correction.ts';
import { nextOf } from './home-in-site.ts';
import type { Draft, InterviewPorts } from './interview-ports.ts';
import { chosenSources, cleaned, problemAmongAll } from './known-settings.ts';
import { ofFormerEquipment, orphans } from './orphans.ts';
import { openQuestions } from './questions.ts';
import { askMenu, changeSetting, settingsOf } from './settings-menu.ts';
import { suggesting } from './suggested.ts';
import { decide, type VerdictPorts } from './verdict.ts';

/** @returns the exit code. @throws `ExitPromptError` at Ctrl+C, before anything is stored. */
export async function configureByQuestions(
  { aws, home }: { aws: boolean; home: string | undefined },
  ports: CommandPorts,
): Promise<number> {
  const configStores = await openConfigStores({ ...ports, aws, home });
  const suggest = suggesting(ports, home);
  const ask = openQuestions(ports);
  const draft: Draft = { ...configStores.present };
  const interview: VerdictPorts = {
    ask,
    aws,
    home,
    registry: ports.registry,
    destinations: ports.destinations,
    store: configStores.state,
    find: openDiscovery(configStores.state),
    consent: (...about) => askForConsent(...about, ask, { ...ports, aws, suggest }),
    putOff: new Set(),
    searched: new Set(),
  };
  const isNew = (await problemAmongAll('VENDOR', draft, ports)) !== undefined;
  for (let step: Step = { to: isNew ? 'equipment' : 'menu' }; step.to !== 'store'; ) {
    if (step.to === 'leave') {
      ask.say('Nothing was changed.');
      return exitCodes.done;
    }
    step = await take(step, draft, interview);
  }
  const orphaned = await orphans(configStores, draft, ports);
  const wanted = [
    ...(await settingsOf(draft, interview)).map((setting) => ({ setting, text: cleaned(draft[setting.name]) })),
    ...orphaned.map((setting) => ({ setting, text: undefined })),
  ].map(({ setting, text }) => ({ setting, text, given: text !== cleaned(configStores.present[setting.name]) }));
  const sentences = await configStores.store(wanted);
  if (orphaned.length > 0) ask.say(ofFormerEquipment);
  ask.say(sentences.length > 0 ? sentences.join('\n') : 'Nothing was changed.');
  const next = (command: string) => suggest(command, draft);
  ask.say(home === undefined ? nextCommand(draft, interview, next) : nextOf(home, ports, next));
  return exitCodes.done;
}

function nextCommand(draft: Draft, { aws, putOff }: InterviewPorts, next: (command: string) => string): string {
  const configure = next(`npm run configure${aws ? ' -- --aws' : ''}`);
  const deploy = next('npm run deploy');
  if (isToldLater(draft, putOff))
    return `Next: ${next('npm run doctor')} shows the figures at any time; ${configure} again names where they go.`;
  return `Next: ${aws ? deploy : `${next('npm start')} (here), or ${next('npm run configure -- --aws')} and ${deploy}`}`;
}

async function take(step: Step, draft: Draft, interview: VerdictPorts): Promise<Step> {
  switch (step.to) {
    case 'menu':
      return askMenu(draft, interview);
    case 'equipment':
      await askEquipment(draft, interview);
      return { to: 'check' };
    case 'add-source':
      await addSource(draft, interview);
      return { to: 'check' };
    case 'replace-source':
      await replaceSource(step.label, draft, interview);
      return { to: 'check' };
    case 'remove-source':
      removeSource(step.label, draft);
      return { to: 'menu' };
    case 'destinations':
      await askDestinations(draft, interview);
      await askDestinationSettings(draft, interview, true);
      return { to: 'check' };
    case 'correct-log-in':
    case 'correct-figures':
      return correct(step.to, step.label, draft, interview);
    case 'setting':
      await changeSetting(step.setting, draft, interview);
      return { to: 'menu' };
    default:
      await askMissing(draft, interview);
      return decide(draft, interview);
  }
}

async function correct(
  what: 'correct-log-in' | 'correct-figures',
  label: string,
  draft: Draft,
  interview: VerdictPorts,
): Promise<Step> {
  const source = (await chosenSources(draft, interview.registry)).find((each) => each.label === label);
  if (!source) return { to: 'menu' };
  const correction = what === 'correct-log-in' ? correctCredentials : correctFigures;
  return (await correction(label, source.adapter, draft, interview)) ? { to: 'check' } : { to: 'menu' };
}
