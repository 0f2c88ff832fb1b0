/** A terminal in a test: somebody reads the screen and types. And commands as processes of their own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { destinations as everyDestination } from '../../functions/push-solar-data/destinations/index.ts';
import type { CommandPorts } from '../../functions/push-solar-data/local/command.ts';
import type { DestinationRegistry, Registry } from '../../functions/push-solar-data/settings/site.ts';

const patienceMs = 10_000;

export const keys = { enter: '\r', down: '\u001b[B', space: ' ', ctrlC: '\u0003', emptyLine: '\u0015' };

export type Typist = {
  /** Everything that was ever shown. */
  screen(): string;
  /** Waits until this shows up behind what was waited for before. @returns the text from there on. */
  until(pattern: RegExp): Promise<string>;
  /** Waits for a question and types; Enter follows. */
  answer(question: RegExp, typed?: string): Promise<void>;
  /** Waits for a list and takes the entry with this text. */
  choose(question: RegExp, entry: RegExp): Promise<void>;
  type(typed: string): void;
};

/** @param shown what was shown so far. @param type puts keys into the terminal. */
export function typist(shown: () => string, type: (typed: string) => void): Typist {
  let from = 0;
  const until = async (pattern: RegExp): Promise<string> => {
    for (const begun = performance.now(); performance.now() - begun < patienceMs; await wait(5)) {
      const screen = stripVTControlCharacters(shown());
      const match = pattern.exec(screen.slice(from));
      if (!match) continue;
      const rest = screen.slice(from + match.index);
      from += match.index + match[0].length;
      return rest;
    }
    return assert.fail(`${pattern} does not show up after:\n${stripVTControlCharacters(shown()).slice(from)}`);
  };
  const answer = async (question: RegExp, typed = '') => {
    await until(question);
    if (typed) type(typed);
    await wait(20); // a list looks for what was typed
    type(keys.enter);
  };
  return {
    screen: () => stripVTControlCharacters(shown()),
    until,
    answer,
    type,
    async choose(question, entry) {
      await until(question);
      for (let pressed = 0; pressed < 40; pressed++) {
        const lines = stripVTControlCharacters(shown()).split('\n');
        const active = lines.findLast((line) => /^❯/.test(line)) ?? '';
        if (entry.test(active)) return type(keys.enter);
        type(keys.down);
        await wait(10);
      }
      assert.fail(`${entry} is no entry of:\n${stripVTControlCharacters(shown()).slice(from)}`);
    },
  };
}

export type Terminal = Typist & { ports: CommandPorts; folder: string };

/** A folder of its own, a terminal, and the ports of a command that runs in them. */
export function openTerminal(
  t: TestContext,
  registry: Registry,
  {
    environment = {},
    isTerminal = true,
    destinations = everyDestination,
  }: { environment?: NodeJS.ProcessEnv; isTerminal?: boolean; destinations?: DestinationRegistry } = {},
): Terminal {
  const folder = temporaryFolder(t);
  const input = Object.assign(new PassThrough(), { isTTY: isTerminal });
  // `_isStdio`, as on the process's own streams: whoever pipes into it does not end it.
  const output = Object.assign(new PassThrough(), { isTTY: isTerminal, columns: 1000, _isStdio: true });
  let shown = '';
  output.on('data', (chunk) => {
    shown += chunk;
  });
  const person = typist(
    () => shown,
    (typed) => input.write(typed),
  );
  const ports = {
    environment: { STATE_DIR: join(folder, 'state'), ...environment },
    file: join(folder, '.env'),
    input,
    output,
    complaints: output,
    browse: async () => {},
    registry,
    destinations,
  };
  return { ...person, ports, folder };
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'solar-cloud-bridge-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Ended = { code: number | null; output: string; complaints: string };

/** A local command in this process, with `folder` as if it ran there and nobody at a terminal. */
export async function callCommand(
  command: (args: string[], ports: CommandPorts) => Promise<number>,
  args: string[],
  {
    folder,
    registry,
    environment = {},
    input = '',
  }: { folder: string; registry: Registry; environment?: Record<string, string>; input?: string },
): Promise<Ended> {
  const [output, complaints] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(output), text(complaints)]);
  const code = await command(args, {
    environment: { STATE_DIR: join(folder, '.state'), ...environment },
    file: join(folder, '.env'),
    input: Readable.from([input]),
    output,
    complaints,
    browse: async () => {},
    registry,
    destinations: everyDestination,
  });
  output.end();
  complaints.end();
  const [said, complained] = (await texts).map((shown) => shown.replaceAll(join(folder, '/'), ''));
  return { code, output: said ?? '', complaints: complained ?? '' };
}

/** A local command as a process of its own, in `folder`, which sees nothing of this process's environment. */
export async function runCommand(
  command: string,
  args: string[],
  { folder, environment = {}, input = '' }: { folder: string; environment?: Record<string, string>; input?: string },
): Promise<Ended> {
  const child = spawn(process.execPath, [commandFile(command), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
  });
  child.stdin.end(input);
  const [output, complaints, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, output, complaints };
}

export const commandFile = (command: string): string =>
  join(import.meta.dirname, `../../functions/push-solar-data/local/${command}.ts`);
