/** A clock that is ahead of the machine's by what the test says, for the test and (through a file) for the function. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SharedClock = {
  /** Holds the milliseconds. */
  file: string;
  now(): number;
  advance(seconds: number): void;
  close(): void;
};

export function sharedClock(): SharedClock {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const file = join(folder, 'ahead');
  let aheadMs = 0;
  writeFileSync(file, '0');
  return {
    file,
    now: () => Date.now() + aheadMs,
    advance(seconds) {
      aheadMs += seconds * 1000;
      writeFileSync(file, String(aheadMs));
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** Variables for a process of Node whose clock it shall be. */
export const aheadBy = ({ file }: SharedClock): Record<string, string> => ({
  CLOCK_AHEAD_FILE: file,
  NODE_OPTIONS: `--import=${new URL('date-ahead.ts', import.meta.url)}`,
});
