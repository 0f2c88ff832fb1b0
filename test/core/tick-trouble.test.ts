import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { Failure, type Reading, secret, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { tick } from '../../functions/push-solar-data/core/tick.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { systemClock } from '../../functions/push-solar-data/platform/clock.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';
import { apiKey } from '../support/home.ts';
import { connectionsFor } from '../support/servers.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { failureOf, giving, homeOf, sunny } from '../support/ticks.ts';

describe('a bug', () => {
  const buggy = adapterOf({
    vendor: 'roof',
    settings: { apiKey: secret(text, 'Key') },
    read: async ({ settings }) => {
      throw new TypeError(`cannot read ${settings.apiKey} of undefined`);
    },
  });

  it('of an adapter is told in general words, with its stack in the line and never a secret', async (t) => {
    const home = await homeOf(t, [buggy], { texts: { ROOF_API_KEY: 'made-up-secret' } });
    const report = await home.tick();
    assert.equal(report.outcome, 'reported');
    assert.equal(report.kind, 'bug');
    assert.deepEqual(home.pushes, [
      { apiKey, error: 'The bridge itself made an error while reading; it has been logged' },
    ]);
    const { stack = '' } = report.sources[0] ?? {};
    assert.match(stack, /^TypeError: cannot read \[hidden\] of undefined\n.*\.test\.ts/s);
    assert.equal(JSON.stringify(report).includes('made-up-secret'), false);
  });

  it('of an adapter is not hidden behind the failure of another source', async (t) => {
    const home = await homeOf(t, [giving('grid', failureOf('offline')).adapter, buggy], {
      texts: { ROOF_API_KEY: 'made-up-secret' },
    });
    const report = await home.tick();
    assert.equal(report.kind, 'bug', 'an invocation fails by its kind');
    assert.match(report.error ?? '', /^grid: Example Cloud: offline; roof: The bridge itself made an error/);
  });

  it('of an adapter does not stop the next tick', async (t) => {
    const home = await homeOf(t, [giving('roof', new TypeError('x is not a function'), sunny).adapter]);
    assert.equal((await home.tick()).kind, 'bug');
    assert.equal((await home.tickAfter(60)).outcome, 'pushed');
  });

  it('of an adapter leaves nothing of a slow source, so that no part is pushed until its next turn', async (t) => {
    const slow = giving('grid', new TypeError('x is not a function'), { net_import_kw: -1.5 });
    const home = await homeOf(t, [
      giving('roof', { production_kw: 4.2 }).adapter,
      adapterOf({ vendor: 'grid', pollSeconds: 300, read: slow.read }),
    ]);
    assert.equal((await home.tick()).kind, 'bug');
    assert.equal((await home.tickAfter(60)).outcome, 'idle');
    assert.equal((await home.tickAfter(240)).outcome, 'pushed');
  });

  for (const gives of [undefined, null, 'much', 4711])
    it(`of an adapter that gives ${gives} instead of a reading pushes no figures`, async (t) => {
      const adapter = adapterOf({ vendor: 'roof', read: async () => gives as unknown as Reading });
      const home = await homeOf(t, [adapter]);
      assert.equal((await home.tick()).outcome, 'reported');
      assert.equal(home.pushes[0]?.siteMeters, undefined);
    });

  it('of a destination does not throw, and what was learnt is saved', async (t) => {
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ count: z.number() }),
      read: async ({ state }) => {
        state.count = 1;
        return sunny;
      },
    });
    const store = memoryStore();
    const site = await openSite({ VENDOR: 'roof', CHARGE_HQ_API_KEY: apiKey }, registryOf(adapter));
    const push = async () => {
      throw new TypeError('x is not a function');
    };
    const broken = { ...site, destination: { name: 'Charge HQ', url: '', minSecondsBetween: 30, push } };
    const report = await tick(broken, {
      memory: createMemory(store),
      connections: connectionsFor(t),
      clock: systemClock,
    });
    assert.equal(report.outcome, 'failed');
    assert.match(JSON.stringify(report), /x is not a function/);
    assert.ok(store.documents.has('roof'));
  });
});

describe('what an adapter keeps', () => {
  const counting = adapterOf({
    vendor: 'roof',
    state: z.object({ count: z.number() }),
    read: async ({ state }) => {
      state.count = (state.count ?? 0) + 1;
      if (state.count % 2 === 1) throw failureOf('offline');
      return { ...sunny, production_kw: state.count };
    },
  });

  it('is saved also when the read fails', async (t) => {
    const home = await homeOf(t, [counting]);
    assert.equal((await home.tick()).kind, 'offline');
    home.coldStart();
    await home.tickAfter(60);
    assert.equal(home.pushes[1]?.siteMeters?.['production_kw'], 2);
  });

  it('is saved also when time is up, as far as it came', async (t) => {
    const store = memoryStore();
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ token: z.string() }),
      read: ({ state }) => {
        state.token = 'made-up';
        return new Promise<Reading>(() => {});
      },
    });
    const home = await homeOf(t, [adapter], { store, budget: { tickMs: 400, readMs: 50 } });
    await home.tick();
    assert.match(store.documents.get('roof') ?? '', /made-up/);
  });

  it('can be saved before it is used', async (t) => {
    const store = memoryStore();
    let before = '';
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ token: z.string() }),
      read: async ({ state, saveState }) => {
        state.token = 'made-up';
        await saveState();
        before = store.documents.get('roof') ?? '';
        return sunny;
      },
    });
    await (await homeOf(t, [adapter], { store })).tick();
    assert.match(before, /made-up/);
  });

  it('can be taken over from another invocation', async (t) => {
    const store = memoryStore();
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ token: z.string() }),
      read: async ({ state, saveState, reloadState }) => {
        state.token = 'mine';
        await saveState();
        const mine = JSON.parse(store.documents.get('roof') ?? '');
        await store.write('roof', { ...mine, state: { token: 'theirs' } });
        await reloadState();
        throw new Failure('offline', `with ${state.token}`);
      },
    });
    const home = await homeOf(t, [adapter], { store });
    await home.tick();
    assert.match(store.documents.get('roof') ?? '', /theirs/);
  });
});

describe('a store in trouble', () => {
  const broken = async () => {
    throw new Error('no such disk');
  };

  it('that cannot be read is served without, and told', async (t) => {
    const store = memoryStore();
    const half = { ...store, read: (name: string) => (name === 'schedule' ? broken() : store.read(name)) };
    const home = await homeOf(t, [giving('roof', sunny).adapter], { store: half });
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.warnings, ['What was kept from earlier ticks could not be read: no such disk']);
  });

  it('that cannot be written is told', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], { store: { ...memoryStore(), write: broken } });
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.warnings, ['What was learnt could not be saved: no such disk']);
  });

  it('that cannot give a state does not make a bug of it', async (t) => {
    const store = memoryStore();
    const half = { ...store, read: (name: string) => (name === 'roof' ? broken() : store.read(name)) };
    const home = await homeOf(t, [giving('roof', sunny).adapter], { store: half });
    assert.notEqual((await home.tick()).kind, 'bug');
  });

  it('while an adapter saves is noted, and the reading counts', async (t) => {
    const adapter = adapterOf({
      vendor: 'roof',
      state: z.object({ token: z.string() }),
      read: async ({ state, saveState }) => {
        state.token = 'made-up-token';
        await saveState();
        return sunny;
      },
    });
    const home = await homeOf(t, [adapter], { store: { ...memoryStore(), write: broken } });
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.sources[0]?.notes, ['the state could not be saved: no such disk']);
  });
});
