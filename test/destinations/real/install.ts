/** Installs, where it is absent and may be, what the proofs need of Debian. */
import { spawnSync } from 'node:child_process';

/** Also where only root looks for programs. */
const isThere = (program: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$0" || command -v "/usr/sbin/$0"', program]).status === 0;

function aptGet(...parameters: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...parameters], { env: environment, stdio: 'ignore' }).status === 0;
}

/**
 * @param programs the commands that show that all is there.
 * @returns why it cannot be had, for a test's `skip`; false if it is there.
 *
 * @example
 * it('reaches a broker', { skip: lackOf(['mosquitto'], ['mosquitto']) }, async (t) => { … });
 */
export function lackOf(programs: readonly string[], debianPackages: readonly string[]): string | false {
  const lacking = () => programs.filter((program) => !isThere(program)).join(', ');
  if (lacking() === '') return false;
  const all = debianPackages.join(' ');
  if (process.getuid?.() !== 0 || !isThere('apt-get'))
    return `${lacking()} is not installed, and only root on Debian can: apt-get install ${all}`;
  const install = ['install', '-y', '--no-install-recommends', ...debianPackages];
  if (!aptGet(...install)) aptGet('update') && aptGet(...install);
  return lacking() === '' ? false : `${lacking()} cannot be installed by apt-get (${all})`;
}
