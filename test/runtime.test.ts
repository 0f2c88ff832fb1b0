/** Settings, store and adapters become a home whose ticks run: what only shows when they are put together. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import { Failure, type Reading, setting, text } from '../functions/push-solar-data/adapters/adapter.ts';
import type { FailureKind } from '../functions/push-solar-data/core/failure.ts';
import { memoryStore } from '../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../functions/push-solar-data/persistence/site-memory.ts';
import { openRuntime } from '../functions/push-solar-data/runtime.ts';
import type { SettingTexts } from '../functions/push-solar-data/settings/settings-reader.ts';
import { playChargeHq } from './support/conversation.ts';
import { apiKey, fakeClock } from './support/home.ts';
import { connectionsFor } from './support/servers.ts';
import { adapterOf, registryOf } from './support/sources.ts';

const start = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;

/** Stored settings that a test may change or take away, with every look at them. */
function storedSettings(texts: SettingTexts) {
  const store = {
    texts,
    trouble: undefined as FailureKind | undefined,
    looks: [] as ('load' | 'hasChanged')[],
    loaded: texts,
    async load() {
      store.looks.push('load');
      if (store.trouble) throw new Failure(store.trouble, 'The store has trouble');
      store.loaded = store.texts;
      return store.texts;
    },
    async hasChanged() {
      store.looks.push('hasChanged');
      if (store.trouble) throw new Failure(store.trouble, 'The store has trouble');
      return store.loaded !== store.texts;
    },
  };
  return store;
}

type Gives = (now: number, settings: Record<string, unknown>) => Reading;
type HomeOptions = { gives?: Gives; stored?: SettingTexts; environment?: SettingTexts };

/** A home of one source with the setting EXAMPLE_PLANT, whose vendor gives so. */
async function homeOf(t: TestContext, { gives, stored = {}, environment = {} }: HomeOptions = {}) {
  const chargeHq = await playChargeHq();
  t.after(() => chargeHq.close());
  const plants: unknown[] = [];
  const adapter = adapterOf({
    settings: { plant: setting(z.optional(text), 'Plant') },
    read: async ({ now, settings }) => {
      plants.push(settings.plant);
      return gives?.(now, settings) ?? { production_kw: 4.2, net_import_kw: -1.5 };
    },
  });
  const [store, clock, connections] = [memoryStore({ writesAreCounted: true }), fakeClock(start), connectionsFor(t)];
  const settings = storedSettings(stored);
  const open = () =>
    openRuntime({
      environment: {
        VENDOR: 'example',
        CHARGE_HQ_API_KEY: apiKey,
        CHARGE_HQ_URL: `${chargeHq.url}/push`,
        ...environment,
      },
      stored: settings,
      memory: createSiteMemory(store),
      registry: registryOf(adapter),
      connections,
      clock,
      retryPauseMs: 1,
    });
  let runtime = open();
  return {
    settings,
    store,
    /** What the setting was at each poll. */
    plants,
    pushes: chargeHq.pushes,
    tickAfter(minutes: number) {
      clock.at += minutes * minute;
      return runtime.tick();
    },
    coldStart() {
      runtime = open();
    },
    close: () => runtime.close(),
  };
}

describe('stored settings that are none of this home', () => {
  it('are remarked in the line of each tick, which goes on', async (t) => {
    const stored = {
      EXAMPLE_PLANTS: '7',
      EXAMPLE_POLL_SECONDS: '60',
      FOXESS_API_KEY: 'x',
      MAX_POWER_KW: '30',
      CHARGE_HQ_API_KEY: apiKey,
    };
    const { tickAfter } = await homeOf(t, { stored });
    for (const minutes of [0, 1]) {
      const { outcome, remarks, warnings } = await tickAfter(minutes);
      assert.equal(outcome, 'pushed');
      assert.deepEqual(remarks, [
        'EXAMPLE_PLANTS is not a setting; did you mean EXAMPLE_PLANT?',
        'FOXESS_API_KEY: not used, because VENDOR and DESTINATION name nothing that it belongs to',
      ]);
      assert.equal(warnings, undefined);
    }
  });

  it('are not looked for where VENDOR or DESTINATION name what there is not', async (t) => {
    for (const environment of [{ VENDOR: 'foxes' }, { DESTINATION: 'charge-hq,webhok' }]) {
      const { tickAfter } = await homeOf(t, { stored: { FOXESS_API_KEY: 'x', WEBHOOK_URL: 'x' }, environment });
      assert.equal((await tickAfter(0)).remarks, undefined);
    }
  });

  it('are found although a setting is wrong, and in the environment where they are near to one', async (t) => {
    const environment = { EXAMPLE_TAKE: 'sun', EXAMPLE_PLNT: 'x', EXAMPLE_OF_ANOTHER_PROGRAM: 'x', LANG: 'C' };
    const { tickAfter } = await homeOf(t, {
      stored: { EXAMPLE_TKE: 'x', EXAMPLE_STALE_AFTER_SECONDS: '90' },
      environment,
    });
    assert.deepEqual((await tickAfter(0)).remarks, [
      'EXAMPLE_TKE is not a setting; did you mean EXAMPLE_TAKE?',
      'EXAMPLE_PLNT is not a setting; did you mean EXAMPLE_PLANT?',
    ]);
  });
});

