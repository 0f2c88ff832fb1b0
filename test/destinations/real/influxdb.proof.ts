/** Ticks towards a real InfluxDB 1, with its points read back by query. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tickOf } from './home.ts';
import { lackOf } from './install.ts';
import { freePort, startServer } from './server.ts';

const admin = { user: 'admin', password: 'made-up-admin-1' };
const bridge = { user: 'bridge', password: 'made-up-bridge-2' };
const reader = { user: 'reader', password: 'made-up-reader-3' };

describe('InfluxDB 1', { skip: lackOf(['influxd'], ['influxdb']) }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'solar-influxdb-'));
  let url = '';
  let stop = async () => {};

  before(async () => {
    const [port, ownPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    const config = `
reporting-disabled = true
bind-address = "127.0.0.1:${ownPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = true
`;
    writeFileSync(join(folder, 'influxdb.conf'), config);
    stop = await startServer('influxd', ['run', '-config', join(folder, 'influxdb.conf')], `${url}/ping`);
    await query(`CREATE USER admin WITH PASSWORD '${admin.password}' WITH ALL PRIVILEGES`);
    for (const statement of [
      'CREATE DATABASE solar',
      `CREATE USER bridge WITH PASSWORD '${bridge.password}'`,
      `CREATE USER reader WITH PASSWORD '${reader.password}'`,
      'GRANT WRITE ON solar TO bridge',
      'GRANT READ ON solar TO reader',
    ])
      await query(statement);
  });

  after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;

  /** The points that a query gives, each by its columns, without those that it has not. */
  async function query(q: string): Promise<Record<string, unknown>[]> {
    const body = new URLSearchParams({ q, db: 'solar', epoch: 'ms' });
    const response = await fetch(`${url}/query`, { method: 'POST', body, headers: { authorization } });
    const { results, error } = (await response.json()) as {
      results?: { error?: string; series?: { columns: string[]; values: unknown[][] }[] }[];
      error?: string;
    };
    assert.equal(error ?? results?.[0]?.error, undefined);
    return (results?.[0]?.series ?? []).flatMap(({ columns, values }) =>
      values.map((row) =>
        Object.fromEntries(columns.flatMap((name, index) => (row[index] === null ? [] : [[name, row[index]]]))),
      ),
    );
  }

  const settings = (own: Record<string, string> = {}) => ({
    DESTINATION: 'influxdb',
    INFLUXDB_URL: `${url}/`,
    INFLUXDB_DATABASE: 'solar',
    INFLUXDB_USER_NAME: bridge.user,
    INFLUXDB_PASSWORD: bridge.password,
    ...own,
  });

  it('holds a reading by its time of measurement, once, however often it is told', async (t) => {
    const at = Date.now() - 5_000;
    const figures = { production: 4.2, grid: -1.5, battery: -0.7, soc: 0.555, imported: 8123, at };
    for (const _ of [1, 2]) assert.equal((await tickOf(t, figures, settings())).outcome, 'pushed');
    assert.deepEqual(await query('SELECT * FROM solar_cloud_bridge WHERE up = 1'), [
      {
        ...{ time: at, site: 'home', up: 1 },
        ...{ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2, battery_discharge_kw: -0.7 },
        ...{ battery_soc: 0.555, imported_kwh: 8123 },
      },
    ]);
  });

  it('takes whole numbers before and after others', async (t) => {
    const own = settings({ INFLUXDB_MEASUREMENT: 'whole' });
    for (const [age, production] of [
      [30_000, 4],
      [20_000, 4.25],
      [10_000, 5],
    ] as const)
      assert.equal((await tickOf(t, { production, grid: 1, at: Date.now() - age }, own)).outcome, 'pushed');
    const points = await query('SELECT production_kw FROM whole');
    assert.deepEqual(
      points.map(({ production_kw }) => production_kw),
      [4, 4.25, 5],
    );
  });

  it("holds up=0 and no figure of a vendor's failure", async (t) => {
    const [begun, line] = [
      Date.now(),
      await tickOf(t, undefined, settings({ INFLUXDB_MEASUREMENT: 'failing', SITE: 'shed' })),
    ];
    assert.equal(line.outcome, 'reported');
    const [{ time, ...point } = {}, ...more] = await query('SELECT * FROM failing');
    assert.deepEqual([point, more], [{ site: 'shed', up: 0 }, []]);
    assert.ok(Number(time) >= begun && Number(time) <= Date.now());
  });

  it('holds a measurement under the very name that the owner gives', async (t) => {
    const name = 'my solar, "east" = roof';
    await tickOf(t, { production: 1, grid: 1, at: Date.now() }, settings({ INFLUXDB_MEASUREMENT: name }));
    const measurements = await query('SHOW MEASUREMENTS');
    assert.ok(
      measurements.some((each) => each['name'] === name),
      JSON.stringify(measurements),
    );
  });

  const credentials = 'INFLUXDB_TOKEN, or INFLUXDB_USER_NAME and INFLUXDB_PASSWORD';
  for (const [what, own, kind, sentence] of [
    [
      'a wrong database',
      { INFLUXDB_DATABASE: 'nope' },
      'settings',
      'InfluxDB has no such database or bucket (HTTP 404): check INFLUXDB_BUCKET or INFLUXDB_DATABASE',
    ],
    [
      'no database',
      { INFLUXDB_DATABASE: '' },
      'settings',
      'InfluxDB wants to know the database (HTTP 400): set INFLUXDB_DATABASE',
    ],
    [
      'a wrong password',
      { INFLUXDB_PASSWORD: 'made-up-wrong-4' },
      'auth',
      `InfluxDB refuses the credentials (HTTP 401): check ${credentials}`,
    ],
    [
      'no log-in',
      { INFLUXDB_USER_NAME: '', INFLUXDB_PASSWORD: '' },
      'auth',
      `InfluxDB refuses the credentials (HTTP 401): check ${credentials}`,
    ],
    [
      'a user that may only read',
      { INFLUXDB_USER_NAME: reader.user, INFLUXDB_PASSWORD: reader.password },
      'auth',
      `InfluxDB does not let us write (HTTP 403): check what ${credentials} may do`,
    ],
    [
      'a call of version 2',
      { INFLUXDB_BUCKET: 'solar', INFLUXDB_TOKEN: 'made-up-token-5' },
      'settings',
      'InfluxDB knows no such call (HTTP 404): check INFLUXDB_API and INFLUXDB_URL',
    ],
  ] as const)
    it(`refuses ${what}: ${kind}`, async (t) => {
      const line = await tickOf(t, { production: 1, grid: 1, at: Date.now() }, settings(own));
      const [row] = line.destinations;
      assert.deepEqual([line.outcome, row?.kind, row?.error], ['failed', kind, sentence]);
      assert.doesNotMatch(JSON.stringify(line), /made-up/);
    });

  it('refuses figures where texts have been: settings', async (t) => {
    const headers = { authorization };
    await fetch(`${url}/write?db=solar`, { method: 'POST', body: 'texts,site=home production_kw="much"', headers });
    const line = await tickOf(
      t,
      { production: 1, grid: 1, at: Date.now() },
      settings({ INFLUXDB_MEASUREMENT: 'texts' }),
    );
    const sentence =
      'InfluxDB has fields of another type in this measurement (HTTP 400): choose another INFLUXDB_MEASUREMENT';
    assert.deepEqual([line.destinations[0]?.kind, line.destinations[0]?.error], ['settings', sentence]);
  });
});
