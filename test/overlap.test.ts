/** Two invocations at once share a store, and a vendor whose refresh tokens are good for one use. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { defineAdapter, secret, text } from '../functions/push-solar-data/adapters/adapter.ts';
import { type Session, withToken } from '../functions/push-solar-data/adapters/session.ts';
import { memoryStore } from '../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../functions/push-solar-data/persistence/site-memory.ts';
import type { StateStore } from '../functions/push-solar-data/persistence/store.ts';
import { openTable } from '../functions/push-solar-data/persistence/table.ts';
import { tableStore } from '../functions/push-solar-data/persistence/table-store.ts';
import { systemClock } from '../functions/push-solar-data/platform/clock.ts';
import { openConnections } from '../functions/push-solar-data/platform/connections.ts';
import { openRuntime } from '../functions/push-solar-data/runtime.ts';
import { tableFor } from './support/aws-stores.ts';
import { playChargeHq, playConversation } from './support/conversation.ts';
import { apiKey } from './support/home.ts';

const KeptSession = z.object({ token: z.string(), refreshToken: z.string() });

/** A cloud with a refresh token that each use replaces. */
const rotating = defineAdapter({
  vendor: 'rotating',
  title: 'Rotating Cloud',
  homepage: 'https://rotating.example.com',
  standing: 'experimental',
  refresh: 'live',
  needs: 'consent',
  pollSeconds: 60,
  settings: { refreshToken: secret(text, 'From the consent') },
  session: KeptSession,
  async read(context) {
    const renew = async (previous: (Session & { refreshToken: string }) | undefined) => {
      const form = { refresh_token: previous?.refreshToken ?? context.settings.refreshToken };
      return context.http.post('/token', { form, schema: KeptSession });
    };
    const live = await withToken(context, [renew], (http) =>
      http.get('/live', { schema: z.object({ pv: z.number() }) }),
    );
    return { production_kw: live.pv };
  },
});

/** As slow as the real one. */
const slow = (store: StateStore): StateStore => ({
  ...store,
  read: async (name) => {
    await wait(5);
    return store.read(name);
  },
  write: async (name, document, options) => {
    await wait(60);
    await store.write(name, document, options);
  },
});

/** What each of two invocations opens. */
const shared: [where: string, openStores: (t: TestContext) => Promise<() => StateStore>][] = [
  [
    'a store that lets both write',
    async () => {
      const store = slow(memoryStore({ writesAreCounted: true }));
      return () => store;
    },
  ],
  [
    'a table',
    async (t) => {
      const { client } = await tableFor(t);
      return () => slow(tableStore(openTable('homes', client), 'home'));
    },
  ],
];

for (const [where, openStores] of shared)
  it(`does not burn a refresh token that two invocations use at once, with ${where}`, async (t) => {
    const openStore = await openStores(t);
    let generation = 0;
    let refusals = 0;
    /** The last generation of tokens that the vendor has ended. */
    let ended = 0;
    const vendor = await playConversation([
      {
        method: 'POST',
        path: '/token',
        answer: ({ body }) => {
          if ((body as Record<string, string>)['refresh_token'] !== `refresh-token-${generation}`) {
            refusals += 1;
            return { status: 401, json: { error: 'invalid_grant' } };
          }
          generation += 1;
          return { json: { token: `access-token-${generation}`, refreshToken: `refresh-token-${generation}` } };
        },
      },
      {
        path: '/live',
        answer: ({ headers }) => {
          const good = generation > ended && headers.authorization === `Bearer access-token-${generation}`;
          return good ? { json: { pv: 1.5 } } : { status: 401, json: {} };
        },
      },
    ]);
    const chargeHq = await playChargeHq();
    const connections = [openConnections(), openConnections()];
    const memories = [createSiteMemory(openStore()), createSiteMemory(openStore())];
    let now = Date.parse('2026-05-01T12:00:00Z');
    const clock = { ...systemClock, now: () => now };
    const invoke = async (instance: 0 | 1) => {
      const texts = {
        VENDOR: 'rotating',
        ROTATING_BASE_URL: vendor.url,
        ROTATING_REFRESH_TOKEN: 'refresh-token-0',
        CHARGE_HQ_API_KEY: apiKey,
        CHARGE_HQ_URL: chargeHq.url,
      };
      const [memory, pool] = [memories[instance], connections[instance]];
      assert(memory && pool);
      const registry = { rotating: async () => rotating };
      const runtime = openRuntime({ environment: texts, memory, registry, connections: pool, clock, retryPauseMs: 1 });
      return (await runtime.tick()).outcome;
    };
    try {
      assert.equal(await invoke(0), 'pushed');
      now += 60_000;
      assert.equal(await invoke(1), 'pushed', 'the second instance takes over what the first has stored');
      ended = generation;
      now += 60_000;
      assert.deepEqual(await Promise.all([invoke(0), invoke(1)]), ['pushed', 'pushed'], 'both renew at once');
      assert.equal(refusals, 1, 'one came too late with the used refresh token');
      now += 60_000;
      assert.deepEqual(await Promise.all([invoke(0), invoke(1)]), ['pushed', 'pushed'], 'both know the newest tokens');
      assert.equal(refusals, 1);
    } finally {
      for (const pool of connections) await pool.close();
      await vendor.close();
      await chargeHq.close();
    }
  });
