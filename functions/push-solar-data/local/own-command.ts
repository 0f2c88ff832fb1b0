/** How a command of this process begins: its options, then the settings at hand with what is odd about them. */
import { adapters } from '../adapters/index.ts';
import { Failure } from '../core/failure.ts';
import { destinations } from '../destinations/index.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { isSeveral } from '../settings/sites.ts';
import type { Account } from './aws-account.ts';
import { type CommandLine, ownCommandLine } from './command-line.ts';
import type { CommandName } from './commands.ts';
import { oddities, textsInFile } from './env-file.ts';
import { refuseSeveral, remarkOnAnother, settingsOfHome } from './home-at-hand.ts';
import { everySetting, type Registries } from './known-settings.ts';
import { sayOn } from './layout.ts';
import { strayRemarks } from './stray-settings.ts';

export type OwnCommand<Name extends CommandName> = { line: CommandLine<Name>; settings: SettingTexts };

/** The process ends here after `--help`, and with code 2 for a wrong command line or a `.env` that cannot be read. */
export const openCommand = <Name extends CommandName>(name: Name): Promise<OwnCommand<Name>> =>
  opened(name, (line) => atHand(line));

/** The same for a command that runs on this machine, for one home. */
export const openLocalCommand = <Name extends 'start' | 'tick'>(name: Name): Promise<OwnCommand<Name>> =>
  opened(name, async (line) => {
    const own = await atHand(line);
    refuseSeveral(own.settings, `npm ${name === 'start' ? name : `run ${name}`}`);
    sayIfOfAnother(own.settings);
    return own;
  });

/** Where `.env` is another home's. */
export function sayIfOfAnother(settings: SettingTexts): void {
  for (const remark of remarkOnAnother(textsInFile('.env'), settings)) sayOn(process.stderr)(`! ${remark}`);
}

/** The same for a command that is about homes on AWS: those of `--site`, `-c SITE=…` or SITE. */
export const openAwsCommand = <Name extends CommandName>(
  name: Name,
): Promise<OwnCommand<Name> & { account: Account }> =>
  opened(name, async (line) => {
    const { accountOf, contextSettings } = await import('./aws-account.ts');
    const { settings } = await atHand(line, contextSettings(line.forCdk));
    return { line, settings, account: accountOf(settings, line.forCdk, siteOf(line)) };
  });

async function opened<Name extends CommandName, Own>(
  name: Name,
  open: (line: CommandLine<Name>) => Promise<Own>,
): Promise<Own> {
  const line = ownCommandLine(name);
  try {
    return await open(line);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    sayOn(process.stderr)(error.message);
    process.exit(2);
  }
}

async function atHand<Name extends CommandName>(
  line: CommandLine<Name>,
  given: SettingTexts = {},
): Promise<OwnCommand<Name>> {
  const registries = { registry: adapters, destinations };
  const about = { site: siteOf(line), given };
  const { settings, remarks } = await settingsAtHand(process.env, '.env', registries, about);
  for (const remark of remarks) sayOn(process.stderr)(`! ${remark}`);
  return { line, settings };
}

/** Of a command that has the option `--site`. */
const siteOf = ({ values }: { values: object }): string | undefined =>
  'site' in values && typeof values.site === 'string' ? values.site : undefined;

/**
 * The environment wins over the file.
 *
 * @param about which home: by `--site`, or by a SITE of the command line. @throws Failure `settings` where the file cannot be read
 */
export async function settingsAtHand(
  environment: NodeJS.ProcessEnv,
  file: string,
  registries: Registries,
  { site, given = {} }: { site?: string | undefined; given?: SettingTexts } = {},
): Promise<{ settings: SettingTexts; remarks: string[] }> {
  const inFile = textsInFile(file);
  const counted = settingsOfHome(environment, inFile, site, given);
  const names = { file: Object.keys(counted.inFile), environment: Object.keys(counted.environment) };
  const remarks = [
    ...oddities(file),
    ...(await strayRemarks(names, counted.settings, registries)),
    ...(await unusedInFile(file, inFile, registries)),
  ];
  return { settings: counted.settings, remarks };
}

/** Settings of a home that stand where only those of the deployment are read. */
export async function unusedInFile(file: string, inFile: SettingTexts, registries: Registries): Promise<string[]> {
  if (!isSeveral(inFile['SITE'])) return [];
  const counted = settingsOfHome({}, inFile).settings;
  const known = await everySetting(inFile, registries);
  const unused = Object.keys(inFile).filter((name) => known.has(name) && !(name in counted));
  if (unused.length === 0) return [];
  return [
    `${file} holds ${unused.join(', ')}: not used, because SITE names several homes there. ` +
      'The settings of each lie in its parameters on AWS: npm run configure -- --site <home>',
  ];
}
