/** Lays out texts for a terminal by its columns: long ones wrap between words, tables stack where they do not fit. */
import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';
import { onTerminal } from './on-terminal.ts';

/** Where a command writes: a terminal with its columns, or what takes whole lines. */
export type Output = Pick<NodeJS.WritableStream, 'write'> & { isTTY?: boolean; columns?: number };

const usualColumns = 80;

/** What stands beside a head needs room for some words, else it goes below. */
const fewestColumns = 30;

/** Lines of a pipe or a file are as long as they are: other programs read them. A terminal may not know its size (0). */
export const columnsOf = ({ isTTY, columns }: Output): number =>
  isTTY ? columns || usualColumns : Number.POSITIVE_INFINITY;

/** Says sentences, each on lines of its own; nothing in them steers the terminal. */
export const sayOn =
  (output: Output) =>
  (text = ''): void => {
    output.write(`${wrapped(onTerminal(text), columnsOf(output))}\n`);
  };

const commandIndent = '    ';

/** Spaces, and a mark of a list or of a trouble: what follows it stands in one column. */
const opening = /^ *(?:[-!✗✓] )?/u;

/**
 * Each line wrapped, its further lines below the beginning of its first word. A word stays whole: one that has no room,
 * an address for instance, stands alone and further left, so that it can be copied. A line indented by just four spaces is
 * a command for a shell, and goes on with the shell's own sign for it.
 */
export function wrapped(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => {
      const begin = opening.exec(line)?.[0] ?? '';
      const rest = line.slice(begin.length);
      if (begin === commandIndent) return command(rest, begin, columns);
      return hanging(begin, rest, columns);
    })
    .join('\n');
}

/** Whether a text can stand beside its head. */
export const hasRoomBeside = (head: string, columns: number): boolean => columns - stringWidth(head) >= fewestColumns;

/** A text that stands beside its head, or below it where there is no room. @param head may end in spaces. */
export function beside(head: string, text: string, columns: number): string {
  if (hasRoomBeside(head, columns)) return hanging(head, text, columns);
  return [hanging('', head.trimEnd(), columns), ...(text ? [hanging('  ', text, columns)] : [])].join('\n');
}

/** Names, each with a text: in two columns, or `name: text` where that leaves the texts too little room. */
export function pairs(rows: readonly (readonly [name: string, text: string])[], columns: number): string {
  const width = Math.max(...rows.map(([name]) => stringWidth(name)));
  return rows
    .map(([name, text]) => {
      const head = padded(name, width) + gap;
      return hasRoomBeside(head, columns) ? hanging(head, text, columns) : named(name, text, '', columns);
    })
    .join('\n');
}

/**
 * Columns side by side where they fit, else one block a row: `name: value`, or the row's name with a line for each value.
 *
 * @param rows the first is the head; the first of each row is its name. A column whose head is empty says more of the
 * column before it. Cells are one line each.
 */
export function table(rows: readonly (readonly string[])[], columns: number): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  const total = widths.reduce((sum, width) => sum + width + gap.length, -gap.length);
  if (total <= columns) return rows.map((row) => aligned(row, widths)).join('\n');
  return body.map((row) => block(head, row, columns)).join('\n');
}

const gap = '  ';

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - stringWidth(text)));

const aligned = (row: readonly string[], widths: readonly number[]): string =>
  row
    .map((cell, column) => padded(cell, widths[column] ?? 0))
    .join(gap)
    .trimEnd();

function block(head: readonly string[], [name = '', ...cells]: readonly string[], columns: number): string {
  const values: [of: string, value: string][] = [];
  for (const [nth, cell] of cells.entries()) {
    const of = head[nth + 1] ?? '';
    const before = values.at(-1);
    if (of === '' && before) before[1] = [before[1], cell].filter(Boolean).join(', ');
    else values.push([of, cell]);
  }
  const [only, ...others] = values;
  if (only && others.length === 0) return named(name, only[1], '', columns);
  return [hanging('', name, columns), ...values.map(([of, value]) => named(of, value, '  ', columns))].join('\n');
}

const named = (name: string, text: string, indent: string, columns: number): string =>
  beneath(indent, `${name}: ${text}`.trimEnd(), `${indent}  `, columns);

/** A number and its unit stay together. */
const beforeUnit = /(?<=\d) (?=(?:kWh?|%|s|min|h|days)(?![a-z]))/g;
const noBreak = '\u00a0';

/** Wrapped behind what its first line begins with; further lines stand below its end. */
export const hanging = (begin: string, text: string, columns: number): string =>
  beneath(begin, text, ' '.repeat(stringWidth(begin)), columns);

/** Parts behind a head, two spaces apart, of which none is broken. */
export const parted = (head: string, parts: readonly string[], columns: number): string =>
  hanging(head + gap, parts.map((part) => part.replaceAll(' ', noBreak)).join(gap), columns).replaceAll(noBreak, ' ');

/** @param first what the first line begins with. @param further the same for each further line; as wide, or wider. */
function beneath(first: string, text: string, further: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return `${first}${text}`;
  const room = Math.max(1, columns - stringWidth(further));
  return wrapAnsi(text.replace(beforeUnit, noBreak), room)
    .replaceAll(noBreak, ' ')
    .split('\n')
    .flatMap((line, nth) => {
      const begin = nth === 0 ? first : further;
      const width = stringWidth(line);
      if (width <= room) return [begin + line];
      const alone = ' '.repeat(Math.max(0, Math.min(further.length, columns - width))) + line;
      return begin.trim() ? [begin, alone] : [alone];
    })
    .map((line) => line.trimEnd())
    .join('\n');
}

/** PowerShell and cmd each have another sign, so that there a line is left as long as it is. */
const goesOn = process.platform === 'win32' ? undefined : ' \\';

function command(text: string, begin: string, columns: number): string {
  if (!goesOn) return `${begin}${text}`;
  const lines = wrapAnsi(text, Math.max(1, columns - begin.length - goesOn.length - 2)).split('\n');
  return lines.map((line, nth) => `${nth === 0 ? begin : `${begin}  `}${line}`).join(`${goesOn}\n`);
}
