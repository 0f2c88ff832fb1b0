import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileStore } from '../../functions/push-solar-data/persistence/file-store.ts';
import { noLimit, onFullDisk } from '../support/full-disk.ts';

const modulePath = join(import.meta.dirname, '../../functions/push-solar-data/persistence/file-store.ts');

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

const plain = { secret: false };

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('documents in files', () => {
  it('are none where there is no folder', async (t) => {
    const folder = await folderFor(t);
    assert.equal(await fileStore(join(folder, 'not', 'there')).read('roof'), undefined);
  });

  for (const [what, text] of [
    ['broken', '{"state":{"tok'],
    ['empty', ''],
  ] as const)
    it(`are none where the file is ${what}`, async (t) => {
      const folder = await folderFor(t);
      await writeFile(join(folder, 'roof.json'), text);
      assert.equal(await fileStore(folder).read('roof'), undefined);
    });

  it('and their folder, which is made when it is needed, are for their owner only', async (t) => {
    const folder = join(await folderFor(t), 'a', 'state');
    await fileStore(folder).write('roof', {}, plain);
    assert.equal(await modeOf(folder), 0o700);
    assert.equal(await modeOf(join(folder, 'roof.json')), 0o600);
  });

  it('are written into a folder that somebody has removed meanwhile', async (t) => {
    const folder = join(await folderFor(t), 'state');
    const store = fileStore(folder);
    await store.write('session/roof', { n: 1 }, plain);
    await rm(folder, { recursive: true });
    await store.write('session/roof', { n: 2 }, plain);
    assert.deepEqual(await store.read('session/roof'), { n: 2 });
    assert.equal(await modeOf(join(folder, 'session')), 0o700);
  });

  it('become for their owner only where they were not', async (t) => {
    const folder = await folderFor(t);
    const path = join(folder, 'roof.json');
    await writeFile(path, '{}', { mode: 0o644 });
    await fileStore(folder).write('roof', { a: 1 }, plain);
    assert.equal(await modeOf(path), 0o600);
  });

  it('are replaced whole: whoever reads meanwhile finds the old or the new one', async (t) => {
    const folder = await folderFor(t);
    const store = fileStore(folder);
    const documents = ['a', 'b'].map((letter) => ({ text: letter.repeat(1_000_000) }));
    await store.write('roof', documents[0], plain);
    const { ino } = await stat(join(folder, 'roof.json'));
    const found: unknown[] = [];
    const writing = store.write('roof', documents[1], plain);
    let over = false;
    writing.finally(() => {
      over = true;
    });
    while (!over) found.push(JSON.parse(await readFile(join(folder, 'roof.json'), 'utf8')));
    await writing;
    for (const document of found)
      assert.ok([0, 1].some((nth) => JSON.stringify(documents[nth]) === JSON.stringify(document)));
    assert.notEqual((await stat(join(folder, 'roof.json'))).ino, ino, 'the old file was written over');
    assert.deepEqual(await readdir(folder), ['roof.json'], 'drafts are left');
  });

  it('that cannot be read are an error, not none: they may be good', async (t) => {
    const folder = await folderFor(t);
    await mkdir(join(folder, 'roof.json'));
    await assert.rejects(fileStore(folder).read('roof'), { code: 'EISDIR' });
  });

  it('that find no room on the disk leave no draft', { skip: noLimit }, async (t) => {
    const folder = await folderFor(t);
    const write = `await fileStore('.').write('roof', {}, { secret: false });`;
    const program = `import { fileStore } from ${JSON.stringify(modulePath)}; ${write}`;
    assert.match(onFullDisk(folder, program), /EFBIG/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('that could not be written leave no draft behind, and the old ones stay', async (t) => {
    const folder = await folderFor(t);
    const store = fileStore(folder);
    await store.write('site', { n: 1 }, plain);
    await mkdir(join(folder, 'roof.json'));
    await assert.rejects(store.write('roof', { n: 2 }, plain), { code: 'EISDIR' });
    assert.deepEqual((await readdir(folder)).sort(), ['roof.json', 'site.json']);
    assert.deepEqual(await store.read('site'), { n: 1 });
  });

  it('may lie in folders of their own, which are for their owner only', async (t) => {
    const folder = await folderFor(t);
    await fileStore(folder).write('session/roof', { n: 1 }, { secret: true });
    assert.deepEqual(await fileStore(folder).read('session/roof'), { n: 1 });
    assert.equal(await modeOf(join(folder, 'session')), 0o700);
  });

  it('cost nothing', async (t) => {
    assert.equal(fileStore(await folderFor(t)).writesAreCounted, false);
  });
});
