import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type InTurn, mergedWrites } from '../../functions/push-solar-data/persistence/merged-writes.ts';

const plain = { secret: false };

/** Writes that take until they are told to end, one after the other as they were begun. */
function slowWrites(inTurn?: InTurn) {
  const begun: { document: unknown; end: (error?: Error) => void }[] = [];
  const write = mergedWrites(
    (_name, document) =>
      new Promise((resolve, reject) => {
        begun.push({ document, end: (error) => (error ? reject(error) : resolve()) });
      }),
    inTurn,
  );
  return { write, begun, documents: () => begun.map(({ document }) => document) };
}
/** Turns that come when they are told to. */
function turns() {
  const waiting: (() => void)[] = [];
  const inTurn: InTurn = async (_name, write) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await write();
  };
  return { inTurn, next: () => waiting.shift()?.() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a document that waits to be written', () => {
  it('is replaced by a newer one, and both callers are told when that is written', async () => {
    const { inTurn, next } = turns();
    const { write, begun, documents } = slowWrites(inTurn);
    const ends: string[] = [];
    const writes = ['old', 'new'].map((text) => write('site', { text }, plain).then(() => ends.push(text)));
    await settled();
    next();
    await settled();
    assert.deepEqual([documents(), ends], [[{ text: 'new' }], []]);
    begun[0]?.end();
    await Promise.all(writes);
    assert.deepEqual(ends, ['old', 'new']);
  });

  it('that cannot be written stays to be written by all that wanted it', async () => {
    const { write, begun } = slowWrites();
    const first = write('site', { n: 1 }, plain);
    await settled();
    const others = [write('site', { n: 2 }, plain), write('site', { n: 3 }, plain)];
    begun[0]?.end();
    await first;
    await settled();
    begun[1]?.end(new Error('no room'));
    for (const other of others) await assert.rejects(other, /no room/);
    const again = write('site', { n: 3 }, plain);
    await settled();
    begun[2]?.end();
    await again;
  });

  it('waits for the one before it, however that ends', async () => {
    for (const error of [undefined, new Error('no room')]) {
      const { write, begun, documents } = slowWrites();
      const older = write('site', { n: 1 }, plain);
      await settled();
      const newer = write('site', { n: 2 }, plain);
      await settled();
      assert.deepEqual(documents(), [{ n: 1 }], 'nothing that is written late gets over what is newer');
      begun[0]?.end(error);
      await older.catch(() => {});
      await settled();
      begun[1]?.end();
      await newer;
      assert.deepEqual(documents(), [{ n: 1 }, { n: 2 }]);
    }
  });

  it('holds no other name up', async () => {
    const { write, documents } = slowWrites();
    void write('site', { n: 1 }, plain);
    void write('session/roof', { n: 2 }, plain);
    await settled();
    assert.deepEqual(documents(), [{ n: 1 }, { n: 2 }]);
  });

  it('and is the same as the one that is being written is written once', async () => {
    const { write, begun } = slowWrites();
    const first = write('site', { n: 1 }, plain);
    await settled();
    const same = write('site', { n: 1 }, plain);
    begun[0]?.end();
    await Promise.all([first, same]);
    assert.equal(begun.length, 1);
  });

  it('is replaced by a newer one also between two tries', async () => {
    let tries = 0;
    const documents: unknown[] = [];
    const write = mergedWrites(
      async (_name, document) => {
        documents.push(document);
        if (++tries === 1) throw new Error('throttled');
      },
      async (_name, work) => {
        await work().catch(() => settled().then(work));
      },
    );
    const older = write('site', { n: 1 }, plain);
    await Promise.resolve().then(() => {}); // the first try is over
    assert.equal(tries, 1);
    const newer = write('site', { n: 2 }, plain);
    await Promise.all([older, newer]);
    assert.deepEqual(documents, [{ n: 1 }, { n: 2 }]);
  });
});
