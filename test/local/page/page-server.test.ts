/** The server of the page: whom it answers, with what, and how it ends. */
import assert from 'node:assert/strict';
import { request as plainRequest } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { Failure } from '../../../functions/push-solar-data/core/failure.ts';
import { type Assets, bundledAssets } from '../../../functions/push-solar-data/local/page/assets.ts';
import { openPageServer, type PageHome } from '../../../functions/push-solar-data/local/page/page-server.ts';
import { HomeState } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { beachHouse, hostileText, type PageCase, pageCases } from '../../support/page-states.ts';
import { unwelcomeGuests } from '../guests.ts';

const built = bundledAssets();

/** A home whose ticks the test makes. */
function homeOf({ state, history }: PageCase) {
  const watching = new Set<() => void>();
  const asked: number[] = [];
  const home: PageHome = {
    site: state.site,
    state: async () => state,
    history: async (hours) => {
      asked.push(hours);
      return history;
    },
    watch(changed) {
      watching.add(changed);
      return () => watching.delete(changed);
    },
  };
  const tick = () => {
    for (const each of watching) each();
  };
  return { home, watching, asked, tick };
}

async function open(
  t: TestContext,
  { homes = [homeOf(pageCases.sunnyDay).home], assets = built }: { homes?: PageHome[]; assets?: Promise<Assets> } = {},
) {
  const [first, ...others] = homes;
  assert.ok(first);
  const server = await openPageServer({ origin: 'here', homes: [first, ...others], assets, port: 0 });
  t.after(server.close);
  const url = `http://127.0.0.1:${server.port}`;
  const get = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'POST' = 'GET') => {
    const answer = await request(`${url}${path}`, { headers, method });
    const body = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, body, text: body.toString() };
  };
  return { ...server, url, get };
}

/** What the page is told live, event by event. */
async function* eventsFrom(t: TestContext, address: string): AsyncGenerator<{ name: string; data: string }> {
  const leave = new AbortController();
  t.after(() => leave.abort());
  const { body } = await request(address, { signal: leave.signal });
  body.on('error', () => {});
  let text = '';
  for await (const chunk of body) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (name !== undefined && data !== undefined) yield { name, data };
    }
  }
}

const nextOf = async (events: AsyncGenerator<{ name: string; data: string }>) => {
  const { value } = await events.next();
  return value ? { name: value.name, data: JSON.parse(value.data) } : undefined;
};

