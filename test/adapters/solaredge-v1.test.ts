import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { solaredge } from '../../functions/push-solar-data/adapters/solaredge.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  detailsPath,
  flow,
  flowPath,
  live,
  minuteMs,
  node,
  noFlow,
  now,
  overview,
  overviewPath,
  pathsOf,
  v1Conversation,
  v1Flow,
  v1Settings,
} from '../conversations/solaredge.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(solaredge, v1Conversation);

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(solaredge, { settings: v1Settings, now, exchanges, ...options });
const playFlow = (...told: Parameters<typeof flow>) => play([live(flow(...told))]);

describe('the power flow of V1', () => {
  const home = { PV: node(1.75), LOAD: node(0.33), GRID: node(1.42) };
  const exporting = { production_kw: 1.75, net_import_kw: -1.42, consumption_kw: 0.33 };
  const pvToLoad = ['PV', 'Load'] as const;
  const maps: [what: string, ...told: Parameters<typeof flow>, siteMeters: object][] = [
    ['export, drawn from the load', [['LOAD', 'Grid'], pvToLoad], home, exporting],
    ['export, drawn from the panels', [['PV', 'Grid'], pvToLoad], home, exporting],
    [
      'ends in capitals, and in small letters',
      [
        ['LOAD', 'GRID'],
        ['pv', 'load'],
      ],
      home,
      exporting,
    ],
    [
      'import',
      [['GRID', 'Load']],
      { PV: node(0), LOAD: node(0.7), GRID: node(0.7) },
      { production_kw: 0, net_import_kw: 0.7, consumption_kw: 0.7 },
    ],
    [
      'a home in balance, without an arrow at the grid',
      [pvToLoad],
      { PV: node(2.98), LOAD: node(2.98), GRID: node(0) },
      { production_kw: 2.98, net_import_kw: 0, consumption_kw: 2.98 },
    ],
    [
      'a battery that gives',
      [
        ['STORAGE', 'Load'],
        ['GRID', 'Load'],
      ],
      { PV: node(0), LOAD: node(1.37), GRID: node(0.01), STORAGE: node(1.36, { chargeLevel: 38 }) },
      { production_kw: 0, net_import_kw: 0.01, consumption_kw: 1.37, battery_discharge_kw: 1.36, battery_soc: 0.38 },
    ],
    [
      'a battery that is filled, in capitals',
      [['PV', 'STORAGE'], pvToLoad],
      { PV: node(3), LOAD: node(1), GRID: node(0), STORAGE: node(2, { chargeLevel: 38 }) },
      { production_kw: 3, net_import_kw: 0, consumption_kw: 1, battery_discharge_kw: -2, battery_soc: 0.38 },
    ],
    [
      'a battery at rest',
      [['LOAD', 'Grid'], pvToLoad],
      { ...home, STORAGE: node(0, { status: 'Idle', chargeLevel: 100 }) },
      { ...exporting, battery_discharge_kw: 0, battery_soc: 1 },
    ],
    [
      'watts',
      [['LOAD', 'Grid'], pvToLoad],
      { unit: 'W', PV: node(1750), LOAD: node(330), GRID: node(1420) },
      exporting,
    ],
    [
      'megawatts',
      [['LOAD', 'Grid'], pvToLoad],
      { unit: 'MW', PV: node(0.00175), LOAD: node(0.00033), GRID: node(0.00142) },
      exporting,
    ],
    ['a load without figure, which is derived', [['LOAD', 'Grid'], pvToLoad], { ...home, LOAD: {} }, exporting],
    [
      'a battery of which nobody knows the direction as none, and no consumption then',
      [['LOAD', 'Grid'], pvToLoad],
      { ...home, LOAD: {}, STORAGE: node(0.7) },
      { production_kw: 1.75, net_import_kw: -1.42 },
    ],
    [
      'a charge that cannot be read as none',
      [['LOAD', 'Grid'], pvToLoad],
      { ...home, STORAGE: node(0, { chargeLevel: 'full' }) },
      { ...exporting, battery_discharge_kw: 0 },
    ],
  ];
  for (const [what, arrows, nodes, siteMeters] of maps)
    it(`maps ${what}`, async () => {
      const { pushes, report } = await playFlow(arrows, nodes);
      assert.deepEqual(pushes[0]?.siteMeters, siteMeters, report.error);
      assert.equal(pushes[0]?.tsms, undefined);
    });

  const failures: [what: string, ...told: Parameters<typeof flow>][] = [
    ['without a power of the grid', [pvToLoad], { ...home, GRID: { status: 'Active' } }],
    ['without the grid', [pvToLoad], { ...home, GRID: undefined }],
    ['without a power of the panels', [['LOAD', 'Grid']], { ...home, PV: { currentPower: null } }],
    ['with a power of the grid and no arrow', [pvToLoad], home],
    [
      'with arrows from the grid and to it',
      [
        ['GRID', 'Load'],
        ['PV', 'Grid'],
      ],
      home,
    ],
    ['with a negative power of the grid', [['LOAD', 'Grid']], { ...home, GRID: node(-1.42) }],
    ['with a power that is no number', [['LOAD', 'Grid']], { ...home, GRID: node('much') }],
    ['in another unit', [['LOAD', 'Grid']], { ...home, unit: 'hp' }],
    ['without a unit', [['LOAD', 'Grid']], { ...home, unit: undefined }],
    ['without arrows', [], { ...home, connections: undefined }],
  ];
  for (const [what, arrows, nodes] of failures)
    it(`is not understood ${what}`, async () => {
      assert.equal((await playFlow(arrows, nodes)).report.kind, 'bad-response');
    });

  for (const [take, nodes, siteMeters] of [
    ['grid', { GRID: node(1.42) }, { net_import_kw: -1.42 }],
    ['production', { PV: node(1.75) }, { production_kw: 1.75 }],
  ] as const)
    it(`need have nothing but the ${take}, where the owner takes no more`, async () => {
      const answer = flow([['LOAD', 'Grid']], nodes);
      const { pushes } = await play([live(answer)], { texts: { SOLAREDGE_TAKE: take } });
      assert.deepEqual(pushes[0]?.siteMeters, siteMeters);
    });

  it('is asked every five minutes', async () => {
    const played = await play([live(v1Flow)], { ticks: 11, everySeconds: 60 });
    assert.equal(played.vendor.received.length, 3);
  });
});

