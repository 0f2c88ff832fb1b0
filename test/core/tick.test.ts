import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { type Reading, secret, text } from '../../functions/push-solar-data/adapters/adapter.ts';
import { failureKinds } from '../../functions/push-solar-data/core/failure.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import type { Answer } from '../support/conversation.ts';
import { apiKey } from '../support/home.ts';
import { serveHttp } from '../support/servers.ts';
import { adapterOf } from '../support/sources.ts';
import { failureOf, giving, homeOf, live, pushed, start, sunny } from '../support/ticks.ts';

describe('a tick ends', () => {
  it('pushed: figures that balance reached Charge HQ', async (t) => {
    const tsms = start - 20_000;
    const home = await homeOf(t, [giving('roof', { ...sunny, tsms }).adapter]);
    const { ms, sources, destinations, ...report } = await home.tick();
    assert.deepEqual(home.pushes, [{ apiKey, tsms, siteMeters: pushed }]);
    assert.deepEqual(report, {
      outcome: 'pushed',
      site: 'home',
      figures: pushed,
      derived: ['consumption_kw'],
      age_s: 20,
      meter: 'roof',
    });
    const [row] = destinations;
    assert.ok(ms >= 0 && row?.ms !== undefined && row.ms <= ms);
    assert.deepEqual({ ...row, ms: 0 }, { label: 'charge-hq', outcome: 'pushed', ms: 0 });
    assert.deepEqual(
      sources.map(({ ms: _, ...source }) => source),
      [{ label: 'roof', vendor: 'roof', result: 'read', next: { in_s: 60, why: 'it is asked each minute' } }],
    );
  });

  for (const kind of failureKinds)
    it(`reported: ${kind} was told to Charge HQ in words, without figures`, async (t) => {
      const home = await homeOf(t, [giving('roof', failureOf(kind)).adapter]);
      const report = await home.tick();
      assert.deepEqual(home.pushes, [{ apiKey, error: `Example Cloud: ${kind}` }]);
      assert.equal(report.outcome, 'reported');
      assert.equal(report.kind, kind);
      assert.equal(report.error, `Example Cloud: ${kind}`);
      assert.equal(report.figures, undefined);
      assert.equal(report.sources[0]?.result, 'failed');
    });

  it('idle: nothing was due, and nothing is pushed', async (t) => {
    const slow = giving('roof', sunny);
    const home = await homeOf(t, [adapterOf({ vendor: 'roof', pollSeconds: 300, read: slow.read })]);
    await home.tick();
    const report = await home.tickAfter(60);
    assert.equal(report.outcome, 'idle');
    assert.equal(report.sources[0]?.result, 'cached');
    assert.equal(home.pushes.length, 1);
    assert.equal(slow.asked.times, 1);
    assert.equal((await home.tickAfter(240)).outcome, 'pushed');
  });

  it('failed: Charge HQ could not be told', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], {
      answer: () => ({ status: 500, text: 'out of order' }),
    });
    const report = await home.tick();
    assert.equal(report.outcome, 'failed');
    const { ms: _, ...row } = report.destinations[0] ?? {};
    assert.deepEqual(row, {
      label: 'charge-hq',
      outcome: 'failed',
      kind: 'unavailable',
      error: 'Charge HQ has trouble (HTTP 500)',
      excerpt: 'text, 12 characters',
    });
    assert.deepEqual(report.figures, pushed);
    assert.equal(home.pushes.length, 1, 'it is not repeated');
  });
});

describe('wrong settings', () => {
  it('are reported with what to do, and no vendor is asked', async (t) => {
    const { adapter, asked } = giving('roof', sunny);
    const home = await homeOf(t, [adapter], { texts: { ROOF_TAKE: 'sun', MAX_POWER_KW: '0' } });
    const report = await home.tick();
    assert.equal(report.outcome, 'reported');
    assert.equal(report.kind, 'settings');
    assert.equal(report.problems?.length, 2);
    assert.match(home.pushes[0]?.error ?? '', /MAX_POWER_KW must be.*ROOF_TAKE must be/);
    assert.equal(asked.times, 0);
    assert.deepEqual(report.sources, []);
  });

  it('without the key of Charge HQ can be told to nobody', async (t) => {
    const { adapter, asked } = giving('roof', sunny);
    const home = await homeOf(t, [adapter]);
    const report = await home.tick({ CHARGE_HQ_API_KEY: '' });
    assert.equal(report.outcome, 'failed');
    assert.equal(report.kind, 'settings');
    assert.match(report.error ?? '', /^CHARGE_HQ_API_KEY is missing/);
    assert.deepEqual(home.pushes, []);
    assert.equal(asked.times, 0);
  });

  it('that were mended are asked with at once, also in a back-off', async (t) => {
    const asked: unknown[] = [];
    const adapter = adapterOf({
      vendor: 'roof',
      settings: { apiKey: secret(text, 'Key') },
      read: async ({ settings }) => {
        asked.push(settings.apiKey);
        if (settings.apiKey === 'made-up-wrong') throw failureOf('auth');
        return sunny;
      },
    });
    const home = await homeOf(t, [adapter], { texts: { ROOF_API_KEY: 'made-up-wrong' } });
    await home.tick();
    assert.equal((await home.tickAfter(60)).kind, 'auth');
    home.clock.advance(60);
    assert.equal((await home.tick({ ROOF_API_KEY: 'made-up-right' })).outcome, 'pushed');
    assert.deepEqual(asked, ['made-up-wrong', 'made-up-right']);
  });

  it('are told what was mended in passing', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], { texts: { MAX_POWER_KW: '"50"' } });
    const { remarks, outcome } = await home.tick();
    assert.equal(outcome, 'pushed');
    assert.deepEqual(remarks, ['MAX_POWER_KW had spaces or quotes around it, which were removed']);
  });
});

