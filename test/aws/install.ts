/** Installs, once, what the proof on AWS needs beside the project: an emulator of AWS and Lambda's own runtime client. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emulatorProgram, python, run, runtimeClientFolder, toolFolder } from './commands.ts';

const runtimeClient = 'aws-lambda-ric@4.0.2';

/** Debian's packages for what the two are built with, each with the command that shows that it is there. */
const needed: [shown: string[], debianPackage: string][] = [
  [['python3', '-c', 'import venv, ensurepip'], 'python3-venv'],
  [['cmake', '--version'], 'cmake'],
  [['g++', '--version'], 'g++'],
  [['make', '--version'], 'make'],
  [['xz', '--version'], 'xz-utils'],
];

async function installBuildTools(): Promise<void> {
  const missing = needed.filter(([[program = '', ...rest]]) => spawnSync(program, rest).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map(([, debianPackage]) => debianPackage);
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!mayInstall) throw new Error(`Install ${packages.join(', ')} first (the names are Debian's), then try again.`);
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', ...packages]);
}

/** moto, with all that it needs at fixed versions. */
async function installEmulator(): Promise<void> {
  const wanted = join(import.meta.dirname, 'requirements.txt');
  const installed = join(toolFolder, 'requirements.txt');
  const text = readFileSync(wanted, 'utf8');
  if (existsSync(emulatorProgram) && existsSync(installed) && readFileSync(installed, 'utf8') === text) return;
  await run('python3', ['-m', 'venv', toolFolder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '-r', wanted]);
  writeFileSync(installed, text);
}

/** The client is compiled on the spot, which Linux alone can do. */
async function installRuntimeClient(): Promise<void> {
  if (process.platform !== 'linux') return;
  const folder = join(toolFolder, 'lambda');
  const built = existsSync(join(runtimeClientFolder, 'rapid-client.node'));
  if (built && runtimeClient.endsWith(`@${versionOf(runtimeClientFolder)}`)) return;
  mkdirSync(folder, { recursive: true });
  const allowScripts = { 'aws-lambda-ric': true };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', runtimeClient], { folder });
}

const versionOf = (folder: string): string => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

const begun = performance.now();
try {
  await installBuildTools();
  mkdirSync(toolFolder, { recursive: true });
  await Promise.all([installEmulator(), installRuntimeClient()]);
  console.log(`moto and ${runtimeClient} are at hand (${Math.round((performance.now() - begun) / 1000)} s)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
