/** The ticks of a month in files: what a crash, a full disk, a second process and a wrong clock do to them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { daysKept, type Told, tickHistory } from '../../functions/push-solar-data/persistence/tick-history.ts';
import { noLimit, onFullDisk } from '../support/full-disk.ts';

const modulePath = join(import.meta.dirname, '../../functions/push-solar-data/persistence/tick-history.ts');
const noon = Date.parse('2026-05-20T12:00:00Z');
const minuteMs = 60_000;
const dayMs = 86_400_000;

const report: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: { production_kw: 4.2, net_import_kw: -1.5 },
  sources: [{ label: 'roof', vendor: 'example', result: 'read' }],
  destinations: [{ label: 'charge-hq', outcome: 'pushed' }],
  ms: 500,
};
const tickAt = (at: number): Told => ({ at, report });

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'history');
}

async function timesIn(folder: string, from = 0, until = 8e15): Promise<number[]> {
  const times = [];
  for await (const day of tickHistory(folder).read(from, until)) times.push(...day.map(({ at }) => at));
  return times;
}

describe('the history of ticks', () => {
  it('is read as it was written, in order, within the time that is asked for', async (t) => {
    const folder = await folderFor(t);
    const { append, read } = tickHistory(folder);
    const told: Told[] = [tickAt(noon - dayMs), tickAt(noon), { at: noon + 1, trouble: 'the invocation ended' }];
    for (const each of told) assert.equal(await append([each]), undefined);
    const found = [];
    for await (const day of read(0, noon + dayMs)) found.push(...day);
    assert.deepEqual(found, told);
    assert.deepEqual(await timesIn(folder, noon - minuteMs, noon), [noon]);
  });

  it('is for its owner only', async (t) => {
    const folder = await folderFor(t);
    await tickHistory(folder).append([tickAt(noon)]);
    const modes = [folder, join(folder, '2026-05-20.jsonl')].map(async (path) => (await stat(path)).mode & 0o777);
    assert.deepEqual(await Promise.all(modes), [0o700, 0o600]);
  });

  it('is nothing where nothing was written', async (t) => assert.deepEqual(await timesIn(await folderFor(t)), []));

  it('keeps no stack and no structure of an answer', async (t) => {
    const folder = await folderFor(t);
    const row = { label: 'roof', vendor: 'example', result: 'failed', stack: 'at line 1', excerpt: '{a: 1}' } as const;
    await tickHistory(folder).append([{ at: noon, report: { ...report, sources: [row] } }]);
    assert.doesNotMatch(await readFile(join(folder, '2026-05-20.jsonl'), 'utf8'), /stack|excerpt/);
  });

  it('loses no more than the line that a crash has cut', async (t) => {
    const folder = await folderFor(t);
    const file = join(folder, '2026-05-20.jsonl');
    await tickHistory(folder).append([tickAt(noon), tickAt(noon + minuteMs)]);
    await truncate(file, (await stat(file)).size - 30);
    await tickHistory(folder).append([tickAt(noon + 2 * minuteMs)]);
    assert.deepEqual(await timesIn(folder), [noon, noon + 2 * minuteMs]);
  });

  it('passes over what is not ours', async (t) => {
    const folder = await folderFor(t);
    await tickHistory(folder).append([tickAt(noon)]);
    await appendFile(join(folder, '2026-05-20.jsonl'), '\0\0\0\n{"at":1}\n[]\nnull\n{"at":"x","report":{}}\n');
    await writeFile(join(folder, 'notes.jsonl'), 'mine');
    assert.deepEqual(await timesIn(folder), [noon]);
  });

  it('holds a line once that was written twice', async (t) => {
    const folder = await folderFor(t);
    await tickHistory(folder).append([tickAt(noon)]);
    await tickHistory(folder).append([tickAt(noon)]);
    assert.deepEqual(await timesIn(folder), [noon]);
  });

  it('is in order after the clock was set back', async (t) => {
    const folder = await folderFor(t);
    const { append } = tickHistory(folder);
    for (const at of [noon, noon - 30 * minuteMs, noon - 29 * minuteMs]) await append([tickAt(at)]);
    assert.deepEqual(await timesIn(folder), [noon - 30 * minuteMs, noon - 29 * minuteMs, noon]);
  });

  it('is of as many days as are kept, whatever time a wrong clock shows', async (t) => {
    const folder = await folderFor(t);
    for (let day = 0; day < daysKept + 9; day++) await tickHistory(folder).append([tickAt(noon + day * dayMs)]);
    assert.equal((await readdir(folder)).length, daysKept + 1);
    for (const wrong of [0, noon + 3650 * dayMs]) await tickHistory(folder).append([tickAt(wrong)]);
    const times = await timesIn(folder);
    assert.ok(times.includes(0) || times.length === daysKept + 1);
    assert.ok(times.filter((at) => at >= noon && at < noon + 60 * dayMs).length >= daysKept - 1);
  });

  it('of one day does not grow without end, and says so', async (t) => {
    const folder = await folderFor(t);
    await tickHistory(folder).append([tickAt(noon)]);
    const file = join(folder, '2026-05-20.jsonl');
    await truncate(file, 8_000_000);
    assert.match((await tickHistory(folder).append([tickAt(noon + minuteMs)])) ?? '', /could not be written \(EFBIG\)/);
    assert.equal((await stat(file)).size, 8_000_000);
    assert.deepEqual(await timesIn(folder), [noon]);
  });

  it('says in a sentence that its folder takes nothing', async (t) => {
    const folder = await folderFor(t);
    await writeFile(folder, 'a file');
    assert.match(
      (await tickHistory(folder).append([tickAt(noon)])) ?? '',
      /^The history in .* could not be written \(EEXIST\)/,
    );
  });

  it('outlives a full disk, and says so', { skip: noLimit }, async (t) => {
    const folder = await folderFor(t);
    const program = `
      const { tickHistory } = await import(${JSON.stringify(modulePath)});
      process.on('SIGXFSZ', () => {});
      console.error(await tickHistory(${JSON.stringify(folder)}).append([{ at: ${noon}, trouble: 'none' }]));`;
    assert.match(
      onFullDisk(tmpdir(), program),
      /could not be written \(EFBIG\): the page and the export will have a gap/,
    );
  });

  it('keeps every line of two processes', async (t) => {
    const folder = await folderFor(t);
    const writer = (nth: number) =>
      spawn(process.execPath, [
        '--input-type=module',
        '--eval',
        `const { tickHistory } = await import(${JSON.stringify(modulePath)});
         const { append } = tickHistory(${JSON.stringify(folder)});
         for (let n = 0; n < 200; n++) await append([{ at: ${noon} + 2 * n + ${nth}, trouble: 'x'.repeat(2000) }]);`,
      ]);
    await Promise.all([writer(0), writer(1)].map((child) => once(child, 'exit')));
    assert.equal((await timesIn(folder)).length, 400);
  });
});
