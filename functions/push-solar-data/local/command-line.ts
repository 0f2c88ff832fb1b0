/** From the words behind a command to its options, by the table of all commands; whatever is no option of it is refused. */
import { parseArgs } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import { Failure } from '../core/failure.ts';
import { showHelp } from './command-help.ts';
import { type Command, type CommandName, type CommandOption, commands } from './commands.ts';
import { sayOn } from './layout.ts';

type ValueOf<Option> = Option extends { multiple: true }
  ? string[]
  : Option extends { type: 'boolean' }
    ? boolean
    : string;
type ValuesOf<Options> = { [Name in keyof Options]?: ValueOf<Options[Name]> };

export type CommandLine<Name extends CommandName = CommandName> = {
  values: ValuesOf<(typeof commands)[Name]['options']> & { help?: boolean };
  /** What stands there besides options. */
  words: string[];
  /** For CDK: all that was given, without the `--` before its own options. */
  forCdk: string[];
};

const help = { type: 'boolean', short: 'h', help: 'shows this' } as const satisfies CommandOption;

/** @param environment in which npm leaves what it has kept. @throws Failure `settings`, with what was meant. */
export function commandLine<Name extends CommandName>(
  name: Name,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): CommandLine<Name> {
  const command: Command = commands[name];
  const options = { ...command.options, help };
  const end = command.cdk === undefined ? -1 : args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const { values, positionals } = parsed(command, options, own);
  if (!values['help']) {
    refuseKept(name, command, own, environment);
    refuseWords(command, options, positionals);
  }
  return {
    // The table's types are those that its options are read with.
    values: values as CommandLine<Name>['values'],
    words: positionals,
    forCdk: [...own, ...(end < 0 ? [] : args.slice(end + 1))],
  };
}

/** Of this process, which ends here after `--help`, and with code 2 for what is no option of the command. */
export function ownCommandLine<Name extends CommandName>(name: Name): CommandLine<Name> {
  try {
    const line = commandLine(name, process.argv.slice(2), process.env);
    if (!line.values.help) return line;
    showHelp(commands[name], process.stdout);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    sayOn(process.stderr)(error.message);
    process.exit(2);
  }
}

type Options = Readonly<Record<string, CommandOption>>;

function parsed(command: Command, options: Options, args: readonly string[]) {
  const config = { args: [...args], options, allowPositionals: true };
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(options, token.name));
  if (unknown?.kind === 'option') throw refusal(command, unknown.rawName, meant(unknown.name, options));
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure('settings', `${error.message.split('. To specify')[0]}. ${seeHelp(command)}`);
  }
}

/** `--minuts` → `--minutes`; undefined where nothing is near. */
function meant(word: string, options: Options): string | undefined {
  const bare = word.replace(/^-+/, '').toLowerCase();
  if (bare.length < 3) return undefined;
  const names = Object.keys(options);
  const begun = names.find((name) => name.startsWith(bare));
  const nearest = begun ?? closest(bare, names);
  const isNear = distance(bare, nearest) <= Math.max(2, Math.floor(nearest.length / 3));
  return begun || isNear ? `--${nearest}` : undefined;
}

/** @param word without its value, which may be a secret. */
const refusal = ({ run, ...command }: Command, word: string, option: string | undefined): Failure =>
  new Failure(
    'settings',
    `"${word}" is no option of ${run}.${option ? ` Did you mean ${option}?` : ''} ${seeHelp({ run, ...command })}`,
  );

function refuseWords(command: Command, options: Options, words: readonly string[]): void {
  const { run, words: allowed, advice } = command;
  const [word, ...more] = words.slice(allowed?.most ?? 0);
  if (word === undefined) return;
  const [bare = ''] = word.split('=');
  if (advice) throw new Failure('settings', `"${bare}" is no option. ${advice}`);
  if (allowed)
    throw new Failure(
      'settings',
      `${run} takes one word, ${allowed.shown}: "${bare}" is too much. ${seeHelp(command)}`,
    );
  throw refusal({ ...command, run }, bare, more.length === 0 ? meant(bare, options) : undefined);
}

/** npm takes options that stand before a further `--` for its own, and leaves them in the environment of its script. */
function refuseKept(name: string, command: Command, args: readonly string[], environment: NodeJS.ProcessEnv): void {
  if (environment['npm_lifecycle_event'] !== name) return;
  // `force` is an option of npm too, which an owner's .npmrc may hold
  const kept = Object.keys(command.options).find(
    (option) =>
      option !== 'force' &&
      environment[`npm_config_${option.replace(/^no-/, '').replaceAll('-', '_')}`] !== undefined &&
      !args.some((argument) => argument.startsWith(`--${option}`)),
  );
  if (kept === undefined) return;
  throw new Failure(
    'settings',
    `npm has kept --${kept} for itself: options stand behind two more hyphens, as in ${command.run} -- --${kept}`,
  );
}

const seeHelp = ({ run }: Command): string => `All options: ${run} -- --help`;
