/** `npm run configure`: asks for the settings of a home, tries them, and stores them in `.env` or on AWS. */
import { Failure } from '../core/failure.ts';
import { answered, type CommandPorts, exitCodes, isTerminal, optionsOf, run } from './command.ts';
import { configureByQuestions } from './configure-by-questions.ts';
import { configureBySet } from './configure-by-set.ts';

const usage = `npm run configure                             asks for everything, or for what is to be changed
npm run configure -- --set NAME=value ...     sets these and asks nothing; NAME= removes the setting,
                                              NAME=- reads the value from standard input, or asks for it:
                                              a secret is taken in no other way
  --aws         secrets go into encrypted parameters on AWS instead of .env
  --no-check    with --set: stores without a first read`;

const options = {
  set: { type: 'string', multiple: true },
  aws: { type: 'boolean' },
  'no-check': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @returns the exit code: 0 stored, 1 the read failed, 2 wrong settings or command line, 130 interrupted. */
export function configure(args: string[], ports: CommandPorts): Promise<number> {
  return answered(ports, async () => {
    const { values, positionals } = optionsOf(args, options, usage);
    if (values.help) {
      ports.output.write(`${usage}\n`);
      return exitCodes.done;
    }
    if (positionals.length > 0)
      throw new Failure(
        'settings',
        `"${positionals[0]?.split('=')[0]}" is no option. Settings are given as: npm run configure -- --set NAME=value (mind the two hyphens in the middle), secrets as NAME=-`,
      );
    const aws = values.aws ?? false;
    if (values.set) return configureBySet(values.set, { aws, check: !values['no-check'] }, ports);
    if (isTerminal(ports)) return configureByQuestions({ aws }, ports);
    throw new Failure('settings', `This is no terminal, so that nobody can be asked. In scripts:\n\n${usage}`);
  });
}

if (import.meta.main) run(configure);
