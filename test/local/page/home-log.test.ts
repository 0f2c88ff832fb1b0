/** What the page makes of a home's ticks: flows, charge, sources, destinations, errors. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TickReport } from '../../../functions/push-solar-data/core/report.ts';
import { homeLog } from '../../../functions/push-solar-data/local/page/home-log.ts';
import { HomeState } from '../../../functions/push-solar-data/local/page/page-state.ts';
import type { Told } from '../../../functions/push-solar-data/persistence/tick-history.ts';
import { hostileText } from '../../support/page-states.ts';

const noon = Date.parse('2026-05-20T12:00:00Z');
const midnight = noon - 12 * 3_600_000;
const minuteMs = 60_000;
const titles = {
  source: ({ vendor }: { vendor: string }) => `Title of ${vendor}`,
  destination: (label: string) => `Title of ${label}`,
};

const pushed: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: {
    production_kw: 4.2,
    net_import_kw: -1.5,
    consumption_kw: 0.7,
    battery_discharge_kw: -2,
    battery_soc: 0.645,
  },
  derived: ['consumption_kw'],
  age_s: 40,
  sources: [{ label: 'roof', vendor: 'example', result: 'read', next: { in_s: 60, why: 'it is asked each minute' } }],
  destinations: [{ label: 'charge-hq', outcome: 'pushed', ms: 100 }],
  ms: 500,
};
const failing: TickReport = {
  outcome: 'reported',
  site: 'home',
  kind: 'auth',
  error: 'Example refuses the password',
  sources: [
    { label: 'roof', vendor: 'example', result: 'failed', kind: 'auth', error: 'Example refuses the password' },
  ],
  destinations: [{ label: 'charge-hq', outcome: 'reported' }],
  ms: 500,
};
const idle: TickReport = {
  outcome: 'idle',
  site: 'home',
  sources: [{ label: 'roof', vendor: 'example', result: 'cached' }],
  destinations: [{ label: 'charge-hq', outcome: 'idle' }],
  ms: 3,
};
const lackingBattery: TickReport = {
  ...pushed,
  figures: { production_kw: 4.2, net_import_kw: -1.5 },
  derived: [],
  sources: [
    {
      label: 'roof',
      vendor: 'example',
      result: 'read',
      lacking: ['the battery power of B1', "the battery's state of charge"],
    },
  ],
};

/** @param ticks by how many minutes before noon. */
function stateAfter(ticks: readonly [minutesAgo: number, report: TickReport][], now = noon): HomeState {
  const log = homeLog('home', titles);
  log.add(ticks.map(([minutesAgo, report]): Told => ({ at: noon - minutesAgo * minuteMs, report })));
  return HomeState.parse(log.state(now, midnight));
}

describe('the flows of a home', () => {
  it('hold while nothing is due, where no line says when the next figures are, and no longer', () => {
    const short = { ...pushed, sources: [{ label: 'roof', vendor: 'example', result: 'read' as const }] };
    const idles = (until: number) =>
      Array.from({ length: 14 - until }, (_, nth): [number, TickReport] => [14 - nth, idle]);
    const isKnown = (ticks: [number, TickReport][]) => stateAfter(ticks).flows.sun.is;
    assert.equal(isKnown([[15, short], ...idles(0)]), 'known');
    assert.equal(isKnown([...idles(0).reverse(), [15, short]]), 'known');
    assert.equal(isKnown([[15, short], ...idles(3)]), 'lacking');
    assert.equal(isKnown([[15, short]]), 'lacking');
    assert.equal(isKnown([[15, pushed], ...idles(0)]), 'lacking');
  });

  it('are the figures of its last tick, with their words, origin and age', () => {
    const { flows, charge, tickAt } = stateAfter([[0, pushed]]);
    const told = { is: 'known', measuredAt: noon - 40_000, toldAt: noon, origin: 'measured' };
    assert.deepEqual(flows, {
      sun: { ...told, kw: 4.2, words: 'solar 4.20 kW', direction: 'towards' },
      home: { ...told, kw: 0.7, words: 'home uses 0.70 kW', direction: 'away', origin: 'derived' },
      grid: { ...told, kw: -1.5, words: 'exporting 1.50 kW', direction: 'away' },
      battery: { ...told, kw: -2, words: 'battery takes 2.00 kW', direction: 'away' },
      car: { is: 'absent' },
    });
    assert.deepEqual(charge, { is: 'known', percent: 64.5, words: 'battery 64.5 %' });
    assert.equal(tickAt, noon);
  });

  it('hold through ticks in which nothing was due', () => {
    const slow = { ...pushed, sources: [{ ...pushed.sources[0], next: { in_s: 300, why: 'x' } }] } as TickReport;
    const ticks: [number, TickReport][] = [
      [5, slow],
      [4, idle],
      [0, idle],
    ];
    assert.equal(stateAfter(ticks).flows.sun.is, 'known');
    assert.equal(stateAfter(ticks, noon + 3 * minuteMs).flows.sun.is, 'lacking');
  });

  it('are unknown, and not zero, once the bridge is silent', () => {
    const { flows, charge } = stateAfter([[3, pushed]]);
    assert.deepEqual(flows.grid, { is: 'lacking', words: 'grid power unknown', lastAt: noon - 3 * minuteMs });
    assert.deepEqual(charge, { is: 'lacking', words: 'charge unknown' });
  });

  it('are lacking alone where the source lacks them', () => {
    const { flows, charge } = stateAfter([
      [2, pushed],
      [0, lackingBattery],
    ]);
    assert.equal(flows.sun.is, 'known');
    assert.deepEqual(flows.battery, { is: 'lacking', words: 'battery power unknown', lastAt: noon - 2 * minuteMs });
    assert.deepEqual(flows.home, { is: 'lacking', words: 'consumption unknown', lastAt: noon - 2 * minuteMs });
    assert.equal(charge.is, 'lacking');
  });

  it('are lacking also where they were never there, and absent where nobody knows of them', () => {
    assert.equal(stateAfter([[0, lackingBattery]]).flows.battery.is, 'lacking');
    const gridAlone: TickReport = { ...pushed, figures: { net_import_kw: 1 }, derived: [] };
    const { flows, charge } = stateAfter([[0, gridAlone]]);
    assert.deepEqual(
      [flows.sun.is, flows.battery.is, flows.home.is, charge.is],
      ['absent', 'absent', 'lacking', 'absent'],
    );
  });

  it('are all absent before the first tick', () => {
    const { flows, tickAt, outcome, sources } = stateAfter([]);
    assert.deepEqual([...new Set(Object.values(flows).map(({ is }) => is))], ['absent']);
    assert.deepEqual([tickAt, outcome, sources], [undefined, undefined, []]);
  });

  it('are unknown in an error, which says since when', () => {
    const { flows, error } = stateAfter([
      [5, pushed],
      [3, failing],
      [2, idle],
      [0, failing],
    ]);
    assert.equal(flows.sun.is, 'lacking');
    assert.deepEqual(error, { kind: 'auth', says: 'Example refuses the password', since: noon - 3 * minuteMs });
  });

  it('are those of the newest tick, whatever the order they came in', () => {
    const { flows, tickAt } = stateAfter([
      [0, pushed],
      [5, failing],
    ]);
    assert.equal(flows.sun.is, 'known');
    assert.equal(tickAt, noon);
  });

  it('are not those of a clock that was ahead and was set back', () => {
    const { flows, tickAt, outcome } = stateAfter([
      [-60, failing],
      [0, pushed],
    ]);
    assert.deepEqual([flows.sun.is, tickAt, outcome], ['known', undefined, undefined]);
  });

  it('are not those of another home', () => {
    assert.equal(stateAfter([[0, { ...pushed, site: 'other' }]]).flows.sun.is, 'absent');
  });
});

