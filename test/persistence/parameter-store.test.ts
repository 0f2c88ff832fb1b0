import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createParameterStore } from '../../functions/push-solar-data/persistence/parameter-store.ts';
import { parametersFor } from '../support/aws-stores.ts';

const path = '/solar-cloud-bridge/home';

/** The parameters of the site `home` as the bridge sees them, with these names below its path or of other paths. */
async function storeOf(t: TestContext, parameters: Record<string, string>) {
  const named = Object.entries(parameters).map(([name, value]) => [
    name.startsWith('/') ? name : `${path}/${name}`,
    value,
  ]);
  const { stage, client } = await parametersFor(t, Object.fromEntries(named));
  return {
    stage,
    open: () => createParameterStore('home', client),
    bodies: () => stage.received.map(({ body }) => body),
  };
}

describe('settings in the Parameter Store', () => {
  it('are what stands directly below the path of the site, decrypted', async (t) => {
    const { open, bodies } = await storeOf(t, {
      CHARGE_HQ_API_KEY: 'made-up-key',
      VENDOR: 'foxess',
      'state/site': '{}',
      'state/session/roof': '{}',
      'backup/CHARGE_HQ_API_KEY': 'an older key',
      '/solar-cloud-bridge/homestead/VENDOR': "the neighbour's",
    });
    assert.deepEqual(await open().load(), { CHARGE_HQ_API_KEY: 'made-up-key', VENDOR: 'foxess' });
    assert.deepEqual(bodies(), [{ Path: path, Recursive: true, WithDecryption: true, MaxResults: 10 }]);
  });

  it('may be more than fit on a page', async (t) => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, nth) => [`NAME_${nth}`, `${nth}`]));
    const { open, stage } = await storeOf(t, many);
    assert.deepEqual(await open().load(), many);
    assert.equal(stage.calls.length, 3);
  });

  it('are none where nothing is stored', async (t) => {
    assert.deepEqual(await (await storeOf(t, {})).open().load(), {});
  });

  const changes: [string, (stage: Awaited<ReturnType<typeof storeOf>>['stage']) => void, boolean][] = [
    ['nothing changes', () => {}, false],
    ['one changes', (stage) => stage.set(`${path}/VENDOR`, 'evcc'), true],
    ['one is set again to what it was', (stage) => stage.set(`${path}/VENDOR`, 'foxess'), true],
    ['one is added', (stage) => stage.set(`${path}/SITE`, 'home'), true],
    ['one is removed', (stage) => stage.parameters.delete(`${path}/VENDOR`), true],
    ['the bridge keeps its state', (stage) => stage.set(`${path}/state/site`, '{}'), false],
    ['something in a folder of the owner changes', (stage) => stage.set(`${path}/backup/VENDOR`, 'evcc'), false],
  ];
  for (const [what, change, hasChanged] of changes)
    it(`have ${hasChanged ? '' : 'not '}changed when ${what}, which is seen without decrypting anything`, async (t) => {
      const { open, stage, bodies } = await storeOf(t, { VENDOR: 'foxess', CHARGE_HQ_API_KEY: 'made-up-key' });
      const store = open();
      await store.load();
      change(stage);
      assert.equal(await store.hasChanged(), hasChanged);
      assert.equal((bodies().at(-1) as { WithDecryption: boolean }).WithDecryption, false);
    });

  const troubles: [string, { status: number; type: string }, string, RegExp][] = [
    [
      'is forbidden',
      { status: 400, type: 'AccessDeniedException' },
      'settings',
      /does not let the bridge .*home \(AccessDenied.*deploy/,
    ],
    ['cannot be decrypted', { status: 400, type: 'InvalidKeyId' }, 'settings', /does not let the bridge/],
    [
      'is throttled',
      { status: 400, type: 'ThrottlingException' },
      'unavailable',
      /does not answer \(ThrottlingException\)/,
    ],
    ['has trouble', { status: 500, type: 'InternalServerError' }, 'unavailable', /does not answer/],
  ];
  for (const [what, error, kind, sentence] of troubles)
    it(`that ${what} are a failure in one sentence`, async (t) => {
      const { open, stage } = await storeOf(t, { VENDOR: 'foxess' });
      const store = open();
      stage.fail(error);
      for (const work of [store.load(), store.hasChanged(), store.state.read('site')])
        await assert.rejects(work, (failure: Error & { kind?: string }) => {
          assert.equal(failure.kind, kind);
          assert.match(failure.message, sentence);
          return true;
        });
      stage.fail(undefined);
      assert.deepEqual(await store.load(), { VENDOR: 'foxess' });
    });
});

