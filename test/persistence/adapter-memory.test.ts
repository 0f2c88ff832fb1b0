import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openAdapterMemory } from '../../functions/push-solar-data/persistence/adapter-memory.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { now, open, renew, tokenIn } from '../support/remembered-adapter.ts';
import { troubledStore } from '../support/troubled-store.ts';

const minute = 60_000;

describe('what an adapter keeps', () => {
  it('is nothing at first, and nothing is written of it', async () => {
    const store = troubledStore();
    const memory = open(store);
    const { session, state } = await memory.load(now);
    assert.deepEqual([session.value, state], [undefined, {}]);
    await memory.flush(now);
    assert.deepEqual(store.writes, []);
  });

  it('is the same from read to read, without another look at the store', async () => {
    const store = troubledStore();
    const memory = open(store);
    const { state } = await memory.load(now);
    state['plant'] = '4711';
    store.trouble = 'read';
    assert.equal((await memory.load(now)).state, state);
  });

  it('is not written where it is larger than a standard parameter, and every tick says so', async () => {
    const store = troubledStore();
    const memory = open(store);
    (await memory.load(now)).state['plant'] = 'x'.repeat(4_096);
    for (let minutes = 0; minutes < 2; minutes++)
      await assert.rejects(memory.flush(now + minutes * minute), /what roof has looked up is too large to be kept/);
    assert.deepEqual(store.writes, []);
  });

  it('outlives the process, log-in and look-ups in a document each, of which one holds a secret', async () => {
    const store = memoryStore();
    const secrets: Record<string, boolean> = {};
    const memory = open({
      ...store,
      write: async (name, document, { secret }) => {
        secrets[name] = secret;
        await store.write(name, document, { secret });
      },
    });
    await renew(memory, 'made-up');
    (await memory.load(now)).state['plant'] = '4711';
    await memory.flush(now);
    assert.deepEqual(secrets, { 'session/roof': true, 'adapter/roof': false });
    const { session, state } = await open(store).load(now);
    assert.deepEqual([session.value, state], [{ token: 'made-up' }, { plant: '4711' }]);
  });

  it('is each source its own, also with the same adapter and settings', async () => {
    const store = memoryStore();
    await renew(open(store), 'made-up');
    assert.equal((await open(store, { label: 'garage' }).load(now)).session.value, undefined);
  });

  it('that belongs to other settings is of no use', async () => {
    const store = memoryStore();
    const memory = open(store);
    await renew(memory, 'made-up');
    (await memory.load(now)).state['plant'] = '4711';
    await memory.flush(now);
    const { session, state } = await open(store, { identity: 'others' }).load(now);
    assert.deepEqual([session.value, state], [undefined, {}]);
  });

  const others: [string, unknown][] = [
    ['of another shape', { identity: 'identity', value: { token: 4711, plant: 4711 } }],
    ['that is none', { identity: 'identity', value: null }],
    ['that is missing', { identity: 'identity' }],
    ['that is a text', 'made-up'],
    ['that is null', null],
  ];
  for (const [what, document] of others)
    it(`${what} is of no use`, async () => {
      const store = memoryStore();
      for (const name of ['session/roof', 'adapter/roof']) await store.write(name, document, { secret: true });
      const { session, state } = await open(store).load(now);
      assert.deepEqual([session.value, state], [undefined, {}]);
    });

  it('is not looked for where the adapter keeps nothing', async () => {
    const store = troubledStore();
    store.trouble = 'read';
    const { session, state } = await openAdapterMemory(store, { label: 'roof', identity: '', adapter: {} }).load(now);
    assert.deepEqual([session.value, state], [undefined, {}]);
  });

  it('and cannot be read now is read the next time, and not overwritten', async () => {
    const store = troubledStore();
    await renew(open(store), 'made-up');
    const memory = open(store);
    store.trouble = 'read';
    await assert.rejects(memory.load(now), /no answer/);
    store.trouble = undefined;
    await memory.flush(now);
    assert.equal(store.writes.length, 1);
    assert.deepEqual((await memory.load(now)).session.value, { token: 'made-up' });
  });
});