describe('the sources and destinations of a home', () => {
  it('say when they last answered, when they are next asked and why, and what came of the last message', () => {
    const { sources, destinations } = stateAfter([
      [1, pushed],
      [
        0,
        { ...idle, sources: [{ label: 'roof', vendor: 'example', result: 'cached', next: { in_s: 120, why: 'so' } }] },
      ],
    ]);
    assert.deepEqual(sources, [
      {
        label: 'roof',
        title: 'Title of example',
        state: 'answers',
        lastAnswerAt: noon - minuteMs,
        next: { at: noon + 120_000, why: 'so' },
        lacking: [],
        notes: [],
      },
    ]);
    assert.deepEqual(destinations, [
      {
        label: 'charge-hq',
        title: 'Title of charge-hq',
        outcome: 'pushed',
        lastMessageAt: noon - minuteMs,
        says: 'took the figures',
      },
    ]);
  });

  it('keep for an hour what is said once an hour, by lines that do not say when a source is asked next', () => {
    const row = { label: 'roof', vendor: 'example', result: 'read' as const };
    const short = { ...pushed, sources: [row] };
    const noted = { ...short, sources: [{ ...row, notes: ['two meters'] }], remarks: ['X is not a setting'] };
    const textsOf = ({ sources, remarks }: HomeState) => [...(sources[0]?.notes ?? []), ...remarks];
    const texts = (ticks: [number, TickReport][]) => textsOf(stateAfter(ticks));
    assert.deepEqual(
      texts([
        [40, noted],
        [20, noted],
        [0, short],
      ]),
      ['two meters', 'X is not a setting'],
    );
    assert.deepEqual(
      texts([
        [61, noted],
        [0, short],
      ]),
      [],
    );
    assert.deepEqual(
      texts([
        [40, noted],
        [0, pushed],
      ]),
      [],
    );
  });

  it('say what is wrong with them', () => {
    const refused = {
      label: 'mqtt',
      outcome: 'failed',
      kind: 'auth',
      error: 'The broker refuses MQTT_PASSWORD',
    } as const;
    const { sources, destinations } = stateAfter([
      [0, { ...failing, destinations: [...failing.destinations, refused] }],
    ]);
    assert.deepEqual(sources[0]?.error, { kind: 'auth', says: 'Example refuses the password' });
    assert.equal(sources[0]?.state, 'fails');
    assert.deepEqual(
      destinations.map(({ says }) => says),
      ['was told the error', 'The broker refuses MQTT_PASSWORD'],
    );
  });

  it('cannot steer anything by their texts', () => {
    const row = {
      label: 'roof',
      vendor: 'example',
      result: 'failed',
      kind: 'bad-response',
      error: hostileText,
    } as const;
    const hostile: TickReport = {
      ...failing,
      error: hostileText,
      warnings: [hostileText],
      sources: [{ ...row, notes: ['x'.repeat(5000)] }],
    };
    const state = stateAfter([[0, hostile]]);
    const text = JSON.stringify(state);
    assert.doesNotMatch(text, /\\u001b|\\u0007|\u202e|\\n/i);
    assert.ok(text.length < 5000);
    assert.match(state.error?.says ?? '', /^<img src=x/, 'what is left is the text as it was');
  });
});

describe('the ticks that are kept', () => {
  it('are those of a month of minutes at most, while nobody looks', () => {
    const log = homeLog('home', titles);
    const count = 100_000;
    for (let second = 0; second < count; second++) log.add([{ at: noon + second * 1000, report: pushed }]);
    const now = noon + count * 1000;
    assert.deepEqual(log.history(noon, noon + minuteMs).times, []);
    assert.equal(log.history(now - minuteMs, now).times.length, 60);
  });
});
