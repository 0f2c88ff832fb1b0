import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterAnswer, msUntilDue } from '../../functions/push-solar-data/core/source-state.ts';
import { phaseOf, stackCallsPerSecond } from '../../functions/push-solar-data/persistence/home-stores.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { openTable } from '../../functions/push-solar-data/persistence/table.ts';
import { tableStore } from '../../functions/push-solar-data/persistence/table-store.ts';
import {
  itemKilobytes,
  kindsOfHomes,
  limitsOf,
  mostHomesOf,
  parameterStoreQuotas,
  secondsToLoad,
} from '../../infra/homes-limits.ts';
import { tableFor } from '../support/aws-stores.ts';
import { sourceOf } from '../support/sources.ts';

const noon = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;
const { everyMinute, everyFiveMinutes } = kindsOfHomes;

/** Writes of 25 homes that have started together, in each minute of a day after the first ten. */
async function writesOfShard(pollSeconds: number): Promise<number[]> {
  const source = sourceOf({ pollSeconds });
  const homes = Array.from({ length: 25 }, (_, nth) => {
    const store = Object.assign(memoryStore({ writesAreCounted: true }), { phase: phaseOf(`home-${nth}`) });
    return { store, memory: createSiteMemory(store) };
  });
  const minutes: number[] = [];
  let before = 0;
  for (let now = noon; now < noon + 24 * 60 * minute; now += minute) {
    for (const { memory } of homes) {
      const { state, loadedAt } = await memory.load(now);
      const known = state.sources['roof'];
      if (msUntilDue(known, source, now, { loadedAt }) === 0)
        state.sources['roof'] = afterAnswer(known, source, now, { production_kw: (now % 7_000) / 1_000 }).state;
      state.baseline = { ticks: now / minute };
      await memory.commit([source], state, now);
    }
    const after = homes.reduce((sum, { store }) => sum + store.writes, 0);
    minutes.push(after - before);
    before = after;
  }
  return minutes.slice(10);
}

describe('the writes of a home', () => {
  for (const [what, pollSeconds, kind] of [
    ['that is asked every minute', 60, everyMinute],
    ['that is asked every five minutes', 300, everyFiveMinutes],
  ] as const)
    it(`${what} are as many as is reckoned, with a new log-in every hour`, async () => {
      const minutes = await writesOfShard(pollSeconds);
      const perHour = minutes.reduce((sum, count) => sum + count, 0) / 25 / (minutes.length / 60);
      assert.ok(Math.abs(perHour + 1 - kind.writesPerHour) < 0.3, `${perHour} an hour, and a log-in`);
      assert.ok(Math.max(...minutes) <= kind.writesTogether, `${Math.max(...minutes)} in a minute`);
    });
});

describe('one account and region', () => {
  it('is paced below its quotas', () => {
    assert.ok(stackCallsPerSecond.reads <= parameterStoreQuotas.readsPerSecond * 0.8);
    assert.ok(stackCallsPerSecond.writes <= parameterStoreQuotas.writesPerSecond * 0.8);
  });

  it('holds some 800 homes of quick clouds with their state in parameters, of which there are 10,000', () => {
    assert.deepEqual(limitsOf(everyMinute, 'parameters'), {
      parameters: 833,
      reads: 960,
      writes: 4_320,
      waiting: 10_000,
    });
    assert.equal(mostHomesOf(everyMinute, 'parameters'), 833);
  });

  it('holds 100 homes of slow clouds with their state in parameters, whose writes come together', () => {
    assert.deepEqual(limitsOf(everyFiveMinutes, 'parameters'), {
      parameters: 833,
      reads: 960,
      writes: 664,
      waiting: 100,
    });
    assert.equal(mostHomesOf(everyFiveMinutes, 'parameters'), 100);
  });

  it('holds some 1,100 homes of any cloud with their state in a table: their settings fill the parameters', () => {
    for (const kind of [everyMinute, everyFiveMinutes]) assert.equal(mostHomesOf(kind, 'table'), 1_111);
  });

  it('has all of them at work within two minutes of a deployment', () => {
    assert.ok(secondsToLoad(1_111, everyMinute, 'table') < 40);
    assert.ok(secondsToLoad(833, everyMinute, 'parameters') < 60);
  });
});

describe('the item of a home in a table', () => {
  it('is as large as is reckoned, with two sources and log-ins of a kilobyte', async (t) => {
    const { stage, client } = await tableFor(t);
    const store = tableStore(openTable('homes', client), 'family-home');
    const memory = createSiteMemory(store);
    const sources = ['roof', 'grid'].map((label) => sourceOf({ label, pollSeconds: 300 }));
    const { state } = await memory.load(noon);
    const reading = {
      production_kw: 4.213,
      net_import_kw: -1.524,
      battery_discharge_kw: 0.512,
      consumption_kw: 3.201,
      battery_soc: 0.87,
      imported_kwh: 10_234.5,
      exported_kwh: 8_345.1,
      tsms: noon,
    };
    for (let nth = 0; nth < 60; nth++)
      for (const source of sources) {
        const at = noon + nth * 5 * minute;
        const answer = { ...reading, production_kw: nth / 10, tsms: at - 40_000 };
        state.sources[source.label] = afterAnswer(state.sources[source.label], source, at, answer).state;
      }
    state.baseline = { contradictions: 3, usual_kw: 1, ticks: 30, highest_kw: 9 };
    await memory.commit(sources, state, noon + 300 * minute);
    await store.write('session/roof', { token: 'x'.repeat(1_000) }, { secret: true });
    await store.write(
      'adapter/roof',
      { plant: '4711', devices: ['SN-1234567890', 'SN-1234567891'] },
      { secret: false },
    );
    const bytes = sizeOf(stage.items.get('family-home') ?? {});
    assert.ok(bytes <= itemKilobytes * 1_024 && bytes > (itemKilobytes - 1) * 1_024, `${bytes} bytes`);
  });
});

type Value = { S?: string; M?: Record<string, Value> };
/** As DynamoDB counts: names, texts, and a few bytes for each map and what is in it. */
const sizeOf = (item: Record<string, Value>): number =>
  Object.entries(item).reduce(
    (sum, [name, { S = '', M }]) => sum + Buffer.byteLength(name) + 1 + (M ? 3 + sizeOf(M) : Buffer.byteLength(S)),
    0,
  );
