/** What `--help` of a command shows. */
import type { Command } from './commands.ts';
import { columnsOf, hanging, hasRoomBeside, type Output, wrapped } from './layout.ts';

/** `-c, --context NAME=value`. */
export const optionShown = (name: string, { short, value }: { short?: string; value?: string }): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;

/** Where npm needs them, in one sentence. */
export const aboutHyphens =
  'Options stand behind two more hyphens, as in the examples: without these npm keeps them for itself.';

/** Longer lines are hard to read, also where another program takes them. */
const mostColumns = 80;

/** Laid out for where it is shown. */
export const showHelp = (command: Command, output: Output): void => {
  output.write(helpOf(command, columnsOf(output)));
};

/** @param terminal its columns. */
export function helpOf(command: Command, terminal = mostColumns): string {
  const { run, does, words, options, cdk, examples, ends } = command;
  const columns = Math.min(terminal, mostColumns);
  const named = Object.entries(options);
  const rows: [string, string][] = [
    ...(words ? [[words.shown, words.help] as [string, string]] : []),
    ...named.map(([name, option]): [string, string] => [optionShown(name, option), option.help]),
    ['-h, --help', 'shows this'],
    ...(cdk ? [['-- …', `goes to cdk ${cdk} as it stands`] as [string, string]] : []),
  ];
  const usage = [run, words || named.length > 0 ? '--' : '', words?.shown ?? '', named.length > 0 ? '[options]' : ''];
  return `${[
    wrapped(does, columns),
    '',
    wrapped(`    ${usage.filter((part) => part !== '').join(' ')}`, columns),
    '',
    ...(named.length > 0 ? [wrapped(aboutHyphens, columns), ''] : []),
    ...rows.map((row) => described(row, 16, columns)),
    '',
    'Examples',
    ...examples.map(([line, what]) => `${wrapped(`    ${line}`, columns)}\n${hanging(' '.repeat(8), what, columns)}`),
    '',
    'It ends with',
    ...Object.entries(ends).map(([code, when]) => described([code, when], 6, columns)),
  ].join('\n')}\n`;
}

/** What it is called, and beside it what it means; below it where there is no room. */
function described([name, meaning]: readonly [string, string], width: number, columns: number): string {
  const head = `  ${name.padEnd(width)}`;
  const fits = hasRoomBeside(head, columns);
  if (fits && name.length <= width - 2) return hanging(head, meaning, columns);
  return `${hanging('  ', name, columns)}\n${hanging(' '.repeat(fits ? width + 2 : 8), meaning, columns)}`;
}
