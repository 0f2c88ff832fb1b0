/** An adapter made by the command, in a copy of the repository: with it the copy passes what the project demands of an adapter. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const copied = [
  '.gitignore',
  '.env.example',
  'README.md',
  'biome.json',
  'docs',
  'functions',
  'infra',
  'package.json',
  'test',
  'tsconfig.json',
];

describe('a new adapter', () => {
  const copy = mkdtempSync(join(tmpdir(), 'new-adapter-'));
  const run = (...args: string[]) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', env });
    return { status, output: stdout + stderr };
  };
  const command = (slug: string) =>
    run('docs/new-adapter.ts', slug, '--title', 'Acme Solar Portal of the Northern Valleys');
  before(() => {
    for (const name of copied)
      cpSync(join(root, name), join(copy, name), {
        recursive: true,
        filter: (path) => basename(path) !== 'node_modules',
      });
    symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'), 'junction');
  });
  after(() => rmSync(copy, { recursive: true }));

  it('is written with what belongs to it, and the next steps are told', () => {
    const { status, output } = command('acme-solar');
    assert.equal(status, 0, output);
    assert.match(
      output,
      /^Wrote functions\/push-solar-data\/adapters\/acme-solar\.ts, .*docs\/adapters\/acme-solar\.md\.$/m,
    );
    assert.match(output, /^Unfinished: acme-solar is still the example/m);
    assert.match(output, /^3\. npm run test:one -- test\/adapters\/acme-solar\.test\.ts$/m);
    assert.match(readFileSync(join(copy, 'README.md'), 'utf8'), /\| `acme-solar` \|/);
  });

  for (const [what, ...args] of [
    ['lacks nothing and is in every list', 'docs/generate.ts', '--check'],
    ['has the right types', 'node_modules/typescript/bin/tsc'],
    ['is laid out as the code is', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
    ['passes its own test, and that of every adapter', '--test', 'test/adapters/acme-solar.test.ts'],
    ['stands the sample of the fuzz', 'test/fuzz/command.ts', '--vendor', 'acme-solar', '--runs', '20'],
  ] as [string, ...string[]][])
    it(what, { timeout: 120_000 }, () => {
      const { status, output } = run(...args);
      assert.equal(status, 0, output);
    });

  it('is not written over', () => {
    const { status, output } = command('acme-solar');
    assert.equal(status, 2);
    assert.equal(output, '"acme-solar" is taken: VENDOR and DESTINATION know it already.\n');
  });

  it('is not written under a slug that cannot be one', () => {
    const { status, output } = command('Acme Solar');
    assert.equal(status, 2);
    assert.match(output, /^"Acme Solar" cannot be a slug: .*, such as acme-solar\.\n$/);
    assert.ok(!existsSync(join(copy, 'docs/adapters/Acme Solar.md')));
  });
});