describe('the server of the page', () => {
  it('gives the page, its program and its looks, each of its type, and nothing else', async (t) => {
    const { get } = await open(t);
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/page.js', 'text/javascript; charset=utf-8'],
      ['/page.css', 'text/css; charset=utf-8'],
    ] as const) {
      const { status, headers, body } = await get(path);
      assert.deepEqual([status, headers['content-type']], [200, type]);
      assert.ok(body.length > 0);
    }
    for (const path of ['/page.ts', '/../package.json', '/..%2fpackage.json', '//', '/api', '/api/', '/api/other'])
      assert.equal((await get(path)).status, 404, path);
  });

  it('gives the homes, the state and the past of each', async (t) => {
    const [sunny, beach] = [homeOf(pageCases.twoHomes), homeOf(beachHouse)];
    const { get } = await open(t, { homes: [sunny.home, beach.home] });
    const jsonOf = async (path: string) => JSON.parse((await get(path)).text);
    assert.deepEqual(await jsonOf('/api/homes'), {
      origin: 'here',
      homes: [{ site: 'home' }, { site: 'beach-house' }],
    });
    assert.deepEqual(await jsonOf('/api/state'), pageCases.twoHomes.state);
    assert.deepEqual(await jsonOf('/api/state?home=beach-house'), beachHouse.state);
    assert.deepEqual(await jsonOf('/api/history?home=beach-house&hours=6'), beachHouse.history);
    assert.deepEqual([sunny.asked, beach.asked], [[], [6]]);
    assert.equal((await get('/api/state?home=other')).status, 404);
    for (const hours of ['0', '745', 'x', '-1', '1e9', 'NaN'])
      assert.equal((await get(`/api/history?hours=${hours}`)).status, 400, hours);
  });

  it('allows the page nothing but itself', async (t) => {
    const { get } = await open(t);
    for (const path of ['/', '/api/state', '/nothing']) {
      const { headers } = await get(path);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    assert.equal((await get('/api/state')).headers['cache-control'], 'no-store');
    assert.doesNotMatch((await get('/')).text, /<script>|style=|\son\w+=|https?:/);
  });

  const rebinding: [what: string, headers: Record<string, string>, status: number][] = [
    ['the name of somebody else', { host: 'evil.example' }, 421],
    ['a name that only looks like ours', { host: '127.0.0.1.evil.example' }, 421],
    ['our address in another network', { host: '192.168.1.4:4180' }, 421],
    ['localhost', { host: 'localhost:4180' }, 200],
    ["another page's program", { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    ['a frame', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    ['a link', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
    ['itself', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
  ];
  for (const [what, headers, expected] of rebinding)
    it(`answers ${what} with ${expected}`, async (t) => {
      const { port } = await open(t);
      const status = await new Promise((resolve, reject) => {
        plainRequest({ port, host: '127.0.0.1', path: '/api/state', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      assert.equal(status, expected);
    });

  it('is only looked at', async (t) => {
    const { get } = await open(t);
    const { status, headers } = await get('/api/state', {}, 'POST');
    assert.deepEqual([status, headers['allow']], [405, 'GET']);
  });

  it('sends as little as the browser takes', async (t) => {
    const { get } = await open(t, { homes: [homeOf(pageCases.sevenDays).home] });
    const path = '/api/history?hours=168';
    const plain = await get(path);
    const [br, gzip] = [
      await get(path, { 'accept-encoding': 'gzip, br' }),
      await get(path, { 'accept-encoding': 'gzip' }),
    ];
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(brotliDecompressSync(br.body).toString(), plain.text);
    assert.equal(gunzipSync(gzip.body).toString(), plain.text);
    assert.ok(br.body.length < plain.body.length / 2);
    const { etag } = (await get('/page.js')).headers;
    const again = await get('/page.js', { 'if-none-match': String(etag) });
    assert.deepEqual([again.status, again.text], [304, '']);
  });

  it('leaves the texts of others what they are: texts of a JSON', async (t) => {
    const { get, url } = await open(t, { homes: [homeOf(pageCases.hostile).home] });
    const { text, headers } = await get('/api/state');
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(HomeState.parse(JSON.parse(text)).error?.says, hostileText);
    const event = await nextOf(eventsFrom(t, `${url}/api/events`));
    assert.equal(event?.data.sources[0].title, hostileText);
  });

  it('outlives every guest', async (t) => {
    const { port, get } = await open(t);
    await unwelcomeGuests(port, '/api/events');
    assert.equal((await get('/api/state')).status, 200);
  });

  it('says that the page could not be built', async (t) => {
    const assets = Promise.reject(new Error('no esbuild'));
    assets.catch(() => {});
    const { get } = await open(t, { assets });
    const { status, text } = await get('/');
    assert.deepEqual(
      [status, JSON.parse(text)],
      [500, { says: 'The page could not be built: run npm ci, and start again.' }],
    );
  });
});

describe('the live events of the page', () => {
  it('are the state at once, and again after each tick', async (t) => {
    const { home, tick, watching } = homeOf(pageCases.sunnyDay);
    const { url } = await open(t, { homes: [home] });
    const events = eventsFrom(t, `${url}/api/events`);
    assert.deepEqual(await nextOf(events), { name: 'state', data: pageCases.sunnyDay.state });
    assert.equal(watching.size, 1);
    tick();
    assert.equal((await nextOf(events))?.name, 'state');
    tick();
    tick();
    assert.equal((await nextOf(events))?.name, 'state');
  });

  it('are those of the home that is chosen', async (t) => {
    const { url } = await open(t, { homes: [homeOf(pageCases.twoHomes).home, homeOf(beachHouse).home] });
    const event = await nextOf(eventsFrom(t, `${url}/api/events?home=beach-house`));
    assert.equal(event?.data.site, 'beach-house');
  });

  it('say why the home cannot be looked at, and nothing that only engineers understand', async (t) => {
    const failing = (error: Error): PageHome => ({
      ...homeOf(pageCases.sunnyDay).home,
      state: () => Promise.reject(error),
    });
    const saidOf = async (error: Error) => {
      const { url, get } = await open(t, { homes: [failing(error)] });
      const event = await nextOf(eventsFrom(t, `${url}/api/events`));
      const { status, text } = await get('/api/state');
      assert.deepEqual([event?.name, status], ['trouble', 502]);
      assert.deepEqual(event?.data, JSON.parse(text));
      return event?.data.says;
    };
    assert.equal(await saidOf(new Failure('auth', 'Your log-in at AWS has run out')), 'Your log-in at AWS has run out');
    assert.match(await saidOf(new TypeError('secret of the inside')), /^The page made an error/);
  });

  it('end for a tab that is closed', async (t) => {
    const { home, watching } = homeOf(pageCases.sunnyDay);
    const { url } = await open(t, { homes: [home] });
    const events = eventsFrom(t, `${url}/api/events`);
    await nextOf(events);
    await events.return(undefined);
    while (watching.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('are for so many tabs, and no more', async (t) => {
    const { url, get } = await open(t);
    for (let tab = 0; tab < 20; tab++) await nextOf(eventsFrom(t, `${url}/api/events`));
    assert.equal((await get('/api/events')).status, 503);
    assert.equal((await get('/api/state')).status, 200);
  });

  it('end with the server, at once', async (t) => {
    const { url, close } = await open(t);
    const events = eventsFrom(t, `${url}/api/events`);
    await nextOf(events);
    const begun = performance.now();
    await close();
    assert.equal(await nextOf(events), undefined);
    assert.ok(performance.now() - begun < 1_000);
  });
});
