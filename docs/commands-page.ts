/** What docs/commands.md repeats from the table of commands, and from the form of the status for programs. */
import { aboutHyphens, optionShown } from '../functions/push-solar-data/local/command-help.ts';
import { type Command, commands } from '../functions/push-solar-data/local/commands.ts';
import { statusFields } from '../infra/commands/status-report.ts';

/** One row for each, then what its `--help` shows. */
export const commandsBlocks = (): Record<string, string> => ({
  commands: [commandsTable(), '', aboutHyphens, ...Object.entries(commands).map(section)].join('\n'),
  'status-fields': statusTable(),
});

const anchor = (name: string): string => `[\`${name}\`](#${name.replace(':', '')})`;

const commandsTable = (): string =>
  [
    '| command | what it does |',
    '|---|---|',
    ...Object.entries(commands).map(([name, { does }]) => `| ${anchor(name)} | ${does} |`),
  ].join('\n');

function section([name, command]: [string, Command]): string {
  const { does, words, options, cdk, examples, ends } = command;
  const rows = [
    ...(words ? [`| \`${words.shown}\` | ${words.help} |`] : []),
    ...Object.entries(options).map(([option, told]) => `| \`${optionShown(option, told)}\` | ${told.help} |`),
    ...(cdk ? [`| \`-- …\` | goes to \`cdk ${cdk}\` as it stands |`] : []),
  ];
  const codes = Object.entries(ends).map(([code, when]) => `${code}: ${when}`);
  return [
    `\n### ${name}\n`,
    `${does}\n`,
    ...(rows.length > 0 ? ['| option | meaning |', '|---|---|', ...rows, ''] : []),
    '```sh',
    ...examples.map(([line, what]) => `${line}  # ${what}`),
    '```\n',
    `It ends with ${codes.join('; ')}.`,
  ].join('\n');
}

const statusTable = (): string =>
  [
    '| field | always there | meaning |',
    '|---|---|---|',
    ...statusFields().map(
      ({ name, always, description }) => `| \`${name}\` | ${always ? 'yes' : 'no'} | ${description} |`,
    ),
  ].join('\n');
