/** One process at a time ticks on a folder of state: two would each keep their own count of the last message. */
import { readFileSync } from 'node:fs';
import { constants, copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sayOn } from './layout.ts';

/** `doctor` and `configure` send single messages. */
const commands = ['start', 'tick', 'doctor', 'configure'] as const;
export type Command = (typeof commands)[number];
const isCommand = (word: unknown): word is Command => commands.some((command) => command === word);

type Holder = {
  command: Command;
  pid: number;
  /** Tells the process from a later one with the same id; empty where the system does not show it. */
  born: string;
};

const lockName = 'ticking.lock';
/** All but `start` are waited for: they end within the minute by themselves. */
const patienceMs = 60_000;
const pauseMs = 100;

/**
 * Runs `work` while no other process ticks on the folder.
 *
 * @returns its exit code; 1 if another process holds the folder and will not let go of it by itself.
 */
export async function alone(
  folder: string,
  command: Command,
  work: () => Promise<number>,
  complain: (sentence: string) => void = sayOn(process.stderr),
): Promise<number> {
  const mine: Holder = { command, pid: process.pid, born: birthOf(process.pid) ?? '' };
  const path = join(folder, lockName);
  for (const begun = performance.now(); ; await wait(pauseMs)) {
    const holder = await take(folder, path, mine);
    if (holder === undefined) break;
    if (holder.command !== 'start' && performance.now() - begun < patienceMs) continue;
    complain(
      `npm ${holder.command === 'start' ? 'start' : `run ${holder.command}`} (process ${holder.pid}) runs on the state in ${folder} already: ` +
        'two would send too many messages to Charge HQ. End that one first, or give this home a STATE_DIR of its own.',
    );
    return 1;
  }
  try {
    return await work();
  } finally {
    if (isSame(await holderIn(path), mine)) await rm(path, { force: true }).catch(() => {});
  }
}

/**
 * @returns who holds it; undefined if it is ours now, or if this folder takes no files: then nothing can be remembered
 * either, which the line of each tick says.
 */
async function take(folder: string, path: string, mine: Holder): Promise<Holder | undefined> {
  const draft = `${path}.${process.pid}.new`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
    for (;;) {
      if (await isLinked(draft, path)) return undefined;
      const holder = await holderIn(path);
      if (holder && isAlive(holder)) return holder;
      await clear(path, holder);
    }
  } catch {
    return undefined;
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** A link appears whole or not at all; a copy is for disks that know no links. @returns false if there is one already. */
async function isLinked(draft: string, path: string): Promise<boolean> {
  const exists = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return false;
    throw error;
  };
  const linked = link(draft, path).then(() => true);
  return linked.catch(exists).catch(() => copyFile(draft, path, constants.COPYFILE_EXCL).then(() => true, exists));
}

/** Takes a lock of a dead process away; one that another has taken meanwhile is put back. */
async function clear(path: string, dead: Holder | undefined): Promise<void> {
  const aside = `${path}.${process.pid}.old`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (!isSame(await holderIn(aside), dead)) await isLinked(aside, path);
  await rm(aside, { force: true });
}

/** @returns undefined for none, and for one that nobody could have written. */
async function holderIn(path: string): Promise<Holder | undefined> {
  try {
    const { command, pid, born }: Partial<Holder> = JSON.parse(await readFile(path, 'utf8'));
    if (!isCommand(command) || typeof pid !== 'number') return undefined;
    return { command, pid, born: String(born) };
  } catch {
    return undefined;
  }
}

const isSame = (one: Holder | undefined, other: Holder | undefined): boolean =>
  one?.pid === other?.pid && one?.born === other?.born;

function isAlive({ pid, born }: Holder): boolean {
  const birth = birthOf(pid);
  if (birth !== undefined && born !== '') return birth === born;
  if (pid === process.pid) return false; // we do not hold it: its holder had the same id before us
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // another user's
  }
}

/** Of a process that runs, on Linux: this boot and the time in it. Empty for one that has ended and is not yet cleared away. */
function birthOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /[ZXx]/.test(state) ? '' : `${boot} ${fields[18]}`;
  } catch {
    return undefined;
  }
}
