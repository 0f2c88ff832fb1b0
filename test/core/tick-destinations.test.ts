import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptySiteState } from '../../functions/push-solar-data/core/site-state.ts';
import { type TickPorts, tick } from '../../functions/push-solar-data/core/tick.ts';
import { limitsOf } from '../support/destinations.ts';
import { fakeClock } from '../support/home.ts';
import { start, sunny } from '../support/ticks.ts';

type Told = { label: string; message: unknown };
type Limits = ReturnType<typeof limitsOf> & { label: string };
type Source = { label: string; title: string; settingsHash: string; pollSeconds: number } & Record<string, unknown>;

const destination = (label: string, own: Parameters<typeof limitsOf>[0] = {}): Limits => ({
  ...limitsOf({ title: label, ...own }),
  label,
});

/** Ticks of a home whose one source gives a reading when `isDue`. */
function homeOf(destinations: readonly Limits[], failing: readonly string[] = []) {
  const clock = fakeClock(start);
  const told: Told[] = [];
  const state = emptySiteState();
  const source = { label: 'roof', title: 'Roof', settingsHash: 'settings', pollSeconds: 60 } as Source;
  let asked = 0;
  let isDue = true;
  const ports: TickPorts<Source, Limits> = {
    clock,
    load: async () => ({ state, loadedAt: start }),
    commit: async () => [],
    async poll({ label }) {
      asked += 1;
      const reading = { ...sunny, tsms: clock.at };
      return {
        result: { label, vendor: 'example', polled: isDue, reading, freshUntil: clock.at + 900_000, notes: [] },
        state: { settingsHash: 'settings', polledAt: clock.at },
      };
    },
    async publish({ label, intervalSeconds }, before, message) {
      told.push({ label, message });
      if (failing.includes(label))
        return {
          row: { label, outcome: 'failed', kind: 'unavailable', error: `${label} has trouble`, ms: 0 },
          state: {
            ...before,
            failure: { kind: 'unavailable', message: 'x', consecutive: 1, retryAt: clock.at + 300_000 },
          },
          remarks: [],
        };
      const delivered = intervalSeconds === undefined ? {} : { deliveredAt: clock.at };
      return { row: { label, outcome: 'pushed', ms: 0 }, state: { sentAt: clock.at, ...delivered }, remarks: [] };
    },
  };
  const site = { name: 'home', sources: [source as never], destinations, problems: [], remarks: [] };
  return {
    told,
    asked: () => asked,
    async tick({ after = 0, due = true } = {}) {
      clock.advance(after);
      isDue = due;
      told.length = 0;
      const report = await tick(site, ports as never);
      return { ...report, rows: report.destinations.map(({ label, outcome }) => `${label} ${outcome}`) };
    },
  };
}

describe('several destinations', () => {
  it('are told the same, and the first decides the outcome', async () => {
    const home = homeOf([destination('first'), destination('second')], ['second']);
    const { outcome, rows } = await home.tick();
    assert.equal(outcome, 'pushed');
    assert.deepEqual(rows, ['first pushed', 'second failed']);
    assert.deepEqual(home.told[0]?.message, home.told[1]?.message);
    assert.equal((await homeOf([destination('first'), destination('second')], ['first']).tick()).outcome, 'failed');
  });

  it('are served although one is left alone, and the vendor is asked for them', async () => {
    const home = homeOf([destination('first'), destination('second')], ['first']);
    await home.tick();
    const { rows } = await home.tick({ after: 60 });
    assert.deepEqual(rows, ['first idle', 'second pushed']);
    assert.equal(home.asked(), 2);
  });

  it('that are all left alone ask no vendor', async () => {
    const home = homeOf([destination('first'), destination('second')], ['first', 'second']);
    await home.tick();
    await home.tick({ after: 60 });
    assert.equal(home.asked(), 1);
  });

  it('with wrong settings are told nothing, and have a row that says why', async () => {
    const home = homeOf([destination('first'), destination('second', { problems: ['SECOND_URL is missing.'] })]);
    const { outcome, destinations } = await home.tick();
    assert.equal(outcome, 'pushed');
    assert.deepEqual(destinations[1], {
      label: 'second',
      outcome: 'failed',
      kind: 'settings',
      error: 'SECOND_URL is missing.',
      ms: 0,
    });
    assert.deepEqual(
      home.told.map(({ label }) => label),
      ['first'],
    );
  });

  it('have intervals of their own, and get the newest reading when one is over', async () => {
    const home = homeOf([destination('slow', { intervalSeconds: 300 }), destination('quick')]);
    await home.tick();
    assert.deepEqual((await home.tick({ after: 60 })).rows, ['slow idle', 'quick pushed']);
    assert.deepEqual((await home.tick({ after: 240, due: false })).rows, ['slow pushed', 'quick idle']);
    const [{ message } = {}] = home.told;
    assert.equal((message as { reading?: { tsms?: number } }).reading?.tsms, start + 60_000);
  });
});

describe('a destination that gathers', () => {
  const home = () => homeOf([destination('history', { gathers: true, minSecondsBetween: 0 })]);

  it('is given every message and every tick with nothing new', async () => {
    const { tick: next, told } = home();
    await next();
    assert.ok(told[0]?.message);
    await next({ after: 60, due: false });
    assert.deepEqual(told, [{ label: 'history', message: undefined }]);
  });
});
