/** Ticks of the command itself, with a home on this machine and a destination of the proof's. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { serveHttp } from '../../support/servers.ts';
import { runCommand, temporaryFolder } from '../../support/terminal.ts';

const fields = {
  production: { expr: 'home.production', unit: 'kW' },
  netImport: { expr: 'home.grid', unit: 'kW' },
  batteryDischarge: { expr: 'home.battery', unit: 'kW' },
  batterySoc: { expr: 'home.soc', unit: 'fraction' },
  importedEnergy: { expr: 'home.imported', unit: 'kWh' },
};

export type Figures = {
  production: number;
  grid: number;
  battery?: number;
  soc?: number;
  imported?: number;
  at: number;
};

/** One line of the log, as far as the proofs look at it. */
export type Line = {
  outcome: string;
  destinations: { label: string; outcome: string; kind?: string; error?: string }[];
};

/**
 * One tick that knows nothing of earlier ones.
 *
 * @param figures kW, kWh, and ms since the epoch; undefined for a home that does not answer.
 */
export async function tickOf(
  t: TestContext,
  figures: Figures | undefined,
  settings: Record<string, string>,
): Promise<Line> {
  const { url } = await serveHttp(t, (_request, response) => {
    response.writeHead(figures ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(figures ?? {}));
  });
  const known = Object.entries(fields).filter(([, { expr }]) => figures === undefined || expr.slice(5) in figures);
  const environment = {
    VENDOR: 'http-json',
    HTTP_JSON_REQUESTS: JSON.stringify([{ id: 'home', url: `${url}/figures` }]),
    HTTP_JSON_FIELDS: JSON.stringify(Object.fromEntries(known)),
    HTTP_JSON_TIMESTAMP: 'home.at',
    HTTP_JSON_TIMESTAMP_FORMAT: 'unixms',
    ...settings,
  };
  const { output, complaints } = await runCommand('tick', [], { folder: temporaryFolder(t), environment });
  const text = output.split('\n').findLast((each) => each.startsWith('{'));
  assert.ok(text, `no line: ${output}${complaints}`);
  return JSON.parse(text);
}
