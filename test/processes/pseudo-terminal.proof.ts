/** The commands in a terminal as the system makes it, driven by util-linux's `script`. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { playVictron, token } from '../local/victron-cloud.ts';
import { commandFile, keys, temporaryFolder, typist } from '../support/terminal.ts';

const hasScript = String(spawnSync('script', ['--version']).stdout).includes('util-linux');
const skip = hasScript ? false : 'needs script of util-linux';
const endOfInput = '\u0004';

function inTerminal(t: TestContext, command: string, folder: string, environment: Record<string, string> = {}) {
  const run = `'${process.execPath}' '${commandFile(command)}'`;
  const child = spawn('script', ['-qec', run, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TERM: 'xterm', ...environment },
  });
  t.after(() => child.kill());
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const person = typist(
    () => shown.replaceAll('\r\n', '\n'),
    (typed) => child.stdin.write(typed),
  );
  return { ...person, ended };
}

describe('configure in a real terminal', { skip }, () => {
  it('asks, reads and stores, and shows no secret', async (t) => {
    const folder = temporaryFolder(t);
    const cloud = await playVictron(t);
    const environment = { VICTRON_VRM_BASE_URL: cloud.url };
    const { answer, until, type, ended, screen } = inTerminal(t, 'configure', folder, environment);
    await until(/Which equipment\?.*navigate/s);
    type('victron');
    await answer(/❯ Victron VRM/);
    await answer(/Is there another source/);
    await answer(/VICTRON_VRM_ACCESS_TOKEN:/, token);
    await answer(/VICTRON_VRM_ID_SITE:/, '4711');
    await answer(/These are optional/);
    await answer(/Where shall the figures go/);
    await answer(/another destination too/);
    await answer(/CHARGE_HQ_API_KEY:/, 'my-own-key');
    await until(/exporting 1\.50 kW/);
    await answer(/Is this what your home does right now/);
    await answer(/Send this reading to Charge HQ now/, 'n');
    assert.equal(await ended, 0);
    assert.match(readFileSync(join(folder, '.env'), 'utf8'), /^VENDOR=victron-vrm\nCHARGE_HQ_API_KEY=my-own-key\n/);
    for (const secret of [token, 'my-own-key']) assert.ok(!screen().includes(secret));
  });

  for (const [what, key] of [
    ['Ctrl+C', keys.ctrlC],
    ['the end of the input', endOfInput],
  ] as const)
    it(`leaves everything as it was at ${what}`, async (t) => {
      const folder = temporaryFolder(t);
      const before = '# mine\nVENDOR=victron-vrm\n';
      writeFileSync(join(folder, '.env'), before);
      const { until, type, ended, screen } = inTerminal(t, 'configure', folder);
      await until(/What is to be changed\?.*navigate/s);
      type(key);
      assert.equal(await ended, 130);
      assert.equal(screen().split('Nothing was changed.').length, 2);
      assert.equal(readFileSync(join(folder, '.env'), 'utf8'), before);
      assert.ok(!existsSync(join(folder, '.state')));
    });
});

describe('start in a real terminal', { skip }, () => {
  it('shows the home in lines: each tick, the last hour and the next reading', async (t) => {
    const { until, type, ended } = inTerminal(t, 'start', temporaryFolder(t), { PAGE_PORT: '0' });
    await until(/pushed {4}solar \d+\.\d\d kW, .*home uses \d+\.\d\d kW \(derived\)/);
    await until(/last hour: sun [▁▂▃▄▅▆▇█·]{20} up to \d+\.\d\d kW, home /);
    await until(/next reading in \d+ s: it is asked each minute/);
    type(keys.ctrlC);
    await ended;
  });
});
