import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reading } from '../../functions/push-solar-data/adapters/adapter.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { apiKey } from '../support/home.ts';
import { adapterOf } from '../support/sources.ts';
import { failureOf, giving, homeOf, start, sunny } from '../support/ticks.ts';

describe('no figures are pushed', () => {
  const rows: [string, Reading, RegExp][] = [
    [
      'with watts taken for kilowatts',
      { production_kw: 4200, net_import_kw: -1500 },
      /Impossible figures: production_kw is 4200 kW/,
    ],
    ['with NaN', { ...sunny, production_kw: Number.NaN }, /it gives no number for production_kw/],
    ['with a time that is none', { ...sunny, tsms: Number.NaN }, /gives no number for tsms/],
    ['where nothing was measured', {}, /No source measured anything/],
    ['where only a time was measured', { tsms: start }, /No source measured anything/],
    [
      'with a time of yesterday',
      { ...sunny, tsms: start - 86_400_000 },
      /Example Cloud: the newest measurement is 24\.0 h old/,
    ],
    [
      'with a time of tomorrow',
      { ...sunny, tsms: start + 86_400_000 },
      /Example Cloud: the time of measurement lies 24\.0 h in the future/,
    ],
  ];
  for (const [what, reading, sentence] of rows)
    it(what, async (t) => {
      const home = await homeOf(t, [giving('roof', reading).adapter]);
      const report = await home.tick();
      assert.equal(report.outcome, 'reported');
      assert.match(report.error ?? '', sentence);
      assert.deepEqual(home.pushes, [{ apiKey, error: report.error }]);
    });

  it('with an impossible figure that a mean with another source would cover', async (t) => {
    const batteries = [1.4, 0.2].map(
      (battery_soc, nth) => giving(`battery-${nth}`, { battery_discharge_kw: 1, battery_soc }).adapter,
    );
    const home = await homeOf(t, [giving('roof', sunny).adapter, ...batteries]);
    assert.equal((await home.tick()).outcome, 'pushed');
    assert.equal(home.pushes[0]?.siteMeters?.['battery_soc'], undefined);
    assert.equal(home.pushes[0]?.siteMeters?.['battery_discharge_kw'], 2);
  });
});

describe('several sources', () => {
  it('are read side by side', async (t) => {
    const slow = Array.from({ length: 5 }, (_, nth) =>
      adapterOf({
        vendor: `roof-${nth}`,
        read: async () => {
          await wait(100);
          return { production_kw: nth };
        },
      }),
    );
    const home = await homeOf(t, slow);
    const begun = performance.now();
    assert.equal((await home.tick()).outcome, 'pushed');
    const ms = performance.now() - begun;
    assert.ok(ms < 300, `${Math.round(ms)} ms`);
    assert.deepEqual(home.pushes[0]?.siteMeters, { production_kw: 10 });
  });

  it('are pushed as one home', async (t) => {
    const home = await homeOf(t, [
      giving('roof', { production_kw: 3, consumption_kw: 9, tsms: start - 60_000 }).adapter,
      giving('garage', { production_kw: 1.2, battery_discharge_kw: -0.5, tsms: start - 30_000 }).adapter,
      giving('grid', { net_import_kw: -1.5, imported_kwh: 100 }).adapter,
    ]);
    const report = await home.tick();
    assert.deepEqual(home.pushes, [
      {
        apiKey,
        tsms: start - 60_000,
        siteMeters: {
          production_kw: 4.2,
          net_import_kw: -1.5,
          consumption_kw: 2.2,
          battery_discharge_kw: -0.5,
          imported_kwh: 100,
        },
      },
    ]);
    assert.equal(report.meter, 'grid');
    assert.equal(report.age_s, 60);
  });

  it('are all or nothing: the failing one is named', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter, giving('grid', failureOf('offline')).adapter]);
    const report = await home.tick();
    assert.equal(report.outcome, 'reported');
    assert.equal(report.kind, 'offline');
    assert.deepEqual(home.pushes, [{ apiKey, error: 'grid: Example Cloud: offline' }]);
    assert.deepEqual(
      report.sources.map(({ label, result }) => [label, result]),
      [
        ['roof', 'read'],
        ['grid', 'failed'],
      ],
    );
  });

  it('are named all that fail', async (t) => {
    const home = await homeOf(t, [
      giving('roof', failureOf('stale')).adapter,
      giving('grid', failureOf('offline')).adapter,
    ]);
    assert.equal((await home.tick()).error, 'roof: Example Cloud: stale; grid: Example Cloud: offline');
  });

  it('that contradict each other are told how to settle it', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter, giving('garage', sunny).adapter]);
    const report = await home.tick();
    assert.equal(report.kind, 'settings');
    assert.match(
      report.error ?? '',
      /^roof and garage both report a grid meter, and a home has one: .*GARAGE_TAKE=production$/,
    );
  });

  it('that are settled so are pushed', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter, giving('garage', sunny).adapter], {
      texts: { GARAGE_TAKE: 'production' },
    });
    await home.tick();
    assert.deepEqual(home.pushes[0]?.siteMeters, { production_kw: 8.4, net_import_kw: -1.5, consumption_kw: 6.9 });
  });

  it('of which one has nothing yet wait for it', async (t) => {
    const slow = giving('grid', { net_import_kw: -1.5 });
    const quick = giving('roof', { production_kw: 4.2 });
    const store = memoryStore({ writesAreCounted: true });
    const grid = adapterOf({ vendor: 'grid', pollSeconds: 120, read: slow.read });
    const home = await homeOf(t, [quick.adapter, grid], { store });
    await home.tick();
    home.coldStart();
    const report = await home.tickAfter(60);
    assert.equal(report.outcome, 'idle');
    assert.equal(report.sources[1]?.result, 'waiting');
    assert.equal(home.pushes.length, 1);
    await home.tickAfter(60);
    assert.equal((await home.tickAfter(60)).outcome, 'pushed');
  });
});

