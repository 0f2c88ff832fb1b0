import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { copyState, WrittenMeanwhile } from '../../functions/push-solar-data/persistence/store.ts';
import { openTable } from '../../functions/push-solar-data/persistence/table.ts';
import { type TableStoreOptions, tableStore } from '../../functions/push-solar-data/persistence/table-store.ts';
import { tableFor } from '../support/aws-stores.ts';

const plain = { secret: false };
const logIn = { secret: true };

async function homes(t: TestContext) {
  const { stage, client } = await tableFor(t);
  const open = (options: TableStoreOptions = {}) => tableStore(openTable('homes', client), 'home', options);
  return { stage, open };
}

/** Where a home's state lay before. */
async function earlierStore() {
  const store = memoryStore();
  await store.write('site', { n: 1 }, plain);
  await store.write('session/roof', { token: 'made-up' }, logIn);
  let asked = 0;
  const all = () => {
    asked += 1;
    return store.all();
  };
  return { documents: store.documents, asked: () => asked, all };
}

describe('state in a table', () => {
  it('is one item a home, read once, and consistently, for all its documents', async (t) => {
    const { stage, open } = await homes(t);
    const store = open();
    await Promise.all(['site', 'session/roof', 'adapter/roof'].map((name) => store.read(name)));
    assert.deepEqual(stage.calls, ['GetItem']);
    await store.write('site', { n: 1 }, plain);
    await store.write('session/roof', { token: 'made-up' }, logIn);
    assert.deepEqual(stage.calls, ['GetItem', 'UpdateItem', 'UpdateItem']);
    assert.deepEqual([...stage.items.keys()], ['home']);
    const bodies = stage.received.map(({ body }) => body as { TableName: string; ConsistentRead?: boolean });
    assert.ok(bodies.every(({ TableName }) => TableName === 'homes'));
    assert.equal(bodies[0]?.ConsistentRead, true);
  });

  it('counts its writes, as any store that costs something', async (t) => {
    assert.equal((await homes(t)).open().writesAreCounted, true);
  });

  it('is written with no other document of the home', async (t) => {
    const { stage, open } = await homes(t);
    const store = open();
    await store.write('session/roof', { token: 'made-up' }, logIn);
    await store.write('site', { n: 1 }, plain);
    assert.doesNotMatch(JSON.stringify(stage.received.at(-1)?.body), /made-up/);
  });

  it('is read anew after a look that failed', async (t) => {
    const { stage, open } = await homes(t);
    await open().write('site', { n: 1 }, plain);
    const store = open();
    stage.fail({ status: 500, type: 'InternalServerError' });
    await assert.rejects(store.read('site'), /does not answer/);
    stage.fail(undefined);
    assert.deepEqual(await store.read('site'), { n: 1 });
  });

  for (const text of ['{"n":', ''])
    it(`is none where its text is ${text === '' ? 'empty' : 'broken'}`, async (t) => {
      const { stage, open } = await homes(t);
      stage.items.set('home', { documents: { M: { site: { M: { text: { S: text }, revision: { S: 'a-0' } } } } } });
      assert.equal(await open().read('site'), undefined);
      assert.deepEqual(await open().all(), new Map());
    });

  it('whose item somebody has removed is told, and begun anew', async (t) => {
    const { stage, open } = await homes(t);
    const store = open();
    await store.write('site', { n: 1 }, plain);
    stage.items.clear();
    await assert.rejects(store.write('site', { n: 2 }, plain), WrittenMeanwhile);
    assert.equal(await store.read('site'), undefined);
    await store.write('site', { n: 3 }, plain);
    assert.deepEqual(await open().read('site'), { n: 3 });
  });
});

describe('a write whose answer is lost', () => {
  it('and that is repeated by the SDK is taken for done', async (t) => {
    const { stage, open } = await homes(t);
    await open().write('site', { n: 1 }, plain);
    const client = new DynamoDBClient({ ...configOf(stage.url), maxAttempts: 3 });
    t.after(() => client.destroy());
    const store = tableStore(openTable('homes', client), 'home');
    await store.read('site');
    stage.fail({ status: 500, type: 'InternalServerError', call: 'UpdateItem', isDone: true });
    const written = store.write('site', { n: 2 }, plain);
    while (stage.calls.filter((call) => call === 'UpdateItem').length < 2) await new Promise(setImmediate);
    stage.fail(undefined);
    await written;
    assert.deepEqual(await open().read('site'), { n: 2 });
  });

  it('does not keep the next one out', async (t) => {
    const { stage, open } = await homes(t);
    const store = open();
    for (const n of [1, 2]) {
      stage.fail({ status: 500, type: 'InternalServerError', call: 'UpdateItem', isDone: true });
      await assert.rejects(store.write('site', { n }, plain), /does not answer/);
      stage.fail(undefined);
      await store.write('site', { n: n + 10 }, plain);
      assert.deepEqual(await open().read('site'), { n: n + 10 });
    }
  });
});

