/** Ticks towards a real VictoriaMetrics by both of its ways in, with its series read back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tickOf } from './home.ts';
import { lackOf } from './install.ts';
import { freePort, startServer } from './server.ts';

type Series = { metric: Record<string, string>; values: number[]; timestamps: number[] };

describe('VictoriaMetrics', { skip: lackOf(['victoria-metrics'], ['victoria-metrics']) }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'solar-victoria-metrics-'));
  let url = '';
  let stop = async () => {};

  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const args = [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${port}`];
    stop = await startServer('victoria-metrics', args, `${url}/health`);
  });

  after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** All series of a site. */
  async function seriesOf(site: string): Promise<Series[]> {
    await fetch(`${url}/internal/force_flush`);
    const wanted = new URLSearchParams({ match: `{site="${site}"}`, end: String(Math.ceil(Date.now() / 1000) + 60) });
    const text = await (await fetch(`${url}/api/v1/export?${wanted}`)).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  const figuresOf = (series: readonly Series[]) =>
    Object.fromEntries(
      series.map(({ metric, values: [value] }) => [metric['__name__']?.replace('solar_cloud_bridge_', ''), value]),
    );

  const figures = { production: 4.2, grid: -1.5, battery: -0.7, soc: 0.555, imported: 8123 };
  const told = {
    ...{ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2, battery_discharge_kw: -0.7 },
    ...{ battery_soc: 0.555, imported_kwh: 8123, up: 1 },
  };

  for (const [what, site, own, database] of [
    ['version 1, which labels the database', 'one', { INFLUXDB_DATABASE: 'solar' }, 'solar'],
    [
      'version 2',
      'two',
      { INFLUXDB_BUCKET: 'solar', INFLUXDB_ORG: 'home', INFLUXDB_TOKEN: 'made-up-token' },
      undefined,
    ],
  ] as const)
    it(`holds every figure by the call of ${what}`, async (t) => {
      const at = Date.now() - 5_000;
      const settings = { DESTINATION: 'influxdb', INFLUXDB_URL: url, SITE: site, ...own };
      assert.equal((await tickOf(t, { ...figures, at }, settings)).outcome, 'pushed');
      const series = await seriesOf(site);
      assert.deepEqual(figuresOf(series), told);
      for (const { metric, timestamps } of series) assert.deepEqual([metric['db'], timestamps], [database, [at]]);
    });

  it("holds up=0 and no series of words of a vendor's failure", async (t) => {
    const settings = { DESTINATION: 'influxdb', INFLUXDB_URL: url, SITE: 'failing', INFLUXDB_DATABASE: 'solar' };
    assert.equal((await tickOf(t, undefined, settings)).outcome, 'reported');
    assert.deepEqual(figuresOf(await seriesOf('failing')), { up: 0 });
  });
});
