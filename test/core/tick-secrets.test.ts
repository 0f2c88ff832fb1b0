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

  it('that a cloud echoes, in any form', async (t) => {
    for (const form of [secretText, secretText.toUpperCase(), Buffer.from(`owner:${secretText}`).toString('base64')]) {
      const adapter = adapterOf({
        vendor: 'roof',
        settings: { apiKey: secret(text, 'Key') },
        read: async () => {
          throw new Failure('auth', `Example Cloud: unknown key ${form}`);
        },
      });
      const told = await toldBy(await homeOf(t, [adapter], { texts: { ROOF_API_KEY: secretText } }));
      assert.match(told, /unknown key \w*\[hidden\]/);
      assert.equal(told.includes(form), false);
    }
  });

  it('that a cloud issues, where its answer is not understood', async (t) => {
    const token = 'made-up-token-nobody-has-seen';
    for (const status of [200, 400]) {
      const told = await toldBy(await echoing(t, `[{"data":{"value":"${token}"}}]`, status));
      assert.match(told, /\[\{\\"data\\":\{\\"value\\":text\(29\)\}\}\]/);
      assert.equal(told.includes(token), false);
    }
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
    assert.match(store.documents.get('site') ?? '', /does not know \[hidden\]/);
  });

  it('that an owner wrote into the wrong setting', async (t) => {
    const texts = { ROOF_BASE_URL: `http://example.com/?key=${apiKey}` };
    const home = await homeOf(t, [giving('roof', sunny).adapter], { texts });
    const report = await home.tick();
    assert.match(home.pushes[0]?.error ?? '', /ROOF_BASE_URL must hold no credential in its query \(key\)/);
    assert.equal(JSON.stringify(report).includes(apiKey), false);
  });

  it('that a cloud echoes in what cannot be understood', async (t) => {
    const told = await toldBy(await echoing(t, `{"message":"${secretText}`, 200));
    assert.equal(told.includes(secretText), false);
  });

  it('nor a part of one that the log cuts', async (t) => {
    for (const before of [70, 80, 90]) {
      const adapter = adapterOf({
        vendor: 'roof',
        settings: { apiKey: secret(text, 'Key') },
        read: async ({ settings }) => {
          throw new Failure('auth', `Example Cloud: ${`${'x'.repeat(before)}${settings.apiKey}`.slice(0, 100)}`);
        },
      });
      const told = await toldBy(await homeOf(t, [adapter], { texts: { ROOF_API_KEY: secretText } }));
      assert.match(told, /xxxx/, 'the sentence is there');
      assert.equal(told.includes(secretText.slice(0, 8)), false, `after ${before} characters`);
    }
  });

  it('that an adapter keeps as its log-in', async (t) => {
    const adapter = adapterOf({
      vendor: 'roof',
      session: z.object({ token: z.string() }),
      read: async ({ session, note }) => {
        await session.save({ token: 'made-up-token' });
        note('the token is made-up-token');
        throw new Failure('bad-response', 'Example Cloud does not know made-up-token');
      },
    });
    const told = await toldBy(await homeOf(t, [adapter]));
    assert.match(told, /does not know \[hidden\]/);
    assert.equal(told.includes('made-up-token'), false);
  });

  it('that an adapter found as its log-in', async (t) => {
    const store = memoryStore();
    const adapter = adapterOf({
      vendor: 'roof',
      session: z.object({ refreshToken: z.string() }),
      read: async ({ session }) => {
        const known = session.value?.refreshToken;
        await session.save({ refreshToken: known ? 'another-token' : 'made-up-token' });
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
    assert.equal(report.destinations[0]?.excerpt, 'text, 49 characters');
    assert.equal(JSON.stringify(report).includes(apiKey), false);
  });

  it('though what the bridge itself has decided stays, if a secret is the same word', async (t) => {
    const texts = { ROOF_HEADERS: '{"X-Mode":"pushed","X-Access":"read"}' };
    const adapter = adapterOf({
      vendor: 'roof',
      settings: { headers: secret(text, 'Headers') },
      read: async ({ note }) => {
        note('it was pushed');
        return sunny;
      },
    });
    const report = await (await homeOf(t, [adapter], { texts })).tick();
    assert.equal(report.outcome, 'pushed');
    assert.equal(report.sources[0]?.result, 'read');
    assert.deepEqual(report.sources[0]?.notes, ['it was [hidden]']);
  });

  it('nor a character that steers a terminal or a log', async (t) => {
    const evil = 'x\u001b]0;title\u0007 y\n12:00:00  pushed\u202e \u009b31m\u2028z';
    const adapter = adapterOf({
      vendor: 'roof',
      read: async ({ note }) => {
        note(evil);
        throw new Error(evil);
      },
    });
    const home = await homeOf(t, [adapter]);
    const told = JSON.stringify([await home.tick(), home.pushes]);
    assert.match(told, /12:00:00 {2}pushed/);
    assert.doesNotMatch(told, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]|\\u00|\\n/u);
  });
});
