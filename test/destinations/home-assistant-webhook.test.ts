import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { homeAssistantWebhook } from '../../functions/push-solar-data/destinations/home-assistant-webhook.ts';
import { configured, figuresOf, type ReceiverAnswer, receive, sendingAt, tell } from '../support/destinations.ts';

const path = '/api/webhook/made-up-1d5a7c20';
const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5 });
const html = { 'content-type': 'text/html' };
const page = '<!doctype html><title>404: Not Found</title>';

/** What Home Assistant, or what stands before it, got of one message, and how that ended. */
async function told(
  t: TestContext,
  answer: ReceiverAnswer = {},
  { message = figures, settings = {} }: { message?: Message; settings?: Record<string, string> } = {},
) {
  const { url, received } = await receive(t, answer);
  const destination = configured(homeAssistantWebhook, { url: url + path, ...settings });
  assert.deepEqual(destination.problems, []);
  return { ...(await tell(t, destination, message)), received };
}

describe('a message', () => {
  it('is one POST of the common document as JSON', async (t) => {
    const { row, received } = await told(t);
    assert.deepEqual(row, { label: 'home-assistant-webhook', outcome: 'pushed' });
    const [request, ...more] = received;
    assert.deepEqual(more, []);
    assert.deepEqual([request?.method, request?.path], ['POST', path]);
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal(
      request?.text,
      '{"type":"reading","version":1,"site":"home","sent_ms":1777636800000,"production_kw":4.2,"net_import_kw":-1.5,"derived":[]}',
    );
  });

  it('of an error is the document too, so that the entities become unavailable', async (t) => {
    const { row, received } = await told(t, {}, { message: { error: 'No figures', kind: 'offline' } });
    assert.equal(row.outcome, 'reported');
    assert.match(received[0]?.text ?? '', /"type":"error".*"error":"No figures","kind":"offline"/);
  });

  it("has the headers for a tunnel's log-in", async (t) => {
    const headers = '{"CF-Access-Client-Id":"made-up-client","CF-Access-Client-Secret":"made-up-secret"}';
    const { received } = await told(t, {}, { settings: { headers } });
    assert.equal(received[0]?.headers['cf-access-client-id'], 'made-up-client');
    assert.equal(received[0]?.headers['cf-access-client-secret'], 'made-up-secret');
  });
});

describe('an answer', () => {
  const tunnel =
    /^Home Assistant \(webhook\) is behind a log-in that refuses us \(HTTP \d+\): check HOME_ASSISTANT_WEBHOOK_HEADERS and HOME_ASSISTANT_WEBHOOK_URL$/;
  for (const [what, answer, kind, sentence, waitSeconds] of [
    [
      '405',
      { status: 405, text: '405: Method Not Allowed' },
      'settings',
      /^Home Assistant \(webhook\) allows other methods for this webhook only \(HTTP 405\): set allowed_methods: \[POST\]$/,
      300,
    ],
    ['400', { status: 400, text: '400: Bad Request' }, 'settings', /HTTP 400\): name it in trusted_proxies/, 300],
    ['400 as a page', { status: 400, headers: html, text: page }, 'settings', /HTTP 400/, 300],
    ['401', { status: 401 }, 'auth', tunnel, 1_800],
    ['403 as a page', { status: 403, headers: html, text: page }, 'auth', tunnel, 1_800],
    ['a page with 200', { headers: html, text: page }, 'auth', tunnel, 1_800],
    [
      '404 as a page',
      { status: 404, headers: html, text: page },
      'gone',
      /is not at this address any more \(HTTP 404\)$/,
      0,
    ],
    ['404', { status: 404 }, 'gone', /HTTP 404/, 0],
    ['410 as a page', { status: 410, headers: html, text: page }, 'gone', /HTTP 410/, 0],
    ['429', { status: 429 }, 'rate-limited', /HTTP 429/, 60],
    ['502 as a page', { status: 502, headers: html, text: page }, 'unavailable', /has trouble \(HTTP 502\)$/, 0],
    ['503', { status: 503 }, 'unavailable', /HTTP 503/, 0],
    ['504', { status: 504 }, 'unavailable', /HTTP 504/, 0],
  ] as const)
    it(`of ${what} is ${kind}`, async (t) => {
      const { row, state } = await told(t, answer);
      assert.deepEqual([row.outcome, row.kind], ['failed', kind]);
      assert.match(row.error ?? '', sentence);
      assert.equal(state.failure?.retryAt, waitSeconds === 0 ? undefined : sendingAt + waitSeconds * 1000);
      assert.doesNotMatch(JSON.stringify([row, state]), /made-up/);
    });

  it('that is none is unavailable: the home may be offline', async (t) => {
    const { row } = await tell(t, configured(homeAssistantWebhook, { url: `http://127.0.0.1:1${path}` }), figures);
    assert.equal(row.kind, 'unavailable');
    assert.doesNotMatch(row.error ?? '', /made-up/);
  });
});

describe('settings', () => {
  const url = `https://home.example${path}`;
  for (const [settings, problem] of [
    [{}, /^HOME_ASSISTANT_WEBHOOK_URL is missing: /],
    [
      { url: `http://homeassistant.local:8123${path}` },
      /^HOME_ASSISTANT_WEBHOOK_URL must be an address that begins with https:/,
    ],
    [{ url, headers: 'made-up-token' }, /^HOME_ASSISTANT_WEBHOOK_HEADERS must be a JSON object of headers/],
  ] as const)
    it(`${JSON.stringify(settings)} are refused by name, without a secret`, () => {
      const { problems } = configured(homeAssistantWebhook, settings);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
      assert.doesNotMatch(problems[0] ?? '', /made-up/);
    });
});
