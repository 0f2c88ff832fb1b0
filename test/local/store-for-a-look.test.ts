import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { siteStateFrom } from '../../functions/push-solar-data/core/site-state.ts';
import { storeForALook } from '../../functions/push-solar-data/local/store-for-a-look.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { sourceOf } from '../support/sources.ts';

const broken = (part: 'read' | 'write') => ({
  ...memoryStore(),
  [part]: () => Promise.reject(new Error('the disk is broken')),
});

describe('in a look at a home, what is kept', () => {
  it('is read and written as always', async () => {
    const store = memoryStore();
    const look = storeForALook(store);
    await look.write('roof', { token: 't' }, { secret: false });
    assert.deepEqual(await look.read('roof'), { token: 't' });
    assert.deepEqual(await store.read('roof'), { token: 't' });
    assert.deepEqual(look.troubles, []);
  });

  it('counts as not there where it cannot be read, which is said once', async () => {
    const look = storeForALook(broken('read'));
    assert.equal(await look.read('roof'), undefined);
    assert.equal(await look.read('site'), undefined);
    assert.deepEqual(look.troubles, ['What is kept from earlier reads cannot be read: the disk is broken']);
  });

  it('is not written over where it could not be read: it may be good', async () => {
    const store = broken('read');
    const look = storeForALook(store);
    await look.read('roof');
    await look.write('roof', {}, { secret: false });
    assert.equal(store.documents.size, 0);
  });

  it('is demanded of a source whose log-in replaces itself at each use', async () => {
    const look = storeForALook(broken('read'));
    look.needed.add('session/roof');
    await assert.rejects(look.read('session/roof'), /the disk is broken/);
    for (const name of ['site', 'adapter/roof']) assert.equal(await look.read(name), undefined);
  });

  it('may fail to be written, which is said', async () => {
    const look = storeForALook(broken('write'));
    await look.write('roof', {}, { secret: false });
    assert.deepEqual(look.troubles, ['What was learnt could not be saved: the disk is broken']);
  });

  it('is written at the end where it is a log-in that could not be saved when it was renewed', async () => {
    const store = memoryStore();
    let tries = 0;
    const write: typeof store.write = async (...document) => {
      tries += 1;
      if (tries === 1) throw new Error('too many requests');
      await store.write(...document);
    };
    const memory = createSiteMemory(storeForALook({ ...store, write }));
    const adapter = { session: z.object({ refreshToken: z.string() }) };
    const source = { ...sourceOf({}), identity: 'account', adapter };
    const { session } = await memory.adapterMemory(source, 0);
    await assert.rejects(session.save({ refreshToken: 'renewed' }, 1), /too many requests/);
    assert.deepEqual(await memory.commit([], siteStateFrom(undefined), 2, { final: true }), []);
    assert.match(store.documents.get(`session/${source.label}`) ?? '', /renewed/);
  });
});
