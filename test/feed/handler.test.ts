/** The bundle of the feed's function as it is deployed, asked as its address asks it, against a local Parameter Store. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it, mock } from 'node:test';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { simulator } from '../../functions/push-solar-data/adapters/simulator.ts';
import { createParameterStore } from '../../functions/push-solar-data/persistence/parameter-store.ts';
import { bundleFeed } from '../../infra/bundle.ts';
import { openHome } from '../support/home.ts';
import { type ParameterStage, playParameterStore } from '../support/parameter-store.ts';

const token = 'made-up-token-of-a-reader-0123456789';
const document = '/solar-cloud-bridge/home/state/feed/feed';

type Answer = { statusCode: number; headers: Record<string, string>; body: string };
type Handler = (event: LambdaFunctionURLEvent) => Promise<Answer>;

/** As AWS hands a request to the function, as far as it looks. */
const eventOf = (rawPath: string, headers: Record<string, string>, method = 'GET') =>
  ({
    ...{ version: '2.0', rawPath, rawQueryString: '', headers, isBase64Encoded: false },
    requestContext: { http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'evcc' } },
  }) as LambdaFunctionURLEvent;
const right = { authorization: `Bearer ${token}` };

describe('the deployed feed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feed-'));
  const environment = { ...process.env };
  let store: ParameterStage;
  let coldStarts = 0;

  before(() => {
    bundleFeed(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    store = await playParameterStore({});
    Object.assign(process.env, {
      SITE: 'home',
      FEED_LABEL: 'feed',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SSM: store.url,
    });
  });
  afterEach(async () => {
    process.env = { ...environment };
    await store.close();
  });

  /** A fresh instance of the function. */
  async function coldStart(): Promise<Handler> {
    coldStarts += 1;
    return (await import(`${join(folder, 'handler.mjs')}?${coldStarts}`)).handler;
  }

  /** A tick of the bridge on AWS, with what it then has told. */
  async function tick(own: Record<string, string> = {}) {
    const texts = { VENDOR: 'simulator', DESTINATION: 'feed', FEED_TOKEN: token, ...own };
    const home = openHome({
      adapters: [simulator],
      texts,
      now: Date.now(),
      store: createParameterStore('home').state,
    });
    const report = await home.tick();
    await home.close();
    return report;
  }

  it('gives the reading of the last tick, and whatever is asked only to who has the token', async () => {
    const { figures } = await tick();
    const handler = await coldStart();
    const { statusCode, headers, body } = await handler(eventOf('/reading', right));
    assert.equal(statusCode, 200);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(JSON.parse(body).net_import_kw, figures?.net_import_kw);
    assert.equal((await handler(eventOf('/reading/production_w', right))).statusCode, 200);
    assert.deepEqual((await handler(eventOf('/reading', right, 'HEAD'))).body, '');
    for (const path of ['/reading', '/reading/production_w', '/'])
      assert.equal((await handler(eventOf(path, {}))).statusCode, 401);
  });

  it('reads the one document, and that once for many requests', async () => {
    await tick();
    store.calls.length = 0;
    const handler = await coldStart();
    for (let request = 0; request < 20; request += 1) await handler(eventOf('/reading', right));
    assert.deepEqual(store.calls, ['GetParameter']);
  });

  it('knows the document as plain text of a standard size, without the token', async () => {
    await tick();
    const { type, value = '' } = store.parameters.get(document) ?? {};
    assert.equal(type, 'String');
    assert.ok(Buffer.byteLength(value) < 1_000);
    assert.equal(value.includes(token), false);
  });

  it('gives no figures before the first tick, and none with an error', async () => {
    assert.equal((await (await coldStart())(eventOf('/reading', right))).statusCode, 503);
    await tick({ SIMULATOR_GIVES: 'nothing-of-the-kind' });
    const { statusCode, body } = await (await coldStart())(eventOf('/reading', right));
    assert.equal(statusCode, 503);
    assert.equal(JSON.parse(body).type, 'error');
  });

  it('gives nothing of a document that no token opens', async () => {
    await tick();
    const { tokenHash: _none, ...record } = JSON.parse(store.parameters.get(document)?.value ?? '');
    store.set(document, JSON.stringify(record), 'String');
    assert.equal((await (await coldStart())(eventOf('/reading', right))).statusCode, 401);
  });

  it('says in its log why it cannot read the document, and answers 503', async () => {
    await tick();
    store.fail({ status: 400, type: 'AccessDeniedException' });
    const lines: string[] = [];
    const written = mock.method(process.stderr, 'write', (chunk: string) => lines.push(chunk) > 0);
    const { statusCode } = await (await coldStart())(eventOf('/reading', right));
    written.mock.restore();
    assert.equal(statusCode, 503);
    assert.match(JSON.parse(lines.join('')).message, /AWS does not let the bridge use the parameters/);
  });
});