describe('a slow source', () => {
  const slowAndQuick = (reading: Reading, pace: { pollSeconds: number }) => {
    const [slow, quick] = [giving('grid', reading), giving('roof', { production_kw: 4.2 }, { production_kw: 3 })];
    return { slow, quick, adapters: [quick.adapter, adapterOf({ vendor: 'grid', ...pace, read: slow.read })] };
  };

  it('is held while a quick one is read, and its time of measurement with it', async (t) => {
    const { slow, quick, adapters } = slowAndQuick({ net_import_kw: -1.5, tsms: start }, { pollSeconds: 300 });
    const home = await homeOf(t, adapters);
    await home.tick();
    const report = await home.tickAfter(60);
    assert.equal(slow.asked.times, 1);
    assert.equal(quick.asked.times, 2);
    assert.deepEqual(home.pushes[1], {
      apiKey,
      tsms: start,
      siteMeters: { production_kw: 3, net_import_kw: -1.5, consumption_kw: 1.5 },
    });
    assert.equal(report.age_s, 60);
    assert.deepEqual(
      report.sources.map(({ result }) => result),
      ['read', 'cached'],
    );
  });

  it('is not passed off as new when what is held became stale', async (t) => {
    const { adapters } = slowAndQuick({ net_import_kw: -1.5, tsms: start }, { pollSeconds: 600 });
    const home = await homeOf(t, adapters, { texts: { GRID_STALE_AFTER_SECONDS: '200' } });
    await home.tick();
    assert.equal((await home.tickAfter(180)).outcome, 'pushed');
    const report = await home.tickAfter(60);
    assert.equal(report.outcome, 'reported');
    assert.equal(report.kind, 'stale');
    assert.match(report.error ?? '', /^grid: Example Cloud: the newest measurement is 4 min old/);
    assert.equal(home.pushes.at(-1)?.siteMeters, undefined);
  });

  it('without a time of measurement is as old as its poll', async (t) => {
    const { adapters } = slowAndQuick({ net_import_kw: -1.5 }, { pollSeconds: 600 });
    const home = await homeOf(t, adapters, { texts: { GRID_STALE_AFTER_SECONDS: '200' } });
    await home.tick();
    assert.equal((await home.tickAfter(240)).kind, 'stale');
  });

  it('is good until the next poll where the owner sets no limit, however old its cloud gives it', async (t) => {
    const slow = giving('grid', { net_import_kw: -1.5, tsms: start - 600_000 });
    const adapter = adapterOf({ vendor: 'grid', pollSeconds: 1200, staleAfterSeconds: 700, read: slow.read });
    const home = await homeOf(t, [giving('roof', { production_kw: 4.2 }).adapter, adapter]);
    await home.tick();
    assert.equal((await home.tickAfter(1140)).outcome, 'pushed');
  });

  it('keeps its failure until it is its turn', async (t) => {
    const slow = giving('grid', failureOf('offline'), { net_import_kw: -1.5 });
    const home = await homeOf(t, [
      giving('roof', { production_kw: 4.2 }).adapter,
      adapterOf({ vendor: 'grid', pollSeconds: 300, read: slow.read }),
    ]);
    await home.tick();
    assert.equal((await home.tickAfter(60)).error, 'grid: Example Cloud: offline');
    assert.equal(slow.asked.times, 1);
    assert.equal((await home.tickAfter(240)).outcome, 'pushed');
  });
});

it('a home does not learn from answers that contradict each other: the next minute is as before', async (t) => {
  const roof = giving('roof', sunny);
  const cars = giving(
    'cars',
    { production_kw: 0.7 },
    { production_kw: 0.7, net_import_kw: -0.98 },
    { production_kw: 0.7 },
  );
  const home = await homeOf(t, [roof.adapter, cars.adapter]);
  assert.equal((await home.tick()).outcome, 'pushed');
  assert.equal((await home.tickAfter(60)).kind, 'settings');
  const report = await home.tickAfter(60);
  assert.equal(report.outcome, 'pushed', report.error);
  assert.deepEqual(report.figures, { production_kw: 4.9, net_import_kw: -1.5, consumption_kw: 3.4 });
});
