/** A short soak, and that the watch over it would see what it is there to see. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conversations } from '../conversations/all.ts';
import type { Push } from '../support/conversation.ts';
import type { Asked, Cloud } from './cloud.ts';
import { mixedLimits, talkLimits } from './limits.ts';
import { openPatience } from './patience.ts';
import type { Soak } from './result.ts';
import { soak, soakTalks } from './soak.ts';
import { randomOf } from './trouble.ts';
import { verdictOn, verdictOnTalk } from './verdict.ts';
import { mostWithin, violations } from './violations.ts';

describe('300 minutes of bad weather', () => {
  it('leave no leak, no storm, no lock-out and no untruth behind', { timeout: 120_000 }, async (t) => {
    const result = await soak({ ticks: 300, seed: 5 });
    t.diagnostic(`seed ${result.seed}: ${JSON.stringify(result.outcomes)}, ${result.startedAt.length} cold starts`);
    assert.deepEqual(violations(result), []);
    assert.ok(result.startedAt.length > 0, 'no cold start');
    assert.ok(
      result.asked['fusionsolar']?.some(({ how }) => how === 'expired'),
      'no session that ended',
    );
  });
});

describe('20 minutes of it for each adapter', () => {
  it('leave none of that behind either, and each tells its figures again', { timeout: 240_000 }, async (t) => {
    const result = await soakTalks(conversations, { ticks: 20, seed: 5 });
    t.diagnostic(`seed ${result.seed}: ${JSON.stringify(result.outcomes)}, ${result.startedAt.length} cold starts`);
    assert.deepEqual(violations(result), []);
    assert.deepEqual(
      Object.keys(result.asked),
      conversations.map(({ name }) => name),
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
      sigenergy: each(60, 5 * minute, 'flow'),
    },
    pushedAt: { 'charge-hq': each(300, minute, '').map(({ at }) => at) },
    lost: [],
    late: 0,
    told: {},
    untrue: [],
    unfit: [],
    lines: Array.from({ length: 300 }, () => 900),
    deadRefreshes: 0,
    writes: 600,
    limits: mixedLimits,
    overdue: [],
    hasty: [],
    samples: Array.from({ length: 20 }, () => sample),
  };

  it('finds nothing in a good one', () => assert.deepEqual(violations(good), []));

  const fusionsolar = (...more: Asked[]) => ({ asked: { ...good.asked, fusionsolar: more } });
  const bad: [string, Partial<Soak>, RegExp][] = [
    ['an untruth', { untrue: ['noon: figures'] }, /noon: figures/],
    ['two messages within half a minute', { pushedAt: { mqtt: [0, 29_000] } }, /to mqtt within 29 s/],
    ['destinations that wait for one that hangs', { late: 5 }, /5 times a destination waited/],
    ['a message that is kept back', { lost: ['noon: mqtt was not told'] }, /noon: mqtt was not told/],
    ['weather that was none', { outcomes: { pushed: 300 } }, /no test at all/],
    [
      'a storm of calls',
      { asked: { ...good.asked, foxess: each(9, 1_000, 'query') } },
      /9 calls to FoxESS within 5 min/,
    ],
    [
      'live calls too soon',
      fusionsolar(...each(2, 279_000, 'getDevRealKpi')),
      /2 live calls to FusionSolar within 5 min/,
    ],
    ['a storm of log-ins', fusionsolar(...each(6, minute, 'login')), /6 log-ins at FusionSolar/],
    ['a lock-out', fusionsolar(...each(5, minute, 'login', 'refused')), /5 refused log-ins/],
    ['too many writes', { writes: 1_200 }, /1200 writes of state a day/],
    ['a secret in a line', { unfit: ['noon: told the secret'] }, /noon: told the secret/],
    [
      'lines that grow',
      { lines: Array.from({ length: 300 }, (_, nth) => 900 + 10 * nth) },
      /bytes early, and \d+ late/,
    ],
    ['a token that was lost', { deadRefreshes: 1 }, /1 refresh tokens were sent that had been used up/],
    [
      'a list without end',
      { asked: { ...good.asked, foxess: each(120, 10, 'page') } },
      /120 more pages of FoxESS within 1 min/,
    ],
    [
      'a cloud that is given up',
      { asked: { ...good.asked, victron: each(2, 1_500 * minute, 'installations') } },
      /victron was not asked for 1500 min/,
    ],
    ['a growing heap', { samples: [...good.samples, { ...sample, heapMegabytes: 31 }] }, /grown by 11\.0 MB/],
    ['sockets left open', { samples: [...good.samples, { ...sample, sockets: 30 }] }, /30 sockets/],
    ['timers left running', { samples: [...good.samples, { ...sample, timers: 30 }] }, /30 timers/],
    ['a growing state', { samples: [...good.samples, { ...sample, stateBytes: 5000 }] }, /5000 bytes/],
  ];
  const asked = (...sigenergy: Asked[]) => ({ limits: talkLimits, asked: { sigenergy } });
  bad.push(
    ['an adapter that asks and asks', asked(...each(5, 1_000, 'live')), /5 live calls to sigenergy within 1 min/],
    ['one that looks up and looks up', asked(...each(41, 100, 'other')), /41 calls to sigenergy within 1 min/],
    ['one that logs in and logs in', asked(...each(6, minute, 'log-in')), /6 log-ins at sigenergy within 10 min/],
    ['one that locks its owner out', asked(...each(5, minute, 'log-in', 'refused')), /5 refused log-ins at sigenergy/],
    ['a cloud that is not left alone', { hasty: ['noon: asked again'] }, /1 times .*\nnoon: asked again/],
    ['ticks that are late', { overdue: [1_200, 1_300] }, /2 ticks were late, one of them took 1300 ms/],
  );
  for (const [what, changed, sentence] of bad)
    it(`sees ${what}`, () => assert.match(violations({ ...good, ...changed }).join('\n'), sentence));

  it('counts the most within any span', () => assert.equal(mostWithin([0, 10, 11, 12, 30, 31], 5), 3));
});

describe('patience with a cloud', () => {
  const minute = 60_000;
  const ask = (at: number, how: Asked['how'] = 'well', more: Partial<Asked> = {}): Asked => ({
    ...{ at: at * minute, what: 'live', how, ...more },
  });
  /** What is said after a tick for each of these calls. */
  const hasty = (calls: readonly Asked[], forget?: 'forget' | 'forgetPolls') => {
    const cloud = { name: 'foxess', asked: [] as Asked[], secondsAfterTooMany: 300 } as unknown as Cloud;
    const result = { hasty: [] as string[] };
    const home = { floors: [120] } as unknown as Parameters<typeof openPatience>[0]['home'];
    const patience = openPatience({ name: '', all: [cloud], home }, result);
    for (const call of calls) {
      cloud.asked.push(call);
      patience.judge();
      if (forget) patience[forget]();
    }
    return result.hasty.join('\n');
  };
  const cases: [what: string, calls: Asked[], said: RegExp, forgotten?: 'forget' | 'forgetPolls'][] = [
    ['a poll after its time', [ask(0), ask(2)], /^$/],
    ['a poll before it', [ask(1), ask(2)], /foxess was asked again after 60 s/],
    ['one that nobody can count', [ask(1), ask(2, 'well', { excused: true })], /^$/],
    ['one after a cold start', [ask(1), ask(2)], /^$/, 'forgetPolls'],
    ['the end of what it asked for', [ask(0, 'wait'), ask(10)], /^$/],
    ['less than that', [ask(0, 'wait'), ask(9)], /foxess was asked 60 s too early/],
    ['less also after a cold start', [ask(0, 'aDay'), ask(1_439)], /foxess was asked 60 s too early/, 'forgetPolls'],
    ['less than the usual without a time', [ask(0, 'tooMany'), ask(4)], /foxess was asked 60 s too early/],
    ['less where nobody can know', [ask(0, 'wait'), ask(9)], /^$/, 'forget'],
  ];
  for (const [what, calls, said, forgotten] of cases)
    it(`judges ${what}`, () => assert.match(hasty(calls, forgotten), said));
});

