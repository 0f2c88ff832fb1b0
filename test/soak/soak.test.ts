/** A short soak, and that the watch over it would see what it is there to see. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cloud } from './clouds.ts';
import { type Soak, soak } from './soak.ts';
import { randomOf } from './trouble.ts';
import { verdictOn } from './verdict.ts';
import { mostWithin, violations } from './violations.ts';

describe('300 minutes of bad weather', () => {
  it('leave no leak, no storm, no lock-out and no untruth behind', { timeout: 120_000 }, async (t) => {
    const result = await soak({ ticks: 300, seed: 5 });
    t.diagnostic(`seed ${result.seed}: ${JSON.stringify(result.outcomes)}, ${result.startedAt.length} cold starts`);
    assert.deepEqual(violations(result), []);
    assert.ok(result.startedAt.length > 0, 'no cold start');
    assert.ok(
      result.asked.fusionsolar.some(({ how }) => how === 'expired'),
      'no session that ended',
    );
  });
});

describe('the weather', () => {
  it('is the same again for the same seed, and another for another', () => {
    const some = (seed: number) => Array.from({ length: 20 }, randomOf(seed).next);
    assert.deepEqual(some(7), some(7));
    assert.notDeepEqual(some(7), some(8));
  });
});

describe('the watch over a soak', () => {
  const minute = 60_000;
  const each = (count: number, ms: number, what: string, how: 'well' | 'refused' = 'well') =>
    Array.from({ length: count }, (_, nth) => ({ at: nth * ms, what, how }));
  const sample = { heapMegabytes: 20, sockets: 4, timers: 1, stateBytes: 400 };
  const good: Soak = {
    seed: 1,
    ticks: 300,
    days: 1,
    outcomes: { pushed: 280, reported: 10, failed: 10 },
    startedAt: [],
    asked: {
      victron: each(300, minute, 'installations'),
      foxess: each(60, 5 * minute, 'query'),
      fusionsolar: each(60, 5 * minute, 'getDevRealKpi'),
    },
    pushedAt: each(300, minute, '').map(({ at }) => at),
    untrue: [],
    writes: 600,
    samples: Array.from({ length: 20 }, () => sample),
  };

  it('finds nothing in a good one', () => assert.deepEqual(violations(good), []));

  const fusionsolar = (...more: Soak['asked']['fusionsolar']) => ({ asked: { ...good.asked, fusionsolar: more } });
  const bad: [string, Partial<Soak>, RegExp][] = [
    ['an untruth', { untrue: ['noon: figures'] }, /noon: figures/],
    ['two messages within half a minute', { pushedAt: [0, 29_000] }, /within 29 s/],
    ['weather that was none', { outcomes: { pushed: 300 } }, /no test at all/],
    [
      'a storm of calls',
      { asked: { ...good.asked, foxess: each(9, 1_000, 'query') } },
      /9 calls to FoxESS within 5 min/,
    ],
    ['live calls too soon', fusionsolar(...each(2, 289_000, 'getDevRealKpi')), /289 s apart/],
    ['a storm of log-ins', fusionsolar(...each(6, minute, 'login')), /6 log-ins at FusionSolar/],
    ['a lock-out', fusionsolar(...each(5, minute, 'login', 'refused')), /5 refused log-ins/],
    ['too many writes', { writes: 900 }, /900 writes of state a day/],
    ['a growing heap', { samples: [...good.samples, { ...sample, heapMegabytes: 31 }] }, /grown by 11\.0 MB/],
    ['sockets left open', { samples: [...good.samples, { ...sample, sockets: 30 }] }, /30 sockets/],
    ['timers left running', { samples: [...good.samples, { ...sample, timers: 30 }] }, /30 timers/],
    ['a growing state', { samples: [...good.samples, { ...sample, stateBytes: 5000 }] }, /5000 bytes/],
  ];
  for (const [what, changed, sentence] of bad)
    it(`sees ${what}`, () => assert.match(violations({ ...good, ...changed }).join('\n'), sentence));

  it('counts the most within any span', () => assert.equal(mostWithin([0, 10, 11, 12, 30, 31], 5), 3));
});

describe('the verdict on a push', () => {
  const cloud = (at: number, how: 'well' | 'serverError') =>
    ({
      asked: [{ at, what: 'query', how }],
      shown: { production_kw: 2, net_import_kw: 1, battery_discharge_kw: 0 },
    }) as unknown as Cloud;
  const figures = (production_kw: number) => ({
    apiKey: 'k',
    siteMeters: { production_kw, net_import_kw: 1, battery_discharge_kw: 0, consumption_kw: production_kw + 1 },
  });
  const now = 1_000_000;

  it('is good for what was shown last, and for an error', () => {
    assert.equal(verdictOn(figures(2), [cloud(now, 'well')]), undefined);
    assert.equal(verdictOn({ apiKey: 'k', error: 'trouble' }, [cloud(now, 'serverError')]), undefined);
  });

  it('is bad for an older figure, a failing cloud and an empty message', () => {
    assert.match(verdictOn(figures(4), [cloud(now, 'well')]) ?? '', /production_kw 4 instead of 2/);
    assert.match(verdictOn(figures(2), [cloud(now, 'serverError')]) ?? '', /was serverError/);
    assert.match(verdictOn({ apiKey: 'k' }, []) ?? '', /neither figures nor an error/);
  });
});
