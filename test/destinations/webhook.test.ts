import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { webhook } from '../../functions/push-solar-data/destinations/webhook.ts';
import { configured, figuresOf, type ReceiverAnswer, receive, sendingAt, tell } from '../support/destinations.ts';

const secret = `whsec_${Buffer.from('solar-cloud-bridge-test-secret-00').toString('base64')}`;
const path = '/hook/k3y-in-the-path-41c7';
const figures = figuresOf({ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 }, ['consumption_kw']);
const figuresText =
  '{"type":"reading","version":1,"site":"home","sent_ms":1777636800000,"production_kw":4.2,"net_import_kw":-1.5,' +
  '"consumption_kw":2.7,"derived":["consumption_kw"]}';
const failure: Message = { error: 'FoxESS Cloud says that the device is not connected', kind: 'offline' };
const html = { 'content-type': 'text/html' };
const page = '<!doctype html><title>Sign in</title>';

type Told = { message?: Message; answer?: ReceiverAnswer; now?: number };

/** What a receiver got of one message, and how that ended. */
async function told(
  t: TestContext,
  settings: Record<string, string>,
  { message = figures, answer = {}, now }: Told = {},
) {
  const { url, received } = await receive(t, answer);
  const destination = configured(webhook, { url: url + path, ...settings });
  assert.deepEqual(destination.problems, []);
  const { row, state, remarks } = await tell(t, destination, message, now === undefined ? {} : { now });
  return { row, state, remarks, received, all: JSON.stringify([row, state, remarks]) };
}

describe('a message', () => {
  it('is one POST of the common document', async (t) => {
    const { row, received } = await told(t, {});
    assert.deepEqual(row, { label: 'webhook', outcome: 'pushed' });
    const [request, ...more] = received;
    assert.deepEqual(more, []);
    assert.equal(request?.method, 'POST');
    assert.equal(request?.path, path);
    assert.equal(request?.text, figuresText);
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal(request?.headers['user-agent'], 'solar-cloud-bridge');
    assert.equal(request?.headers['webhook-signature'], undefined);
  });

  it('of an error is the document too', async (t) => {
    const { row, received } = await told(t, {}, { message: failure });
    assert.equal(row.outcome, 'reported');
    assert.equal(
      received[0]?.text,
      '{"type":"error","version":1,"site":"home","sent_ms":1777636800000,' +
        '"error":"FoxESS Cloud says that the device is not connected","kind":"offline"}',
    );
  });

  it('is signed as the reference verifier demands, over the very bytes', async (t) => {
    const now = Date.now(); // the verifier knows no other clock
    const { headers, text } = (await told(t, { secret }, { now })).received[0] ?? assert.fail();
    assert.equal(headers['webhook-id'], `msg_home_${now}`);
    new Webhook(secret).verify(text, headers as Record<string, string>);
  });

  it('has an id of its site and its moment', async (t) => {
    const { url, received } = await receive(t);
    await tell(t, configured(webhook, { url, secret }), figures, { home: { site: 'my-shed' } });
    assert.equal(received[0]?.headers['webhook-id'], `msg_my-shed_${sendingAt}`);
  });

  it('that is a text is signed in the same way', async (t) => {
    const { received } = await told(t, { secret, body: '"Überschuß → " & net_import_kw' });
    const { headers, text } = received[0] ?? assert.fail();
    assert.equal(text, 'Überschuß → -1.5');
    const signed = new Webhook(secret).sign(`msg_home_${sendingAt}`, new Date(sendingAt), text);
    assert.equal(headers['webhook-signature'], signed);
  });

  it('has the further headers, which come before its own but for the signature', async (t) => {
    const headers = { Authorization: 'Bearer made-up-8f2e41', 'Content-Type': 'application/cloudevents+json' };
    const settings = { secret, headers: JSON.stringify({ ...headers, 'webhook-id': 'forged' }) };
    const [request] = (await told(t, settings)).received;
    assert.equal(request?.headers.authorization, 'Bearer made-up-8f2e41');
    assert.equal(request?.headers['content-type'], 'application/cloudevents+json');
    assert.equal(request?.headers['webhook-id'], `msg_home_${sendingAt}`);
  });
});

