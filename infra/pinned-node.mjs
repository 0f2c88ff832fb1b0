/**
 * After `npm ci`, on whatever Node.js is installed: npm scripts find the Node.js of the lock file first. Its packages for
 * all machines bring a command of that name, and npm before 11 takes it away again together with those that do not fit.
 */
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldest = 24;

/** @param version of the Node.js that is installed. @returns what is wrong, in a sentence; undefined if nothing is. */
export function linkPinnedNode(project, version = process.versions.node) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const program = Object.keys(optionalDependencies)
    .flatMap((name) => ['node', 'node.exe'].map((file) => join(project, 'node_modules', name, 'bin', file)))
    .find(existsSync);
  if (program) {
    leaveProgramAlone(join(dirname(program), '..'));
    return link(program, join(project, 'node_modules/.bin'));
  }
  if (Number.parseInt(version, 10) >= oldest) return undefined;
  return `No Node.js of the lock file is for this machine (${process.platform} ${process.arch}), and the installed one is ${version}: install Node.js ${oldest} or later.`;
}

/** A third of the package is headers, for compiling add-ons: nothing here does. */
function leaveProgramAlone(folder) {
  for (const name of ['include', 'share']) rmSync(join(folder, name), { recursive: true, force: true });
}

function link(program, folder) {
  const isWindows = program.endsWith('.exe');
  const command = join(folder, isWindows ? 'node.cmd' : 'node');
  if (lstatSync(command, { throwIfNoEntry: false })) return;
  mkdirSync(folder, { recursive: true });
  if (isWindows) writeFileSync(command, `@"%~dp0${relative(folder, program)}" %*\r\n`);
  else symlinkSync(relative(folder, program), command);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sentence = linkPinnedNode(join(dirname(fileURLToPath(import.meta.url)), '..'));
  if (sentence) {
    console.error(sentence);
    process.exitCode = 1;
  }
}
