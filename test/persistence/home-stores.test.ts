import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openHomeStores, phaseOf, shareOf } from '../../functions/push-solar-data/persistence/home-stores.ts';
import { parametersFor, tableFor } from '../support/aws-stores.ts';
import { quickClock } from '../support/quick-clock.ts';

const plain = { secret: false };
const logIn = { secret: true };
const sites = Array.from({ length: 25 }, (_, nth) => `home-${nth}`);
const settingsOf = (site: string, count = 2) =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`/solar-cloud-bridge/${site}/NAME_${nth}`, 'x']));

async function storesOf(t: TestContext, { shards = 1, initial = {} as Record<string, string> } = {}) {
  const { stage, client } = await parametersFor(t, initial);
  const clock = quickClock();
  return { stage, clock, stores: openHomeStores({ shards, client, clock }) };
}

describe('the stores of many homes', () => {
  it('are each below the path of its home, and the same whenever they are asked for', async (t) => {
    const { stores } = await storesOf(t, {
      initial: { ...settingsOf('home'), '/solar-cloud-bridge/cabin/VENDOR': 'x' },
    });
    assert.equal(stores('home'), stores('home'));
    assert.deepEqual(await stores('cabin').load(), { VENDOR: 'x' });
    assert.deepEqual(await stores('home').load(), { NAME_0: 'x', NAME_1: 'x' });
    await stores('cabin').state.write('site', { n: 1 }, plain);
    assert.equal(await stores('home').state.read('site'), undefined);
    assert.deepEqual(await stores('cabin').state.read('site'), { n: 1 });
  });

  it('say that their homes share the writes, and each when its turn is', async (t) => {
    const { stores } = await storesOf(t);
    const { phase, state } = stores('home');
    assert.deepEqual([phase, state.phase, state.writesAreCounted], [phaseOf('home'), phaseOf('home'), true]);
  });

  it('read no faster, all together, than their share', async (t) => {
    const initial = Object.assign({}, ...sites.map((site) => settingsOf(site, 12)));
    const { stores, clock, stage } = await storesOf(t, { shards: 4, initial });
    await Promise.all(sites.map((site) => stores(site).load()));
    assert.equal(stage.calls.length, 50);
    assert.ok(clock.at >= 5_250 && clock.at < 5_300, `${clock.at}: 8 at once, then 42 at 8 a second`);
  });

  it('write no faster, all together, than their share, and apart from what they read', async (t) => {
    const { stores, clock } = await storesOf(t);
    await Promise.all(sites.map((site) => stores(site).state.write('site', {}, plain)));
    assert.ok(clock.at >= 9_416 && clock.at < 9_450, `${clock.at}: 2.4 at once, then 22.6 at 2.4 a second`);
  });

  it('write log-ins before anything else', async (t) => {
    const { stores, stage } = await storesOf(t);
    const names = sites.flatMap((site) => [`${site} site`, `${site} session/roof`]);
    await Promise.all(
      names.map((each) => {
        const [site = '', name = ''] = each.split(' ');
        return stores(site).state.write(name, {}, logIn);
      }),
    );
    const order = stage.received.map(({ body }) => String((body as { Name: string }).Name));
    const lastLogIn = order.findLastIndex((name) => name.includes('session/'));
    const before = order.slice(0, lastLogIn).filter((name) => name.endsWith('/site'));
    assert.ok(before.length <= 2, `${before.length} lesser ones were already on their way`);
  });

  it('load settings and log-ins before they look for changes', async (t) => {
    const { stores, stage } = await storesOf(t, { shards: 32, initial: settingsOf('home') });
    await Promise.all([
      ...sites.map((site) => stores(site).hasChanged()),
      stores('home').load(),
      stores('home').state.read('session/roof'),
    ]);
    const urgent = stage.received.flatMap(({ body }, nth) =>
      (body as { WithDecryption: boolean }).WithDecryption ? [nth] : [],
    );
    assert.ok(urgent.length === 2 && urgent.every((nth) => nth < 20), `${urgent}: not behind the 25 that asked before`);
  });

  it('try again, slower, what is throttled', async (t) => {
    const { stores, stage, clock } = await storesOf(t, { initial: settingsOf('home') });
    stage.fail({ status: 400, type: 'ThrottlingException' });
    const [loaded, written] = [stores('home').load(), stores('home').state.write('site', { n: 1 }, plain)];
    while (stage.calls.length < 6) await new Promise(setImmediate);
    stage.fail(undefined);
    assert.deepEqual(Object.keys(await loaded), ['NAME_0', 'NAME_1']);
    await written;
    assert.ok(clock.at > 500, `${clock.at}`);
  });

  it('write what is newest where something still waits for its turn', async (t) => {
    const { stores, stage } = await storesOf(t, { shards: 12 });
    const writes = [1, 2, 3, 4].flatMap((n) => sites.map((site) => stores(site).state.write('site', { n }, plain)));
    await Promise.all(writes);
    assert.ok(stage.calls.length <= sites.length + 1, `${stage.calls.length}`);
    for (const site of sites)
      assert.equal(stage.parameters.get(`/solar-cloud-bridge/${site}/state/site`)?.value, '{"n":4}');
  });
});

