/** Colours for a few words, where a terminal shows them and NO_COLOR does not forbid it. The words say it all without. */
import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Output } from './layout.ts';

const styles = {
  good: 'green',
  warning: 'yellow',
  error: 'red',
  /** Power that flows into the home: out of the grid, out of the battery. */
  inwards: 'magenta',
  outwards: 'cyan',
} as const;

export type Style = keyof typeof styles;
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

export const paintOn = (output: Output): Paint =>
  output instanceof WriteStream ? (style, text) => styleText(styles[style], text, { stream: output }) : plain;

/** The marks that begin lines of trouble. */
export const withMarks = (text: string, paint: Paint): string =>
  text.replace(
    /^( *)([!✗])(?= )/gmu,
    (_, indent: string, mark: string) => indent + paint(mark === '!' ? 'warning' : 'error', mark),
  );