describe('a body of the owner', () => {
  const json = 'application/json';
  const plain = 'text/plain; charset=utf-8';
  for (const [expression, text, type, contentType] of [
    ['{"grid_w": $round(net_import_kw * 1000), "soc": battery_soc}', '{"grid_w":-1500}', json],
    [
      '{"field1": production_kw, "at": $fromMillis(tsms ? tsms : sent_ms)}',
      '{"field1":4.2,"at":"2026-05-01T12:00:00.000Z"}',
      json,
    ],
    ['[production_kw, net_import_kw]', '[4.2,-1.5]', json],
    ['production_kw', '4.2', json],
    ['site & ": " & production_kw', 'home: 4.2', plain],
    ['site & ",4.2"', 'home,4.2', 'text/csv', 'text/csv'],
  ] as const)
    it(`of ${expression} is ${text}`, async (t) => {
      const settings = { body: expression, ...(contentType === undefined ? {} : { contentType }) };
      const { row, received } = await told(t, settings);
      assert.equal(row.outcome, 'pushed');
      assert.deepEqual([received[0]?.text, received[0]?.headers['content-type']], [text, type]);
    });

  it('that is nothing is not sent, and begins no interval', async (t) => {
    const settings = { body: 'type = "error" ? {"message": error}', intervalSeconds: '900' };
    const { row, state, received } = await told(t, settings);
    assert.deepEqual(row, { label: 'webhook', outcome: 'idle' });
    assert.deepEqual(received, []);
    assert.equal(state.deliveredAt, undefined);
    assert.equal((await told(t, settings, { message: failure })).received[0]?.text, `{"message":"${failure.error}"}`);
  });

  for (const [what, expression, why] of [
    ['cannot be read', 'type = "reading" ? {', 'fails \\(JSONata S0\\d+\\)'],
    ['does not fit', '$number(site & "-k3y-41c7")', 'fails \\(JSONata D3030\\)'],
    ['does not end', '($again := function($x) { $again($x) }; $again(1))', 'does not end within a second'],
    ['is a function', '$sum', 'gives a function'],
  ] as const)
    it(`that ${what} is a setting to be mended; nothing is sent`, async (t) => {
      const { row, received } = await told(t, { body: expression });
      assert.equal(row.kind, 'settings');
      const sentence = `^WEBHOOK_BODY gives nothing to send to Your webhook, because it ${why}: correct the expression$`;
      assert.match(row.error ?? '', new RegExp(sentence));
      assert.deepEqual(received, []);
    });
});

