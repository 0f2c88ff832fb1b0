/** What `--help` of a command shows. */
import type { Command } from './commands.ts';

/** `-c, --context NAME=value`. */
export const optionShown = (name: string, { short, value }: { short?: string; value?: string }): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;

/** Where npm needs them, in one sentence. */
export const aboutHyphens =
  'Options stand behind two more hyphens, as in the examples: without these npm keeps them for itself.';

/** How many columns a line has at most. */
const width = 80;

export function helpOf(command: Command): string {
  const { run, does, words, options, cdk, examples, ends } = command;
  const named = Object.entries(options);
  const rows: [string, string][] = [
    ...(words ? [[words.shown, words.help] as [string, string]] : []),
    ...named.map(([name, option]): [string, string] => [optionShown(name, option), option.help]),
    ['-h, --help', 'shows this'],
    ...(cdk ? [['-- …', `goes to cdk ${cdk} as it stands`] as [string, string]] : []),
  ];
  const usage = [run, words || named.length > 0 ? '--' : '', words?.shown ?? '', named.length > 0 ? '[options]' : ''];
  return `${[
    ...wrapped(does, width),
    '',
    `  ${usage.filter((part) => part !== '').join(' ')}`,
    '',
    ...(named.length > 0 ? [...wrapped(aboutHyphens, width), ''] : []),
    ...rows.flatMap((row) => described(row)),
    '',
    'Examples',
    ...examples.flatMap(([line, what]) => [`  ${line}`, ...wrapped(what, width - 6).map((text) => `      ${text}`)]),
    '',
    'It ends with',
    ...Object.entries(ends).flatMap(([code, when]) => described([code, when], 6)),
  ].join('\n')}\n`;
}

/** What it is called, and beside it what it means; below it where there is no room. */
function described([name, meaning]: readonly [string, string], column = 16): string[] {
  const indent = ' '.repeat(2 + column);
  const lines = wrapped(meaning, width - indent.length);
  if (name.length > column - 2) return [`  ${name}`, ...lines.map((line) => indent + line)];
  return lines.map((line, nth) => (nth === 0 ? `  ${name.padEnd(column)}${line}` : indent + line));
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
