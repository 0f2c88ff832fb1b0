import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { commandFile, temporaryFolder, typist } from '../support/terminal.ts';

/** `npm start` in an empty folder, with nothing else set. */
function start(t: TestContext, environment: Record<string, string> = {}) {
  const folder = temporaryFolder(t);
  const child = spawn(process.execPath, [commandFile('start')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
  });
  t.after(() => child.kill('SIGKILL'));
  const shown: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => shown.push(String(text)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    folder,
    child,
    ended,
    person: typist(
      () => shown.join(''),
      () => {},
    ),
  };
}

describe('npm start without settings', () => {
  it('shows a simulated home, what Charge HQ would say of it and what a reader at home would get', async (t) => {
    const { folder, child, ended, person } = start(t);
    await person.until(/this is a simulation/);
    const line = await person.until(/"outcome":"pushed"/);
    assert.match(
      line,
      /"destinations":\[\{"label":"charge-hq","outcome":"pushed".*\{"label":"reader","outcome":"pushed"/,
    );
    assert.match(person.screen(), /^ +Charge HQ would say: accepted, balanced/m);
    assert.match(
      person.screen(),
      /^ +evcc would read: grid −?\d+\.\d\d kW, sun \d+\.\d\d kW, battery −?\d+\.\d\d kW at \d+ %$/m,
    );
    child.kill('SIGINT');
    assert.equal(await ended, 0);
    assert.equal(existsSync(join(folder, '.state')), false);
  });

  it('is no simulation where a destination is set: it says what is missing', async (t) => {
    const { ended, person } = start(t, { DESTINATION: 'webhook', WEBHOOK_URL: 'http://127.0.0.1:9/' });
    await person.until(/VENDOR is missing/);
    assert.equal(await ended, 2);
    assert.doesNotMatch(person.screen(), /simulation/);
  });
});
