/** Inquirer's prompts, laid out by the terminal's columns: they themselves break a text wherever the edge is. */
import { styleText } from 'node:util';
import * as inquirer from '@inquirer/prompts';
import stringWidth from 'fast-string-width';
import { columnsOf, hanging, type Output, wrapped } from './layout.ts';

type Terminal = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream; signal?: AbortSignal };
type Entry<Value> = { value: Value; name: string; description?: string; short?: string; checked?: boolean };
type List<Value> = { message: string; choices: readonly Entry<Value>[]; pageSize?: number; loop?: boolean };

export const confirm = (config: Parameters<typeof inquirer.confirm>[0], terminal: Terminal): Promise<boolean> =>
  inquirer.confirm({ ...config, theme: themeFor(config, terminal) }, terminal);

export const input = (config: Parameters<typeof inquirer.input>[0], terminal: Terminal): Promise<string> =>
  inquirer.input({ ...config, theme: themeFor(config, terminal) }, terminal);

export const password = (config: Parameters<typeof inquirer.password>[0], terminal: Terminal): Promise<string> =>
  inquirer.password({ ...config, theme: themeFor(config, terminal) }, terminal);

export const select = <Value>(config: List<Value> & { default?: NoInfer<Value> }, terminal: Terminal): Promise<Value> =>
  inquirer.select<Value>(
    { ...config, choices: entries(config.choices, 2, terminal), theme: themeFor(config, terminal) },
    terminal,
  );

export const checkbox = <Value>(config: List<Value> & { required?: boolean }, terminal: Terminal): Promise<Value[]> =>
  inquirer.checkbox<Value>(
    { ...config, choices: entries(config.choices, 3, terminal), theme: themeFor(config, terminal) },
    terminal,
  );

export const search = <Value>(
  config: Omit<List<Value>, 'choices' | 'loop'> & {
    source(typed: string | undefined): readonly Entry<Value>[];
    default?: NoInfer<Value>;
  },
  terminal: Terminal,
): Promise<Value> =>
  inquirer.search<Value>(
    {
      ...config,
      source: (typed) => entries(config.source(typed), 2, terminal),
      theme: themeFor(config, terminal),
    },
    terminal,
  );

/** The last column stays free: to a line that fills it all, a prompt adds an empty one. */
const columnsFor = ({ output }: Terminal): number => columnsOf(output as Output) - 1;

/** `? ` and `✔ ` */
const mark = '  ';

function themeFor({ message }: { message: string }, terminal: Terminal) {
  const columns = columnsFor(terminal);
  const question = message
    .split('\n')
    .map((line, nth) => (line.trim() === '' ? line : hanging(mark, line, columns).slice(nth === 0 ? mark.length : 0)))
    .join('\n');
  const used = stringWidth(question.split('\n').at(-1) ?? '') + (question.includes('\n') ? 0 : mark.length) + 1;
  const behind = (text: string) => (used + stringWidth(text) <= columns ? text : `\n${hanging(mark, text, columns)}`);
  return {
    style: {
      message: () => styleText('bold', question),
      answer: (text: string) => styleText('cyan', behind(text)),
      defaultAnswer: (text: string) => styleText('dim', behind(`(${text})`)),
      description: (text: string) => styleText('cyan', wrapped(text, columns)),
      error: (text: string) => styleText('red', hanging('> ', text, columns)),
      keysHelpTip: (keys: [key: string, action: string][]) =>
        wrapped(
          keys.map(([key, action]) => `${styleText('bold', key)} ${styleText('dim', action)}`).join(' • '),
          columns,
        ),
    },
  };
}

/** @param indent columns before a name. */
function entries<Value>(all: readonly Entry<Value>[], indent: number, terminal: Terminal): Entry<Value>[] {
  const columns = columnsFor(terminal);
  return all.map(({ name, short = name, ...entry }) => ({
    ...entry,
    short,
    name: hanging(' '.repeat(indent), name, columns).slice(indent),
  }));
}
