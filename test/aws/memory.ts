/** The memory of a process and of those that it started, as Lambda counts it: what they share counts once. */
import { readFileSync } from 'node:fs';

export type MemoryWatch = {
  /** Most that they have held at once so far, MB. */
  peakMegabytes(): number;
  end(): void;
};

/** Often enough to see a process that lives for a second. */
const everyMs = 50;

export function watchMemory(pid: number): MemoryWatch {
  let most = 0;
  const look = () => {
    most = Math.max(most, ownOf(pid) + childrenOf(pid).reduce((sum, child) => sum + besidesOf(child), 0));
  };
  const timer = setInterval(look, everyMs);
  return {
    peakMegabytes() {
      look();
      return Math.max(most, kilobytes(pid, 'VmHWM')) / 1024;
    },
    end: () => clearInterval(timer),
  };
}

const ownOf = (pid: number): number => kilobytes(pid, 'VmRSS');
/** Node's own program is in memory already. */
const besidesOf = (pid: number): number => kilobytes(pid, 'RssAnon') + kilobytes(pid, 'RssShmem');

const childrenOf = (pid: number): number[] =>
  textOf(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);

const kilobytes = (pid: number, name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);

/** Empty once the process is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
