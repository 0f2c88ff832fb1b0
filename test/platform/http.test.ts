import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { Failure, type FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  type Answer,
  type Call,
  type HttpOptions,
  isAllowedUrl,
  type Method,
  retryAfterSeconds,
} from '../../functions/push-solar-data/platform/http.ts';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';
import { clientFor, connectionsFor, serveHttp } from '../support/servers.ts';

const Live = z.object({ live: z.object({ power: z.number() }) });
const live = '{"live":{"power":4200}}';

/** One call to a server that answers so. */
async function call(
  t: TestContext,
  answer: RequestListener,
  options: Call & { method?: Method; path?: string; client?: Partial<HttpOptions> } = {},
): Promise<Answer> {
  const { url } = await serveHttp(t, answer);
  const { method = 'GET', path = '/live', client = {}, ...rest } = options;
  return clientFor(t, { baseUrl: url, ...client }).send(method, path, rest);
}

/** The failure that some work must end in. */
async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Failure, `not a Failure: ${error}`);
    return error;
  }
  return assert.fail('it did not fail');
}

const answering =
  (status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

/** The JSON of an answer with this body and these headers. */
const jsonOf = async (t: TestContext, body: string | Buffer, headers: Record<string, string> = {}) =>
  (await call(t, answering(200, headers, body))).json(Live);

describe('a status means, unless the adapter says otherwise,', () => {
  const rows: [number, FailureKind][] = [
    [301, 'bad-response'],
    [400, 'bad-response'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'bad-response'],
    [405, 'bad-response'],
    [408, 'unavailable'],
    [409, 'bad-response'],
    [418, 'bad-response'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [529, 'unavailable'],
  ];
  for (const [status, kind] of rows)
    it(`${status}: ${kind}, with the name, the status and what was answered`, async (t) => {
      const failure = await failureOf(call(t, answering(status, {}, 'the reason')));
      assert.equal(failure.kind, kind);
      assert.equal(failure.status, status);
      assert.match(failure.message, new RegExp(`^Example Cloud .*\\(HTTP ${status}\\)$`));
      assert.equal(failure.excerpt, 'text, 10 characters');
    });

  for (const status of [200, 201, 202])
    it(`${status}: an answer`, async (t) => {
      const answer = await call(t, answering(status, { 'x-unit': 'W' }, live));
      assert.equal(answer.status, status);
      assert.equal(answer.headers['x-unit'], 'W');
      assert.equal(answer.text, live);
    });

  it('204: an answer without a body', async (t) => {
    assert.equal((await call(t, answering(204))).text, '');
  });

  it('what the adapter says', async (t) => {
    const kinds = { 403: 'rate-limited', 500: 'auth' } as const;
    assert.equal((await failureOf(call(t, answering(403), { kinds }))).kind, 'rate-limited');
    assert.equal((await failureOf(call(t, answering(500), { kinds }))).kind, 'auth');
    assert.equal((await failureOf(call(t, answering(401), { kinds }))).kind, 'auth');
  });

  it('no failure, where the adapter wants to see that status itself', async (t) => {
    assert.equal((await call(t, answering(404), { accept: [404] })).status, 404);
    assert.equal((await call(t, answering(500), { accept: 'all' })).status, 500);
    assert.equal((await failureOf(call(t, answering(500), { accept: [404] }))).status, 500);
  });
});

it('keeps of an answer that was not understood its structure for the log, and its beginning for the adapter', async (t) => {
  const text = `{"reason":"${'x'.repeat(3_000)}"}`;
  const { excerpt, answer } = await failureOf(call(t, answering(400, {}, text)));
  assert.equal(excerpt, '{"reason":text(3000)}');
  assert.equal(answer, text.slice(0, 2_000));
});

it('gives the structure of any answer', async (t) => {
  assert.equal((await call(t, answering(200, {}, '{"token":"made-up"}'))).excerpt, '{"token":text(7)}');
});

it('does not name where something is missing by what may be a credential', async (t) => {
  const { url } = await serveHttp(t, answering(200, {}, '{"xKJhsdGhqPzLwQ":{}}'));
  const schema = z.record(z.string(), z.object({ power: z.number() }));
  const failure = await failureOf(clientFor(t, { baseUrl: url }).get('/live', { schema }));
  assert.match(failure.message, /unknown form \(name\(14\)\.power: /);
});

describe('Retry-After', () => {
  const now = Date.parse('2026-05-01T12:00:00Z');
  const rows: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['120', 120],
    [' 5 ', 5],
    ['0', 0],
    ['Fri, 01 May 2026 12:10:00 GMT', 600],
    ['Fri, 01 May 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['120 seconds', undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
  ];
  for (const [header, seconds] of rows)
    it(`"${header}" is ${seconds === undefined ? 'nothing told' : `${seconds} s`}`, () => {
      assert.equal(retryAfterSeconds(header, now), seconds);
    });

  it('stands in the failure of any status', async (t) => {
    for (const status of [429, 503, 403]) {
      const failure = await failureOf(call(t, answering(status, { 'retry-after': '77' })));
      assert.equal(failure.retryAfterSeconds, 77);
    }
  });

  it('stands in an answer that the caller accepts', async (t) => {
    const answer = await call(t, answering(429, { 'retry-after': '77' }), { accept: 'all' });
    assert.equal(answer.retryAfterSeconds, 77);
  });
});

describe('a redirect', () => {
  for (const status of [301, 302, 303, 307, 308])
    it(`${status} is an answer and not followed: no credentials go elsewhere`, async (t) => {
      const elsewhere: IncomingMessage[] = [];
      const other = await serveHttp(t, (request, response) => {
        elsewhere.push(request);
        response.end(live);
      });
      const failure = await failureOf(
        call(t, answering(status, { location: `${other.url}/live` }), {
          method: 'POST',
          headers: { authorization: 'Bearer token' },
          json: { password: 'secret' },
        }),
      );
      assert.equal(failure.kind, 'bad-response');
      assert.match(failure.message, /sends us to another address, which is not followed \(HTTP 30\d\)/);
      assert.equal(elsewhere.length, 0);
      assert.equal(other.connections(), 0);
    });
});

it('an answer says what was asked, without its query, so that a redirect can be read', async (t) => {
  const moved = await call(t, answering(302, { location: '../log-in?again=1' }), {
    path: '/v1/live?key=hidden',
    accept: [302],
  });
  assert.equal(new URL(moved.headers.location ?? '', moved.address).pathname, '/log-in');
  assert.match(moved.address, /^http:\/\/127\.0\.0\.1:\d+\/v1\/live$/);
});

describe('credentials never travel in the clear:', () => {
  const rows: [string, boolean][] = [
    ['https://api.example.com', true],
    ['https://192.168.1.10:8443', true],
    ['http://127.0.0.1:8080', true],
    ['http://127.1.2.3', true],
    ['http://localhost:3000', true],
    ['http://[::1]:3000', true],
    ['http://api.example.com', false],
    ['http://192.168.1.10', false],
    ['http://0.0.0.0', false],
    ['http://localhost.example.com', false],
    ['http://127.0.0.1.example.com', false],
    ['http://127.0.0.1@example.com', false],
    ['http://example.com/127.0.0.1', false],
    ['http://[::2]', false],
    ['ftp://127.0.0.1', false],
    ['ws://127.0.0.1', false],
    ['file:///etc/passwd', false],
  ];
  for (const [address, allowed] of rows)
    it(`${address} is ${allowed ? 'allowed' : 'refused'}`, () => {
      assert.equal(isAllowedUrl(new URL(address)), allowed);
    });

  const hosts: [string, (url: string) => { client: Partial<HttpOptions>; path: string; host?: 'auth' }][] = [
    ['a base address', (url) => ({ client: { baseUrl: url }, path: '/live' })],
    ['a log-in address', (url) => ({ client: { authUrl: url }, path: '/live', host: 'auth' })],
    ['an absolute address', (url) => ({ client: {}, path: `${url}/live` })],
  ];
  for (const [what, options] of hosts)
    it(`nothing is sent to ${what} with plain http beyond this machine`, async (t) => {
      const server = await serveHttp(t, answering(200, {}, live), '0.0.0.0');
      // Leads to this machine too, but is not one of its names.
      const { client, path, host } = options(`http://0.0.0.0:${server.port}`);
      const http = clientFor(t, { baseUrl: server.url, ...client });
      const sent = http.send('GET', path, { ...(host ? { host } : {}), headers: { authorization: 'Bearer token' } });
      const failure = await failureOf(sent);
      assert.equal(failure.kind, 'settings');
      assert.match(failure.message, /Example Cloud must begin with https:\/\/ \(it is http:\/\/0\.0\.0\.0/);
      assert.equal(server.connections(), 0);
    });

  it('nor to what is no address at all', async (t) => {
    const failure = await failureOf(clientFor(t, { baseUrl: 'example' }).send('GET', '/live'));
    assert.equal(failure.kind, 'settings');
    assert.match(failure.message, /is not a URL/);
  });
});

describe('a request', () => {
  /** What arrives of it. */
  async function arriving(t: TestContext, options: Parameters<typeof call>[2]) {
    let arrived: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string } | undefined;
    await call(
      t,
      async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        arrived = { ...pickOf(request), body };
        response.end();
      },
      options,
    );
    assert.ok(arrived);
    return arrived;
  }
  const pickOf = ({ method, url, headers }: IncomingMessage) => ({ method: method ?? '', url: url ?? '', headers });

  it('asks for JSON and names itself', async (t) => {
    const { headers } = await arriving(t, {});
    assert.equal(headers.accept, 'application/json');
    assert.equal(headers['user-agent'], 'solar-cloud-bridge');
  });

  it('carries the headers that the adapter gives, instead of its own where they have the same name', async (t) => {
    const { headers } = await arriving(t, {
      headers: { Accept: '*/*', 'X-Token': 'abc', 'x-absent': undefined },
      json: {},
    });
    assert.equal(headers.accept, '*/*');
    assert.equal(headers['x-token'], 'abc');
    assert.equal('x-absent' in headers, false);
  });

  it('carries a query without what is undefined', async (t) => {
    const { url } = await arriving(t, { path: '/live?a=1', query: { b: 'x y&z', c: 2, d: false, e: undefined } });
    assert.equal(url, '/live?a=1&b=x+y%26z&c=2&d=false');
  });

  it('goes where it says, also where another one went to the same address before', async (t) => {
    const server = await serveHttp(t, (request, response) => response.end(JSON.stringify(request.url)));
    const http = clientFor(t, { baseUrl: server.url });
    const asked: (Call | undefined)[] = [
      { query: { day: 1 } },
      undefined,
      { query: { day: 2 } },
      { query: { day: 1 } },
    ];
    const arrived: string[] = [];
    for (const each of asked) arrived.push((await http.send('GET', '/live', each)).text);
    assert.deepEqual(arrived, ['"/live?day=1"', '"/live"', '"/live?day=2"', '"/live?day=1"']);
  });

  it('carries JSON', async (t) => {
    const { method, headers, body } = await arriving(t, { method: 'POST', json: { name: 'Zürich', n: 1 } });
    assert.equal(method, 'POST');
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), { name: 'Zürich', n: 1 });
  });

  it('carries a form', async (t) => {
    const { headers, body } = await arriving(t, { method: 'POST', form: { user: 'a@b.c', password: 'x&y z' } });
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(body, 'user=a%40b.c&password=x%26y+z');
  });

  it('carries a text as it stands', async (t) => {
    const { headers, body } = await arriving(t, {
      method: 'PUT',
      body: '<ask/>',
      headers: { 'content-type': 'text/xml' },
    });
    assert.equal(headers['content-type'], 'text/xml');
    assert.equal(body, '<ask/>');
  });

  it("goes to the base host with whatever path it has, to the log-in's, or to an absolute address", async (t) => {
    const [base, auth, other] = await Promise.all([1, 2, 3].map(() => serveHttp(t, echoUrl)));
    assert.ok(base && auth && other);
    const http = clientFor(t, { baseUrl: `${base.url}/eu/`, authUrl: auth.url });
    assert.equal((await http.send('GET', '/live')).text, `${base.port}/eu/live`);
    assert.equal((await http.send('GET', '/live', { host: 'base' })).text, `${base.port}/eu/live`);
    assert.equal((await http.send('GET', '/login', { host: 'auth' })).text, `${auth.port}/login`);
    assert.equal((await http.send('GET', `${other.url}/x`)).text, `${other.port}/x`);
  });

  it('for a log-in goes to the base host where there is no other', async (t) => {
    const base = await serveHttp(t, echoUrl);
    const http = clientFor(t, { baseUrl: base.url });
    assert.equal((await http.send('GET', '/login', { host: 'auth' })).text, `${base.port}/login`);
  });

  const echoUrl: RequestListener = ({ url, headers }, response) => response.end(`${headers.host?.split(':')[1]}${url}`);
});

