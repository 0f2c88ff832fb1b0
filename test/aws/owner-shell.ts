/** The owner's commands as processes, in a folder with a `.env` of its own, towards an emulated AWS. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectFolder } from './commands.ts';

export type Ended = { code: unknown; output: string; complaints: string };

export type OwnerShell = {
  /** @param file in the project. @param settings in the environment, which CDK's processes are given too. @param input lines for standard input. */
  run(file: string, args?: string[], settings?: Record<string, string>, input?: string[]): Promise<Ended>;
  /** What `.env` holds from now on. */
  write(text: string): void;
  close(): void;
};

/** @param environment where AWS is. */
export function openOwnerShell(environment: Record<string, string>): OwnerShell {
  const folder = mkdtempSync(join(tmpdir(), 'owner-'));
  return {
    async run(file, args = [], settings = {}, input = []) {
      const child = spawn(process.execPath, [join(projectFolder, file), ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, ...environment, ...settings },
      });
      child.stdin.end(input.map((line) => `${line}\n`).join(''));
      const [output, complaints, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise((resolve) => child.once('close', resolve)),
      ]);
      return { code, output, complaints };
    },
    write: (text) => writeFileSync(join(folder, '.env'), text),
    close: () => rmSync(folder, { recursive: true }),
  };
}
