/** What a terminal of a given size shows of what was written to it. A sequence it does not know fails the test. */
import assert from 'node:assert/strict';
import stringWidth from 'fast-string-width';

export type Screen = {
  /** From the first line that was ever shown to the last, those that scrolled away included, without spaces at their ends. */
  lines(): string[];
  /** The lines that were longer than the terminal, so that it broke them itself, wherever that was: what fitted of them. */
  broken(): string[];
  isCursorShown(): boolean;
};

/** What follows an escape: a control sequence with its parameters, or a single character; at the end it may still be under way. */
const sequenceAt = /^(?:\[(?<parameters>[?\d;]*)(?<final>[A-Za-z]|$)|[78=>]|$)/;
const controlOrText = /\p{Cc}|\P{Cc}+/gu;
const graphemes = new Intl.Segmenter();

/** @param written all of it, from the start. @param size in characters. */
export function screenOf(written: string, { columns, rows }: { columns: number; rows: number }): Screen {
  const cells: string[][] = [[]]; // of a wide character the second cell is ''
  const broken: string[] = [];
  let [row, column, isCursorShown] = [0, 0, true];

  const goTo = (toRow: number, toColumn: number) => {
    const top = Math.max(0, cells.length - rows);
    row = Math.min(Math.max(toRow, top), top + rows - 1);
    column = Math.min(Math.max(toColumn, 0), columns - 1);
    while (cells.length <= row) cells.push([]);
  };
  const lineFeed = () => {
    row += 1;
    if (row === cells.length) cells.push([]);
  };
  const put = (grapheme: string) => {
    const width = stringWidth(grapheme);
    if (column + width > columns) {
      broken.push((cells[row] ?? []).join(''));
      lineFeed();
      column = 0;
    }
    const line = cells[row] ?? [];
    while (line.length < column) line.push(' ');
    line.splice(column, width, grapheme, ...Array<string>(Math.max(0, width - 1)).fill(''));
    column += width;
  };
  const erase = (from: number, to: number) => {
    for (let each = from; each < to; each++) cells[each] = [];
  };
  const top = () => Math.max(0, cells.length - rows);
  const control: Record<string, () => void> = {
    '\r': () => goTo(row, 0),
    '\n': lineFeed,
    '\b': () => goTo(row, column - 1),
    '\t': () => goTo(row, (Math.floor(column / 8) + 1) * 8),
    '\u0007': () => {},
  };
  const sequence: Record<string, (first: number, second: number) => void> = {
    A: (up) => goTo(row - (up || 1), column),
    B: (down) => goTo(row + (down || 1), column),
    C: (right) => goTo(row, column + (right || 1)),
    D: (left) => goTo(row, column - (left || 1)),
    E: (down) => goTo(row + (down || 1), 0),
    F: (up) => goTo(row - (up || 1), 0),
    G: (to) => goTo(row, (to || 1) - 1),
    H: (down, right) => goTo(top() + (down || 1) - 1, (right || 1) - 1),
    J: (which) => {
      if (which === 0) cells[row]?.splice(column);
      erase(which === 0 ? row + 1 : top(), cells.length);
    },
    K: (which) => {
      if (which === 0) cells[row]?.splice(column);
      else if (which === 2) cells[row] = [];
      else cells[row]?.fill(' ', 0, column + 1);
    },
    h: () => {},
    l: () => {},
    m: () => {},
  };

  const show = (text: string) => {
    for (const [run] of text.matchAll(controlOrText)) {
      const steer = control[run];
      if (steer) steer();
      else for (const { segment } of graphemes.segment(printable(run))) put(segment);
    }
  };
  const [unescaped = '', ...escaped] = written.split('\u001b');
  show(unescaped);
  for (const text of escaped) {
    const { 0: whole, groups: { parameters = '', final = '' } = {} } = sequenceAt.exec(text) ?? unknown(text);
    if (parameters === '?25') isCursorShown = final === 'h';
    const [first = 0, second = 0] = parameters.split(';').map(Number);
    if (final) (sequence[final] ?? unknown(text))(first, second);
    show(text.slice(whole.length));
  }
  const lines = cells.map((line) => line.join('').trimEnd());
  return {
    lines: () => lines.slice(0, lines.findLastIndex((line) => line !== '') + 1),
    broken: () => broken,
    isCursorShown: () => isCursorShown,
  };
}

const unknown = (text: string): never =>
  assert.fail(`The test's screen does not know ESC ${JSON.stringify(text.slice(0, 20))}`);

function printable(text: string): string {
  assert.doesNotMatch(text, /\p{Cc}/u, 'A control character reached the terminal');
  return text;
}
