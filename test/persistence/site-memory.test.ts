import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import { emptySiteState, type SiteState } from '../../functions/push-solar-data/core/site-state.ts';
import { afterAnswer, afterFailure, msUntilDue } from '../../functions/push-solar-data/core/source-state.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory, type SiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { Source } from '../../functions/push-solar-data/settings/site.ts';
import { adapterOf, sourceOf } from '../support/sources.ts';
import { troubledStore } from '../support/troubled-store.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;
const refused = new Failure('auth', 'refused');

/** Changes the state as a poll of this source at `at` does. */
function answered(state: SiteState, source: Source, at: number, answer: Reading | Failure): void {
  const before = state.sources[source.label];
  state.sources[source.label] =
    answer instanceof Failure
      ? afterFailure(before, source, at, answer)
      : afterAnswer(before, source, at, answer).state;
}

/** What a memory knows after a cold start. */
const known = async (store: Parameters<typeof createSiteMemory>[0]): Promise<SiteState> =>
  (await createSiteMemory(store).load(now)).state;

describe('what a site remembers', () => {
  it('is nothing at first, and then the same object, with when it was loaded', async () => {
    const memory = createSiteMemory(memoryStore());
    const first = await memory.load(now);
    assert.deepEqual(first.state, emptySiteState());
    const second = await memory.load(now + minute);
    assert.equal(second.state, first.state);
    assert.equal(second.loadedAt, now);
  });

  it('outlives the process whole where writes cost nothing', async () => {
    const store = memoryStore();
    const memory = createSiteMemory(store);
    const { state } = await memory.load(now);
    answered(state, sourceOf(), now, { production_kw: 4.2 });
    state.destinations['charge-hq'] = { settingsHash: 'settings', sentAt: now };
    state.baseline = { contradictions: 3, ticks: 9 };
    assert.deepEqual(await memory.commit([sourceOf()], state, now), []);
    assert.deepEqual(await known(store), state);
  });

  it('keeps what counts as a doubt through a cold start, also where writes are counted', async () => {
    const store = memoryStore({ writesAreCounted: true });
    const memory = createSiteMemory(store);
    const { state } = await memory.load(now);
    answered(state, sourceOf(), now, { production_kw: 4.2 });
    state.baseline = { contradictions: 3, ticks: 9 };
    await memory.commit([sourceOf()], state, now);
    assert.deepEqual((await known(store)).baseline, { contradictions: 3, ticks: 9 });
  });

  it('is nothing where it is broken or of another version', async () => {
    const store = memoryStore();
    await store.write('site', { version: 99, sources: {}, destinations: {} }, { secret: false });
    assert.deepEqual(await known(store), emptySiteState());
  });

  it('holds no secret', async () => {
    const secrets: boolean[] = [];
    const memory = createSiteMemory({
      ...memoryStore(),
      write: async (_name, _document, { secret }) => {
        secrets.push(secret);
      },
    });
    const { state } = await memory.load(now);
    answered(state, sourceOf(), now, refused);
    await memory.commit([sourceOf()], state, now);
    assert.deepEqual(secrets, [false]);
  });

  it('forgets a source that is named no more', async () => {
    const store = memoryStore();
    const memory = createSiteMemory(store);
    const { state } = await memory.load(now);
    for (const label of ['roof', 'grid']) answered(state, sourceOf({ label }), now, { production_kw: 4.2 });
    await memory.commit([sourceOf({ label: 'roof' })], state, now);
    assert.deepEqual(Object.keys((await known(store)).sources), ['roof']);
  });

  it('stays as it is while the settings are so wrong that there is no source', async () => {
    const store = memoryStore({ writesAreCounted: true });
    const memory = createSiteMemory(store);
    const { state } = await memory.load(now);
    answered(state, sourceOf(), now, refused);
    await memory.commit([sourceOf()], state, now);
    await memory.commit([], { ...emptySiteState() }, now + 60 * minute);
    assert.equal((await known(store)).sources['roof']?.failure?.kind, 'auth');
  });
});

