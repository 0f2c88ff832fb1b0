/** Looks at the settings of homes that share a store; those of one home stand in runtime.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { keepSettings } from '../../functions/push-solar-data/settings/stored-settings.ts';

const noon = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;

type Told = Pick<TickReport, 'outcome' | 'kind'>;
const pushed: Told = { outcome: 'pushed' };

/** The settings of a home of this phase, whose every look can be held up. */
function homeOf(phase: number) {
  const store = {
    phase,
    texts: { VENDOR: 'evcc' } as SettingTexts,
    loaded: undefined as SettingTexts | undefined,
    trouble: undefined as Error | undefined,
    until: Promise.resolve() as Promise<unknown>,
    looks: 0,
    async load() {
      store.looks += 1;
      await store.until;
      if (store.trouble) throw store.trouble;
      store.loaded = store.texts;
      return store.texts;
    },
    async hasChanged() {
      store.looks += 1;
      await store.until;
      if (store.trouble) throw store.trouble;
      return store.loaded !== store.texts;
    },
  };
  const clock = {
    at: noon,
    now: () => clock.at,
    stopwatch: () => clock.at,
    sleep: async () => {
      for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
    },
  };
  const settings = keepSettings(store, clock);
  return {
    store,
    /** @returns whether the store was asked, and what the settings are. */
    async tick(after: number, told: Told = pushed) {
      clock.at += after;
      const before = store.looks;
      const current = await settings.current();
      settings.mayBeMended({ destinations: [], ...told });
      return { ...current, asked: store.looks > before };
    },
  };
}

/** At which minutes from the first tick on the store is asked, without the first. */
async function minutesOfLooks(phase: number, minutes: number, told: (nth: number) => Told): Promise<number[]> {
  const { tick } = homeOf(phase);
  const asked: number[] = [];
  for (let nth = 0; nth <= minutes; nth++)
    if ((await tick(nth === 0 ? 0 : minute, told(nth))).asked && nth > 0) asked.push(nth);
  return asked;
}

describe('the settings of homes that share a store', () => {
  it('are looked at within the hour, and then every hour, each home at a minute of its own', async () => {
    assert.deepEqual(await minutesOfLooks(0, 180, () => pushed), [60, 120, 180]);
    assert.deepEqual(await minutesOfLooks(0.25, 180, () => pushed), [15, 75, 135]);
    assert.deepEqual(await minutesOfLooks(0.9, 180, () => pushed), [54, 114, 174]);
  });

  it('are looked at ever more rarely while something fails that may pass by itself', async () => {
    const failing: Told = { outcome: 'reported', kind: 'unavailable' };
    assert.deepEqual(await minutesOfLooks(0, 59, () => failing), [1, 3, 7, 15, 30, 45]);
  });

  it('are looked at every minute while the owner alone can end it', async () => {
    for (const kind of ['settings', 'auth'] as const)
      assert.deepEqual(await minutesOfLooks(0, 5, () => ({ outcome: 'reported', kind })), [1, 2, 3, 4, 5]);
  });

  it('are looked at soon again when another failure follows on a reading', async () => {
    const told = (nth: number): Told =>
      nth < 10 || nth > 15 ? { outcome: 'reported', kind: 'unavailable' } : nth === 15 ? pushed : { outcome: 'idle' };
    assert.deepEqual(await minutesOfLooks(0, 20, told), [1, 3, 7, 15, 17, 19]);
  });

  it('are taken as they are known where a look has to wait for others, and as they are found at the next tick', async () => {
    const { store, tick } = homeOf(0);
    await tick(0, { outcome: 'reported', kind: 'auth' });
    let end = () => {};
    store.until = new Promise<void>((resolve) => {
      end = resolve;
    });
    store.texts = { VENDOR: 'foxess' };
    assert.deepEqual(await tick(minute), { texts: { VENDOR: 'evcc' }, asked: true });
    const waiting = await tick(minute, { outcome: 'reported', kind: 'auth' });
    assert.deepEqual(waiting, { texts: { VENDOR: 'evcc' }, asked: false }, 'one look at a time');
    end();
    assert.deepEqual((await tick(minute)).texts, { VENDOR: 'foxess' });
  });

  it('are waited for where none are known, by all ticks together', async () => {
    const { store, tick } = homeOf(0);
    let end = () => {};
    store.until = new Promise<void>((resolve) => {
      end = resolve;
    });
    const ticks = [tick(0), tick(minute)];
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    end();
    for (const { texts } of await Promise.all(ticks)) assert.deepEqual(texts, { VENDOR: 'evcc' });
    assert.equal(store.looks, 1);
  });

  it('stay as they are where the store has trouble, which is told', async () => {
    const { store, tick } = homeOf(0);
    await tick(0);
    store.trouble = new Failure('unavailable', 'The store has trouble');
    assert.deepEqual(await tick(60 * minute), {
      texts: { VENDOR: 'evcc' },
      problem: 'The store has trouble',
      asked: true,
    });
  });

  it('do not hide a bug', async () => {
    const { store, tick } = homeOf(0);
    store.trouble = new TypeError('no function');
    await assert.rejects(tick(0), TypeError);
  });
});