describe('what goes out under the name of a credential is hidden from then on:', () => {
  const rows: [string, Call][] = [
    ['a header', { headers: { authorization: 'made-up-credential' } }],
    ['a header of another name', { headers: { 'X-Api-Key': 'made-up-credential' } }],
    ['a query', { query: { access_token: 'made-up-credential' } }],
    ['a form', { form: { password: 'made-up-credential' } }],
    ['JSON', { json: { user: { password: 'made-up-credential' } } }],
  ];
  for (const [what, options] of rows)
    it(`in ${what}`, async (t) => {
      const redactor = createRedactor();
      await call(t, answering(200, {}, live), { ...options, method: 'POST', client: { redactor } });
      assert.equal(redactor.text('they echo made-up-credential'), 'they echo [hidden]');
    });
});

describe('a body', () => {
  it('of the schema is what the schema makes of it', async (t) => {
    const { url } = await serveHttp(t, answering(200, {}, live));
    const http = clientFor(t, { baseUrl: url });
    assert.deepEqual(await http.get('/', { schema: Live }), { live: { power: 4200 } });
    assert.deepEqual(await http.post('/', { schema: Live, json: {} }), { live: { power: 4200 } });
  });

  it('may begin with a byte order mark', async (t) => {
    assert.deepEqual(await jsonOf(t, `\uFEFF${live}`), { live: { power: 4200 } });
  });

  it('is read as UTF-8', async (t) => {
    const answer = await call(t, answering(200, {}, JSON.stringify({ name: 'Zürich ☀' })));
    assert.deepEqual(answer.json(z.object({ name: z.string() })), { name: 'Zürich ☀' });
  });

  const bodies: [string, string, RegExp, string][] = [
    [
      'that is truncated',
      '{"live":{"power":42',
      /answered with text that is not JSON instead of figures/,
      'JSON that breaks off or is wrong, 19 characters',
    ],
    [
      'that is a web page',
      ' <!doctype html><html></html>',
      /answered with a web page instead of figures/,
      'web page, 29 characters',
    ],
    ['that is empty', '', /answered with nothing instead of figures/, 'nothing'],
    ['that is plain text', 'try later', /answered with text that is not JSON/, 'text, 9 characters'],
    ['that misses a field', '{"live":{}}', /answered in an unknown form \(live\.power: /, '{"live":{}}'],
    ['with another type', '{"live":{"power":"much"}}', /unknown form \(live\.power: /, '{"live":{"power":text(4)}}'],
    ['that is another thing', '[]', /unknown form \(the whole answer: /, '[]'],
    [
      'nested deeper than a stack',
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      /too long or nested too deep instead of/,
      `${'['.repeat(299)}…`,
    ],
    ['that is null', 'null', /unknown form \(the whole answer: /, 'null'],
  ];
  for (const [what, body, sentence, excerpt] of bodies)
    it(`${what} is a bad response, said in words and kept for the log`, async (t) => {
      const failure = await failureOf(jsonOf(t, body));
      assert.equal(failure.kind, 'bad-response');
      assert.match(failure.message, sentence);
      assert.match(failure.message, /^Example Cloud /);
      assert.equal(failure.excerpt, excerpt);
      assert.equal(failure.status, 200);
    });

  const encodings: [string, (text: string) => Buffer][] = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
  ];
  for (const [encoding, compress] of encodings) {
    it(`compressed by ${encoding} is decompressed`, async (t) => {
      assert.deepEqual(await jsonOf(t, compress(live), { 'content-encoding': encoding }), { live: { power: 4200 } });
    });

    it(`compressed by ${encoding} and broken is a bad response`, async (t) => {
      const broken = compress(live).subarray(0, 12);
      const failure = await failureOf(jsonOf(t, broken, { 'content-encoding': encoding }));
      assert.equal(failure.kind, 'bad-response');
      assert.match(failure.message, /broken compressed body/);
    });

    it(`that ${encoding} blows up beyond 2 MB is refused`, async (t) => {
      const bomb = compress(' '.repeat(20 * 1024 * 1024));
      assert.ok(bomb.length < 100_000);
      assert.match((await failureOf(jsonOf(t, bomb, { 'content-encoding': encoding }))).message, /more than 2 MB/);
    });
  }

  it('that is empty although it is called compressed is empty', async (t) => {
    assert.equal((await call(t, answering(200, { 'content-encoding': 'gzip' }))).text, '');
  });

  const limit = 2 * 1024 * 1024;
  it('of 2 MB is read', async (t) => {
    assert.equal((await call(t, answering(200, {}, 'x'.repeat(limit)))).text.length, limit);
  });

  for (const status of [200, 500])
    it(`beyond 2 MB is refused with status ${status}`, async (t) => {
      const failure = await failureOf(call(t, answering(status, {}, 'x'.repeat(limit + 1))));
      assert.equal(failure.kind, 'bad-response');
      assert.match(failure.message, /more than 2 MB, which cannot be figures/);
    });

  it('without end is given up at 2 MB', async (t) => {
    const endless: RequestListener = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    assert.match((await failureOf(call(t, endless))).message, /more than 2 MB/);
  });
});

it('of an answer, an expression may see no more than the beginning', async (t) => {
  const { beginning, text } = await call(t, answering(200, {}, 'x'.repeat(100_000)));
  assert.equal(beginning.length, 2_000);
  assert.equal(text.length, 100_000);
});

for (const [whose, signalsOf] of [
  [
    'its caller, before the read does',
    (own: AbortSignal, other: AbortSignal) => ({ signal: own, client: { signal: other } }),
  ],
  [
    'the read, before its caller does',
    (own: AbortSignal, other: AbortSignal) => ({ signal: other, client: { signal: own } }),
  ],
] as const)
  it(`a call ends with the signal of ${whose}`, { timeout: 5_000 }, async (t) => {
    const giveUp = new AbortController();
    const hanging: RequestListener = () => giveUp.abort();
    const failure = await failureOf(call(t, hanging, signalsOf(giveUp.signal, new AbortController().signal)));
    assert.equal(failure.kind, 'unavailable');
    assert.match(failure.message, /does not answer in time$/);
  });

it('one connection carries many requests', async (t) => {
  const server = await serveHttp(t, answering(200, {}, live));
  const connections = connectionsFor(t);
  for (let nth = 0; nth < 5; nth++)
    await clientFor(t, { baseUrl: server.url, connections }).get('/live', { schema: Live });
  assert.equal(server.connections(), 1);
  assert.equal(connections.opened(), 1);
});
