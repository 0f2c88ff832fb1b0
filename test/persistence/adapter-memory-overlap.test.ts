/** What an adapter keeps where two invocations, or two ticks of one, write it at once. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import { openTable } from '../../functions/push-solar-data/persistence/table.ts';
import { tableStore } from '../../functions/push-solar-data/persistence/table-store.ts';
import { tableFor } from '../support/aws-stores.ts';
import { now, open, renew, tokenIn } from '../support/remembered-adapter.ts';
import { troubledStore } from '../support/troubled-store.ts';

const minute = 60_000;

describe('a log-in that could not be written when it was renewed', () => {
  /** One from the store, then one renewed at `now` whose write fails. */
  async function unwritten(keptAt: number) {
    const store = troubledStore();
    await renew(open(store), 'kept', keptAt);
    const memory = open(store);
    await memory.load(now);
    store.trouble = 'write';
    await assert.rejects(renew(memory, 'rotated'));
    store.trouble = undefined;
    return { store, memory };
  }

  it('is not given up for one from under a clock that was ahead', async () => {
    const { store, memory } = await unwritten(now + 24 * 60 * minute);
    await memory.flush(now + minute);
    assert.equal(await tokenIn(store), 'rotated');
    assert.deepEqual((await memory.load(now)).session.value, { token: 'rotated' });
  });

  it('is given up for one that another invocation has saved since, whose clock is a little ahead', async () => {
    const { store, memory } = await unwritten(now - minute);
    await renew(open(store), 'theirs', now + 3 * minute);
    await memory.flush(now + minute);
    assert.equal(await tokenIn(store), 'theirs');
  });
});

describe('a log-in that is renewed while the one before it is still being written', () => {
  /** A store whose writes end when they are told to. */
  function slowStore() {
    const store = memoryStore();
    const waiting: { end: (error?: Error) => void }[] = [];
    const write: StateStore['write'] = (name, document, options) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : store.write(name, document, options).then(resolve));
        waiting.push({ end });
      });
    return { store: { ...store, write }, waiting };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('is written after it, never under it', async () => {
    const { store, waiting } = slowStore();
    const { session } = await open(store).load(now);
    const older = session.save({ token: 'old' }, now);
    await settled();
    const newer = session.save({ token: 'new' }, now + minute);
    await settled();
    assert.equal(waiting.length, 1);
    waiting[0]?.end();
    await older;
    await settled();
    waiting[1]?.end();
    await newer;
    assert.equal(await tokenIn(store), 'new');
  });

  it('stays to be written where its own write fails', async () => {
    const { store, waiting } = slowStore();
    const memory = open(store);
    const { session } = await memory.load(now);
    const older = session.save({ token: 'old' }, now);
    await settled();
    const newer = session.save({ token: 'new' }, now + minute);
    waiting[0]?.end();
    await older;
    await settled();
    waiting[1]?.end(new Error('no space left'));
    await assert.rejects(newer, /no space left/);
    const flushed = memory.flush(now + 2 * minute);
    await settled();
    await settled();
    waiting[2]?.end();
    await flushed;
    assert.equal(await tokenIn(store), 'new');
  });
});

describe('where a store lets nobody overwrite what they have not read', () => {
  const homes = async (t: TestContext) => {
    const { client } = await tableFor(t);
    const store = () => tableStore(openTable('homes', client), 'home');
    return { store: store(), mine: open(store()), theirs: open(store()) };
  };

  for (const [which, at, token] of [
    ['older', now - minute, 'mine'],
    ['newer', now + minute, 'theirs'],
  ] as const)
    it(`a log-in goes on with ${token} where the other invocation has saved an ${which} one`, async (t) => {
      const { store, mine, theirs } = await homes(t);
      const { session } = await mine.load(now);
      await renew(theirs, 'theirs', at);
      await session.save({ token: 'mine' }, now);
      assert.equal(await tokenIn(store), token);
      assert.deepEqual(session.value, { token });
      await mine.flush(now + 2 * minute);
      assert.equal(await tokenIn(store), token, 'nothing is left to be written');
    });

  it('what the other invocation has looked up is taken over', async (t) => {
    const { store, mine, theirs } = await homes(t);
    const [{ state }, { state: others }] = [await mine.load(now), await theirs.load(now)];
    Object.assign(others, { plant: '4711' });
    await theirs.flush(now);
    Object.assign(state, { count: 1 });
    await mine.flush(now);
    assert.deepEqual(state, { plant: '4711' });
    assert.deepEqual(await store.read('adapter/roof'), { identity: 'identity', value: { plant: '4711' } });
    Object.assign(state, { count: 2 });
    await mine.flush(now + 61 * minute);
    assert.deepEqual((await open(store).load(now)).state, { plant: '4711', count: 2 });
  });
});
