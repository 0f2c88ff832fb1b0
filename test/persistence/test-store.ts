/** What every store must do, wherever its documents lie. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  type StateStore,
  type WholeStore,
  WrittenMeanwhile,
} from '../../functions/push-solar-data/persistence/store.ts';

export type OpenedStores = {
  /** The documents of the home as a process that starts now knows them. */
  open(): StateStore & Partial<WholeStore>;
  /** Those of another home, if the store keeps homes apart. */
  openOther?(): StateStore;
};

const plain = { secret: false };
const logIn = { secret: true };

/** @param openStores what nobody has written to yet. */
export function testStore(title: string, openStores: (t: TestContext) => Promise<OpenedStores>): void {
  describe(`${title}, like every store,`, () => {
    it('has no document where none was written', async (t) => {
      const store = (await openStores(t)).open();
      assert.equal(await store.read('site'), undefined);
      assert.equal(await store.read('session/roof'), undefined);
      assert.equal(await store.read('site'), undefined, 'also when asked again');
    });

    it('gives back what was written last, secret or not, each by its name', async (t) => {
      const store = (await openStores(t)).open();
      await store.write('site', { n: 1, deep: { text: 'ein "Dach" – größer', none: null, list: [1.5, -2] } }, plain);
      await store.write('session/roof', { token: 'made-up' }, logIn);
      assert.deepEqual(await store.read('site'), {
        n: 1,
        deep: { text: 'ein "Dach" – größer', none: null, list: [1.5, -2] },
      });
      await store.write('site', { n: 2 }, plain);
      assert.deepEqual(await store.read('site'), { n: 2 });
      assert.deepEqual(await store.read('session/roof'), { token: 'made-up' });
      assert.equal(await store.read('roof'), undefined);
    });

    it('keeps a document as it was when it was written', async (t) => {
      const store = (await openStores(t)).open();
      const document = { n: 1 };
      const written = store.write('site', document, plain);
      document.n = 2;
      await written;
      assert.deepEqual(await store.read('site'), { n: 1 });
    });

    it('holds documents as large as a standard parameter', async (t) => {
      const store = (await openStores(t)).open();
      const document = { text: 'x'.repeat(4_085) };
      assert.equal(JSON.stringify(document).length, 4_096);
      await store.write('site', document, plain);
      assert.deepEqual(await store.read('site'), document);
    });

    it('outlives the process', async (t) => {
      const stores = await openStores(t);
      await stores.open().write('site', { n: 1 }, plain);
      assert.deepEqual(await stores.open().read('site'), { n: 1 });
    });

    it('takes documents side by side', async (t) => {
      const stores = await openStores(t);
      const store = stores.open();
      const names = ['site', 'session/roof', 'session/grid', 'adapter/roof'];
      await Promise.all(names.map((name) => store.write(name, { name }, plain)));
      const another = stores.open();
      assert.deepEqual(
        await Promise.all(names.map((name) => another.read(name))),
        names.map((name) => ({ name })),
      );
    });

    it('takes the same document twice at once, and has one of them whole', async (t) => {
      const stores = await openStores(t);
      const store = stores.open();
      await Promise.all([store.write('site', { n: 1 }, plain), store.write('site', { n: 2 }, plain)]);
      const { n } = (await stores.open().read('site')) as { n: number };
      assert.ok([1, 2].includes(n));
    });

    it('shows what another process has written when it is asked again', async (t) => {
      const stores = await openStores(t);
      const [mine, theirs] = [stores.open(), stores.open()];
      assert.equal(await mine.read('session/roof'), undefined);
      await theirs.write('session/roof', { token: 'theirs' }, logIn);
      assert.deepEqual(await mine.read('session/roof'), { token: 'theirs' });
    });

    it('lists its documents, if it can', async (t) => {
      const store = (await openStores(t)).open();
      if (!store.all) return;
      assert.deepEqual(await store.all(), new Map());
      await store.write('site', { n: 1 }, plain);
      await store.write('session/roof', { token: 'made-up' }, logIn);
      assert.deepEqual(Object.fromEntries(await store.all()), { site: { n: 1 }, 'session/roof': { token: 'made-up' } });
    });

    it('knows nothing of other homes, if it has any', async (t) => {
      const { open, openOther } = await openStores(t);
      await open().write('site', { n: 1 }, plain);
      assert.equal(await openOther?.().read('site'), undefined);
    });
  });
}

/** What a store must do besides that does not let two processes overwrite each other. */
export function testSerialisingStore(title: string, openStores: (t: TestContext) => Promise<OpenedStores>): void {
  describe(`${title}, of two processes at once,`, () => {
    it('overwrites nothing that the writer has not read', async (t) => {
      const stores = await openStores(t);
      const [mine, theirs] = [stores.open(), stores.open()];
      for (const store of [mine, theirs]) await store.read('site');
      await theirs.write('site', { by: 'them' }, plain);
      for (const _again of [1, 2]) await assert.rejects(mine.write('site', { by: 'me' }, plain), WrittenMeanwhile);
      assert.deepEqual(await mine.read('site'), { by: 'them' });
      await mine.write('site', { by: 'me' }, plain);
      await mine.write('site', { by: 'me again' }, plain);
      await assert.rejects(theirs.write('site', { by: 'them again' }, plain), WrittenMeanwhile);
      assert.deepEqual(await theirs.read('site'), { by: 'me again' });
    });

    it('lets each write a document of its own, also where nothing was there', async (t) => {
      const stores = await openStores(t);
      const [mine, theirs] = [stores.open(), stores.open()];
      for (const store of [mine, theirs]) await store.read('site');
      await Promise.all([mine.write('site', { n: 1 }, plain), theirs.write('session/roof', { n: 2 }, logIn)]);
      const another = stores.open();
      assert.deepEqual([await another.read('site'), await another.read('session/roof')], [{ n: 1 }, { n: 2 }]);
    });

    it('has the document of one of them, and tells the other', async (t) => {
      const stores = await openStores(t);
      const writers = [stores.open(), stores.open()];
      for (const store of writers) await store.read('site');
      const ends = await Promise.allSettled(writers.map((store, n) => store.write('site', { n }, plain)));
      const winner = ends.findIndex(({ status }) => status === 'fulfilled');
      assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      assert.deepEqual(await stores.open().read('site'), { n: winner });
    });
  });
}
