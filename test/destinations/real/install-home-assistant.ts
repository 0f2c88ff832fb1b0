/** Installs, once, the newest Home Assistant that the Python at hand can run. `PYTHON` names another Python. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const homeAssistantFolder = join(import.meta.dirname, '../../../.venv/home-assistant');
export const homeAssistant = join(homeAssistantFolder, 'bin/hass');

const oldest = [3, 13] as const;

/** @returns why it cannot run, for a test's `skip`; false if it can. */
export const lackOfHomeAssistant = (): string | false =>
  !existsSync(homeAssistant) && 'Needs Home Assistant: npm run test:home-assistant, with Python 3.13 or newer';

function isFit(python: string): boolean {
  const program = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${oldest}))`;
  return spawnSync(python, ['-c', program]).status === 0;
}

function install(): void {
  const named = process.env['PYTHON'];
  const python = (named ? [named] : ['python3', 'python3.14', 'python3.13']).find(isFit);
  if (python === undefined)
    throw new Error(`Home Assistant needs Python ${oldest.join('.')} or newer with venv: PYTHON=/its/path npm run …`);
  const run = (program: string, ...parameters: string[]) => {
    const { status } = spawnSync(program, parameters, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${program} ${parameters.join(' ')} ended with status ${status}`);
  };
  run(python, '-m', 'venv', homeAssistantFolder);
  // Its own integration for MQTT would install paho-mqtt at its first start, while the proof waits.
  run(join(homeAssistantFolder, 'bin/python'), '-m', 'pip', 'install', '--quiet', 'homeassistant', 'paho-mqtt');
}

if (import.meta.main) {
  try {
    if (lackOfHomeAssistant()) install();
    const { stdout } = spawnSync(homeAssistant, ['--version'], { encoding: 'utf8' });
    console.log(`Home Assistant ${stdout.trim()} is at hand`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