describe('the stores of many homes with a table', () => {
  const opened = async (t: TestContext, initial: Record<string, string> = {}) => {
    const [parameters, table] = [await parametersFor(t, initial), await tableFor(t)];
    const options = { shards: 1, table: 'homes', client: parameters.client, tableClient: table.client };
    return { parameters: parameters.stage, table: table.stage, stores: openHomeStores(options) };
  };

  it('take settings from parameters and keep state in the table', async (t) => {
    const { parameters, table, stores } = await opened(t, settingsOf('home'));
    const { load, state } = stores('home');
    assert.deepEqual(Object.keys(await load()), ['NAME_0', 'NAME_1']);
    await state.write('session/roof', { token: 'made-up' }, logIn);
    assert.deepEqual([...table.items.keys()], ['home']);
    assert.deepEqual(Object.keys(Object.fromEntries(parameters.parameters)), Object.keys(settingsOf('home')));
    assert.ok(state.phase !== undefined && state.writesAreCounted);
  });

  it('take over the state that lies in parameters', async (t) => {
    const { table, stores } = await opened(t, {
      '/solar-cloud-bridge/home/state/session/roof': '{"token":"made-up"}',
      '/solar-cloud-bridge/home/state/site': '{"n":1}',
    });
    const { state } = stores('home');
    assert.deepEqual(await state.read('session/roof'), { token: 'made-up' });
    await state.write('site', { n: 2 }, plain);
    assert.match(JSON.stringify(table.items.get('home')), /made-up/);
  });

  it('read a log-in that another program has written, once new settings name what it is for', async (t) => {
    const [{ client }, { client: tableClient }] = [await parametersFor(t, settingsOf('home')), await tableFor(t)];
    const open = () => openHomeStores({ shards: 1, table: 'homes', client, tableClient, clock: quickClock() })('home');
    const home = open();
    await home.load();
    assert.equal(await home.state.read('site'), undefined);
    await open().state.write('session/roof', { token: 'made-up' }, logIn);
    await home.load();
    assert.deepEqual(await home.state.read('session/roof'), { token: 'made-up' });
  });

  it('do not ask the table before a home needs it', async (t) => {
    const { table, stores } = await opened(t, settingsOf('home'));
    await stores('home').load();
    assert.equal(await stores('home').hasChanged(), false);
    assert.deepEqual(table.calls, []);
  });
});

describe('the share of an instance', () => {
  it('is what its stack may call, parted among the shards, and never nothing', () => {
    assert.deepEqual(shareOf(1), { reads: 32, writes: 2.4 });
    assert.deepEqual(shareOf(4), { reads: 8, writes: 0.6 });
    assert.deepEqual(shareOf(400), { reads: 8, writes: 0.2 });
  });
});

describe('the phase of a home', () => {
  it('is the same for ever, and those of many homes lie apart', () => {
    assert.equal(phaseOf('home'), phaseOf('home'));
    const phases = Array.from({ length: 1_000 }, (_, nth) => phaseOf(`home-${nth}`));
    assert.ok(phases.every((phase) => phase >= 0 && phase < 1));
    for (let tenth = 0; tenth < 10; tenth++) {
      const count = phases.filter((phase) => Math.floor(phase * 10) === tenth).length;
      assert.ok(count > 60 && count < 140, `${count}`);
    }
  });
});
