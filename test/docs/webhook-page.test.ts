/** What owners copy from the webhook's page does what the page says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import type { Message } from '../../functions/push-solar-data/core/destination-state.ts';
import { commonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import { webhook } from '../../functions/push-solar-data/destinations/webhook.ts';
import { configured, figuresOf, tell } from '../support/destinations.ts';
import { serveHttp } from '../support/servers.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/destinations/webhook.md'), 'utf8');
const [figures, error] = [...page.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']) => JSON.parse(json));
const { type: _t, version: _v, site: _s, sent_ms, derived, ...reading } = figures;
const failure: Message = { error: error.error, kind: error.kind };

for (const [what, message, shown] of [
  ['figures', figuresOf(reading, derived), figures],
  ['an error', failure, error],
] as const)
  it(`shows the document of ${what} as it is sent`, () =>
    assert.equal(JSON.stringify(commonDocument(message, 'home', sent_ms)), JSON.stringify(shown)));

/** The expression in the row that begins so, and what an answer must say. */
function rowOf(begin: string): { body: string; expect?: string } {
  const row = page.split('\n').find((line) => line.startsWith(`| ${begin}`)) ?? '';
  const [, body = ''] = /\| `(type[^`]+)`/.exec(row) ?? [];
  const [, expect] = /WEBHOOK_EXPECT` as `([^`]+)`/.exec(row) ?? [];
  return { body, ...(expect === undefined ? {} : { expect }) };
}

/** What arrives at a receiver that answers so, and how the push ends. */
async function sent(t: TestContext, settings: { body: string; expect?: string }, message: Message, answer = 'ok') {
  const received: string[] = [];
  const { url } = await serveHttp(t, async (request, response) => {
    received.push(await text(request));
    response.end(answer);
  });
  const { row } = await tell(t, configured(webhook, { url, ...settings }), message);
  return { outcome: row.outcome, received };
}

describe('its expression for', () => {
  const grid = figuresOf({ production_kw: 4.2, net_import_kw: -1.5 });
  for (const [begin, message, body] of [
    ['watts', grid, '{"grid_w":-1500,"pv_w":4200}'],
    ['watts', figuresOf({ production_kw: 4.2 }), '{"pv_w":4200}'],
    ['[ntfy]', failure, `{"topic":"my-solar","title":"Solar bridge","message":"${error.error}"}`],
    ['ThingSpeak', grid, '{"api_key":"…","field1":4.2,"field2":-1.5}'],
    ['emoncms', grid, `node=solar&fulljson=${encodeURIComponent('{"solar":4200,"grid":-1500}')}`],
  ] as const)
    it(`${begin} makes ${body}`, async (t) =>
      assert.deepEqual((await sent(t, rowOf(begin), message)).received, [body]));

  for (const [begin, message] of [
    ['watts', failure],
    ['[ntfy]', grid],
    ['ThingSpeak', failure],
    ['emoncms', failure],
  ] as const)
    it(`${begin} sends nothing of ${'error' in message ? 'an error' : 'figures'}`, async (t) =>
      assert.deepEqual((await sent(t, rowOf(begin), message)).received, []));

  for (const [begin, answer] of [
    ['ThingSpeak', '0'],
    ['emoncms', 'Error: no such key'],
  ] as const)
    it(`${begin} takes "${answer}" for a refusal`, async (t) =>
      assert.equal((await sent(t, rowOf(begin), grid, answer)).outcome, 'failed'));

  it('emoncms takes its "ok" in quotes for none', async (t) =>
    assert.equal((await sent(t, rowOf('emoncms'), grid, '"ok"')).outcome, 'pushed'));
});
