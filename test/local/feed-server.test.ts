import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { simulator } from '../../functions/push-solar-data/adapters/simulator.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { openFeeds } from '../../functions/push-solar-data/local/feed-server.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';
import { openHome } from '../support/home.ts';
import { listen } from '../support/servers.ts';
import { unwelcomeGuests } from './guests.ts';

const noon = '2026-06-01T10:00:00Z';
const token = 'made-up-token-of-a-reader-0123456789';

async function freePort(t: TestContext): Promise<number> {
  const free = createServer();
  const { port } = await listen(t, free);
  await new Promise((resolve) => free.close(resolve));
  return port;
}

/** A simulated home with a feed, and what its readers see. */
async function feeding(t: TestContext, own: Record<string, string> = {}, store = memoryStore()) {
  const port = await freePort(t);
  const texts = { VENDOR: 'simulator', DESTINATION: 'feed', FEED_PORT: String(port), ...own };
  const home = openHome({ adapters: [simulator], texts, now: noon, store });
  t.after(() => home.close());
  const told: string[] = [];
  const ports = { store, clock: home.clock, tell: (sentence: string) => told.push(sentence) };
  const site = await openSite(texts, { simulator: async () => simulator }, destinations);
  const feeds = await openFeeds(site, ports);
  t.after(() => feeds.close());
  const url = `http://127.0.0.1:${port}/reading`;
  const get = async (path = '', headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, { headers });
    return { status: response.status, text: await response.text(), age: response.headers.get('reading-age') };
  };
  return { home, get, url, port, told, close: feeds.close };
}

/** The status that a request with this Host gets. */
const statusFor = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/reading', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('beside npm start, the feed', () => {
  it('says where it is, and gives the reading of the last tick', async (t) => {
    const { home, get, url, told } = await feeding(t);
    assert.deepEqual(told, [`Feed for readers: ${url}`]);
    assert.equal((await get()).status, 503);
    const { outcome, figures } = await home.tick();
    assert.equal(outcome, 'pushed');
    home.clock.advance(12);
    const { status, text, age } = await get();
    const { type, production_kw, net_import_kw } = JSON.parse(text);
    assert.deepEqual([status, type, age], [200, 'reading', '12']);
    assert.deepEqual([production_kw, net_import_kw], [figures?.production_kw, figures?.net_import_kw]);
    assert.equal((await get('/net_import_w?now')).text, String(Math.round(net_import_kw * 1000)));
    assert.equal((await get('s')).status, 404);
  });

  it('gives nothing once the bridge has fallen silent', async (t) => {
    const { home, get } = await feeding(t);
    await home.tick();
    home.clock.advance(180);
    assert.equal((await get()).status, 503);
    assert.equal((await get('/net_import_w')).status, 503);
    await home.tick();
    assert.equal((await get()).status, 200);
  });

  it('asks for the token where there is one', async (t) => {
    const { home, get } = await feeding(t, { FEED_TOKEN: token });
    await home.tick();
    assert.equal((await get()).status, 401);
    assert.equal((await get(`?token=${token}`)).status, 401);
    assert.equal((await get('', { authorization: `Bearer ${token}` })).status, 200);
  });

  it('answers HEAD without a body', async (t) => {
    const { home, url } = await feeding(t);
    await home.tick();
    const response = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    assert.ok(Number(response.headers.get('content-length')) > 100);
  });

  it('is for this machine alone, also where a page lets its own name lead here', async (t) => {
    const { home, port } = await feeding(t);
    await home.tick();
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal', 'LOCALHOST'])
      assert.equal(await statusFor(port, `${host}:${port}`), 200, host);
    for (const host of ['evil.example', 'localhost.evil.example', `127.0.0.1.evil.example:${port}`, '192.168.1.5'])
      assert.equal(await statusFor(port, host), 403, host);
  });

  it('lives on whatever connects', async (t) => {
    const { home, get, port } = await feeding(t);
    await home.tick();
    await unwelcomeGuests(port, '/reading');
    assert.equal((await get()).status, 200);
  });

  it('says so where its store cannot be read', async (t) => {
    const store = { ...memoryStore(), read: () => Promise.reject(new Error('no disk')) };
    const { get } = await feeding(t, {}, store);
    assert.equal((await get()).status, 503);
  });

  it('is not there where its port is taken, and says so in a sentence', async (t) => {
    const taken = await listen(t, createServer());
    const { told } = await feeding(t, { FEED_PORT: String(taken.port) });
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', new RegExp(`answers nobody: port ${taken.port} of this machine is taken`));
  });

  it('has a port and a document of its own for each label', async (t) => {
    const other = await freePort(t);
    const { home, get, told } = await feeding(t, {
      DESTINATION: 'feed,car:feed',
      CAR_PORT: String(other),
      CAR_TOKEN: token,
    });
    await home.tick();
    assert.match(told.join('\n'), new RegExp(`Feed for readers \\(car\\): http://127\\.0\\.0\\.1:${other}/reading`));
    assert.equal((await get()).status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${other}/reading`)).status, 401);
  });

  it('is not there in a home without it', async (t) => {
    const { told } = await feeding(t, { DESTINATION: 'charge-hq', CHARGE_HQ_API_KEY: 'made-up-key' });
    assert.deepEqual(told, []);
  });
});

/** What docs/destinations/feed.md tells owners of evcc to paste: each meter's figure with its expression. */
function expressionsForEvcc(): [figure: string, expression: string][] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/destinations/feed.md'), 'utf8');
  const yaml = /```yaml\n(meters:[^`]*)```/.exec(page)?.[1] ?? '';
  let meter = '';
  let figure = '';
  return yaml.split('\n').flatMap((line) => {
    meter = /- name: (\S+)/.exec(line)?.[1] ?? meter;
    figure = /^ {4}(power|energy|returnenergy|soc):/.exec(line)?.[1] ?? figure;
    const expression = /^ {6}jq: (.+)$/.exec(line)?.[1];
    return expression ? [[`${meter} ${figure}`, expression]] : [];
  });
}
const noJq = spawnSync('jq', ['--version']).status !== 0 && 'jq is not installed';

describe('evcc, as its page says', { skip: noJq }, () => {
  it('gets watts, kilowatt-hours and percent with its signs', async (t) => {
    const { home, get } = await feeding(t);
    await home.tick();
    const { text } = await get();
    const reading = JSON.parse(text);
    const found = expressionsForEvcc().map(([figure, expression]) => {
      const { stdout } = spawnSync('jq', [expression], { input: text, encoding: 'utf8' });
      return [figure, stdout.trim()];
    });
    const watts = (kilowatts: number) => String(Math.round(kilowatts * 1000));
    assert.deepEqual(Object.fromEntries(found), {
      'bridge-grid power': watts(reading.net_import_kw),
      'bridge-grid energy': String(reading.imported_kwh ?? null),
      'bridge-grid returnenergy': String(reading.exported_kwh ?? null),
      'bridge-pv power': watts(reading.production_kw),
      'bridge-battery power': watts(reading.battery_discharge_kw),
      'bridge-battery soc': String(reading.battery_soc * 100),
    });
  });

  it('gets an error, and no 0, for a battery that the home does not have', () => {
    for (const [figure, expression] of expressionsForEvcc().filter(([name]) => !/energy$/.test(name))) {
      const { status } = spawnSync('jq', [expression], { input: '{"type":"reading"}' });
      assert.notEqual(status, 0, figure);
    }
  });
});
