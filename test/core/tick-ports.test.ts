/** What a tick asks of its ports, where whole homes cannot show it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import { emptySiteState, type SiteState } from '../../functions/push-solar-data/core/site-state.ts';
import type { SourceState } from '../../functions/push-solar-data/core/source-state.ts';
import { type TickPorts, tick } from '../../functions/push-solar-data/core/tick.ts';
import { limitsOf } from '../support/destinations.ts';
import { fakeClock } from '../support/home.ts';
import { type sourceOf as Configured, sourceOf } from '../support/sources.ts';
import { pushed, start, sunny } from '../support/ticks.ts';

const destination = { ...limitsOf(), label: 'charge-hq' };
const site = { name: 'home', sources: [sourceOf()], destinations: [destination], problems: [], remarks: [] };
type Ports = TickPorts<ReturnType<typeof Configured>, typeof destination>;

/** A home with one source that gives this reading, and ports as the test says. */
function portsOf(reading: Reading, changed: Partial<Ports> = {}) {
  const clock = fakeClock(start);
  const messages: unknown[] = [];
  const committed: SiteState[] = [];
  const source: SourceState = { settingsHash: 'settings', polledAt: start };
  const ports: Ports = {
    clock,
    load: async () => ({ state: emptySiteState(), loadedAt: start }),
    async commit(state) {
      committed.push(structuredClone(state));
      return [];
    },
    poll: async ({ label }) => ({
      result: { label, vendor: 'example', polled: true, reading, freshUntil: start + 900_000, notes: [] },
      state: source,
    }),
    async publish({ label }, state, message) {
      messages.push(message);
      return { row: { label, outcome: 'pushed' }, state, remarks: [] };
    },
    ...changed,
  };
  return { ports, clock, messages, committed };
}
const untilStopped = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

describe('a tick', () => {
  it('tells an error of its own arithmetic in general words, its stack in the line', async () => {
    const broken: Reading = {
      get production_kw(): number {
        throw new TypeError('x is not a function');
      },
    };
    const { ports, messages } = portsOf(broken);
    const report = await tick(site, ports);
    assert.equal(report.kind, 'bug');
    assert.deepEqual(messages, [{ kind: 'bug', error: 'The bridge itself made an error; it has been logged' }]);
    assert.match(report.remarks?.join() ?? '', /^TypeError: x is not a function/);
  });

  it('commits nothing where it could not load: what is kept there may be good', async () => {
    const { ports, committed, messages } = portsOf(sunny, { load: () => Promise.reject(new Error('no answer')) });
    const report = await tick(site, ports);
    assert.equal(messages.length, 1);
    assert.deepEqual(committed, []);
    assert.deepEqual(report.remarks, ['What was kept from earlier ticks could not be read: no answer']);
  });

  it('leaves the store its time also when its own is used up', async () => {
    const { ports } = portsOf(sunny, {
      budget: { tickMs: 50, readMs: 20 },
      async publish({ label }, state, _message, { signal }) {
        await untilStopped(signal);
        return { row: { label, outcome: 'failed' }, state, remarks: [] };
      },
      commit: () => wait(100, []),
    });
    assert.equal((await tick(site, ports)).remarks, undefined);
  });

  it('gives no destination more than ten seconds', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let given: AbortSignal | undefined;
    const { ports } = portsOf(sunny, {
      async publish({ label }, state, _message, { signal }) {
        given = signal;
        await untilStopped(signal);
        return { row: { label, outcome: 'failed' }, state, remarks: [] };
      },
    });
    const report = tick(site, ports);
    while (!given) await new Promise(setImmediate);
    t.mock.timers.tick(9_999);
    assert.equal(given.aborted, false);
    t.mock.timers.tick(1);
    assert.equal((await report).outcome, 'failed');
  });

  it('counts the time since the last message at the moment of sending: a slow read lies between', async () => {
    const state = { ...emptySiteState(), destinations: { 'charge-hq': { sentAt: start - 25_000 } } };
    const { ports, clock, messages } = portsOf(sunny, { load: async () => ({ state, loadedAt: start }) });
    const { poll } = ports;
    const report = await tick(site, {
      ...ports,
      async poll(...read) {
        clock.advance(5);
        return poll(...read);
      },
    });
    assert.deepEqual(report.figures, pushed);
    assert.equal(messages.length, 1);
  });

  it('keeps of figures that cannot be true neither what they show of a home nor what older settings did', async () => {
    const shape = { terms: { production: start, grid: start }, devices: {} };
    const state: SiteState = { ...emptySiteState(), sources: { roof: { settingsHash: 'older', shape } } };
    const { ports, committed } = portsOf({ production_kw: 4_200 }, { load: async () => ({ state, loadedAt: start }) });
    const { poll } = ports;
    const report = await tick(site, {
      ...ports,
      async poll(...read) {
        const { result, state: after } = await poll(...read);
        return { result, state: after && { ...after, shape } };
      },
    });
    assert.match(report.error ?? '', /^Impossible figures/);
    assert.equal(committed[0]?.sources['roof']?.shape, undefined);
  });
});
