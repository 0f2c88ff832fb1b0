/** Every command as a process in an empty folder, without settings, credentials or a network: its help, and what it refuses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { helpOf } from '../../functions/push-solar-data/local/command-help.ts';
import { type Command, type CommandName, commands } from '../../functions/push-solar-data/local/commands.ts';
import { temporaryFolder } from '../support/terminal.ts';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** As npm starts it, but in a folder of its own. */
async function run(t: TestContext, name: CommandName, args: readonly string[]) {
  const [, ...words] = (scripts[name] ?? '').split(' ');
  const folder = temporaryFolder(t);
  const child = spawn(process.execPath, [...words.map((word) => join(root, word)), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
  });
  child.stdin.end();
  const [output, complaints, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ]);
  return { code, output, complaints, left: readdirSync(folder) };
}

for (const [name, command] of Object.entries(commands) as [CommandName, Command][])
  describe(command.run, () => {
    it('shows its help', async (t) => {
      for (const flag of ['--help', '-h'])
        assert.deepEqual(await run(t, name, [flag]), { code: 0, output: helpOf(command), complaints: '', left: [] });
    });

    it('refuses an option that it does not have, and does nothing', async (t) => {
      const { complaints, ...ended } = await run(t, name, ['--hepl']);
      assert.deepEqual(ended, { code: 2, output: '', left: [] });
      assert.equal(
        complaints,
        `"--hepl" is no option of ${command.run}. Did you mean --help? All options: ${command.run} -- --help\n`,
      );
    });
  });
