/** `npm run configure -- --set NAME=value`: settings for scripts, with nobody to ask. */
import { text as readAll } from 'node:stream/consumers';
import { Failure } from '../core/failure.ts';
import { didYouMean } from '../settings/named.ts';
import { nearest } from '../settings/search.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { type CommandPorts, exitCodes, isTerminal } from './command.ts';
import { openConfigStores, type Wanted } from './config-stores.ts';
import { diagnosisTable } from './diagnosis.ts';
import { openDiscovery } from './discovery.ts';
import { dryRun } from './dry-run.ts';
import { isInSite, nextOf } from './home-in-site.ts';
import {
  cleaned,
  deploymentSettings,
  everySetting,
  type KnownSetting,
  problemAmongAll,
  problemWith,
  type Registries,
} from './known-settings.ts';
import { sayOn } from './layout.ts';
import { ofFormerEquipment, orphans } from './orphans.ts';
import { openQuestions } from './questions.ts';
import { rightOnes } from './right-ones.ts';
import { suggesting } from './suggested.ts';
import { untold } from './untold.ts';

/** @throws Failure `settings` with every problem of what was given; nothing is stored then. */
export async function configureBySet(
  assignments: string[],
  { aws, home, check }: { aws: boolean; home: string | undefined; check: boolean },
  ports: CommandPorts,
): Promise<number> {
  const { output, complaints, registry, destinations } = ports;
  const registries = { registry, destinations };
  const pairs = assignments.map(pairOf);
  refuseOfDeployment(pairs, home);
  const configStores = await openConfigStores({ ...ports, aws, home, given: Object.fromEntries(pairs) });
  const texts = { ...configStores.present, ...Object.fromEntries(pairs) };
  const wanted = await withInput(await wantedOf(pairs, texts, registries), ports);
  const draft: SettingTexts = {
    ...configStores.present,
    ...Object.fromEntries(wanted.map(({ setting: { name }, text }) => [name, text])),
  };
  const problems = await problemsOf(wanted, draft, registries);
  if (problems.length > 0) throw new Failure('settings', `${problems.join('\n')}\nNothing was stored.`);
  if (check) {
    const { now, message: _, ...diagnosis } = await dryRun(draft, { store: configStores.state, ...registries });
    output.write(`${diagnosisTable(diagnosis, now, output)}\n`);
    if (diagnosis.kind) {
      const find = openDiscovery(configStores.state);
      for (const sentence of await rightOnes(diagnosis, draft, { registry, find })) sayOn(complaints)(sentence);
      sayOn(complaints)('The read failed, so nothing was stored. To store all the same: --no-check');
      return diagnosis.kind === 'settings' ? exitCodes.wrongSettings : exitCodes.failed;
    }
  }
  const orphaned = await orphans(configStores, draft, registries);
  const removed = orphaned.map((setting) => ({ setting, text: undefined, given: true }));
  const sentences = await configStores.store([...wanted, ...removed]);
  if (removed.length > 0) sayOn(output)(ofFormerEquipment);
  for (const sentence of await untold(draft, registries, { aws })) sayOn(complaints)(sentence);
  sayOn(output)(sentences.length > 0 ? sentences.join('\n') : 'All of this was stored already.');
  for (const sentence of notInSite(home, draft, ports)) sayOn(output)(sentence);
  return exitCodes.done;
}

/** What is left to do for a home that SITE does not name. */
function notInSite(home: string | undefined, draft: SettingTexts, ports: CommandPorts): string[] {
  if (home === undefined || isInSite(home, ports)) return [];
  return [nextOf(home, ports, (command) => suggesting(ports, home)(command, draft))];
}

/** What no single home has, such as ALARM_EMAIL. @throws Failure `settings` */
function refuseOfDeployment(pairs: readonly [name: string, text: string][], home: string | undefined): void {
  if (home === undefined) return;
  const names = pairs.flatMap(([name]) => (deploymentSettings.has(name) ? [name] : []));
  if (names.length === 0) return;
  throw new Failure(
    'settings',
    `${names.join(', ')}: of the whole deployment and not of the home "${home}". Set it without --site. Nothing was stored.`,
  );
}