describe('an answer', () => {
  const retry = { 'retry-after': '120' };
  const dayLong = { 'retry-after': '86400' };
  for (const [what, answer, kind, sentence, waitSeconds] of [
    [
      '400 as a page',
      { status: 400, headers: html, text: page },
      'bad-response',
      /^Your webhook refuses the message \(HTTP 400\)$/,
      0,
    ],
    ['405 as a page', { status: 405, headers: html, text: page }, 'bad-response', /HTTP 405/, 0],
    ['415 as a page', { status: 415, headers: html, text: page }, 'bad-response', /HTTP 415/, 0],
    ['422 as a page', { status: 422, headers: html, text: page }, 'bad-response', /HTTP 422/, 0],
    [
      '401',
      { status: 401 },
      'auth',
      /^Your webhook refuses us \(HTTP 401\): check WEBHOOK_HEADERS, WEBHOOK_SECRET and WEBHOOK_URL$/,
      1_800,
    ],
    ['403 as a page', { status: 403, headers: html, text: page }, 'auth', /HTTP 403/, 1_800],
    [
      'a page with 200',
      { headers: html, text: page },
      'auth',
      /^Your webhook answers with a page for people, such as a log-in \(HTTP 200\): check WEBHOOK_URL$/,
      1_800,
    ],
    [
      '404',
      { status: 404 },
      'gone',
      /^Your webhook is not at its address \(HTTP 404\): is the workflow behind it active\?$/,
      0,
    ],
    ['404 as a page', { status: 404, headers: html, text: page }, 'gone', /HTTP 404/, 0],
    ['410', { status: 410 }, 'gone', /^Your webhook wants no more messages \(HTTP 410\)$/, 900],
    ['408', { status: 408 }, 'unavailable', /HTTP 408/, 0],
    ['500', { status: 500 }, 'unavailable', /^Your webhook has trouble \(HTTP 500\)$/, 0],
    ['502 as a page', { status: 502, headers: html, text: page }, 'unavailable', /HTTP 502/, 0],
    ['504', { status: 504 }, 'unavailable', /HTTP 504/, 0],
    ['503 for two minutes', { status: 503, headers: retry }, 'unavailable', /HTTP 503/, 120],
    ['429', { status: 429 }, 'rate-limited', /^Your webhook asks us to slow down \(HTTP 429\)$/, 60],
    ['429 for two minutes', { status: 429, headers: retry }, 'rate-limited', /HTTP 429/, 120],
    ['429 for a day', { status: 429, headers: dayLong }, 'rate-limited', /HTTP 429/, 900],
    [
      'a redirect below',
      { status: 302, headers: { location: '/login?k3y=x' } },
      'settings',
      /^Your webhook has moved \(HTTP 302\): set WEBHOOK_URL to the new address$/,
      300,
    ],
  ] as const)
    it(`of ${what} is ${kind}`, async (t) => {
      const { row, state } = await told(t, {}, { answer });
      assert.deepEqual([row.outcome, row.kind], ['failed', kind]);
      assert.match(row.error ?? '', sentence);
      assert.equal(state.failure?.retryAt, waitSeconds === 0 ? undefined : sendingAt + waitSeconds * 1000);
    });

  for (const status of [200, 201, 202, 204])
    it(`of ${status} is taken`, async (t) =>
      assert.equal((await told(t, {}, { answer: { status } })).row.outcome, 'pushed'));

  it('that sends elsewhere is not followed; the sentence shows the new host and no more', async (t) => {
    const location = 'https://user:pass-9d55@elsewhere.example:8443/hook/other-k3y-9d55?key=other-k3y';
    const { row, all } = await told(t, {}, { answer: { status: 308, headers: { location } } });
    const sentence = 'Your webhook has moved to elsewhere.example:8443 (HTTP 308): set WEBHOOK_URL to the new address';
    assert.deepEqual([row.kind, row.error], ['settings', sentence]);
    assert.doesNotMatch(all, /9d55|k3y/);
  });

  it('that is none is unavailable', async (t) => {
    const destination = configured(webhook, { url: `http://127.0.0.1:1${path}` });
    const { row } = await tell(t, destination, figures);
    assert.equal(row.kind, 'unavailable');
    assert.equal(row.error, 'Your webhook cannot be reached at 127.0.0.1:1: it refuses the connection');
  });
});

describe('a secret', () => {
  it('of the settings is in no word about a message, whatever a receiver makes of it', async (t) => {
    const settings = { secret, headers: '{"X-Hook":"made-up-header-77"}' };
    const echo = { k3yinthepath41c7: 1, 'k3y-in-the-path-41c7': 2, ['made-up-header-77']: 3, text: path };
    for (const status of [200, 301, 400, 401, 404, 410, 429, 500]) {
      const answer = { status, headers: { location: `https://elsewhere.example${path}` }, text: JSON.stringify(echo) };
      const { all } = await told(t, { ...settings, expect: 'text = "OK"' }, { answer });
      assert.doesNotMatch(all, /k3y-in-the-path|made-up-header|c29sYXIt/);
    }
  });
});