describe('a store in trouble', () => {
  for (const writesAreCounted of [false, true])
    it(`that cannot be read makes nothing forgotten or overwritten, writes ${writesAreCounted ? '' : 'not '}counted`, async () => {
      const store = troubledStore({ writesAreCounted });
      const before = createSiteMemory(store);
      const { state } = await before.load(now);
      answered(state, sourceOf(), now, refused);
      await before.commit([sourceOf()], state, now);

      const memory = createSiteMemory(store);
      store.trouble = 'read';
      await assert.rejects(memory.load(now), /no answer/);
      await assert.rejects(memory.load(now + minute), /no answer/);
      store.trouble = undefined;
      assert.deepEqual(await memory.commit([sourceOf()], emptySiteState(), now + minute), []);
      assert.deepEqual(store.writes, ['site'], 'what could not be read is not written over');
      const { state: found, loadedAt } = await memory.load(now + 2 * minute);
      assert.equal(found.sources['roof']?.failure?.kind, 'auth');
      assert.equal(loadedAt, now + 2 * minute);
    });

  it('that cannot be written is told, document by document, and written the next time', async () => {
    const store = troubledStore({ writesAreCounted: true });
    const memory = createSiteMemory(store);
    const source = sourceOf({ adapter: adapterOf({ session: z.object({ token: z.string() }) }) });
    const { state } = await memory.load(now);
    const { session } = await memory.adapterMemory(source, now);
    store.trouble = 'write';
    await assert.rejects(session.save({ token: 'made-up' }, now), /no space left/);
    answered(state, source, now, refused);
    const sentence = 'What was learnt could not be saved: no space left';
    assert.deepEqual(await memory.commit([source], state, now), [sentence, sentence]);
    store.trouble = undefined;
    assert.deepEqual(await memory.commit([source], state, now + minute), []);
    assert.deepEqual(store.writes.toSorted(), ['session/roof', 'site']);
  });
});

describe('what an adapter keeps', () => {
  const keeping = (source: Partial<Source> = {}) =>
    sourceOf({ adapter: adapterOf({ session: z.object({ token: z.string() }) }), ...source });
  const tokenOf = async (memory: SiteMemory, source: Source) =>
    (await memory.adapterMemory(source, now)).session.value?.['token'];

  it('is the same from tick to tick, and other with other settings of its log-in', async () => {
    const memory = createSiteMemory(memoryStore());
    const { session } = await memory.adapterMemory(keeping(), now);
    await session.save({ token: 'made-up' }, now);
    assert.equal(await tokenOf(memory, keeping({ settingsHash: 'changed' })), 'made-up');
    assert.equal(await tokenOf(memory, keeping({ label: 'garage' })), undefined);
    assert.equal(await tokenOf(memory, keeping({ identity: 'others' })), undefined);
  });
});

