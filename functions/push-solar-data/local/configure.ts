/** `npm run configure`: asks for the settings of a home, tries them, and stores them in `.env` or on AWS. */
import { Failure } from '../core/failure.ts';
import { answered, type CommandPorts, exitCodes, isTerminal, run } from './command.ts';
import { helpOf, showHelp } from './command-help.ts';
import { commandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { configureByQuestions } from './configure-by-questions.ts';
import { configureBySet } from './configure-by-set.ts';
import { configureDeployment, isOfDeployment } from './configure-deployment.ts';
import { textsInFile } from './env-file.ts';
import { homeInParameters } from './home-at-hand.ts';

/** @returns the exit code: 0 stored, 1 the read failed, 2 wrong settings or command line, 130 interrupted. */
export function configure(args: string[], ports: CommandPorts): Promise<number> {
  return answered(async () => {
    const { values } = commandLine('configure', args, ports.environment);
    if (values.help) {
      showHelp(commands.configure, ports.output);
      return exitCodes.done;
    }
    const { aws = false, set, site, 'no-check': noCheck = false } = values;
    if (set && site === undefined && isOfDeployment(set, ports)) return configureDeployment(set, ports);
    const command = 'npm run configure';
    const home = homeInParameters(ports.environment, textsInFile(ports.file), { site, aws, command });
    const where = { aws: aws || home !== undefined, home };
    if (set) return configureBySet(set, { ...where, check: !noCheck }, ports);
    if (isTerminal(ports)) return configureByQuestions(where, ports);
    throw new Failure(
      'settings',
      `This is no terminal, so that nobody can be asked. In scripts:\n\n${helpOf(commands.configure)}`,
    );
  }, ports.complaints);
}

if (import.meta.main) run(configure);
