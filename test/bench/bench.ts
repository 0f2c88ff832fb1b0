/** `npm run bench`: what the bundle weighs, what its import costs, what warm ticks cost, how many connections a minute needs. */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { Agent, request } from 'undici';
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { httpJson } from '../../functions/push-solar-data/adapters/http-json.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import { fileStore } from '../../functions/push-solar-data/persistence/file-store.ts';
import { bundle } from '../../infra/bundle.ts';
import { openHome, settingTexts } from '../support/home.ts';
import { fileOf, loadedBytes } from './loaded.ts';

const handler = 'push-solar-data/handler.ts';
const chargeHqModule = 'destinations/charge-hq.ts';
const importRuns = 15;
const warmUps = 300;
const rounds = 10;
const ticksOfRound = 500;
const secondsAtPace = 30;

type Row = { what: string; value: number; unit: string; limit: number };

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const built = bundle(folder);
const rows: Row[] = [...bundleSizes(built), importTime(folder, built), ...(await warmTicks())];
rmSync(folder, { recursive: true });
for (const { what, value, unit, limit } of rows) {
  const verdict = value <= limit ? 'ok' : 'TOO MUCH';
  console.log(`${what.padEnd(58)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)} limit ${limit}  ${verdict}`);
}
process.exitCode = rows.every(({ value, limit }) => value <= limit) ? 0 : 1;

/** Nobody pays for the clouds and destinations that he does not use. */
function bundleSizes({ outputs }: Metafile): Row[] {
  const isOfOthers = /\/(adapters|destinations)\//;
  const kilobytes = (...sources: string[]) =>
    loadedBytes(outputs, [handler, chargeHqModule, ...sources], (entryPoint) => !isOfOthers.test(entryPoint)) / 1000;
  const homes = Object.keys(adapters).map((vendor) => ({ vendor, value: kilobytes(`adapters/${vendor}.ts`) }));
  const costliest = homes.reduce((most, home) => (home.value > most.value ? home : most));
  return [
    {
      what: `the costliest vendor's home (${costliest.vendor}), all it may load`,
      value: costliest.value,
      unit: 'KB',
      limit: 750,
    },
    {
      what: 'handler and Charge HQ, what is loaded',
      value: loadedBytes(outputs, [handler, chargeHqModule]) / 1000,
      unit: 'KB',
      limit: 720,
    },
    {
      what: 'the whole asset',
      value: Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0) / 1000,
      unit: 'KB',
      limit: 1_600,
    },
  ];
}

/** Whole processes in turn: the handler and Charge HQ, then an empty module; the median of the differences. */
function importTime(outdir: string, { outputs }: Metafile): Row {
  const [empty, both] = [join(outdir, 'empty.mjs'), join(outdir, 'both.mjs')];
  writeFileSync(empty, 'export {};\n');
  writeFileSync(both, `import './handler.mjs';\nimport './${fileOf(outputs, chargeHqModule)}';\n`);
  const run = (file: string): number => {
    const begun = performance.now();
    spawnSync(process.execPath, [file], { stdio: 'ignore' });
    return performance.now() - begun;
  };
  run(both);
  const differences = Array.from({ length: importRuns }, () => run(both) - run(empty));
  return {
    what: 'import of handler and Charge HQ, more than an empty module',
    value: median(differences),
    unit: 'ms',
    limit: 120,
  };
}

/** What a tick costs besides what its two requests cost anybody: the same requests by undici's Agent, and their JSON parsed. */
async function warmTicks(): Promise<Row[]> {
  const servers = fork(join(import.meta.dirname, 'servers.ts'));
  const [{ vendor, chargeHq }] = (await once(servers, 'message')) as [{ vendor: string; chargeHq: string }];
  const victron = openTicks(victronVrm, chargeHq, { baseUrl: vendor, accessToken: 'bench', idSite: '4711' });
  const wall = await medianWall(victron.tick);
  servers.send('connections?');
  const [{ connections }] = (await once(servers, 'message')) as [{ connections: number }];
  const installations = `${vendor}/v2/users/815/installations?extended=1&idSite=4711`;
  const plain = httpJsonTicks(vendor, chargeHq, 'em.pv.power');
  const pairs: Pair[] = [
    { name: 'Victron, file store', own: victron, bare: openRequests(installations, chargeHq) },
    { name: 'http-json, file store', own: plain, bare: openRequests(`${vendor}/status`, chargeHq) },
  ];
  const rows: Row[] = [
    { what: 'connections for all its ticks, 60 s apart on the clock', value: connections, unit: '', limit: 2 },
    { what: 'warm tick, wall, servers without latency', value: wall, unit: 'ms', limit: 10 },
  ];
  for (const pair of pairs) rows.push(...(await inATightLoop(pair)));
  for (const row of await onceASecond(pairs)) rows.push(row);
  const computed = httpJsonTicks(vendor, chargeHq, '$sum(em.phases.power)');
  const [withProcess = Number.NaN] = await cpuOf(computed.tick);
  rows.push({
    what: 'http-json with an expression for the process, tight loop',
    value: withProcess,
    unit: 'ms',
    limit: 2,
  });
  for (const { close } of [computed, ...pairs.flatMap(({ own, bare }) => [own, bare])]) await close();
  servers.kill();
  return rows;
}

