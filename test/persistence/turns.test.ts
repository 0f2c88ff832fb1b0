/** Many homes that started at the same moment do not all write at the same moment what can wait, and what cannot does not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SiteState, siteStateFrom } from '../../functions/push-solar-data/core/site-state.ts';
import { afterAnswer, msUntilDue } from '../../functions/push-solar-data/core/source-state.ts';
import { phaseOf } from '../../functions/push-solar-data/persistence/home-stores.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { createSiteMemory } from '../../functions/push-solar-data/persistence/site-memory.ts';
import { nextTurnAt } from '../../functions/push-solar-data/persistence/turns.ts';
import type { Source } from '../../functions/push-solar-data/settings/site.ts';
import { sourceOf } from '../support/sources.ts';

const noon = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;

describe('a turn', () => {
  it('without a phase comes so long after the last', () => {
    assert.equal(nextTurnAt(noon + 1, hour), noon + 1 + hour);
  });

  const rows: [what: string, doneAt: number, phase: number, next: number][] = [
    ['at the phase of this hour', noon, 0.25, noon + 15 * minute],
    ['at that of the next one after it', noon + 20 * minute, 0.25, noon + 75 * minute],
    ['with the hour', noon + 59 * minute, 0, noon + hour],
    ['never at the time it was done itself', noon, 0, noon + hour],
    ['soon where nobody knows when it was done', 0, 0.5, hour / 2],
  ];
  for (const [what, doneAt, phase, next] of rows)
    it(`with a phase comes ${what}`, () => {
      assert.equal(nextTurnAt(doneAt, hour, phase), next);
    });
});

type Home = { store: ReturnType<typeof memoryStore>; tick(now: number): Promise<{ polledAt: number }> };

/** A home with one source, which is read whenever it is due. */
function homeOf(source: Source, phase: number | undefined): Home {
  const store = memoryStore({ writesAreCounted: true });
  const memory = createSiteMemory(phase === undefined ? store : Object.assign(store, { phase }));
  return {
    store,
    async tick(now) {
      const { state, loadedAt } = await memory.load(now);
      const before = state.sources[source.label];
      if (msUntilDue(before, source, now, { loadedAt }) === 0)
        state.sources[source.label] = afterAnswer(before, source, now, { production_kw: (now % 7_000) / 1_000 }).state;
      state.baseline = { ticks: now / minute };
      await memory.commit([source], state, now);
      return { polledAt: state.sources[source.label]?.polledAt ?? 0 };
    },
  };
}

/** The most writes in one minute, and those of all, of so many homes in so many minutes after the first ones. */
async function writesOf(minutes: number, phaseOfHome: (site: string) => number | undefined) {
  const source = sourceOf();
  const homes = Array.from({ length: 100 }, (_, nth) => homeOf(source, phaseOfHome(`home-${nth}`)));
  const writes = () => homes.reduce((sum, { store }) => sum + store.writes, 0);
  const counts: number[] = [];
  for (let nth = 0; nth < 10 + minutes; nth++) {
    const before = writes();
    for (const home of homes) await home.tick(noon + nth * minute);
    if (nth >= 10) counts.push(writes() - before);
  }
  return { most: Math.max(...counts), all: counts.reduce((sum, count) => sum + count, 0) };
}

describe('homes that started in the same minute', () => {
  it('write what is of use after a while in different minutes', async () => {
    const alone = await writesOf(120, () => undefined);
    const shared = await writesOf(120, phaseOf);
    assert.equal(alone.most, 100);
    assert.ok(shared.most <= 8, `${shared.most} in a minute`);
    assert.ok(shared.all <= alone.all * 1.05, `${shared.all}, no more than ${alone.all}`);
  });
});

describe('a home that shares its store', () => {
  for (const pollSeconds of [300, 420, 600])
    it(`is asked too early by no cold start, every ${pollSeconds} s`, async () => {
      const source = sourceOf({ pollSeconds });
      const known = ({ documents }: Home['store']): SiteState =>
        siteStateFrom(JSON.parse(documents.get('site') ?? '{}'));
      for (let nth = 0; nth < 20; nth++) {
        const home = homeOf(source, nth / 20);
        for (let now = noon; now < noon + 2 * hour; now += minute) {
          const { polledAt } = await home.tick(now);
          const next = now + minute;
          const dueAt = next + msUntilDue(known(home.store).sources['roof'], source, next, { loadedAt: next });
          assert.ok(
            dueAt >= polledAt + pollSeconds * 1_000,
            `after ${(now - noon) / minute} minutes, phase ${nth / 20}`,
          );
        }
      }
    });
});
