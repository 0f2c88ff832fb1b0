/** `npm run configure`: asks for the settings of a home, tries them, and stores them in `.env` or on AWS. */
import { Failure } from '../core/failure.ts';
import { answered, type CommandPorts, exitCodes, isTerminal, run } from './command.ts';
import { helpOf, showHelp } from './command-help.ts';
import { commandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { configureByQuestions } from './configure-by-questions.ts';
import { configureBySet } from './configure-by-set.ts';

/** @returns the exit code: 0 stored, 1 the read failed, 2 wrong settings or command line, 130 interrupted. */
export function configure(args: string[], ports: CommandPorts): Promise<number> {
  return answered(async () => {
    const { values } = commandLine('configure', args, ports.environment);
    if (values.help) {
      showHelp(commands.configure, ports.output);
      return exitCodes.done;
    }
    const aws = values.aws ?? false;
    if (values.set) return configureBySet(values.set, { aws, check: !values['no-check'] }, ports);
    if (isTerminal(ports)) return configureByQuestions({ aws }, ports);
    throw new Failure(
      'settings',
      `This is no terminal, so that nobody can be asked. In scripts:\n\n${helpOf(commands.configure)}`,
    );
  }, ports.complaints);
}

if (import.meta.main) run(configure);
