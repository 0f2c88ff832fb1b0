/** A command that an owner is told to run: for the same home, in the same region, as the one that tells it. */
import type { SettingTexts } from '../settings/settings-reader.ts';
import { type Command, commands } from './commands.ts';
import { textsInFile } from './env-file.ts';
import { cleaned } from './known-settings.ts';

/** What decides which home on AWS a command is about, with what holds where nothing is said. */
const decisive = [
  ['SITE', 'home'],
  ['AWS_REGION', undefined],
  ['AWS_PROFILE', undefined],
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
 * @param texts the settings of the command that tells it: of its own command line, the environment and `.env`.
 */
export function suggested(
  bare: string,
  texts: SettingTexts,
  { inFile = textsInFile('.env'), platform = process.platform, site }: Surroundings = {},
): string {
  const command = site === undefined ? bare : withSite(bare, site);
  const isOfAws = /--aws|--site|run (?:deploy|status|logs|page|destroy)|^aws |cdk/.test(command);
  const given = decisive.flatMap(([name, usual]) => {
    const value = cleaned(texts[name]);
    if (value === undefined || value === (cleaned(inFile[name]) ?? usual)) return [];
    return isOfAws || name === 'SITE' ? [{ name, value }] : [];
  });
  if (given.length === 0) return command;
  if (platform === 'win32')
    return [...given.map(({ name, value }) => `$env:${name}='${value.replaceAll("'", "''")}'`), command].join('; ');
  return [...given.map(({ name, value }) => `${name}=${asWord(value)}`), command].join(' ');
}

function withSite(command: string, site: string): string {
  const name = /^npm run (?:-s )?(\w+)/.exec(command)?.[1] ?? '';
  const known: Readonly<Record<string, Command>> = commands;
  if (!known[name]?.options['site']) return command;
  return `${command}${command.includes(' -- ') ? '' : ' --'} --site ${site}`;
}

/** One word for a shell: the name of a profile may hold spaces. */
export const asWord = (value: string): string =>
  /^[\w.@/:+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