describe('a site of V1 without meter', () => {
  const berlin = { ...v1Settings, timeZone: 'Europe/Berlin' };
  const details: Exchange = {
    path: detailsPath,
    query: { api_key: 'key-of-a-test' },
    answer: { json: { details: { id: 4711, location: { country: 'Germany', timeZone: 'Europe/Berlin' } } } },
  };
  const newest = overview('2026-05-01 14:00:00'); // summer time in Berlin

  it('gives its production alone, with its time on the clocks of the site', async () => {
    const { pushes, report } = await play([live(noFlow), newest], { settings: berlin });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 2.345 }, report.error);
    assert.equal(pushes[0]?.tsms, Date.parse('2026-05-01T12:00:00Z'));
  });

  it('tells its zone once, and is not asked for a flow again until the next day', async () => {
    let at = Date.parse('2026-05-01T14:00:00Z');
    const answer = (): Answer => {
      const lastUpdateTime = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
      at += 12 * 60 * minuteMs;
      return { json: { overview: { lastUpdateTime, currentPower: { power: 2345 } } } };
    };
    const exchanges = [live(noFlow), { ...newest, answer }, details];
    const played = await play(exchanges, { ticks: 3, everySeconds: 12 * 3600 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    const [flowAndZone, alone] = [[flowPath, overviewPath, detailsPath], [overviewPath]];
    assert.deepEqual(pathsOf(played), [...flowAndZone, ...alone, flowPath, overviewPath]);
  });

  for (const [what, lastUpdateTime, at, outcome] of [
    ['40 minutes old', '2026-05-01 13:25:00', now, 'pushed'],
    ['41 minutes old', '2026-05-01 13:24:00', now, 'stale'],
    ['after midnight', '2026-05-01 23:55:00', '2026-05-01T22:05:00Z', 'pushed'],
    ['in the second of two equal hours', '2026-10-25 02:30:00', '2026-10-25T01:35:00Z', 'pushed'],
    ['in the first of them', '2026-10-25 02:30:00', '2026-10-25T00:35:00Z', 'pushed'],
    ['no time', 'yesterday', now, 'bad-response'],
    ['nothing', null, now, 'bad-response'],
  ] as const)
    it(`whose last update is ${what}: ${outcome}`, async () => {
      const { report } = await play([live(noFlow), overview(lastUpdateTime)], { settings: berlin, now: at });
      assert.equal(report.kind ?? report.outcome, outcome, report.error);
    });

  for (const [what, exchanges] of [
    ['without a power', [live(noFlow), overview('2026-05-01 14:00:00', null), details]],
    [
      'without a zone that exists',
      [live(noFlow), newest, { ...details, answer: { json: { details: { location: {} } } } }],
    ],
  ] as [string, Exchange[]][])
    it(`${what} is not understood`, async () => {
      assert.equal((await play(exchanges)).report.kind, 'bad-response');
    });

  it('is none that has shown a flow today: it is offline, and back with its flow', async () => {
    const exchanges = [v1Flow, noFlow, v1Flow].map(live);
    const { pushes, vendor } = await play([...exchanges, newest], { ticks: 3, everySeconds: 300, settings: berlin });
    assert.deepEqual(
      pushes.map(({ siteMeters, error }) => siteMeters?.['net_import_kw'] ?? error),
      [-1.8, 'SolarEdge shows no power flow although the site has a meter: check the meter', -1.8],
    );
    assert.deepEqual(vendor.misses, []);
  });

  it('is none of which the owner says that it has a meter', async () => {
    const { report } = await play([live(noFlow), newest], { settings: { ...berlin, hasGridMeter: 'true' } });
    assert.equal(report.kind, 'offline');
  });
});

