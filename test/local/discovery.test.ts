/** What the clouds of a home are asked before all settings are there: real requests, kept log-ins, no secret told. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { Failure, secret, setting, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { openDiscovery } from '../../functions/push-solar-data/local/discovery.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { type Answer, playConversation } from '../support/conversation.ts';
import { adapterOf } from '../support/sources.ts';

const Plants = z.array(z.object({ id: z.string(), name: z.string() }));
const cloud = adapterOf({
  vendor: 'barn-cloud',
  title: 'Barn Cloud',
  settings: { token: secret(text, 'Token'), plant: setting(text, 'Plant') },
  identity: ['token'],
  session: z.object({ token: z.string() }),
  async discover({ http, settings, session }) {
    await session.save({ token: `after ${session.value?.token ?? settings.token}` });
    const plants = await http.get('/plants', { schema: Plants, headers: { authorization: settings.token } });
    return { plant: plants.map(({ id, name }) => ({ value: id, title: name })) };
  },
});

async function played(t: TestContext, answer: Answer) {
  const server = await playConversation([{ path: '/plants', answer }]);
  t.after(() => server.close());
  return { server, texts: { BARN_CLOUD_TOKEN: 'token-of-the-barn', BARN_CLOUD_BASE_URL: server.url } };
}

it('is asked with what is set, though a needed setting is missing, and the log-in serves the read too', async (t) => {
  const { texts } = await played(t, { json: [{ id: '7', name: 'Barn of token-of-the-barn' }] });
  const store = memoryStore();
  const found = await openDiscovery(store)('barn-cloud', cloud, texts);
  assert.deepEqual(found, { plant: [{ value: '7', title: 'Barn of [hidden]' }] });
  assert.match(JSON.stringify(await store.read('session/barn-cloud')), /after token-of-the-barn/);
});

it('is asked once with the same log-in, and again with another one', async (t) => {
  const { server, texts } = await played(t, { json: [] });
  const find = openDiscovery(memoryStore());
  for (const token of ['token-of-the-barn', 'token-of-the-barn', 'another-token'])
    await find('barn-cloud', cloud, { ...texts, BARN_CLOUD_TOKEN: token });
  assert.equal(server.received.length, 2);
});

it('gives a failure in words without secrets, and is asked again after it', async (t) => {
  const { server, texts } = await played(t, { status: 401, text: 'no token-of-the-barn' });
  const find = openDiscovery(memoryStore());
  for (let nth = 0; nth < 2; nth++) {
    const failure = await find('barn-cloud', cloud, texts);
    assert.ok(failure instanceof Failure);
    assert.equal(failure.kind, 'auth');
    assert.doesNotMatch(failure.message, /token-of-the-barn/);
  }
  assert.equal(server.received.length, 2);
});

it('finds nothing where an adapter can list nothing', async () => {
  assert.deepEqual(await openDiscovery(memoryStore())('example', adapterOf(), {}), {});
});

it('asks nobody where the address that the owner has set is refused, and tells no credentials of it', async () => {
  const texts = { BARN_CLOUD_TOKEN: 'token-of-the-barn', BARN_CLOUD_BASE_URL: 'https://me:pass-of-mine@barn.example' };
  let asked = false;
  const discover = async () => {
    asked = true;
    return {};
  };
  const elsewhere = { ...cloud, baseUrl: 'https://cloud.example', discover };
  const failure = await openDiscovery(memoryStore())('barn-cloud', elsewhere, texts);
  assert.ok(failure instanceof Failure);
  assert.match(failure.message, /^BARN_CLOUD_BASE_URL must hold no/);
  assert.doesNotMatch(failure.message, /pass-of-mine/);
  assert.equal(asked, false);
});
