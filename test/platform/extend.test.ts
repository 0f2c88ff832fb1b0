import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { CallDefaults, Http } from '../../functions/push-solar-data/platform/http.ts';
import { createRedactor } from '../../functions/push-solar-data/platform/redaction.ts';
import { clientFor, serveHttp } from '../support/servers.ts';

const Live = z.object({ power: z.number() });

/** A client towards a server that answers so, and what it has received. */
async function client(t: TestContext, answer: RequestListener, defaults: CallDefaults = {}) {
  const received: IncomingMessage[] = [];
  const { url } = await serveHttp(t, (request, response) => {
    received.push(request);
    answer(request, response);
  });
  return { http: clientFor(t, { baseUrl: url }).extend(defaults), received };
}
const answering =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

async function failureOf(http: Http, path = '/live'): Promise<Failure> {
  const failure: unknown = await http.get(path, { schema: Live }).catch((error: unknown) => error);
  assert.ok(failure instanceof Failure, `${failure}`);
  return failure;
}
const told = ({ kind, message }: Failure) => `${kind}: ${message}`;

describe('a client that is extended', () => {
  it('sends its headers and query with every call, those of the call last', async (t) => {
    const { http, received } = await client(t, answering(200, '{"power":1}'), {
      headers: { authorization: 'Bearer one', lang: 'en' },
      query: { app: 'a', page: 1 },
    });
    const more = http.extend({ headers: { lang: 'de' }, query: { page: 2 } });
    await more.get('/live', { schema: Live, query: { page: 3 }, headers: { authorization: undefined } });
    assert.deepEqual(received[0]?.url, '/live?app=a&page=3');
    assert.equal(received[0]?.headers['lang'], 'de');
    assert.equal(received[0]?.headers['authorization'], undefined);
    await http.get('/live', { schema: Live });
    assert.equal(received[1]?.headers['authorization'], 'Bearer one');
    assert.equal(received[1]?.headers['lang'], 'en');
  });

  it("asks another host where the cloud names one, but not in place of the owner's own", async (t) => {
    const { http, received } = await client(t, answering(200, '{"power":1}'));
    const { url } = await serveHttp(t, answering(200, '{"power":2}'));
    const moved = { 'https://cloud.example.com': url };
    assert.equal((await http.extend({ moved }).get('/live', { schema: Live })).power, 1);
    const usual = clientFor(t, { baseUrl: 'https://cloud.example.com', authUrl: 'https://login.example.com' });
    assert.equal((await usual.extend({ moved }).get('/live', { schema: Live })).power, 2);
    const asked = { schema: Live, host: 'auth', moved: { 'https://login.example.com': url } } as const;
    assert.equal((await usual.get('/live', asked)).power, 2);
    assert.equal(received.length, 1);
  });

  it('hides what it sends as a credential', async (t) => {
    const { url } = await serveHttp(t, answering(200, '{"power":1}'));
    const redactor = createRedactor();
    const http = clientFor(t, { baseUrl: url, redactor }).extend({ headers: { 'x-token': 'hush-hush-1' } });
    await http.get('/live', { schema: Live });
    assert.doesNotMatch(redactor.text('it was hush-hush-1'), /hush/);
  });

  it('names whom it asks in each failure', async (t) => {
    const name = 'Request roof';
    for (const answer of [answering(500, '{}'), answering(200, '<html>'), answering(200, '{"power":"?"}')])
      assert.match((await failureOf((await client(t, answer, { name })).http)).message, /^Request roof (has|answered)/);
    const { http } = await client(t, (_, response) => response.destroy(), { name });
    assert.match((await failureOf(http)).message, /^Request roof cannot be reached/);
    assert.match((await failureOf(http, 'http://10.0.0.1/live')).message, /^The address for Request roof must begin/);
  });

  const kinds: CallDefaults['kinds'] = {
    400: 'auth',
    404: ['bad-response', 'knows no such plant: check PLANT_ID'],
    429: ['rate-limited', 'is asked too often', { retryAfterSeconds: 60 }],
    403: ({ isWebPage, beginning }) =>
      isWebPage
        ? ['unavailable', 'has a firewall']
        : /plan/.test(beginning)
          ? ['auth', 'wants a larger plan']
          : undefined,
  };
  const rows: [status: number, body: string, told: string][] = [
    [400, '{}', 'auth: Example Cloud refused the credentials: check them in the settings (HTTP 400)'],
    [404, '{}', 'bad-response: Example Cloud knows no such plant: check PLANT_ID (HTTP 404)'],
    [403, ' <html>', 'unavailable: Example Cloud has a firewall (HTTP 403)'],
    [403, 'your plan', 'auth: Example Cloud wants a larger plan (HTTP 403)'],
    [403, '{}', 'auth: Example Cloud refused the credentials: check them in the settings (HTTP 403)'],
    [500, '{}', 'unavailable: Example Cloud has trouble (HTTP 500)'],
  ];
  for (const [status, body, expected] of rows)
    it(`tells an HTTP ${status} with ${body} as its kinds say`, async (t) => {
      const { http } = await client(t, answering(status, body), { kinds });
      assert.equal(told(await failureOf(http)), expected);
    });

  for (const [header, seconds] of [
    [undefined, 60],
    ['30', 60],
    ['900', 900],
  ] as const)
    it(`leaves the vendor alone for ${seconds} s where 60 are known and ${header ?? 'nothing'} is told`, async (t) => {
      const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
      const { http } = await client(t, answering(429, '', headers), { kinds });
      assert.equal((await failureOf(http)).retryAfterSeconds, seconds);
    });

  it('tells what is no JSON as the vendor means it', async (t) => {
    const page = await client(t, answering(200, '<html>'), { notJson: 'unavailable' });
    assert.equal(
      told(await failureOf(page.http)),
      'unavailable: Example Cloud answered with a web page instead of figures',
    );
    const only = ({ isWebPage }: { isWebPage: boolean }) =>
      isWebPage ? (['unavailable', 'is being serviced'] as const) : undefined;
    const text = await client(t, answering(200, 'half {'), { notJson: only });
    assert.equal((await failureOf(text.http)).kind, 'bad-response');
  });

  it('lets the body say no before the status does', async (t) => {
    const defaults: CallDefaults = {
      refusal: (answer) => (/no/.test(answer.beginning) ? answer.failure('offline', 'says no') : undefined),
    };
    for (const status of [200, 500]) {
      const { http } = await client(t, answering(status, '{"power":1,"said":"no"}'), defaults);
      assert.equal(told(await failureOf(http)), 'offline: Example Cloud says no');
    }
    const { http } = await client(t, answering(500, '{}'), defaults);
    assert.equal((await failureOf(http)).kind, 'unavailable');
  });
});

describe('an answer', () => {
  const answerOf = async (t: TestContext, body: string, headers = {}) => {
    const { http } = await client(t, answering(418, body, headers), { accept: 'all' });
    return http.send('GET', '/live');
  };

  it('makes a failure with all that it knows', async (t) => {
    const failure = (await answerOf(t, '{"power":"much"}', { 'retry-after': '30' })).failure('stale', 'is old');
    assert.equal(told(failure), 'stale: Example Cloud is old');
    assert.deepEqual([failure.status, failure.retryAfterSeconds, failure.answer], [418, 30, '{"power":"much"}']);
    assert.match(failure.excerpt ?? '', /power/);
    const other = (await answerOf(t, '')).failure('auth', 'is odd', { status: 401, retryAfterSeconds: 7 });
    assert.deepEqual([other.status, other.retryAfterSeconds], [401, 7]);
  });

  it('may be tried as JSON', async (t) => {
    assert.deepEqual((await answerOf(t, '{"power":1}')).tryJson(Live), { power: 1 });
    for (const body of ['', '<html>', '[]', '{"power":"much"}'])
      assert.equal((await answerOf(t, body)).tryJson(Live), undefined);
  });
});