describe('a vendor that is unavailable', () => {
  it('is asked once more in the same tick', async (t) => {
    const { adapter, asked } = giving('roof', failureOf('unavailable'), sunny);
    const home = await homeOf(t, [adapter]);
    assert.equal((await home.tick()).outcome, 'pushed');
    assert.equal(asked.times, 2);
    assert.deepEqual(home.clock.slept, [1], 'after a pause');
  });

  it('is asked no more than twice', async (t) => {
    const { adapter, asked } = giving('roof', failureOf('unavailable'));
    const home = await homeOf(t, [adapter]);
    assert.equal((await home.tick()).kind, 'unavailable');
    assert.equal(asked.times, 2);
    assert.equal(home.pushes.length, 1);
  });

  it('is asked once where its calls are counted', async (t) => {
    const { read, asked } = giving('roof', failureOf('unavailable'));
    const home = await homeOf(t, [adapterOf({ vendor: 'roof', retries: false, read })]);
    await home.tick();
    assert.equal(asked.times, 1);
  });

  it('is asked once where it says when to come again', async (t) => {
    const { adapter, asked } = giving('roof', failureOf('unavailable', 120));
    const home = await homeOf(t, [adapter]);
    await home.tick();
    await home.tickAfter(60);
    assert.equal(asked.times, 1);
    await home.tickAfter(60);
    assert.equal(asked.times, 2);
  });

  it('is told by its second failure', async (t) => {
    const home = await homeOf(t, [giving('roof', failureOf('unavailable'), failureOf('offline')).adapter]);
    assert.equal((await home.tick()).kind, 'offline');
  });
});

for (const kind of failureKinds.filter((kind) => kind !== 'unavailable'))
  it(`a vendor that fails with ${kind} is asked once`, async (t) => {
    const { adapter, asked } = giving('roof', failureOf(kind), sunny);
    const home = await homeOf(t, [adapter]);
    await home.tick();
    assert.equal(asked.times, 1);
  });

describe('a back-off', () => {
  it('is told in every tick, without a call', async (t) => {
    const { adapter, asked } = giving('roof', failureOf('auth'));
    const home = await homeOf(t, [adapter]);
    for (let nth = 0; nth < 30; nth++) await home.tickAfter(60);
    assert.equal(asked.times, 1);
    assert.deepEqual(new Set(home.pushes.map(({ error }) => error)), new Set(['Example Cloud: auth']));
    assert.equal(home.pushes.length, 30);
    await home.tickAfter(60);
    assert.equal(asked.times, 2);
  });

  it('outlives the process', async (t) => {
    const { adapter, asked } = giving('roof', failureOf('auth'));
    const home = await homeOf(t, [adapter], { store: memoryStore({ writesAreCounted: true }) });
    await home.tick();
    home.coldStart();
    assert.equal((await home.tickAfter(60)).kind, 'auth');
    assert.equal(asked.times, 1);
  });
});