describe('the verdict on the push of one adapter', () => {
  const said = (push: Omit<Push, 'apiKey'>, how: Asked['how'] = 'well') =>
    verdictOnTalk(
      { apiKey: 'k', ...push },
      { asked: [{ at: 2_000, what: 'live', how }], shown: { production_kw: 2, net_import_kw: 1, tsms: 900 } },
      2_000,
    ) ?? '';

  it('is good for what was shown last, for a part of it, and for an error', () => {
    assert.equal(said({ tsms: 900, siteMeters: { production_kw: 2, net_import_kw: 1 } }), '');
    assert.equal(said({ siteMeters: { net_import_kw: 1 } }), '');
    assert.equal(said({ error: 'trouble' }, 'serverError'), '');
  });

  it('is bad for any other figure or time, a failing cloud and an empty message', () => {
    assert.match(said({ siteMeters: { production_kw: 3 } }), /production_kw 3 instead of 2/);
    assert.match(said({ siteMeters: { consumption_kw: 3 } }), /consumption_kw 3 instead of undefined/);
    assert.match(said({ tsms: 800, siteMeters: { production_kw: 2 } }), /tsms 800 instead of 900/);
    assert.match(said({ siteMeters: { production_kw: 2 } }, 'serverError'), /was serverError/);
    assert.match(said({}), /neither figures nor an error/);
  });
});