describe('V1 says no', () => {
  const page = '<html><body>HTTP Status 403</body></html>';
  const refusals: [what: string, Answer, FailureKind, RegExp][] = [
    ['a key', { status: 401, json: { detail: 'Invalid API key' } }, 'auth', /SOLAREDGE_API_KEY/],
    ['a site that is not of the key', { status: 403, text: page }, 'auth', /site 4711/],
    ['a site that is not there', { status: 404, json: {} }, 'bad-response', /SOLAREDGE_SITE_ID/],
    ['all of V1', { status: 410, json: {} }, 'unavailable', /SOLAREDGE_API_GENERATION to v2/],
    ['one call too many', { status: 429, json: {} }, 'rate-limited', /all calls/],
    ['trouble', { status: 503, text: page }, 'unavailable', /trouble/],
    ['a web page', { text: page }, 'unavailable', /instead of figures/],
  ];
  for (const [what, answer, kind, sentence] of refusals)
    it(`to ${what}: ${kind}, and is asked once`, async () => {
      const { report, vendor } = await play([live(answer)]);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', sentence);
      assert.equal(vendor.received.length, 1);
    });

  for (const [status, seconds] of [
    [410, 3600],
    [429, 960],
  ] as const)
    it(`with HTTP ${status} it is left alone for ${seconds} s`, async () => {
      const calls: number[] = [];
      for (const everySeconds of [seconds - 1, seconds])
        calls.push((await play([live({ status, json: {} })], { ticks: 2, everySeconds })).vendor.received.length);
      assert.deepEqual(calls, [1, 2]);
    });
});
