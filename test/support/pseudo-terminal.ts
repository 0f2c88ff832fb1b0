/** A command in a terminal as the system makes it, of a given width, driven by util-linux's `script`. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Screen, screenOf } from './screen.ts';
import { commandFile, type Typist, typist } from './terminal.ts';

const hasScript = String(spawnSync('script', ['--version']).stdout).includes('util-linux');
/** For `describe` and `it`: why tests with a pseudo-terminal cannot run here. */
export const skip = hasScript ? false : 'needs script of util-linux';

/** Wide, usual, and a telephone's or a split window's. */
export const widths = [120, 80, 44] as const;

export type PseudoTerminal = Omit<Typist, 'screen'> & {
  /** All that was ever shown, without what steers the terminal. */
  shown: Typist['screen'];
  /** All that was ever shown, as it came. */
  raw(): string;
  /** As it looks now. */
  screen(): Screen;
  /** Sends a signal to the command. */
  signal(name: NodeJS.Signals): void;
  /** The exit code, and 128 + the signal's number. */
  ended: Promise<number | null>;
};

/**
 * Each space in an expression given to `until`, `answer` and `choose` stands for the end of a line too: what is waited
 * for may wrap.
 *
 * @param command a file, or the name of a command in `local/`. @param columns of 40 rows.
 */
export function openPseudoTerminal(
  t: TestContext,
  command: string,
  {
    folder,
    args = [],
    columns = 80,
    environment = {},
  }: { folder: string; args?: readonly string[]; columns?: number; environment?: Record<string, string> },
): PseudoTerminal {
  const rows = 40;
  const file = command.endsWith('.ts') ? command : commandFile(command);
  const run = [process.execPath, file, ...args].map(quoted).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} rows ${rows}; exec ${run}`, '/dev/null'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TERM: 'xterm-256color',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...environment,
    },
  });
  t.after(() => child.kill());
  let raw = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    raw += chunk;
  });
  const { screen: shown, ...person } = typist(
    () => raw.replaceAll('\r\n', '\n'),
    (typed) => child.stdin.write(typed),
  );
  return {
    ...person,
    until: (pattern) => person.until(overLines(pattern)),
    answer: (question, typed) => person.answer(overLines(question), typed),
    choose: (question, entry) => person.choose(overLines(question), overLines(entry)),
    shown,
    raw: () => raw,
    screen: () => screenOf(raw, { columns, rows }),
    signal: (name) => process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')), name),
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

const overLines = ({ source, flags }: RegExp): RegExp => new RegExp(source.replaceAll(' ', '\\s+'), flags);

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