describe('Charge HQ', () => {
  it('gets no two messages within half a minute', async (t) => {
    const { adapter, asked } = giving('roof', sunny);
    const home = await homeOf(t, [adapter]);
    await home.tick();
    const report = await home.tickAfter(29);
    assert.equal(report.outcome, 'idle');
    assert.equal(asked.times, 1);
    assert.equal(home.pushes.length, 1);
    await home.tickAfter(26);
    assert.equal(home.pushes.length, 2);
  });

  it('gets no two within half a minute either, where the first came late in its tick', async (t) => {
    let clock: { advance(seconds: number): void } | undefined;
    const adapter = adapterOf({
      vendor: 'roof',
      read: async () => {
        clock?.advance(36);
        clock = undefined;
        return sunny;
      },
    });
    const home = await homeOf(t, [adapter]);
    clock = home.clock;
    await home.tick();
    const { outcome, remarks } = await home.tickAfter(60 - 36);
    assert.equal(home.pushes.length, 1, 'a second message after 24 s');
    assert.equal(outcome, 'idle');
    assert.deepEqual(remarks, ['the last message to Charge HQ is less than 30 s old']);
    await home.tickAfter(60);
    assert.equal(home.pushes.length, 2);
  });

  it('gets no two within half a minute either, where the settings are wrong and each tick is a process', async (t) => {
    const home = await homeOf(t, [giving('roof', sunny).adapter], { texts: { ROOF_TAKE: 'sun' } });
    await home.tick();
    home.coldStart();
    await home.tickAfter(5);
    assert.equal(home.pushes.length, 1);
  });

  it('that asks to wait is left alone as long as it says, and meanwhile no vendor is asked', async (t) => {
    const { adapter, asked } = giving('roof', sunny);
    const answer = (nth: number): Answer => (nth === 1 ? { status: 429, headers: { 'retry-after': '600' } } : {});
    const home = await homeOf(t, [adapter], { answer });
    assert.equal((await home.tick()).destinations[0]?.kind, 'rate-limited');
    for (let nth = 0; nth < 9; nth++) {
      const report = await home.tickAfter(60);
      assert.equal(report.outcome, 'idle');
      assert.match(report.remarks?.join() ?? '', /^Charge HQ is left alone until 12:10 UTC: /);
    }
    assert.equal(asked.times, 1);
    assert.equal((await home.tickAfter(60)).outcome, 'pushed');
    assert.equal(asked.times, 2);
  });

  it('that is gone is told once, then tried every 15 minutes; when it is back all is as before', async (t) => {
    const { adapter, asked } = live('roof');
    let status = 404;
    const home = await homeOf(t, [adapter], { answer: () => ({ status, json: {} }) });
    const told: number[] = [];
    for (let minute = 0; minute < 60; minute++) {
      const { remarks = [] } = await home.tickAfter(60);
      if (remarks.some((warning) => warning.includes('not at its address any more'))) told.push(minute);
    }
    assert.deepEqual(told, [3]);
    assert.equal(home.pushes.length, 4 + 3);
    assert.equal(asked.times, 4 + 3);
    status = 200;
    await home.tickAfter(900);
    for (let minute = 0; minute < 5; minute++) assert.equal((await home.tickAfter(60)).outcome, 'pushed');
  });

  it('that is gone stays gone through a cold start', async (t) => {
    const { adapter, asked } = giving('roof', sunny);
    const store = memoryStore({ writesAreCounted: true });
    const home = await homeOf(t, [adapter], { store, answer: () => ({ status: 410 }) });
    for (let minute = 0; minute < 4; minute++) await home.tickAfter(60);
    home.coldStart();
    assert.equal((await home.tickAfter(60)).outcome, 'idle');
    assert.equal(asked.times, 4);
  });
});

describe("an adapter's read", () => {
  it('is given its settings, its hosts, the time and the limits', async (t) => {
    const base = await serveHttp(t, (_request, response) => response.end('"base"'));
    const auth = await serveHttp(t, (_request, response) => response.end('"auth"'));
    let given: unknown;
    const adapter = adapterOf({
      vendor: 'roof',
      settings: { plant: { schema: text, help: 'Plant', secret: false } },
      read: async ({ settings, http, state, now, signal, staleAfterSeconds }) => {
        given = {
          settings,
          base: await http.get('/', { schema: z.string() }),
          auth: await http.get('/', { host: 'auth', schema: z.string() }),
          state: { ...state },
          now,
          aborted: signal.aborted,
          staleAfterSeconds,
        };
        return sunny;
      },
    });
    const home = await homeOf(t, [adapter], {
      texts: {
        ROOF_PLANT: '4711',
        ROOF_BASE_URL: base.url,
        ROOF_AUTH_URL: auth.url,
        ROOF_STALE_AFTER_SECONDS: '120',
      },
    });
    await home.tick();
    assert.deepEqual(given, {
      settings: { plant: '4711' },
      base: 'base',
      auth: 'auth',
      state: {},
      now: start,
      aborted: false,
      staleAfterSeconds: 120,
    });
  });

  it('is noted in the line with what it remarks, once each', async (t) => {
    const adapter = adapterOf({
      vendor: 'roof',
      read: async ({ note }) => {
        note('the clock of the inverter is wrong');
        note('the clock of the inverter is wrong');
        return sunny;
      },
    });
    const report = await (await homeOf(t, [adapter])).tick();
    assert.deepEqual(report.sources[0]?.notes, ['the clock of the inverter is wrong']);
  });

  it('is noted with few and short remarks, however many it makes', async (t) => {
    const read = async ({ note }: { note(remark: string): void }) => {
      for (let nth = 0; nth < 1_000; nth++) note(`${nth}\n${'x'.repeat(10_000)}`);
      return sunny;
    };
    const report = await (await homeOf(t, [adapterOf({ vendor: 'roof', read })])).tick();
    const notes = report.sources[0]?.notes ?? [];
    assert.equal(notes.length, 20);
    assert.equal(notes[19], `19 ${'x'.repeat(296)}…`);
  });

  it('has its signal ended with its time', async (t) => {
    let ended = false;
    const adapter = adapterOf({
      vendor: 'roof',
      read: ({ signal }) =>
        new Promise<Reading>(() => {
          signal.addEventListener('abort', () => {
            ended = true;
          });
        }),
    });
    await (await homeOf(t, [adapter], { budget: { tickMs: 400, readMs: 50 } })).tick();
    assert.equal(ended, true);
  });
});
