/** `npm run bench`: what the bundle weighs, what its import costs, what a warm tick costs, how many connections a minute needs. */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import { bundle } from '../../infra/bundle.ts';
import { openHome, settingTexts } from '../support/home.ts';

const importRuns = 15;
const warmTicks = 200;

type Row = { what: string; value: number; unit: string; limit: number };

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const rows: Row[] = [bundleSize(folder), importTime(folder), ...(await warmTick())];
rmSync(folder, { recursive: true });
for (const { what, value, unit, limit } of rows) {
  const verdict = value <= limit ? 'ok' : 'TOO MUCH';
  console.log(`${what.padEnd(52)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(3)} limit ${limit}  ${verdict}`);
}
process.exitCode = rows.every(({ value, limit }) => value <= limit) ? 0 : 1;

/** Of all modules but the one that only `http-json` loads. */
function bundleSize(outdir: string): Row {
  const { outputs } = bundle(outdir);
  const own = Object.values(outputs).filter(
    ({ inputs }) => !Object.keys(inputs).some((name) => name.includes('/jsonata/')),
  );
  const bytes = own.reduce((total, output) => total + output.bytes, 0);
  return { what: 'bundle', value: bytes / 1000, unit: 'KB', limit: 900 };
}

/** Whole processes in turn: the bundle, then an empty module; the median of the differences. */
function importTime(outdir: string): Row {
  const empty = join(outdir, 'empty.mjs');
  writeFileSync(empty, 'export {};\n');
  const run = (file: string): number => {
    const begun = performance.now();
    spawnSync(process.execPath, [file], { stdio: 'ignore' });
    return performance.now() - begun;
  };
  run(join(outdir, 'handler.mjs'));
  const differences = Array.from({ length: importRuns }, () => run(join(outdir, 'handler.mjs')) - run(empty));
  return {
    what: 'import of the handler, more than an empty module',
    value: median(differences),
    unit: 'ms',
    limit: 120,
  };
}

async function warmTick(): Promise<Row[]> {
  const servers = fork(join(import.meta.dirname, 'servers.ts'));
  const [{ vendor, chargeHq }] = (await once(servers, 'message')) as [{ vendor: string; chargeHq: string }];
  const home = openHome({
    adapters: [victronVrm],
    now: Date.now(),
    texts: {
      VENDOR: 'victron-vrm',
      CHARGE_HQ_URL: chargeHq,
      ...settingTexts('victron-vrm', {
        baseUrl: vendor,
        accessToken: 'bench',
        idSite: '4711',
        staleAfterSeconds: '999999',
      }),
    },
  });
  const walls: number[] = [];
  const tick = async () => {
    home.clock.advance(60);
    const begun = performance.now();
    const { outcome, error } = await home.tick();
    walls.push(performance.now() - begun);
    if (outcome !== 'pushed') throw new Error(`the benchmark's tick ended as ${outcome}: ${error}`);
  };
  for (let nth = 0; nth < 20; nth++) await tick();
  servers.send('connections?');
  const [{ connections }] = (await once(servers, 'message')) as [{ connections: number }];
  walls.length = 0;
  const before = process.cpuUsage();
  for (let nth = 0; nth < warmTicks; nth++) await tick();
  const { user, system } = process.cpuUsage(before);
  await home.close();
  servers.kill();
  return [
    { what: 'connections for 20 ticks, 60 s apart on the clock', value: connections, unit: '', limit: 2 },
    { what: 'warm tick, CPU', value: (user + system) / 1000 / warmTicks, unit: 'ms', limit: 5 },
    { what: 'warm tick, wall, servers without latency', value: median(walls), unit: 'ms', limit: 10 },
  ];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