describe('the verdict on a push', () => {
  const home = { production_kw: 2, net_import_kw: 1, battery_discharge_kw: 0 };
  const cloud = (how: 'well' | 'serverError', more: Partial<Cloud> = {}) =>
    ({
      asked: [
        { at: now - 3_600_000, what: 'query', how: 'well' },
        { at: now, what: 'query', how },
      ],
      shown: home,
      ...more,
    }) as unknown as Cloud;
  const figures = (production_kw: number) => ({
    apiKey: 'k',
    siteMeters: { ...home, production_kw, consumption_kw: production_kw + 1 },
  });
  const now = 1_000_000_000;
  const said = (push: Parameters<typeof verdictOn>[0], ...clouds: Cloud[]) => verdictOn(push, clouds, now) ?? '';

  it('is good for what was shown last, and for an error', () => {
    assert.equal(said(figures(2), cloud('well')), '');
    assert.equal(said({ apiKey: 'k', error: 'trouble' }, cloud('serverError')), '');
  });

  it('is bad for an older figure, a failing cloud and an empty message', () => {
    assert.match(said(figures(4), cloud('well')), /production_kw 4 instead of 2/);
    assert.match(said(figures(2), cloud('serverError')), /was serverError/);
    assert.match(said({ apiKey: 'k' }), /neither figures nor an error/);
  });

  it('is bad for what a cloud lacks, and for the consumption that would follow from it', () => {
    const roof = { asked: [{ at: now, what: 'query', how: 'well' }], shown: { production_kw: undefined } };
    const clouds = [cloud('well'), roof as unknown as Cloud];
    const { production_kw: _, consumption_kw: __, ...known } = figures(2).siteMeters;
    assert.equal(said({ apiKey: 'k', siteMeters: known }, ...clouds), '');
    assert.match(
      said(figures(2), ...clouds),
      /production_kw 2, which is not known, consumption_kw 3, which is not known/,
    );
    const withoutGrid = cloud('well', { shown: { ...home, net_import_kw: undefined } });
    assert.match(said({ apiKey: 'k', siteMeters: known }, withoutGrid), /figures without the grid/);
  });

  it('is bad for figures that stand still, as far as the instance can know', () => {
    const frozen = cloud('well', { stillSince: now - 45 * 60_000 });
    assert.match(said(figures(2), frozen), /stand still for 45 min/);
    assert.equal(verdictOn(figures(2), [frozen], now, now - 60_000), undefined);
  });
});
