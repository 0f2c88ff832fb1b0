import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { alone, type Command } from '../../functions/push-solar-data/local/state-lock.ts';
import { runCommand, temporaryFolder } from '../support/terminal.ts';

const modulePath = join(import.meta.dirname, '../../functions/push-solar-data/local/state-lock.ts');

/** Another process that ticks on the folder for so long; it says `ticking` when it begins. */
function another(t: TestContext, folder: string, command: Command, ms = 20_000): ChildProcess {
  const program = `
    import { alone } from ${JSON.stringify(modulePath)};
    process.exitCode = await alone(${JSON.stringify(folder)}, '${command}', async () => {
      console.log('ticking');
      await new Promise((resolve) => setTimeout(resolve, ${ms}));
      return 0;
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function ticking(child: ChildProcess): Promise<ChildProcess> {
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  return child;
}

/** Tries to tick here. @returns the exit code (7 if it ticked), and what was complained about. */
async function trying(folder: string, command: Command): Promise<{ code: number; complaints: string }> {
  const complaints: string[] = [];
  const code = await alone(
    folder,
    command,
    async () => 7,
    (sentence) => complaints.push(sentence),
  );
  return { code, complaints: complaints.join() };
}

describe('on a folder of state on which npm start runs', () => {
  for (const command of ['start', 'tick', 'doctor', 'configure'] as const)
    it(`a ${command} is refused, with whom to end`, async (t) => {
      const folder = temporaryFolder(t);
      const other = await ticking(another(t, folder, 'start'));
      const { code, complaints } = await trying(folder, command);
      assert.equal(code, 1);
      assert.match(
        complaints,
        new RegExp(`^npm start \\(process ${other.pid}\\) runs on the state in .* already: .*STATE_DIR`),
      );
    });

  it('npm run tick asks nobody and pushes nothing', async (t) => {
    const folder = temporaryFolder(t);
    await ticking(another(t, join(folder, '.state'), 'start'));
    const { code, output, complaints } = await runCommand('tick', [], { folder });
    assert.deepEqual([code, output], [1, '']);
    assert.match(complaints, /npm start \(process \d+\) runs on the state in \.state already/);
  });

  it('another one may begin as soon as it was killed', async (t) => {
    const folder = temporaryFolder(t);
    const other = await ticking(another(t, folder, 'start'));
    other.kill('SIGKILL');
    await once(other, 'close');
    assert.ok(existsSync(join(folder, 'ticking.lock')));
    assert.equal((await trying(folder, 'start')).code, 7);
  });
});

for (const command of ['tick', 'doctor', 'configure'] as const)
  it(`a tick waits for another ${command}, which ends by itself`, async (t) => {
    const folder = temporaryFolder(t);
    const other = await ticking(another(t, folder, command, 300));
    assert.deepEqual(await trying(folder, 'tick'), { code: 7, complaints: '' });
    if (other.exitCode === null) await once(other, 'close');
    assert.equal(other.exitCode, 0);
  });

describe('a lock that nobody holds any more', () => {
  for (const [what, text] of [
    ['of a process that has ended', JSON.stringify({ command: 'start', pid: 2 ** 22 + 1, born: '' })],
    ['whose process id we have now', JSON.stringify({ command: 'start', pid: process.pid, born: '' })],
    ['that is empty', ''],
  ] as const)
    it(`${what} is taken over, and nothing is left of it`, async (t) => {
      const folder = temporaryFolder(t);
      writeFileSync(join(folder, 'ticking.lock'), text);
      assert.equal((await trying(folder, 'start')).code, 7);
      assert.deepEqual(readdirSync(folder), []);
    });

  const unseen = process.platform === 'linux' ? false : 'only Linux shows when a process began';
  it('whose process id another program has now is taken over', { skip: unseen }, async (t) => {
    const folder = temporaryFolder(t);
    const lock = { command: 'start', pid: process.ppid, born: 'before' };
    writeFileSync(join(folder, 'ticking.lock'), JSON.stringify(lock));
    assert.equal((await trying(folder, 'start')).code, 7);
  });

  it('is taken over by one of several that begin at once', async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'ticking.lock'), '');
    const others = [1, 2, 3, 4].map(() => another(t, folder, 'start'));
    const codes: unknown[] = [];
    for (const other of others) other.once('close', (code) => codes.push(code));
    await Promise.any(others.map(ticking));
    while (codes.length < 3) await wait(20);
    assert.deepEqual(codes, [1, 1, 1]);
    assert.equal(others.filter(({ exitCode }) => exitCode === null).length, 1);
  });
});

it('a folder that takes no files is no reason not to tick', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  assert.equal((await trying(join(folder, 'file', 'state'), 'start')).code, 7);
});

it('work that fails gives the folder back', async (t) => {
  const folder = join(temporaryFolder(t), 'state');
  mkdirSync(folder);
  const failing = alone(folder, 'start', () => Promise.reject(new Error('a bug')));
  await assert.rejects(failing, /a bug/);
  assert.deepEqual(readdirSync(folder), []);
});
