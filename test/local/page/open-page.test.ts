/** The page beside the ticks: where it is, what it keeps, and that nothing about it ends them. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import type { TickReport } from '../../../functions/push-solar-data/core/report.ts';
import { openPage, type PagePorts } from '../../../functions/push-solar-data/local/page/open-page.ts';
import { History, HomeState, Homes } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { simulatedPast } from '../../../functions/push-solar-data/local/page/simulated-past.ts';
import { fakeClock } from '../../support/home.ts';
import { listen } from '../../support/servers.ts';
import { sourceOf } from '../../support/sources.ts';

const noon = '2026-05-20T12:00:00Z';
const report: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: { production_kw: 4.2, net_import_kw: -1.5 },
  sources: [{ label: 'roof', vendor: 'example', result: 'read' }],
  destinations: [{ label: 'charge-hq', outcome: 'pushed' }],
  ms: 500,
};

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'solar-cloud-bridge-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function freePort(t: TestContext): Promise<number> {
  const server = createServer();
  const { port } = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function opened(
  t: TestContext,
  more: Partial<PagePorts> & { STATE_DIR: string; PAGE_PORT?: string; now?: string },
) {
  const { STATE_DIR, PAGE_PORT = String(await freePort(t)), now = noon, ...ports } = more;
  const told: string[] = [];
  const clock = fakeClock(now);
  const page = await openPage({
    settings: { STATE_DIR, PAGE_PORT },
    site: { name: 'home', sources: [sourceOf()], destinations: [] },
    clock,
    tell: (sentence) => told.push(sentence),
    ...ports,
  });
  t.after(page.close);
  const get = async (path: string): Promise<unknown> => (await request(`${page.address}${path}`)).body.json();
  return { ...page, told, clock, get };
}

describe('the page beside npm start', () => {
  it('says where it is, and shows each tick', async (t) => {
    const { show, get, told, address } = await opened(t, { STATE_DIR: await folderFor(t) });
    assert.deepEqual(told, [`See the home: ${address}`]);
    show(report);
    const { flows, sources } = HomeState.parse(await get('api/state'));
    assert.equal(flows.grid.is === 'known' && flows.grid.words, 'exporting 1.50 kW');
    assert.equal(sources[0]?.title, 'Example Cloud (roof)');
    assert.deepEqual(Homes.parse(await get('api/homes')), { origin: 'here', homes: [{ site: 'home' }] });
  });

  it('tells those who look no oftener than each second, however fast the ticks come, and then the newest', async (t) => {
    const { show, clock, address } = await opened(t, { STATE_DIR: await folderFor(t) });
    const { body } = await request(`${address}api/events`);
    body.on('error', () => {}); // it ends with the page
    const seen: string[] = [];
    body.on('data', (chunk) => seen.push(...(String(chunk).match(/"tickAt":\d+/g) ?? [])));
    for (let tick = 0; tick < 30; tick++) {
      clock.advance(60);
      show(report);
      await wait(50);
    }
    await wait(1_100);
    assert.equal(seen.at(-1), `"tickAt":${clock.now()}`);
    assert.ok(seen.length <= 5, `${seen.length} times`);
  });

  it('knows the past when it is opened again', async (t) => {
    const STATE_DIR = await folderFor(t);
    const first = await opened(t, { STATE_DIR });
    for (let tick = 0; tick < 3; tick++) {
      first.show(report);
      first.clock.advance(60);
    }
    await first.close();
    const again = await opened(t, { STATE_DIR, now: '2026-05-20T12:05:00Z' });
    const { columns } = History.parse(await again.get('api/history?hours=1'));
    assert.deepEqual(columns.production, [4.2, 4.2, 4.2]);
  });

  it('goes on without a past that cannot be read', async (t) => {
    const { show, get, told } = await opened(t, {
      STATE_DIR: await folderFor(t),
      // biome-ignore lint/correctness/useYield: it fails before.
      past: async function* () {
        throw new Error('no past');
      },
    });
    show(report);
    assert.deepEqual(History.parse(await get('api/history?hours=1')).columns.production, [4.2]);
    assert.equal(told[1], 'The past of the home could not be read: the page shows it from now on.');
  });

  it('is elsewhere where the usual port is taken, and nowhere where its own is', async (t) => {
    const { port } = await listen(t, createServer());
    const own = await opened(t, { STATE_DIR: await folderFor(t), PAGE_PORT: String(port) });
    assert.equal(own.address, undefined);
    assert.match(
      own.told[0] ?? '',
      new RegExp(`^There is no page of the home: port ${port} .* taken by another program.`),
    );
    own.show(report);
    const pages = [
      await opened(t, { STATE_DIR: await folderFor(t), PAGE_PORT: '' }),
      await opened(t, { STATE_DIR: await folderFor(t), PAGE_PORT: '' }),
    ];
    assert.equal(new Set(pages.map(({ address }) => address)).size, 2);
  });

  for (const [PAGE_PORT, sentence] of [
    ['0', undefined],
    ['70000', 'There is no page of the home: PAGE_PORT must be a number from 1 to 65535, or 0 for no page.'],
    ['x', 'There is no page of the home: PAGE_PORT must be a number from 1 to 65535, or 0 for no page.'],
  ] as const)
    it(`is nowhere with PAGE_PORT=${PAGE_PORT}, and the history is kept`, async (t) => {
      const STATE_DIR = await folderFor(t);
      const { show, close, told, address } = await opened(t, { STATE_DIR, PAGE_PORT });
      assert.deepEqual([address, told[0]], [undefined, sentence]);
      show(report);
      await close();
      assert.deepEqual(await readdir(join(STATE_DIR, 'history')), ['2026-05-20.jsonl']);
    });

  it('says once that its history cannot be kept, and shows the ticks all the same', async (t) => {
    const STATE_DIR = await folderFor(t);
    await writeFile(join(STATE_DIR, 'history'), 'a file');
    const { show, close, told, get } = await opened(t, { STATE_DIR });
    show(report);
    show(report);
    assert.equal(HomeState.parse(await get('api/state')).flows.sun.is, 'known');
    await close();
    assert.equal(told.filter((sentence) => sentence.startsWith('The history in ')).length, 1);
  });

  it('of the simulated home has a past from the first minute on, and keeps nothing', async (t) => {
    const STATE_DIR = await folderFor(t);
    const { get, show } = await opened(t, { STATE_DIR, past: simulatedPast });
    show(report);
    const { times, columns } = History.parse(await get('api/history?hours=24'));
    assert.ok(times.length > 1_400);
    assert.ok(columns.consumption.slice(0, -1).every((value) => value !== null && value > 0));
    assert.equal(Homes.parse(await get('api/homes')).origin, 'demo');
    assert.deepEqual(await readdir(STATE_DIR), []);
  });
});
