import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { Failure, type Reading, secret, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { apiKey } from '../support/home.ts';
import { adapterOf } from '../support/sources.ts';
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
    assert.match(stack, /^TypeError: cannot read \[hidden\] of undefined at .*\.test\.ts/);
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

  it('of an adapter is told until its next turn, and no part is pushed meanwhile', async (t) => {
    const slow = giving('grid', new TypeError('x is not a function'), { net_import_kw: -1.5 });
    const home = await homeOf(t, [
      giving('roof', { production_kw: 4.2 }).adapter,
      adapterOf({ vendor: 'grid', pollSeconds: 300, read: slow.read }),
    ]);
    assert.equal((await home.tick()).kind, 'bug');
    assert.equal((await home.tickAfter(60)).kind, 'bug');
    assert.equal((await home.tickAfter(240)).outcome, 'pushed');
  });

  for (const gives of [undefined, null, 'much', 4711])
    it(`of an adapter that gives ${gives} instead of a reading pushes no figures`, async (t) => {
      const adapter = adapterOf({ vendor: 'roof', read: async () => gives as unknown as Reading });
      const home = await homeOf(t, [adapter]);
      assert.equal((await home.tick()).outcome, 'reported');
      assert.equal(home.pushes[0]?.siteMeters, undefined);
    });

  it('of an adapter that gives nothing of which a field is demanded is told like any other', async (t) => {
    const nothing = async () => null as unknown as Reading;
    const home = await homeOf(t, [adapterOf({ vendor: 'roof', always: ['net_import_kw'], read: nothing })]);
    assert.equal((await home.tick()).kind, 'bug');
    assert.match(home.pushes[0]?.error ?? '', /^The bridge itself made an error/);
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
    assert.match(store.documents.get('adapter/roof') ?? '', /made-up/);
  });

  it('of a log-in is saved before it is used', async (t) => {
    const store = memoryStore();
    let before = '';
    const adapter = adapterOf({
      vendor: 'roof',
      session: z.object({ token: z.string() }),
      read: async ({ session }) => {
        await session.save({ token: 'made-up' });
        before = store.documents.get('session/roof') ?? '';
        return sunny;
      },
    });
    await (await homeOf(t, [adapter], { store })).tick();
    assert.match(before, /made-up/);
  });

  it('of a log-in can be taken over from another invocation', async (t) => {
    const store = memoryStore();
    const adapter = adapterOf({
      vendor: 'roof',
      session: z.object({ token: z.string() }),
      read: async ({ session }) => {
        await session.save({ token: 'mine' });
        const mine = JSON.parse(store.documents.get('session/roof') ?? '');
        await store.write('session/roof', { ...mine, value: { token: 'theirs' } }, { secret: true });
        await session.reload();
        throw new Failure('offline', `with ${session.value?.token}`);
      },
    });
    const home = await homeOf(t, [adapter], { store });
    assert.equal((await home.tick()).error, 'with [hidden]');
    assert.match(store.documents.get('session/roof') ?? '', /theirs/);
  });
});

describe('a store in trouble', () => {
  const broken = async () => {
    throw new Error('no such disk');
  };

  it('that cannot be read is served without, and told', async (t) => {
    const store = memoryStore();
    const half = { ...store, read: (name: string) => (name === 'site' ? broken() : store.read(name)) };
    const home = await homeOf(t, [giving('roof', sunny).adapter], { store: half });
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.remarks, ['What was kept from earlier ticks could not be read: no such disk']);
  });

  it('that cannot be written is told', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], { store: { ...memoryStore(), write: broken } });
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.remarks, ['What was learnt could not be saved: no such disk']);
  });

  it('that cannot give a state does not make a bug of it', async (t) => {
    const store = memoryStore();
    const half = { ...store, read: (name: string) => (name === 'adapter/roof' ? broken() : store.read(name)) };
    const adapter = adapterOf({ vendor: 'roof', state: z.object({ plant: z.string() }) });
    const home = await homeOf(t, [adapter], { store: half });
    assert.equal((await home.tick()).kind, 'unavailable');
  });

  it('while an adapter saves is noted, and the reading counts', async (t) => {
    const adapter = adapterOf({
      vendor: 'roof',
      session: z.object({ token: z.string() }),
      read: async ({ session }) => {
        await session.save({ token: 'made-up-token' });
        return sunny;
      },
    });
    const home = await homeOf(t, [adapter], { store: { ...memoryStore(), write: broken } });
    const report = await home.tick();
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(report.sources[0]?.notes, ['what must be kept could not be saved: no such disk']);
  });
});
