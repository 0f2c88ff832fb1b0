import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import {
  afterFailure,
  afterReading,
  emptySchedule,
  type Schedule,
  standing,
} from '../../functions/push-solar-data/core/source-state.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createMemory, type Memory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import type { Site, Source } from '../../functions/push-solar-data/settings/site.ts';
import { adapterOf, sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;

const siteOf = (...sources: Source[]): Site => ({
  name: 'home',
  sources,
  maxPower_kw: 100,
  problems: [],
  remarks: [],
  secrets: [],
});

/** A source whose adapter keeps a token and a count. */
const keeping = (source: Partial<Source> = {}): Source =>
  sourceOf({
    adapter: adapterOf({ state: z.object({ token: z.optional(z.string()), count: z.optional(z.number()) }) }),
    ...source,
  });

/** Keeps a state as a read does. */
async function keep(memory: Memory, source: Source, state: Record<string, unknown>): Promise<void> {
  Object.assign(await memory.state(source), state);
  await memory.saveState(source);
}

describe('the state of an adapter', () => {
  it('is empty at first', async () => {
    assert.deepEqual(await createMemory(memoryStore()).state(keeping()), {});
  });

  it('is the same object from read to read, without another look at the store', async () => {
    const store = memoryStore();
    let looks = 0;
    const memory = createMemory({
      ...store,
      read: (name) => {
        looks += 1;
        return store.read(name);
      },
    });
    const state = await memory.state(keeping());
    state['token'] = 'made-up';
    assert.equal(await memory.state(keeping()), state);
    assert.equal(looks, 1);
  });

  it('outlives the process', async () => {
    const store = memoryStore();
    await keep(createMemory(store), keeping(), { token: 'made-up', count: 1 });
    assert.deepEqual(await createMemory(store).state(keeping()), { token: 'made-up', count: 1 });
  });

  it('is each source its own, also with the same adapter and settings', async () => {
    const store = memoryStore();
    const memory = createMemory(store);
    await keep(memory, keeping({ label: 'roof' }), { token: 'made-up' });
    assert.deepEqual(await memory.state(keeping({ label: 'garage' })), {});
    assert.deepEqual(await createMemory(store).state(keeping({ label: 'garage' })), {});
  });

  for (const cold of [false, true])
    it(`that belongs to other settings is discarded, ${cold ? 'after a cold start' : 'in a warm process'}`, async () => {
      const store = memoryStore();
      const memory = createMemory(store);
      await keep(memory, keeping(), { token: 'made-up' });
      const next = cold ? createMemory(store) : memory;
      assert.deepEqual(await next.state(keeping({ identity: 'others' })), {});
    });

  it('that is discarded is not stored any longer', async () => {
    const store = memoryStore();
    await keep(createMemory(store), keeping(), { token: 'made-up' });
    await keep(createMemory(store), keeping({ identity: 'others' }), {});
    assert.equal([...store.documents.values()].join().includes('made-up'), false);
  });

  const shapes: [string, unknown][] = [
    ['of another shape', { identity: 'identity', state: { token: 4711 } }],
    ['that is none', { identity: 'identity', state: null }],
    ['that is missing', { identity: 'identity' }],
    ['that is a text', 'made-up'],
    ['that is null', null],
  ];
  for (const [what, document] of shapes)
    it(`${what} is discarded`, async () => {
      const store = memoryStore();
      await store.write('roof', document);
      assert.deepEqual(await createMemory(store).state(keeping()), {});
    });

  it('is discarded where the adapter keeps nothing', async () => {
    const store = memoryStore();
    await store.write('roof', { identity: 'identity', state: { token: 'made-up' } });
    assert.deepEqual(await createMemory(store).state(sourceOf()), {});
  });

  it('is written only when it has changed', async () => {
    const store = memoryStore();
    const memory = createMemory(store);
    await keep(memory, keeping(), { token: 'made-up' });
    await keep(memory, keeping(), { token: 'made-up' });
    assert.equal(store.writes, 1);
    await keep(memory, keeping(), { token: 'another' });
    assert.equal(store.writes, 2);
    await keep(createMemory(store), keeping(), { token: 'another' });
    assert.equal(store.writes, 2, 'also after a cold start');
  });

  it('is not written while there is none', async () => {
    const store = memoryStore();
    await keep(createMemory(store), keeping(), {});
    assert.equal(store.writes, 0);
  });

  it('that an adapter has emptied is written empty', async () => {
    const store = memoryStore();
    await keep(createMemory(store), keeping(), { token: 'made-up' });
    const memory = createMemory(store);
    delete (await memory.state(keeping()))['token'];
    await memory.saveState(keeping());
    assert.deepEqual(await store.read('roof'), { identity: 'identity', state: {} });
  });

  it('that could not be written is written the next time', async () => {
    const store = memoryStore();
    let broken = true;
    const memory = createMemory({
      ...store,
      write: async (name, document) => {
        if (broken) throw new Error('no space left');
        await store.write(name, document);
      },
    });
    await assert.rejects(keep(memory, keeping(), { token: 'made-up' }), /no space left/);
    broken = false;
    await memory.saveState(keeping());
    assert.deepEqual(await store.read('roof'), { identity: 'identity', state: { token: 'made-up' } });
  });
});

describe('reloading the state', () => {
  it('takes over into the same object what another invocation has stored, and drops the rest', async () => {
    const store = memoryStore();
    const [mine, theirs] = [createMemory(store), createMemory(store)];
    await keep(mine, keeping(), { token: 'old', count: 1 });
    await keep(theirs, keeping(), { token: 'new' });
    const state = await mine.state(keeping());
    state['count'] = 2;
    await theirs.saveState(keeping());
    delete (await theirs.state(keeping()))['count'];
    await theirs.saveState(keeping());
    await mine.reloadState(keeping());
    assert.deepEqual(state, { token: 'new' });
    assert.equal(await mine.state(keeping()), state);
  });

  it('leaves nothing where nothing is stored', async () => {
    const memory = createMemory(memoryStore());
    const state = await memory.state(keeping());
    state['token'] = 'made-up';
    await memory.reloadState(keeping());
    assert.deepEqual(state, {});
  });

  it('writes the next change also where it is what this process wrote before the other', async () => {
    const store = memoryStore();
    const [mine, theirs] = [createMemory(store), createMemory(store)];
    await keep(mine, keeping(), { token: 'a' });
    await keep(theirs, keeping(), { token: 'b' });
    await mine.reloadState(keeping());
    await keep(mine, keeping(), { token: 'a' });
    assert.deepEqual(await store.read('roof'), { identity: 'identity', state: { token: 'a' } });
  });
});

describe('the schedule', () => {
  it('is empty at first, and then the same object', async () => {
    const memory = createMemory(memoryStore());
    const site = siteOf(sourceOf());
    const schedule = await memory.schedule(site, now);
    assert.deepEqual(schedule, emptySchedule());
    assert.equal(await memory.schedule(site, now + minute), schedule);
  });

  it('is not written before it was asked for', async () => {
    const store = memoryStore();
    await createMemory(store).saveSchedule(siteOf(sourceOf()), now);
    assert.equal(store.writes, 0);
  });

  it('is kept whole where writes cost nothing', async () => {
    const store = memoryStore();
    const site = siteOf(sourceOf());
    const memory = createMemory(store);
    const schedule = await memory.schedule(site, now);
    schedule.sources['roof'] = afterReading(sourceOf(), now, { production_kw: 4.2 });
    schedule.destination = { pushedAt: now };
    await memory.saveSchedule(site, now);
    assert.deepEqual(await createMemory(store).schedule(site, now), schedule);
  });

  it('that is broken is empty', async () => {
    const store = memoryStore();
    await store.write('schedule', { version: 99 });
    assert.deepEqual(await createMemory(store).schedule(siteOf(), now), emptySchedule());
  });
});

describe('where writes are counted,', () => {
  type Run = { cold?: number[]; failure?: Failure };

  const due = (schedule: Schedule, { sources }: Site, at: number) =>
    sources.filter((source) => standing(schedule.sources[source.label], source, at).now === 'poll');

  /** Ticks of a minute; sources (the nth comes in the nth tick) are asked when they are due; before `cold` ticks all is forgotten. */
  async function run(sources: readonly Source[], ticks: number, { cold = [], failure }: Run = {}) {
    const store = memoryStore({ frugal: true });
    const polls: number[][] = sources.map(() => []);
    let memory = createMemory(store);
    for (let tick = 0; tick < ticks; tick++) {
      memory = cold.includes(tick) ? createMemory(store) : memory;
      const at = now + tick * minute;
      const site = siteOf(...sources.slice(0, tick + 1));
      const schedule = await memory.schedule(site, at);
      for (const source of due(schedule, site, at)) {
        polls[sources.indexOf(source)]?.push(tick);
        const reading = afterReading(source, at, { production_kw: tick });
        const before = schedule.sources[source.label];
        schedule.sources[source.label] = failure ? afterFailure(source, at, failure, before) : reading;
      }
      schedule.destination.pushedAt = at;
      await memory.saveSchedule(site, at);
    }
    const last = await createMemory(store).schedule(siteOf(...sources), now + ticks * minute);
    return { polls, writes: store.writes, last };
  }

  it('a source of a minute is written once and no more, though it is asked in every tick', async () => {
    const { polls, writes } = await run([sourceOf()], 100);
    assert.equal(polls[0]?.length, 100);
    assert.equal(writes, 1);
  });

  it('a source of two minutes is not asked right after a cold start', async () => {
    const { polls, writes } = await run([sourceOf({ pollSeconds: 120 })], 8, { cold: [3] });
    assert.deepEqual(polls, [[0, 2, 5, 7]]);
    assert.equal(writes, 1);
  });

  it('a slow source keeps its turn and its last reading through a cold start', async () => {
    const { polls, writes, last } = await run([sourceOf({ pollSeconds: 300 })], 12, { cold: [2, 3, 7] });
    assert.deepEqual(polls, [[0, 5, 10]]);
    assert.equal(writes, 3);
    assert.deepEqual(last.sources['roof']?.reading, { production_kw: 10 });
  });

  it('a back-off goes on through a cold start', async () => {
    const failure = new Failure('auth', 'refused');
    const { polls, writes, last } = await run([sourceOf()], 32, { cold: [1, 15, 29], failure });
    assert.deepEqual(polls, [[0, 30]]);
    assert.equal(writes, 2);
    assert.equal(last.sources['roof']?.failure?.message, 'refused');
  });

  it('a back-off doubles through a cold start', async () => {
    const failure = new Failure('rate-limited', 'slow down');
    const { polls } = await run([sourceOf()], 40, { cold: [1, 6, 16], failure });
    assert.deepEqual(polls, [[0, 5, 15, 35]]);
  });

  const five = ['a', 'b', 'c', 'd', 'e'].map((label) => sourceOf({ label, pollSeconds: 300 }));

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

  it('a schedule that could not be written is written the next time', async () => {
    const store = memoryStore({ frugal: true });
    let broken = true;
    const memory = createMemory({
      ...store,
      write: async (name, document) => {
        if (broken) throw new Error('no space left');
        await store.write(name, document);
      },
    });
    const site = siteOf(sourceOf());
    const schedule = await memory.schedule(site, now);
    schedule.sources['roof'] = afterFailure(sourceOf(), now, new Failure('auth', 'refused'), undefined);
    await assert.rejects(memory.saveSchedule(site, now), /no space left/);
    broken = false;
    await memory.saveSchedule(site, now + minute);
    assert.equal(store.writes, 1);
  });

  it('a state in which nothing presses is written once an hour', async () => {
    const store = memoryStore({ frugal: true });
    const memory = createMemory(store);
    const source = keeping();
    const state = await memory.state(source);
    for (let passed = 0; passed < 120; passed += 5) {
      state['token'] = `figures of minute ${passed}`;
      await memory.keepState(source, now + passed * minute);
    }
    assert.equal(store.writes, 2);
    await memory.saveState(source);
    assert.equal(store.writes, 3, 'what presses is written at once');
  });

  it('the log-in of an adapter is written', async () => {
    const store = memoryStore({ frugal: true });
    await keep(createMemory(store), keeping(), { token: 'made-up' });
    assert.equal(store.writes, 1);
  });
});
