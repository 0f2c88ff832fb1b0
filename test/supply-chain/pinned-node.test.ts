/** After an installation, as `npm ci` calls it on any Node.js. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/terminal.ts';

const modulePath = join(import.meta.dirname, '../../infra/pinned-node.mjs');

function project(t: TestContext, files: readonly string[]): string {
  const folder = temporaryFolder(t);
  const optionalDependencies = { 'node-here': '24.0.0', 'node-elsewhere': '24.0.0' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ optionalDependencies }));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

/** @returns what it says. */
function link(folder: string, version: string): string {
  const program = `
    import { linkPinnedNode } from ${JSON.stringify(modulePath)};
    console.log(linkPinnedNode(${JSON.stringify(folder)}, '${version}') ?? 'nothing');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
  return `${stdout}${stderr}`.trim();
}

describe('the Node.js of the lock file', () => {
  const program = 'node_modules/node-here/bin/node';

  it('is what npm scripts find, also if npm left no command for it', (t) => {
    const folder = project(t, [program]);
    assert.equal(link(folder, '20.1.0'), 'nothing');
    assert.equal(readlinkSync(join(folder, 'node_modules/.bin/node')), '../node-here/bin/node');
  });

  it('keeps the command that npm made', (t) => {
    const folder = project(t, [program, 'node_modules/.bin/other']);
    symlinkSync('as-npm-made-it', join(folder, 'node_modules/.bin/node'));
    assert.equal(link(folder, '20.1.0'), 'nothing');
    assert.equal(readlinkSync(join(folder, 'node_modules/.bin/node')), 'as-npm-made-it');
  });

  it('is kept without its headers and manuals, which no command needs', (t) => {
    const folder = project(t, [
      program,
      'node_modules/node-here/include/node/v8.h',
      'node_modules/node-here/share/man/1',
    ]);
    assert.equal(link(folder, '20.1.0'), 'nothing');
    assert.deepEqual(readdirSync(join(folder, 'node_modules/node-here')), ['bin']);
  });

  it('is not missed where the installed one will do', (t) => {
    assert.equal(link(project(t, []), '24.1.0'), 'nothing');
  });

  it('is missed in a sentence where the installed one is too old', (t) => {
    assert.match(
      link(project(t, []), '20.1.0'),
      /^No Node\.js of the lock file is for this machine .*install Node\.js 24/,
    );
  });
});
