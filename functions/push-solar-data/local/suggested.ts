/** A command that an owner is told to run: for the same home, in the same region, as the one that tells it. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import { isSeveral, sitesNamed } from '../settings/sites.ts';
import { type Command, commands } from './commands.ts';
import { textsInFile } from './env-file.ts';
import { cleaned } from './known-settings.ts';

/** What decides which home on AWS a command is about, with what holds where nothing is said. */
const decisive = [
  ['SITE', 'home'],
  ['AWS_REGION', undefined],
  ['AWS_PROFILE', undefined],
] as const;

/** What does of several homes: which stack, and how it is laid out by a deployment. */
const decisiveOfSeveral = [
  ['STACK', 'homes'],
  ['STATE_STORE', 'parameters'],
] as const;

export type Surroundings = {
  inFile?: SettingTexts;
  platform?: NodeJS.Platform;
  /** The home that `--site` shall name, where the command has that option. */
  site?: string | undefined;
};

/**
 * `SITE=cabin npm run status`: with what the command would not find in `.env` by itself.
 *
 * @param given the settings of the command that tells it: of its own command line, the environment and `.env`.
 */
export function suggested(
  bare: string,
  given: SettingTexts,
  { inFile = textsInFile('.env'), platform = process.platform, site }: Surroundings = {},
): string {
  const [command, texts] = site === undefined ? [bare, given] : ofHome(bare, given, site);
  const isOfAws = /--aws|--site|run (?:deploy|status|logs|page|destroy)|^aws |cdk/.test(command);
  const names = isSeveral(texts['SITE']) ? [...decisive, ...decisiveOfSeveral] : decisive;
  const settings = names.flatMap(([name, usual]) => {
    const value = cleaned(texts[name]);
    if (value === undefined || value === (cleaned(inFile[name]) ?? usual)) return [];
    const counts = name === 'SITE' || (name === 'STATE_STORE' ? / deploy/.test(command) : isOfAws);
    return counts ? [{ name, value }] : [];
  });
  if (settings.length === 0) return command;
  if (platform === 'win32')
    return [...settings.map(({ name, value }) => `$env:${name}='${value.replaceAll("'", "''")}'`), command].join('; ');
  return [...settings.map(({ name, value }) => `${name}=${asWord(value)}`), command].join(' ');
}

/** The command for one home of several, or for another than that of `.env`: by `--site`, or by SITE where it has a stack of its own. */
function ofHome(command: string, texts: SettingTexts, site: string): [command: string, texts: SettingTexts] {
  const name = /^npm run (?:-s )?(\w+)/.exec(command)?.[1] ?? '';
  const known: Readonly<Record<string, Command>> = commands;
  const isShared = isSeveral(texts['SITE']);
  if (!known[name]?.options['site']) {
    const hasOwnStack = !(isShared && sitesNamed(texts['SITE']).includes(site));
    return [command, hasOwnStack ? { ...texts, SITE: site } : texts];
  }
  // Its settings lie on AWS, so that these need not be told.
  const bare = /^(?:configure|connect|doctor)$/.test(name)
    ? command.replace(/ --aws$/, '').replace(/ --$/, '')
    : command;
  const option = `${bare.includes(' -- ') ? '' : ' --'} --site ${site}`;
  return [bare + option, isShared ? texts : { ...texts, SITE: undefined }];
}

/** Of a command that changes settings: the same home again. */
export type Suggest = (command: string, texts: SettingTexts) => string;

/** @param home whose settings lie in its parameters alone; undefined for that of the file. */
export function suggesting(
  { environment, file }: { environment: NodeJS.ProcessEnv; file: string },
  home: string | undefined,
): Suggest {
  return (command, texts) => {
    const inFile = textsInFile(file);
    if (home === undefined) return suggested(command, texts, { inFile });
    return suggested(command, { ...texts, SITE: environment['SITE'] ?? inFile['SITE'] }, { inFile, site: home });
  };
}

/** One word for a shell: the name of a profile may hold spaces. */
export const asWord = (value: string): string =>
  /^[\w.@/:+,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