export function pairOf(assignment: string): [name: string, text: string] {
  const [, name, text] = /^\s*(\w+)\s*=(.*)$/s.exec(assignment) ?? [];
  if (name !== undefined && text !== undefined) return [name, text];
  throw new Failure('settings', 'Each --set needs NAME=value, or NAME=- to read the value from standard input');
}

async function wantedOf(pairs: [string, string][], texts: SettingTexts, registries: Registries): Promise<Wanted[]> {
  const known = await everySetting(texts, registries);
  const unknown = pairs.flatMap(([name]) => (known.has(name) ? [] : [name]));
  if (unknown.length > 0) {
    const sentences = unknown.map(
      (name) =>
        `${name} is no setting.${didYouMean(nearest(name.toUpperCase(), [...known.keys()])) || ' .env.example lists them all.'}`,
    );
    throw new Failure('settings', `${sentences.join('\n')}\nNothing was stored.`);
  }
  const wanted = pairs.flatMap(([name, text]) => {
    const setting = known.get(name);
    return setting ? [{ setting, text: cleaned(text), given: true }] : [];
  });
  refuseSecrets(wanted);
  return wanted;
}

/** The shell keeps a command line in its history and npm in its debug log, and other users of the machine can see it. */
function refuseSecrets(wanted: readonly Wanted[]): void {
  const shown = wanted.filter(({ setting, text }) => setting.secret && text !== undefined && text !== '-');
  if (shown.length === 0) return;
  const names = shown.map(({ setting }) => setting.name);
  const instead = [...new Set(names)].map((name) => `--set ${name}=-`).join(' ');
  throw new Failure(
    'settings',
    `${names.join(', ')}: no secret is taken from the command line, which npm's log and your shell's history keep. ` +
      `Write ${instead} instead: then it is asked for, or read from standard input (one line each). ` +
      'What you have just typed stands there now: make a new one at the maker, or delete that line. Nothing was stored.',
  );
}

/** Values that are `-` come from standard input: one is all of it, several are a line each, in their order. */
async function withInput(wanted: Wanted[], ports: CommandPorts): Promise<Wanted[]> {
  const awaited = wanted.filter(({ text }) => text === '-').map(({ setting }) => setting);
  if (awaited.length === 0) return wanted;
  const texts = isTerminal(ports) ? await askFor(awaited, ports) : await fromInput(awaited, ports);
  return wanted.map((entry) => (entry.text === '-' ? { ...entry, text: cleaned(texts.shift()) } : entry));
}

async function askFor(settings: KnownSetting[], ports: CommandPorts): Promise<string[]> {
  const ask = openQuestions(ports);
  const texts = [];
  for (const setting of settings) texts.push((await ask.setting(setting, undefined, { needed: true })) ?? '');
  return texts;
}

async function fromInput(settings: KnownSetting[], { input }: CommandPorts): Promise<string[]> {
  const all = (await readAll(input)).replace(/\r?\n$/, '');
  const texts = settings.length === 1 ? [all] : all.split(/\r?\n/);
  if (texts.length === settings.length && texts.every((text) => text.trim() !== '')) return texts;
  const names = settings.map(({ name }) => name).join(', ');
  throw new Failure(
    'settings',
    `Standard input should hold ${settings.length === 1 ? 'the value' : 'one line for each'} of ${names}, and does not`,
  );
}

async function problemsOf(wanted: Wanted[], draft: SettingTexts, registries: Registries): Promise<string[]> {
  const problems = [];
  for (const { setting, text } of wanted) {
    const own = text === undefined ? undefined : problemWith(setting, text);
    const problem = own ? `${own}: ${setting.help}` : await problemAmongAll(setting.name, draft, registries);
    if (problem && text !== undefined) problems.push(problem);
  }
  return problems;
}