describe('a log-in', () => {
  it('is written by its renewal, before it is used, and by nothing else', async () => {
    const store = troubledStore();
    const memory = open(store);
    await renew(memory, 'made-up');
    assert.equal(await tokenIn(store), 'made-up');
    await memory.flush(now);
    await memory.flush(now + 24 * 60 * minute);
    assert.deepEqual(store.writes, ['session/roof']);
  });

  it('that could not be written is used all the same, and written by the next flush', async () => {
    const store = troubledStore();
    const memory = open(store);
    await memory.load(now);
    store.trouble = 'write';
    await assert.rejects(renew(memory, 'rotated'), /no space left/);
    assert.deepEqual((await memory.load(now)).session.value, { token: 'rotated' });
    await assert.rejects(memory.flush(now + minute), /no space left/, 'it stays to be written, tick after tick');
    store.trouble = undefined;
    await memory.flush(now + 2 * minute);
    await memory.flush(now + 3 * minute);
    assert.equal(await tokenIn(store), 'rotated');
    assert.deepEqual(store.writes, ['session/roof']);
  });

  it('that is not written yet is not given up for the older one that is', async () => {
    const store = troubledStore();
    await renew(open(store), 'old', now - minute);
    const memory = open(store);
    const { session } = await memory.load(now);
    store.trouble = 'write';
    await assert.rejects(renew(memory, 'rotated'));
    await session.reload();
    assert.deepEqual(session.value, { token: 'rotated' });
  });

  it('of another invocation is taken over when that is asked for', async () => {
    const store = memoryStore();
    const [mine, theirs] = [open(store), open(store)];
    const { session } = await mine.load(now);
    await renew(theirs, 'theirs');
    assert.equal(session.value, undefined);
    await session.reload();
    assert.deepEqual(session.value, { token: 'theirs' });
  });

  it('of an older invocation cannot overwrite a newer one', async () => {
    const store = troubledStore();
    const [older, newer] = [open(store), open(store)];
    await older.load(now);
    store.trouble = 'write';
    await assert.rejects(renew(older, 'older', now));
    store.trouble = undefined;
    await renew(newer, 'newer', now + minute);
    await older.flush(now + 2 * minute);
    assert.equal(await tokenIn(store), 'newer');
    assert.deepEqual((await older.load(now)).session.value, { token: 'newer' }, 'it goes on with the newer one');
    await older.flush(now + 3 * minute);
    assert.equal(store.writes.length, 1);
  });

  it('that was renewed later than the one in the store is written late', async () => {
    const store = troubledStore();
    const [late, early] = [open(store), open(store)];
    await late.load(now);
    await renew(early, 'early', now);
    store.trouble = 'write';
    await assert.rejects(renew(late, 'late', now + minute));
    store.trouble = undefined;
    await late.flush(now + 2 * minute);
    assert.equal(await tokenIn(store), 'late');
  });

  it('that nobody knows whether it is the newest is not written late', async () => {
    const store = troubledStore();
    const memory = open(store);
    await memory.load(now);
    store.trouble = 'write';
    await assert.rejects(renew(memory, 'rotated'));
    store.trouble = 'read';
    await assert.rejects(memory.flush(now), /no answer/);
    assert.deepEqual(store.writes, []);
  });
});

describe('what an adapter has looked up', () => {
  it('is written when it has changed, at the end of a tick', async () => {
    const store = troubledStore();
    const memory = open(store);
    const { state } = await memory.load(now);
    state['count'] = 1;
    await memory.flush(now);
    await memory.flush(now + minute);
    assert.deepEqual(store.writes, ['adapter/roof']);
    state['count'] = 2;
    await memory.flush(now + 2 * minute);
    assert.deepEqual((await open(store).load(now)).state, { count: 2 });
  });

  it('is not written by a cold start that changes nothing', async () => {
    const store = troubledStore();
    const before = open(store);
    (await before.load(now)).state['plant'] = '4711';
    await before.flush(now);
    const after = open(store);
    await after.load(now);
    await after.flush(now);
    assert.equal(store.writes.length, 1);
  });

  it('is written at most once an hour where writes are counted, unless the adapter presses', async () => {
    const store = troubledStore({ writesAreCounted: true });
    const memory = open(store);
    const { state, saveState } = await memory.load(now);
    for (let passed = 0; passed < 120; passed += 5) {
      state['count'] = passed;
      await memory.flush(now + passed * minute);
    }
    assert.equal(store.writes.length, 2);
    await saveState();
    assert.equal(store.writes.length, 3);
    assert.deepEqual((await open(store).load(now)).state, { count: 115 });
  });

  it('is written an hour after the last write, not after the last look', async () => {
    const store = troubledStore({ writesAreCounted: true });
    const memory = open(store);
    const { state } = await memory.load(now);
    state['count'] = 1;
    for (const passed of [0, 60]) await memory.flush(now + passed * minute);
    state['count'] = 2;
    await memory.flush(now + 61 * minute);
    assert.equal(store.writes.length, 2);
  });

  it('does not wait for a clock that was set back', async () => {
    const store = troubledStore({ writesAreCounted: true });
    const memory = open(store);
    const { state } = await memory.load(now);
    state['count'] = 1;
    await memory.flush(now + 30 * 24 * 60 * minute);
    state['count'] = 2;
    await memory.flush(now);
    assert.equal(store.writes.length, 2);
  });

  it('that could not be written is written the next time', async () => {
    const store = troubledStore({ writesAreCounted: true });
    const memory = open(store);
    const { state } = await memory.load(now);
    state['count'] = 1;
    store.trouble = 'write';
    await assert.rejects(memory.flush(now), /no space left/);
    store.trouble = undefined;
    await memory.flush(now + minute);
    assert.deepEqual(store.writes, ['adapter/roof']);
  });
});
