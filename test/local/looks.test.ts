/** A look at a home, by `doctor` or `configure`, before and beside its ticks. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Failure } from '../../functions/push-solar-data/adapters/adapter.ts';
import { dryRun } from '../../functions/push-solar-data/local/dry-run.ts';
import { looksIn } from '../../functions/push-solar-data/local/looks.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { openRuntime } from '../../functions/push-solar-data/runtime.ts';
import { playChargeHq } from '../support/conversation.ts';
import { apiKey, fakeClock } from '../support/home.ts';
import { connectionsFor } from '../support/servers.ts';
import { adapterOf, registryOf } from '../support/sources.ts';

/** A cloud that may be asked every five minutes, and whose sun is another one at each call. */
async function homeOf(t: TestContext, { refuses = false } = {}) {
  const chargeHq = await playChargeHq();
  t.after(() => chargeHq.close());
  let calls = 0;
  const read = async () => {
    calls += 1;
    if (refuses) throw new Failure('rate-limited', 'Example Cloud is asked too often');
    return { production_kw: calls, net_import_kw: -0.5 };
  };
  const registry = registryOf(adapterOf({ pollSeconds: 300, read }));
  const environment = { VENDOR: 'example', CHARGE_HQ_API_KEY: apiKey, CHARGE_HQ_URL: `${chargeHq.url}/push` };
  const [store, clock] = [memoryStore(), fakeClock(Date.now())];
  const ports = { registry, connections: connectionsFor(t), clock, retryPauseMs: 1 };
  const runtime = openRuntime({ environment, memory: createSiteMemory(store), looks: looksIn(store), ...ports });
  return {
    store,
    clock,
    calls: () => calls,
    suns: () => chargeHq.pushes.map(({ siteMeters }) => siteMeters?.['production_kw']),
    look: () => dryRun(environment, { store, registry }),
    tick: runtime.tick,
  };
}

describe('what a look has read', () => {
  it('is told by the first tick after it, which does not ask again before it is time', async (t) => {
    const { look, tick, clock, calls, suns } = await homeOf(t);
    await look();
    clock.advance(30);
    const { outcome, sources } = await tick();
    assert.deepEqual([outcome, sources[0]?.result, calls(), suns()], ['pushed', 'cached', 1, [1]]);
    clock.advance(60);
    assert.equal((await tick()).outcome, 'idle');
    clock.advance(240);
    await tick();
    assert.deepEqual([calls(), suns()], [2, [1, 2]]);
  });

  it('is told by ticks that run already, and puts off their next reading', async (t) => {
    const { look, tick, clock, calls, suns } = await homeOf(t);
    await tick();
    await look();
    clock.advance(60);
    await tick();
    assert.deepEqual([calls(), suns()], [2, [1, 2]]);
    clock.advance(180);
    assert.equal((await tick()).outcome, 'idle');
  });

  it('is told also where it is a failure, and the cloud is left alone as long as it says', async (t) => {
    const { look, tick, clock, calls } = await homeOf(t, { refuses: true });
    await look();
    await look();
    clock.advance(30);
    const { outcome, kind } = await tick();
    assert.deepEqual([outcome, kind, calls()], ['reported', 'rate-limited', 1]);
  });

  it('leaves the document of the ticks alone, and is a document of its own', async (t) => {
    const { look, tick, store } = await homeOf(t);
    await look();
    assert.deepEqual([...store.documents.keys()], ['look']);
    await tick();
    const before = store.documents.get('site');
    await look();
    assert.equal(store.documents.get('site'), before);
  });

  it('is none where it cannot be read', async () => {
    const broken = looksIn({ read: () => Promise.reject(new Error('the disk is broken')) });
    assert.deepEqual(await broken(), {});
    assert.deepEqual(await looksIn({ read: async () => ({ version: 1 }) })(), {});
  });
});
