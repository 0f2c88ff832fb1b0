import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Reading } from '../../functions/push-solar-data/adapters/adapter.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import { serveHttp } from '../support/servers.ts';
import { adapterOf } from '../support/sources.ts';
import { failureOf, giving, homeOf, sunny } from '../support/ticks.ts';

/** An adapter that keeps a log-in. */
const loggedIn = (read: () => Promise<Reading>) =>
  adapterOf({ vendor: 'roof', session: z.object({ token: z.string() }), read });

describe('a tick is over in time', () => {
  const budget = { tickMs: 600, readMs: 200 };
  /** A tick that must not take longer than its budget, but for the slowness of a busy machine. */
  async function inTime(home: Awaited<ReturnType<typeof homeOf>>, limitMs = budget.tickMs) {
    const begun = performance.now();
    const late = wait(5_000, undefined, { ref: false }).then(() => assert.fail('the tick hangs'));
    const report = await Promise.race([home.tick(), late]);
    const ms = performance.now() - begun;
    assert.ok(ms < limitMs + 2_000, `${Math.round(ms)} ms`);
    return report;
  }

  it('when an adapter hangs, whatever it waits for', async (t) => {
    let asked = 0;
    const hanging = adapterOf({
      vendor: 'roof',
      read: () => {
        asked += 1;
        return new Promise<Reading>(() => {});
      },
    });
    const report = await inTime(await homeOf(t, [hanging], { budget }), budget.readMs);
    assert.equal(report.outcome, 'reported');
    assert.equal(report.kind, 'unavailable');
    assert.equal(report.error, 'Example Cloud does not answer in time');
    assert.equal(asked, 1, 'there is no time for another try');
  });

  it('when a cloud does not answer', async (t) => {
    const { url } = await serveHttp(t, () => {});
    const adapter = adapterOf({ vendor: 'roof', read: async ({ http }) => http.get('/', { schema: z.any() }) });
    const home = await homeOf(t, [adapter], { budget, texts: { ROOF_BASE_URL: url } });
    const report = await inTime(home, budget.readMs);
    assert.equal(report.outcome, 'reported');
    assert.match(report.error ?? '', /does not answer in time$/);
  });

  it('when one of several hangs: the others are not waited for in vain', async (t) => {
    const hanging = adapterOf({ vendor: 'grid', read: () => new Promise<Reading>(() => {}) });
    const report = await inTime(await homeOf(t, [giving('roof', sunny).adapter, hanging], { budget }), budget.readMs);
    assert.equal(report.error, 'grid: Example Cloud does not answer in time');
  });

  it('when Charge HQ does not answer', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], { budget, answer: () => ({ act: () => {} }) });
    const report = await inTime(home);
    assert.equal(report.outcome, 'failed');
    assert.equal(report.destinations[0]?.kind, 'unavailable');
    assert.equal(report.destinations[0]?.error, 'Charge HQ does not answer in time');
  });

  const never = <Value>() => new Promise<Value>(() => {});
  it('when the store does not answer a read', async (t) => {
    const store = { ...memoryStore(), read: () => never<unknown>() };
    await inTime(await homeOf(t, [giving('roof', sunny).adapter], { budget, store }));
  });

  it('when the store does not answer the read of a log-in', async (t) => {
    const store = memoryStore();
    const slow = { ...store, read: (name: string) => (name === 'session/roof' ? never<unknown>() : store.read(name)) };
    const report = await inTime(await homeOf(t, [loggedIn(async () => sunny)], { budget, store: slow }), budget.readMs);
    assert.equal(report.error, 'Example Cloud does not answer in time');
  });

  it('when the store does not answer a write', async (t) => {
    const store = { ...memoryStore(), write: () => never<void>() };
    const home = await homeOf(t, [giving('roof', sunny).adapter], { budget, store });
    const { outcome, remarks } = await inTime(home, 2_600);
    assert.equal(outcome, 'pushed', 'a store has two seconds in any case');
    assert.deepEqual(remarks, ['What was learnt could not be saved: the store does not answer in time']);
  });

  it('and leaves time for the push when the store was slow and an adapter hangs', async (t) => {
    const store = memoryStore();
    const slow: StateStore = {
      ...store,
      read: async (name) => {
        if (name === 'site') await wait(450);
        return store.read(name);
      },
    };
    const hanging = adapterOf({ vendor: 'roof', read: () => new Promise<Reading>(() => {}) });
    const report = await inTime(await homeOf(t, [hanging], { budget, store: slow }));
    assert.equal(report.outcome, 'reported');
  });

  it('and no failure of a read is left unhandled that began when time was up', async (t) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    t.after(() => process.off('unhandledRejection', note));
    const store = memoryStore();
    const slow: StateStore = {
      ...store,
      read: async (name) => {
        if (name === 'session/roof') await wait(budget.readMs + 100);
        return store.read(name);
      },
    };
    let asked = 0;
    const failing = loggedIn(async () => {
      asked += 1;
      throw failureOf('offline');
    });
    const home = await homeOf(t, [failing], { budget, store: slow });
    assert.equal((await home.tick()).error, 'Example Cloud does not answer in time');
    await wait(150);
    assert.deepEqual([asked, unhandled], [0, []], 'a log-in that came too late is not used');
  });
});
