/** Installs, where it is absent and may be, what the proofs need of Debian. */
import { spawnSync } from 'node:child_process';

const isThere = (program: string): boolean => spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;

function aptGet(...args: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { env: environment, stdio: 'ignore' }).status === 0;
}

/**
 * @param program the command that shows that it is there.
 * @returns why it cannot be had, for a test's `skip`; false if it is there.
 *
 * @example
 * it('reaches a broker', { skip: lackOf('mosquitto', 'mosquitto') }, async (t) => { … });
 */
export function lackOf(program: string, debianPackage: string): string | false {
  if (isThere(program)) return false;
  if (process.getuid?.() !== 0 || !isThere('apt-get'))
    return `${program} is not installed, and only root on Debian can: apt-get install ${debianPackage}`;
  const install = ['install', '-y', '--no-install-recommends', debianPackage];
  if (!aptGet(...install)) aptGet('update') && aptGet(...install);
  return isThere(program) ? false : `${program} cannot be installed by apt-get (${debianPackage})`;
}
