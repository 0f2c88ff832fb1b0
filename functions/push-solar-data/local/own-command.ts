/** How a command of this process begins: its options, then the settings at hand with what is odd about them. */
import { adapters } from '../adapters/index.ts';
import { Failure } from '../core/failure.ts';
import { destinations } from '../destinations/index.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { type CommandLine, ownCommandLine } from './command-line.ts';
import type { CommandName } from './commands.ts';
import { oddities, textsInFile } from './env-file.ts';
import type { Registries } from './known-settings.ts';
import { sayOn } from './layout.ts';
import { strayRemarks } from './stray-settings.ts';

export type OwnCommand<Name extends CommandName> = { line: CommandLine<Name>; settings: SettingTexts };

/** The process ends here after `--help`, and with code 2 for a wrong command line or a `.env` that cannot be read. */
export async function openCommand<Name extends CommandName>(name: Name): Promise<OwnCommand<Name>> {
  const line = ownCommandLine(name);
  try {
    const { settings, remarks } = await settingsAtHand(process.env, '.env', { registry: adapters, destinations });
    for (const remark of remarks) sayOn(process.stderr)(`! ${remark}`);
    return { line, settings };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    sayOn(process.stderr)(error.message);
    process.exit(2);
  }
}

/** The environment wins over the file. @throws Failure `settings` where the file cannot be read */
export async function settingsAtHand(
  environment: NodeJS.ProcessEnv,
  file: string,
  registries: Registries,
): Promise<{ settings: SettingTexts; remarks: string[] }> {
  const inFile = textsInFile(file);
  const settings = { ...inFile, ...environment };
  const names = { file: Object.keys(inFile), environment: Object.keys(environment) };
  return { settings, remarks: [...oddities(file), ...(await strayRemarks(names, settings, registries))] };
}