const configOf = (endpoint: string) => ({
  region: 'eu-central-1',
  endpoint,
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
});

describe('a home whose state lay in parameters', () => {
  it('has it, log-in and all, from its first tick with the table on', async (t) => {
    const { open } = await homes(t);
    const store = open({ earlier: await earlierStore() });
    assert.deepEqual(await store.read('session/roof'), { token: 'made-up' });
    assert.deepEqual(await store.read('site'), { n: 1 });
  });

  it('keeps all of it with its first write, and looks there no more', async (t) => {
    const { open } = await homes(t);
    const earlier = await earlierStore();
    await open({ earlier }).write('site', { n: 2 }, plain);
    earlier.documents.set('session/roof', '{"token":"an older one"}');
    const store = open({ earlier });
    assert.deepEqual(await store.read('session/roof'), { token: 'made-up' });
    assert.deepEqual(await store.read('site'), { n: 2 });
    assert.equal(earlier.asked(), 1);
  });

  it('is not begun anew where the parameters cannot be read', async (t) => {
    const { stage, open } = await homes(t);
    const store = open({
      earlier: {
        all: async () => {
          throw new Error('no answer');
        },
      },
    });
    await assert.rejects(store.read('site'), /no answer/);
    await assert.rejects(store.write('site', { n: 2 }, plain), /no answer/);
    assert.deepEqual([...stage.items], []);
  });

  it('is taken over once by two invocations at once', async (t) => {
    const { open } = await homes(t);
    const earlier = await earlierStore();
    const [mine, theirs] = [open({ earlier }), open({ earlier })];
    for (const store of [mine, theirs]) await store.read('session/roof');
    await theirs.write('session/roof', { token: 'renewed' }, logIn);
    await assert.rejects(mine.write('session/roof', { token: 'mine' }, logIn), WrittenMeanwhile);
    assert.deepEqual(await mine.read('session/roof'), { token: 'renewed' });
    await mine.write('adapter/roof', { plant: '4711' }, plain);
    assert.deepEqual(Object.keys(Object.fromEntries(await open().all())).sort(), [
      'adapter/roof',
      'session/roof',
      'site',
    ]);
  });
});

describe('the state of a home', () => {
  it('is copied from one store to another and back, over what lies there', async (t) => {
    const { open } = await homes(t);
    const [from, back] = [memoryStore(), memoryStore()];
    await from.write('site', { n: 1 }, plain);
    await from.write('session/roof', { token: 'made-up' }, logIn);
    await open().write('site', { n: 'old' }, plain);
    assert.deepEqual(await copyState(from, open()), ['site', 'session/roof']);
    assert.deepEqual((await copyState(open(), back)).sort(), ['session/roof', 'site']);
    assert.deepEqual(await back.all(), await from.all());
  });

  it('is copied with its log-ins as secrets', async () => {
    const from = memoryStore();
    for (const name of ['site', 'session/roof', 'adapter/roof']) await from.write(name, {}, plain);
    const secrets: Record<string, boolean> = {};
    await copyState(from, {
      ...memoryStore(),
      write: async (name, _document, { secret }) => {
        secrets[name] = secret;
      },
    });
    assert.deepEqual(secrets, { site: false, 'session/roof': true, 'adapter/roof': false });
  });
});

describe('a table that', () => {
  const rows: [string, string, 'settings' | 'unavailable', RegExp][] = [
    [
      'is forbidden',
      'AccessDeniedException',
      'settings',
      /does not let the bridge use the table homes \(AccessDenied.*deploy/,
    ],
    ['is not there', 'ResourceNotFoundException', 'settings', /no table homes in this region: deploy/],
    [
      'is throttled',
      'ThrottlingException',
      'unavailable',
      /table homes at AWS does not answer \(ThrottlingException\)/,
    ],
    ['has trouble', 'InternalServerError', 'unavailable', /does not answer/],
  ];
  for (const [what, type, kind, sentence] of rows)
    it(`${what} is a failure in one sentence`, async (t) => {
      const { stage, open } = await homes(t);
      const store = open();
      await store.read('site');
      stage.fail({ status: 400, type });
      for (const work of [store.read('site'), store.write('site', {}, plain), store.all()])
        await assert.rejects(work, (failure: Error & { kind?: string }) => {
          assert.equal(failure.kind, kind);
          assert.match(failure.message, sentence);
          return true;
        });
    });
});
