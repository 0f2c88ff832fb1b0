/** Installs, where it is absent and may be, the broker mosquitto with its reader. */
import { spawnSync } from 'node:child_process';

const packages = ['mosquitto', 'mosquitto-clients', 'openssl'];
const programs = ['mosquitto', 'mosquitto_passwd', 'mosquitto_sub', 'openssl'];

const isThere = (program: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$0" || command -v "/usr/sbin/$0"', program]).status === 0;

function aptGet(...parameters: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...parameters], { env: environment, stdio: 'ignore' }).status === 0;
}

/** @returns why it cannot be had, for a test's `skip`; false if it is there. */
export function lackOfMosquitto(): string | false {
  if (programs.every(isThere)) return false;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) return `Needs ${packages.join(', ')} (the names are Debian's)`;
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (!aptGet(...install)) aptGet('update') && aptGet(...install);
  return programs.every(isThere) ? false : `${packages.join(', ')} cannot be installed by apt-get`;
}
