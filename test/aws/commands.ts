/** Programs that the proof on AWS runs: the tools that it installs, and one way to run a program. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const projectFolder = join(import.meta.dirname, '../..');
/** Holds what the proof installs; git ignores it. */
export const toolFolder = join(projectFolder, '.venv');
export const python = join(toolFolder, 'bin/python');
export const emulatorProgram = join(toolFolder, 'bin/moto_server');
export const runtimeClientFolder = join(toolFolder, 'lambda/node_modules/aws-lambda-ric');

/**
 * Runs a program to its end.
 *
 * @returns what it wrote, both streams in their order.
 * @throws Error with the command, its status and the end of what it wrote.
 */
export function run(
  program: string,
  parameters: readonly string[],
  { folder = projectFolder, environment = process.env }: { folder?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let written = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (written += chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) return resolve(written);
      const end = written.split('\n').slice(-30).join('\n');
      reject(new Error(`${[program, ...parameters].join(' ')} ended with status ${status}:\n${end}`));
    });
  });
}
