import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { Failure, secret, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { apiKey } from '../support/home.ts';
import { serveHttp } from '../support/servers.ts';
import { adapterOf } from '../support/sources.ts';
import { giving, homeOf, sunny } from '../support/ticks.ts';

describe('no secret leaves the bridge', () => {
  const secretText = 'made-up-secret-of-an-owner-0123456789';
  /** A cloud that answers every call so, and an adapter that asks it with a secret setting. */
  async function echoing(t: TestContext, body: string, status = 400) {
    const { url } = await serveHttp(t, (_request, response) => response.writeHead(status).end(body));
    const adapter = adapterOf({
      vendor: 'roof',
      settings: { apiKey: secret(text, 'Key') },
      read: async ({ http, settings }) =>
        http.get('/live', { headers: { authorization: `Bearer ${settings.apiKey}` }, schema: z.object({}) }),
    });
    return homeOf(t, [adapter], { texts: { ROOF_API_KEY: secretText, ROOF_BASE_URL: url } });
  }
  /** What was told to anybody, but for the key in its place. */
  const toldBy = async (home: Awaited<ReturnType<typeof homeOf>>) =>
    JSON.stringify([await home.tick(), home.pushes.map(({ apiKey: _, ...rest }) => rest)]);

  it('that a cloud echoes in an error', async (t) => {
    const told = await toldBy(await echoing(t, `{"message":"unknown key ${secretText}"}`));
    assert.match(told, /unknown key \[hidden\]/);
    assert.equal(told.includes(secretText), false);
  });

  it('that a cloud echoes, into what is kept of the failure', async (t) => {
    const store = memoryStore();
    const adapter = adapterOf({
      vendor: 'roof',
      settings: { apiKey: secret(text, 'Key') },
      read: async ({ settings }) => {
        throw new Failure('auth', `Example Cloud does not know ${settings.apiKey}`);
      },
    });
    const home = await homeOf(t, [adapter], { store, texts: { ROOF_API_KEY: secretText } });
    await home.tick();
    assert.match(store.documents.get('schedule') ?? '', /does not know \[hidden\]/);
  });

  it('that an owner wrote into the wrong setting', async (t) => {
    const texts = { ROOF_BASE_URL: `http://example.com/?key=${apiKey}` };
    const home = await homeOf(t, [giving('roof', sunny).adapter], { texts });
    const report = await home.tick();
    assert.match(home.pushes[0]?.error ?? '', /example\.com\/\?key=\[hidden\]/);
    assert.equal(JSON.stringify(report).includes(apiKey), false);
  });

  it('that a cloud echoes in what cannot be understood', async (t) => {
    const told = await toldBy(await echoing(t, `{"message":"${secretText}`, 200));
    assert.equal(told.includes(secretText), false);
  });

  it('nor a part of one that the log cuts', async (t) => {
    for (const before of [270, 280, 290]) {
      const told = await toldBy(await echoing(t, `${'x'.repeat(before)}${secretText}`));
      assert.match(told, /xxxx/, 'the excerpt is there');
      assert.equal(told.includes(secretText.slice(0, 8)), false, `after ${before} characters`);
    }
  });

  it('that an adapter keeps in its state', async (t) => {
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ session: z.object({ token: z.string() }) }),
      read: async ({ state, note }) => {
        state.session = { token: 'made-up-token' };
        note('the token is made-up-token');
        throw new Failure('bad-response', 'Example Cloud does not know made-up-token');
      },
    });
    const told = await toldBy(await homeOf(t, [adapter]));
    assert.match(told, /does not know \[hidden\]/);
    assert.equal(told.includes('made-up-token'), false);
  });

  it('that an adapter found in its state', async (t) => {
    const store = memoryStore();
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ refreshToken: z.string() }),
      read: async ({ state }) => {
        const known = state.refreshToken;
        state.refreshToken = known ? 'another-token' : 'made-up-token';
        throw new Error(known ? `refused: ${known}` : 'first');
      },
    });
    const home = await homeOf(t, [adapter], { store });
    await home.tick();
    assert.match(JSON.stringify(await home.tickAfter(60)), /refused: \[hidden\]/);
  });

  it('that Charge HQ echoes', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], {
      answer: () => ({ status: 400, text: `no such key: ${apiKey}` }),
    });
    const report = await home.tick();
    assert.equal(report.delivery_excerpt, 'no such key: [hidden]');
    assert.equal(JSON.stringify(report).includes(apiKey), false);
  });

  it('nor a part of the key that the log cuts', async (t) => {
    for (const before of [170, 180, 190]) {
      const answer = () => ({ status: 400, text: `${'x'.repeat(before)}${apiKey}` });
      const home = await homeOf(t, [giving('roof', sunny).adapter], { answer });
      const { delivery_excerpt = '' } = await home.tick();
      assert.match(delivery_excerpt, /^xxx/);
      assert.equal(delivery_excerpt.includes(apiKey.slice(0, 6)), false, delivery_excerpt);
    }
  });
});