type Work = { tick(): Promise<void>; close(): Promise<unknown> };
type Pair = { name: string; own: Work; bare: Work };

/** By turns, each after its own warm-up, and of each the best round: what else the machine does only adds. */
async function inATightLoop({ name, own, bare }: Pair): Promise<Row[]> {
  const [ofOwn = Number.NaN, ofBare = Number.NaN] = await cpuOf(own.tick, bare.tick);
  return [
    { what: `${name}, tight loop, CPU of a tick`, value: ofOwn, unit: 'ms', limit: 2 },
    { what: `${name}, tight loop, times the bare requests`, value: ofOwn / ofBare, unit: '', limit: 2.5 },
  ];
}

/**
 * At this pace caches are cold, for the bare requests too. Who comes first after a pause also pays for waking the
 * process up, so each comes once a second after a pause of the same length; the order changes, so that none always
 * follows the same other. Of each the median, because a busy machine makes a few of them many times as dear.
 */
async function onceASecond(pairs: readonly Pair[]): Promise<Row[]> {
  const works = pairs.flatMap(({ own, bare }) => [own, bare]);
  const spent = new Map(works.map((work) => [work, [] as number[]]));
  for (let second = 0; second < secondsAtPace; second++) {
    const rotated = works.map((_, index) => works[(index + second) % works.length] as Work);
    for (const work of second % 2 === 0 ? rotated : rotated.toReversed()) {
      await new Promise((resolve) => setTimeout(resolve, 1_000 / works.length));
      spent.get(work)?.push(await cpuOfOne(work.tick));
    }
  }
  return pairs.flatMap(({ name, own, bare }): Row[] => {
    const [ofOwn, ofBare] = [median(spent.get(own) ?? []), median(spent.get(bare) ?? [])];
    return [
      { what: `${name}, once a second, CPU of a tick`, value: ofOwn, unit: 'ms', limit: 8 },
      { what: `${name}, once a second, times the bare requests`, value: ofOwn / ofBare, unit: '', limit: 1.7 },
    ];
  });
}

function httpJsonTicks(vendor: string, chargeHq: string, expr: string) {
  const fields = {
    production: { expr, unit: 'W' },
    netImport: { expr: 'em.import - em.export', unit: 'W' },
    batteryDischarge: { expr: 'em.battery.power', unit: 'W' },
    batterySoc: { expr: 'em.battery.soc', unit: '%' },
  };
  return openTicks(httpJson, chargeHq, {
    requests: JSON.stringify([{ id: 'em', url: `${vendor}/status` }]),
    fields: JSON.stringify(fields),
    timestamp: 'em.time',
    timestampZone: 'UTC',
  });
}

function openTicks(adapter: Adapter, chargeHq: string, settings: Record<string, string>): Work {
  const folder = mkdtempSync(join(tmpdir(), 'bench-state-'));
  const home = openHome({
    adapters: [adapter],
    now: Date.now(),
    store: fileStore(folder),
    texts: {
      VENDOR: adapter.vendor,
      CHARGE_HQ_URL: chargeHq,
      ...settingTexts(adapter.vendor, { ...settings, staleAfterSeconds: '999999999' }),
    },
  });
  return {
    async tick() {
      home.clock.advance(60);
      const { outcome, error } = await home.tick();
      if (outcome !== 'pushed') throw new Error(`the benchmark's tick ended as ${outcome}: ${error}`);
    },
    async close() {
      await home.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function openRequests(live: string, chargeHq: string): Work {
  const agent = new Agent();
  const body = JSON.stringify({ apiKey: 'bench', siteMeters: { production_kw: 1.1, net_import_kw: -0.2 } });
  const headers = { 'content-type': 'application/json' };
  return {
    async tick() {
      const answer = await request(live, { dispatcher: agent });
      await answer.body.json();
      const taken = await request(chargeHq, { dispatcher: agent, method: 'POST', headers, body });
      await taken.body.json();
    },
    close: () => agent.close(),
  };
}

/** ms of CPU for one of each, warmed up: the best of some rounds in which each has its turn. */
async function cpuOf(...works: (() => Promise<void>)[]): Promise<number[]> {
  for (const work of works) for (let nth = 0; nth < warmUps; nth++) await work();
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++)
    for (const [index, work] of works.entries()) {
      const ofRound = await cpuOfOne(async () => {
        for (let nth = 0; nth < ticksOfRound; nth++) await work();
      });
      best[index] = Math.min(best[index] ?? ofRound, ofRound / ticksOfRound);
    }
  return best;
}

/** ms. */
async function cpuOfOne(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function medianWall(work: () => Promise<void>): Promise<number> {
  const walls: number[] = [];
  for (let nth = 0; nth < warmUps; nth++) {
    const begun = performance.now();
    await work();
    walls.push(performance.now() - begun);
  }
  return median(walls);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
