/** What the commands that ask have in common: their streams, and an end in a sentence. */
import { adapters } from '../adapters/index.ts';
import { Failure } from '../core/failure.ts';
import { destinations } from '../destinations/index.ts';
import type { DestinationRegistry, Registry } from '../settings/site.ts';
import { sayOn } from './layout.ts';

type MaybeTerminal = { isTTY?: boolean };

/** Everything outside that a command touches. */
export type CommandPorts = {
  environment: NodeJS.ProcessEnv;
  /** Path of `.env`. */
  file: string;
  input: NodeJS.ReadableStream & MaybeTerminal;
  output: NodeJS.WritableStream & MaybeTerminal;
  /** Where sentences about what is wrong go. */
  complaints: NodeJS.WritableStream;
  /** Opens an address in a browser, if there is one. */
  browse(address: string): Promise<void>;
  registry: Registry;
  destinations: DestinationRegistry;
};

const ownPorts = (): CommandPorts => ({
  environment: process.env,
  file: '.env',
  input: process.stdin,
  output: process.stdout,
  complaints: process.stderr,
  browse: ownBrowser,
  registry: adapters,
  destinations,
});

/** Opens an address in this machine's browser. */
export async function ownBrowser(address: string): Promise<void> {
  const { default: open } = await import('open');
  const opened = await open(address);
  opened.on('error', () => {}); // there is none: whoever wants it opened has shown the address too
}

/** Whether somebody can be asked. */
export const isTerminal = ({ input, output }: CommandPorts): boolean => Boolean(input.isTTY && output.isTTY);

/** `wrongSettings` also for credentials that are refused. */
export const exitCodes = { done: 0, failed: 1, wrongSettings: 2, interrupted: 130 } as const;

/** Runs a command: a failure ends in its sentence, Ctrl+C leaves everything as it was. Anything else is a bug. */
export async function answered(work: () => Promise<number>, complaints: NodeJS.WritableStream): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      complaints.write('\nNothing was changed.\n');
      return exitCodes.interrupted;
    }
    if (!(error instanceof Failure)) throw error;
    sayOn(complaints)(error.message);
    return error.kind === 'settings' || error.kind === 'auth' ? exitCodes.wrongSettings : exitCodes.failed;
  }
}

/** What hid the cursor may not get to show it: a signal ends the process at once, and so does a bug. */
function endWithCursor({ stdout }: NodeJS.Process): void {
  if (!stdout.isTTY) return;
  process.once('exit', () => stdout.write(showCursor));
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const)
    process.once(signal, () => process.exit(128 + number));
}

const showCursor = '\u001b[?25h';

/** The process ends with the command's code. */
export function run(command: (args: string[], ports: CommandPorts) => Promise<number>): void {
  endWithCursor(process);
  command(process.argv.slice(2), ownPorts()).then((code) => {
    process.exitCode = code;
  });
}