describe('state in the Parameter Store', () => {
  it('comes with the settings: the first read of a document costs no call', async (t) => {
    const { open, stage } = await storeOf(t, { VENDOR: 'foxess', 'state/site': '{"n":1}' });
    const store = open();
    await store.load();
    assert.deepEqual(await store.state.read('site'), { n: 1 });
    assert.equal(await store.state.read('session/roof'), undefined);
    assert.deepEqual(stage.calls, ['GetParametersByPath']);
  });

  it('is looked at anew from the second read on: another invocation may have written', async (t) => {
    const { open, stage } = await storeOf(t, { 'state/session/roof': '{"n":1}' });
    const store = open();
    await store.load();
    await store.state.read('session/roof');
    stage.set(`${path}/state/session/roof`, '{"n":2}');
    assert.deepEqual(await store.state.read('session/roof'), { n: 2 });
    await store.load();
    stage.set(`${path}/state/session/roof`, '{"n":3}');
    assert.deepEqual(await store.state.read('session/roof'), { n: 3 }, 'also where the settings were loaded again');
  });

  it('is what was written, not what had come before', async (t) => {
    const { open } = await storeOf(t, { 'state/site': '{"n":1}' });
    const store = open();
    await store.load();
    await store.state.write('site', { n: 2 }, { secret: false });
    assert.deepEqual(await store.state.read('site'), { n: 2 });
  });

  it('is read by itself where the settings could not be loaded: not brought is not absent', async (t) => {
    const { open, stage } = await storeOf(t, { 'state/site': '{"n":1}' });
    const store = open();
    stage.fail({ status: 500, type: 'InternalServerError', call: 'GetParametersByPath' });
    await assert.rejects(store.load());
    assert.deepEqual(await store.state.read('site'), { n: 1 });
  });

  it('is none where there is no such parameter', async (t) => {
    assert.equal(await (await storeOf(t, {})).open().state.read('site'), undefined);
  });

  for (const [what, text] of Object.entries({ broken: '{"n":', empty: '' }))
    it(`is none where it is ${what}`, async (t) => {
      const { open } = await storeOf(t, { 'state/site': text });
      assert.equal(await open().state.read('site'), undefined);
    });

  it('is encrypted where it holds a log-in, and else a plain text that costs no key', async (t) => {
    const { open, stage } = await storeOf(t, {});
    const { state } = open();
    await state.write('session/roof', { token: 'made-up' }, { secret: true });
    await state.write('site', { n: 1 }, { secret: false });
    const kept = [...stage.parameters].map(([name, { type, value }]) => [name, type, value]);
    assert.deepEqual(kept, [
      [`${path}/state/session/roof`, 'SecureString', '{"token":"made-up"}'],
      [`${path}/state/site`, 'String', '{"n":1}'],
    ]);
    assert.equal(state.writesAreCounted, true);
  });

  it('is no larger a parameter than it must be, and is written over', async (t) => {
    const { open, bodies } = await storeOf(t, { 'state/site': '{}' });
    await open().state.write('site', { n: 1 }, { secret: false });
    assert.deepEqual(bodies(), [
      { Name: `${path}/state/site`, Value: '{"n":1}', Type: 'String', Tier: 'Intelligent-Tiering', Overwrite: true },
    ]);
  });
});
