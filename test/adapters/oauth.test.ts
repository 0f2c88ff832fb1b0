import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  byRefreshToken,
  requestToken,
  type TokenRequest,
  type TokenSession,
} from '../../functions/push-solar-data/adapters/oauth.ts';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { clientFor, serveHttp } from '../support/servers.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const path = '/oauth/token';
const request: TokenRequest = {
  path,
  grant: { grant_type: 'client_credentials' },
  client: { id: 'me', secret: 'hush hush' },
  refused: (error) => `refused the client (${error ?? 'no reason given'})`,
};

type Received = { path: string; form: Record<string, string>; authorization: string | undefined };

/** Asks a server that answers so. */
async function ask(
  t: TestContext,
  body: unknown,
  {
    status = 200,
    headers = {},
    ...changed
  }: Partial<TokenRequest> & { status?: number; headers?: Record<string, string> } = {},
) {
  const received: Received[] = [];
  const { url } = await serveHttp(t, async (asked, response) => {
    let text = '';
    for await (const chunk of asked) text += chunk;
    const { authorization } = asked.headers;
    received.push({ path: asked.url ?? '', form: Object.fromEntries(new URLSearchParams(text)), authorization });
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const http = clientFor(t, { baseUrl: 'http://127.0.0.1:9', authUrl: url });
  const result = await requestToken({ http, now }, { ...request, ...changed }).catch((error: unknown) => error);
  return { result, received: received[0], calls: received.length };
}
const token = { access_token: 'one', token_type: 'bearer', expires_in: 3600 };

describe('a token is asked for', () => {
  const grants: [what: string, changed: Partial<TokenRequest>, form: object][] = [
    ['with client credentials', {}, { grant_type: 'client_credentials', client_id: 'me', client_secret: 'hush hush' }],
    [
      'with a password, by a client without secret',
      { grant: { grant_type: 'password', username: 'u', password: 'p', scope: 'openid' }, client: { id: 'me' } },
      { grant_type: 'password', username: 'u', password: 'p', scope: 'openid', client_id: 'me' },
    ],
    [
      'with a code and its verifier',
      {
        grant: { grant_type: 'authorization_code', code: 'c', redirect_uri: 'https://a/b', code_verifier: 'v' },
        client: { id: 'me' },
      },
      { grant_type: 'authorization_code', code: 'c', redirect_uri: 'https://a/b', code_verifier: 'v', client_id: 'me' },
    ],
    [
      'with what the cloud wants besides, and without what it does not know',
      { form: { grant_type: undefined, audience: 'api' } },
      { client_id: 'me', client_secret: 'hush hush', audience: 'api' },
    ],
  ];
  for (const [what, changed, form] of grants)
    it(what, async (t) => {
      const { received } = await ask(t, token, changed);
      assert.deepEqual(received, { path, form, authorization: undefined });
    });

  it('in JSON, where the cloud wants it so', async (t) => {
    const { received } = await ask(t, token, { body: 'json' });
    const body = { grant_type: 'client_credentials', client_id: 'me', client_secret: 'hush hush' };
    assert.deepEqual(received?.form, { [JSON.stringify(body)]: '' }); // read as a form
  });

  it('with the client in the header', async (t) => {
    const { received } = await ask(t, token, { client: { id: 'me', secret: 'hush hush', in: 'basic' } });
    assert.deepEqual(received?.form, { grant_type: 'client_credentials' });
    assert.equal(received?.authorization, `Basic ${btoa('me:hush hush')}`);
  });
});

describe('a token', () => {
  const after = (seconds: number) => now + seconds * 1000;
  const sessions: [what: string, body: object, changed: Partial<TokenRequest>, session: Partial<TokenSession>][] = [
    ['has a life', token, {}, { token: 'one', tokenType: 'bearer', expiresAt: after(3600) }],
    ['may tell its life as text', { ...token, expires_in: '3599' }, {}, { expiresAt: after(3599) }],
    ['may tell no life', { ...token, expires_in: 'soon' }, {}, { expiresAt: undefined }],
    ['has the usual life then', { ...token, expires_in: null }, { lifeSeconds: 300 }, { expiresAt: after(300) }],
    [
      'comes with a refresh token',
      { ...token, refresh_token: 'next', refresh_expires_in: 60 },
      {},
      { refreshToken: 'next', refreshExpiresAt: after(60) },
    ],
    [
      'comes with one that has no end',
      { ...token, refresh_token: 'next', refresh_expires_in: 0 },
      {},
      { refreshToken: 'next', refreshExpiresAt: undefined },
    ],
    [
      'leaves a refresh token good that does not rotate',
      token,
      { grant: { grant_type: 'refresh_token', refresh_token: 'old' } },
      { refreshToken: 'old' },
    ],
  ];
  for (const [what, body, changed, expected] of sessions)
    it(what, async (t) => {
      const { result } = await ask(t, body, changed);
      assert.deepEqual({ ...(result as TokenSession), ...expected }, result);
    });

  it('that is none is an answer that is not understood, and not quoted', async (t) => {
    for (const body of [{}, { access_token: '' }, '{"access_token":"half', []]) {
      const { result } = await ask(t, body);
      assert.ok(result instanceof Failure);
      assert.equal(result.kind, 'bad-response');
      assert.doesNotMatch(result.message + result.excerpt, /half/);
    }
  });
});

describe('no token:', () => {
  const rows: [status: number, body: unknown, told: string][] = [
    [400, { error: 'invalid_grant' }, 'auth: Example Cloud refused the client (invalid_grant)'],
    [401, { error: 'invalid_client' }, 'auth: Example Cloud refused the client (invalid_client)'],
    [400, { error: 'unauthorized_client' }, 'auth: Example Cloud refused the client (unauthorized_client)'],
    [200, { error: 'invalid_grant' }, 'auth: Example Cloud refused the client (invalid_grant)'],
    [403, '', 'auth: Example Cloud refused the client (no reason given)'],
    [401, '<html>', 'auth: Example Cloud refused the client (no reason given)'],
    [403, '<html>', 'unavailable: Example Cloud shows a web page in place of its log-in: perhaps maintenance'],
    [200, '<html>', 'unavailable: Example Cloud shows a web page in place of its log-in: perhaps maintenance'],
    [400, { error: 'temporarily_unavailable' }, 'unavailable: Example Cloud has trouble with the log-in'],
    [503, { error: 'invalid_grant' }, 'unavailable: Example Cloud has trouble (HTTP 503)'],
    [429, {}, 'rate-limited: Example Cloud asks us to slow down (HTTP 429)'],
    [404, {}, 'bad-response: Example Cloud has no log-in at this address (HTTP 404): check region and address'],
  ];
  for (const [status, body, told] of rows)
    it(`HTTP ${status} with ${JSON.stringify(body)} is ${told}`, async (t) => {
      const { result, calls } = await ask(t, body, { status });
      assert.ok(result instanceof Failure);
      assert.equal(`${result.kind}: ${result.message}`, told);
      assert.equal(calls, 1);
    });

  it('where wrong passwords lock the account, it is left alone', async (t) => {
    const { result } = await ask(t, { error: 'invalid_grant' }, { status: 400, holdSeconds: 3600 });
    assert.equal((result as Failure).retryAfterSeconds, 3600);
  });
});

describe('the way by the refresh token', () => {
  const kept: TokenSession = { token: 'one', refreshToken: 'kept' };
  const rows: [
    what: string,
    previous: TokenSession | undefined,
    first: string | undefined,
    sent: string | undefined,
  ][] = [
    ['takes the kept one', kept, 'first', 'kept'],
    ["takes the owner's while none is kept", undefined, 'first', 'first'],
    ['is not open without', { token: 'one' }, undefined, undefined],
    ['is not open after its end', { ...kept, refreshExpiresAt: now }, 'first', undefined],
    ['is open before its end', { ...kept, refreshExpiresAt: now + 1 }, undefined, 'kept'],
  ];
  for (const [what, previous, first, sent] of rows)
    it(what, async () => {
      const way = byRefreshToken({ now }, async (token) => ({ token }), first);
      assert.equal((await way(previous))?.token, sent);
    });
});