describe('where writes are counted,', () => {
  type Run = { cold?: number[]; failure?: Failure };

  /** Ticks of a minute; sources (the nth comes in the nth tick) are asked when they are due; before `cold` ticks all is forgotten. */
  async function run(sources: readonly Source[], ticks: number, { cold = [], failure }: Run = {}) {
    const store = memoryStore({ writesAreCounted: true });
    const polls: number[][] = sources.map(() => []);
    let memory = createSiteMemory(store);
    for (let tick = 0; tick < ticks; tick++) {
      memory = cold.includes(tick) ? createSiteMemory(store) : memory;
      const at = now + tick * minute;
      const present = sources.slice(0, tick + 1);
      const { state, loadedAt } = await memory.load(at);
      for (const source of present.filter(
        (each) => msUntilDue(state.sources[each.label], each, at, { loadedAt }) === 0,
      )) {
        polls[sources.indexOf(source)]?.push(tick);
        answered(state, source, at, failure ?? { production_kw: 1 + tick });
      }
      state.destinations['charge-hq'] = { settingsHash: 'settings', sentAt: at };
      await memory.commit(present, state, at);
    }
    return { polls, writes: store.writes, last: await known(store) };
  }
  const slow = (label = 'roof') =>
    sourceOf({ label, pollSeconds: 300, floorSeconds: 300, callsAreCounted: true, staleAfterSeconds: 3_600 });

  it('a source of a minute is written once an hour, though it is asked in every tick', async () => {
    const { polls, writes } = await run([sourceOf()], 100);
    assert.equal(polls[0]?.length, 100);
    assert.equal(writes, 2);
  });

  it('a source of two minutes is not asked right after a cold start', async () => {
    const source = sourceOf({ pollSeconds: 120, floorSeconds: 120, callsAreCounted: true });
    assert.deepEqual((await run([source], 8, { cold: [3] })).polls, [[0, 2, 5, 7]]);
  });

  it('a slow source keeps its turn and its last reading through a cold start', async () => {
    const { polls, writes, last } = await run([slow()], 12, { cold: [2, 3, 7] });
    assert.deepEqual(polls, [[0, 5, 10]]);
    assert.equal(writes, 3);
    assert.deepEqual(last.sources['roof']?.last?.reading, { production_kw: 11 });
  });

  it('a back-off goes on through a cold start', async () => {
    const { polls, last } = await run([sourceOf()], 32, { cold: [1, 15, 29], failure: refused });
    assert.deepEqual(polls, [[0, 30]]);
    assert.equal(last.sources['roof']?.failure?.message, 'refused');
  });

  it('a back-off doubles through a cold start', async () => {
    const failure = new Failure('rate-limited', 'slow down');
    assert.deepEqual((await run([sourceOf()], 40, { cold: [1, 6, 16], failure })).polls, [[0, 5, 15, 35]]);
  });

  const five = ['a', 'b', 'c', 'd', 'e'].map(slow);

  it('several slow sources, asked in different minutes, cost no more writes than one', async () => {
    const { polls, writes } = await run(five, 105);
    assert.deepEqual(
      polls.map((ticks) => ticks.length),
      [21, 21, 21, 21, 21],
    );
    assert.ok(writes <= five.length + 105 / 5, `${writes} writes`);
  });

  it('no slow source is asked too early nor forgotten, whenever the cold start comes', async () => {
    for (let coldAt = 1; coldAt < 25; coldAt++)
      for (const ticks of (await run(five, 40, { cold: [coldAt] })).polls) {
        const pauses = ticks.slice(1).map((tick, place) => tick - (ticks[place] ?? 0));
        assert.ok(Math.min(...pauses) >= 5, `asked in ${ticks} with a cold start at ${coldAt}`);
        assert.ok(Math.max(...pauses) <= 12, `asked in ${ticks} with a cold start at ${coldAt}`);
      }
  });

  it('what the home has is written at once, and through a cold start it is lacking', async () => {
    const store = memoryStore({ writesAreCounted: true });
    const memory = createSiteMemory(store);
    const { state } = await memory.load(now);
    answered(state, sourceOf(), now, { production_kw: 4.2 });
    await memory.commit([sourceOf()], state, now);
    answered(state, sourceOf(), now + minute, { production_kw: 4.2, net_import_kw: 1 });
    await memory.commit([sourceOf()], state, now + minute);
    const { sources } = await known(store);
    const { standing } = afterAnswer(sources['roof'], sourceOf(), now + 2 * minute, { production_kw: 4.2 });
    assert.deepEqual(standing.lacking, [{ what: 'grid' }]);
  });

  it('everything is written when the process ends, and only what has changed', async () => {
    const store = memoryStore({ writesAreCounted: true });
    const memory = createSiteMemory(store);
    const { state } = await memory.load(now);
    answered(state, slow(), now, { production_kw: 1 });
    await memory.commit([slow()], state, now);
    await memory.commit([slow()], state, now + minute, { final: true });
    assert.equal(store.writes, 1);
    state.baseline = { ticks: 7 };
    await memory.commit([slow()], state, now + minute, { final: true });
    assert.deepEqual((await known(store)).baseline, { ticks: 7 });
  });
});