describe('settings', () => {
  it('of the environment win over the stored ones, one by one', async (t) => {
    const home = await homeOf(t, {
      stored: { EXAMPLE_PLANT: 'stored', VENDOR: 'nobody' },
      environment: { EXAMPLE_PLANT: 'own' },
    });
    assert.equal((await home.tickAfter(0)).outcome, 'pushed');
    assert.deepEqual(home.plants, ['own']);
  });

  it('that are stored are used where the environment has none, and loaded once', async (t) => {
    const home = await homeOf(t, { stored: { EXAMPLE_PLANT: 'stored' } });
    for (const minutes of [0, 1, 1]) assert.equal((await home.tickAfter(minutes)).outcome, 'pushed');
    assert.deepEqual(home.plants, ['stored', 'stored', 'stored']);
    assert.deepEqual(home.settings.looks, ['load']);
  });

  it('that are stored are looked at again after an hour, and loaded where they have changed', async (t) => {
    const home = await homeOf(t, { stored: { EXAMPLE_PLANT: 'stored' } });
    await home.tickAfter(0);
    home.settings.texts = { EXAMPLE_PLANT: 'changed' };
    await home.tickAfter(59);
    await home.tickAfter(1);
    await home.tickAfter(60);
    assert.deepEqual(home.plants, ['stored', 'stored', 'changed', 'changed']);
    assert.deepEqual(home.settings.looks, ['load', 'hasChanged', 'load', 'hasChanged']);
  });

  it('that are stored are looked at after each tick that told an error: the owner may be mending one', async (t) => {
    const gives: Gives = (_now, { plant }) => {
      if (plant !== 'right') throw new Failure('auth', 'Example Cloud refuses the plant');
      return { production_kw: 1, net_import_kw: 0 };
    };
    const home = await homeOf(t, { gives, stored: { EXAMPLE_PLANT: 'wrong' } });
    assert.equal((await home.tickAfter(0)).kind, 'auth');
    assert.equal((await home.tickAfter(1)).kind, 'auth');
    home.settings.texts = { EXAMPLE_PLANT: 'right' };
    assert.equal((await home.tickAfter(1)).outcome, 'pushed', 'a changed setting ends the back-off');
    await home.tickAfter(1);
    assert.deepEqual(home.settings.looks, ['load', 'hasChanged', 'hasChanged', 'load']);
  });

  it('that cannot be loaded are a problem, told in one sentence, until they can', async (t) => {
    const home = await homeOf(t, { stored: { EXAMPLE_PLANT: 'stored' } });
    home.settings.trouble = 'unavailable';
    const report = await home.tickAfter(0);
    assert.deepEqual([report.outcome, report.problems], ['reported', ['The store has trouble']]);
    assert.deepEqual(home.plants, []);
    home.settings.trouble = undefined;
    assert.equal((await home.tickAfter(1)).outcome, 'pushed');
  });

  it('that cannot be looked at later stay as they were, with a remark', async (t) => {
    const home = await homeOf(t, { stored: { EXAMPLE_PLANT: 'stored' } });
    await home.tickAfter(0);
    home.settings.trouble = 'unavailable';
    const report = await home.tickAfter(60);
    assert.deepEqual([report.outcome, report.remarks], ['pushed', ['The store has trouble']]);
  });
});

describe('from tick to tick', () => {
  const reversed: Reading = { production_kw: 0, net_import_kw: -1.5 };

  it('a contradiction counts until it is a doubt, also through a cold start', async (t) => {
    const home = await homeOf(t, { gives: () => reversed });
    const doubts: boolean[] = [];
    // Where writes are counted, what the home has shown is written once an hour.
    for (const minutes of [0, 1, 1, 61, 1]) {
      if (doubts.length === 4) home.coldStart();
      doubts.push(((await home.tickAfter(minutes)).warnings ?? []).join().includes('opposite sign'));
    }
    assert.deepEqual(doubts, [false, false, false, false, true]);
  });

  it('what the home has shown limits what it can measure', async (t) => {
    let production_kw = 3;
    const home = await homeOf(t, { gives: () => ({ production_kw, net_import_kw: 0 }) });
    for (let tick = 0; tick < 5; tick++) assert.equal((await home.tickAfter(1)).outcome, 'pushed');
    production_kw = 50;
    assert.match((await home.tickAfter(1)).error ?? '', /beyond the limit of 30 kW/);
  });

  it('a term that was there is missed, also after a cold start', async (t) => {
    let reading: Reading = { production_kw: 4, net_import_kw: -1, battery_discharge_kw: 0.5 };
    const home = await homeOf(t, { gives: () => reading });
    await home.tickAfter(0);
    home.coldStart();
    reading = { production_kw: 4, net_import_kw: -1 };
    const report = await home.tickAfter(1);
    assert.deepEqual(home.pushes.at(-1)?.siteMeters, reading, 'no consumption as if the battery rested');
    assert.match(report.warnings?.join() ?? '', /the battery power/);
  });

  it('a figure keeps its time of measurement, however late it is told', async (t) => {
    const home = await homeOf(t, { gives: (now) => ({ production_kw: 1, net_import_kw: 0, tsms: now - 400_000 }) });
    await home.tickAfter(0);
    assert.equal(home.pushes[0]?.tsms, start - 400_000);
  });
});

it('at its end everything is kept that would have waited for a later write', async (t) => {
  const home = await homeOf(t);
  const ticksKept = () => JSON.parse(home.store.documents.get('site') ?? '{}').baseline?.ticks;
  await home.tickAfter(0);
  await home.tickAfter(1);
  assert.equal(ticksKept(), 1);
  assert.deepEqual(await home.close(), []);
  assert.equal(ticksKept(), 2);
});
