import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redback } from '../../functions/push-solar-data/adapters/redback.ts';
import {
  alwaysFresh,
  callsTo,
  conversation,
  entraPath,
  get,
  legacyPath,
  live,
  livePath,
  logIn,
  nodesPath,
  noonMeters,
  now,
  phase,
  settings,
  tokenOf,
  withoutSite,
} from '../conversations/redback.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(redback, { settings, now, exchanges, ...options });

testAdapter(redback, conversation);

describe('Redback, figures:', () => {
  const { battery_discharge_kw: _power, battery_soc: _soc, ...withoutBattery } = noonMeters;
  const cases: [what: string, changed: object, wanted: object][] = [
    [
      'three phases add up to one net import',
      { Phases: [phase(0.5, 0), phase(0, 2.25, 'B'), phase('0.125', '0', 'C')] },
      { ...noonMeters, net_import_kw: -1.625, consumption_kw: 0.625 },
    ],
    ['import is positive', { Phases: [phase(0.8, 0)] }, { ...noonMeters, net_import_kw: 0.8, consumption_kw: 3.05 }],
    [
      'a discharging battery is positive',
      { BatteryPowerNegativeIsChargingkW: 1.25 },
      { ...noonMeters, battery_discharge_kw: 1.25, consumption_kw: 4 },
    ],
    [
      'a home without battery has no battery figures',
      { BatteryPowerNegativeIsChargingkW: null, BatterySoCInstantaneous0to1: null },
      { ...withoutBattery, consumption_kw: 2.75 },
    ],
    [
      'a state of charge without battery power is none',
      { BatteryPowerNegativeIsChargingkW: null },
      { ...withoutBattery, consumption_kw: 2.75 },
    ],
    [
      'the strings of newer answers are not added',
      { PVs: [{ PowerkW: 2 }, { PowerkW: 9 }], Battery: { Modules: [{ PowerNegativeIsChargingkW: 5 }] } },
      noonMeters,
    ],
    [
      'losses may make consumption negative at night',
      { PvPowerInstantaneouskW: 0, Phases: [phase(0, 0.3)], BatteryPowerNegativeIsChargingkW: 0.25 },
      { ...noonMeters, production_kw: 0, net_import_kw: -0.3, battery_discharge_kw: 0.25, consumption_kw: -0.05 },
    ],
    ['a fault with all figures is a reading', { Status: 'Fault' }, noonMeters],
  ];
  for (const [what, changed, wanted] of cases)
    it(what, async () => {
      const { pushes, report } = await play([logIn(), live(changed)]);
      assert.deepEqual(pushes[0]?.siteMeters, wanted, report.error);
    });

  it('leaves out a counter that is missing', async () => {
    const { pushes } = await play([logIn(), live({ ImportAllTimeEnergykWh: null, ExportAllTimeEnergykWh: undefined })]);
    const { imported_kwh: _imported, exported_kwh: _exported, ...powers } = noonMeters;
    assert.deepEqual(pushes[0]?.siteMeters, powers);
  });
});

describe('Redback, phases', () => {
  const twice = async (before: unknown[], after: unknown[]) => {
    const exchanges = [logIn(), live({ Phases: before }), live({ Phases: after })];
    const { pushes, report } = await play(exchanges, { ticks: 2 });
    return pushes[1]?.siteMeters?.['net_import_kw'] ?? report.kind;
  };

  it('without a wire are left out', async () => {
    const wireless = { ...phase(null, null, 'B'), VoltageInstantaneousV: null };
    assert.equal(await twice([phase(0, 0.96), wireless], [phase(0, 0.96), wireless]), -0.96);
  });

  it('with a voltage have a wire', async () => {
    const silent = { ...phase(null, null, 'B'), VoltageInstantaneousV: 241 };
    assert.equal(await twice([phase(0, 0.96), silent], [phase(0, 0.96), silent]), 'bad-response');
  });

  it('that gave figures a minute ago have a wire, whether they are null or not listed', async () => {
    const both = [phase(0, 0.96), phase(2, 0, 'B')];
    assert.equal(await twice(both, [phase(0, 0.96), phase(null, null, 'B')]), 'bad-response');
    assert.equal(await twice(both, [phase(0, 0.96)]), 'bad-response');
  });

  it('are not demanded where the owner takes nothing of the grid', async () => {
    const { pushes } = await play([logIn(), live({ Phases: [] })], { texts: { REDBACK_TAKE: 'production' } });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.25 });
  });
});

it('Redback: the figures of another site are refused', async () => {
  const { report } = await play([logIn(), live({ SiteId: 'S999' })]);
  assert.equal(report.kind, 'bad-response');
  assert.match(report.error ?? '', /S999/);
});

describe('Redback, answers without a reading:', () => {
  const old = { TimestampUtc: '2026-02-02T20:00:00Z' };
  const nulls = { PvPowerInstantaneouskW: null, Phases: [phase(null, null)] };
  const cases: [what: string, changed: object, kind: string][] = [
    ['Offline with nulls', { Status: 'Offline', ...nulls, ...old }, 'offline'],
    ['Offline with figures', { Status: 'Offline' }, 'offline'],
    ['Offline without phases and time', { Status: 'Offline', Phases: null, TimestampUtc: null }, 'offline'],
    ['Fault without solar power', { Status: 'Fault', PvPowerInstantaneouskW: null }, 'offline'],
    ['Fault without a power of one phase, and old', { Status: 'Fault', Phases: [phase(null, 0)], ...old }, 'offline'],
    ['Fault with all figures, but old', { Status: 'Fault', ...old }, 'stale'],
    ['OK without solar power', { PvPowerInstantaneouskW: null }, 'bad-response'],
    ['OK without a key for solar power', { PvPowerInstantaneouskW: undefined }, 'bad-response'],
    ['OK without the export of one phase', { Phases: [phase(0.5, 0), phase(1, null, 'B')] }, 'bad-response'],
    ['OK without the import of one phase', { Phases: [phase(undefined, 2)] }, 'bad-response'],
    ['OK without phases', { Phases: [] }, 'bad-response'],
    ['OK without a time', { TimestampUtc: null }, 'bad-response'],
    ['OK, but 10 minutes and a bit old', { TimestampUtc: '2026-02-03T01:50:35Z' }, 'stale'],
  ];
  for (const [what, changed, kind] of cases)
    it(`${what} is ${kind}`, async () => {
      const { report, pushes } = await play([logIn(), live(changed)]);
      assert.equal(report.kind, kind, report.error);
      assert.equal(pushes[0]?.siteMeters, undefined);
    });

  for (const [what, answer, kind] of [
    ['another site (404)', { status: 404, json: { Message: 'no' } }, 'bad-response'],
    ['a malformed question (400)', { status: 400, json: {} }, 'bad-response'],
    ['no permission (403)', { status: 403, json: {} }, 'auth'],
    ['trouble (503)', { status: 503 }, 'unavailable'],
  ] satisfies [string, Answer, string][])
    it(`${what} is ${kind}, and costs no second token`, async () => {
      const { report, vendor } = await play([logIn(), live(), get(livePath, answer)], { ticks: 2 });
      assert.equal(report.kind, kind);
      assert.equal(callsTo(vendor, entraPath), 1);
    });

  it('names the site that is not known', async () => {
    const { report } = await play([logIn(), get(livePath, { status: 404 })]);
    assert.match(report.error ?? '', /S4711/);
  });
});

describe('Redback, time of measurement:', () => {
  for (const TimestampUtc of ['2026-02-03T01:55:00Z', '2026-02-03T01:55:00', '2026-02-03T12:55:00+11:00'])
    it(`${TimestampUtc} is 01:55 UTC`, async () => {
      const { pushes } = await play([logIn(), live({ TimestampUtc })]);
      assert.equal(pushes[0]?.tsms, Date.parse('2026-02-03T01:55:00Z'));
    });
});

describe('Redback, log-in:', () => {
  it('of older credentials is on the host of the API, with id and secret only', async () => {
    const legacy = { method: 'POST', path: legacyPath, answer: tokenOf() };
    const { report, vendor } = await play([legacy, live()], {
      settings: { ...settings, authKind: 'legacy' },
      texts: { REDBACK_AUTH_URL: 'http://127.0.0.1:9' },
    });
    assert.equal(report.outcome, 'pushed', report.error);
    assert.deepEqual(vendor.received[0]?.body, { client_id: settings.clientId, client_secret: settings.clientSecret });
  });

  for (const [authKind, other] of [
    ['entra', 'legacy'],
    ['legacy', 'entra'],
  ] as const)
    for (const [status, error] of [
      [400, 'unauthorized_client'],
      [401, 'invalid_client'],
    ] as const)
      it(`of the kind ${authKind} that is refused with ${status} names the other kind, and does not try it`, async () => {
        const refused = { status, json: { error, error_description: `secret ${settings.clientSecret} is wrong` } };
        const { report, vendor, pushes } = await play(
          [entraPath, legacyPath].map((path) => ({ method: 'POST', path, answer: refused })),
          { settings: { ...settings, authKind } },
        );
        assert.equal(report.kind, 'auth');
        assert.match(report.error ?? '', new RegExp(`${error}.*REDBACK_AUTH_KIND to ${other}`));
        assert.equal(vendor.received.length, 1);
        assert.equal(JSON.stringify([report, pushes[0]?.error]).includes(settings.clientSecret), false);
      });

  for (const [what, status, kind] of [
    ['trouble', 500, 'unavailable'],
    ['too many', 429, 'rate-limited'],
  ] as const)
    it(`answered with ${what} is ${kind}`, async () => {
      const { report } = await play([logIn({ status, json: { error: 'server_error' } })]);
      assert.equal(report.kind, kind);
    });

  const lives: [what: string, token: object, everySeconds: number, tokens: number][] = [
    ['serves until 300 s before its end', { expires_in: 3600 }, 3290, 1],
    ['is renewed 300 s before its end', { expires_in: 3600 }, 3310, 2],
    ['may tell its life as text', { expires_in: '7200' }, 6890, 1],
    ['lives an hour if nothing is said', { expires_in: undefined }, 3290, 1],
    ['lives no longer than an hour if nothing is said', { expires_in: undefined }, 3310, 2],
  ];
  for (const [what, changed, everySeconds, tokens] of lives)
    it(`its token ${what}`, async () => {
      const exchanges = [logIn(tokenOf(1, changed)), live()];
      const { vendor, pushes } = await play(exchanges, { ticks: 2, everySeconds, ...alwaysFresh });
      assert.equal(pushes.filter(({ siteMeters }) => siteMeters).length, 2);
      assert.equal(callsTo(vendor, entraPath), tokens);
    });

  for (const [token_type, authorization] of [
    ['bearer', 'bearer redback-token-1'],
    [undefined, 'Bearer redback-token-1'],
  ] as const)
    it(`sends the token as ${authorization}`, async () => {
      const { vendor } = await play([logIn(tokenOf(1, { token_type })), { ...live(), headers: { authorization } }]);
      assert.deepEqual(vendor.misses, []);
    });

  it('is repeated once when the token is refused, and its token kept', async () => {
    const exchanges = [
      logIn(tokenOf(1)),
      live(),
      get(livePath, { status: 401, text: '' }),
      logIn(tokenOf(2)),
      live({ PvPowerInstantaneouskW: 5 }, 2),
    ];
    const { vendor, pushes } = await play(exchanges, { ticks: 3 });
    assert.equal(pushes[1]?.siteMeters?.['production_kw'], 5);
    assert.equal(pushes[2]?.siteMeters?.['production_kw'], 5);
    assert.equal(callsTo(vendor, entraPath), 2);
  });

  it('is not repeated when a new token is refused too', async () => {
    const refused = { status: 401, text: '' };
    const exchanges = [logIn(tokenOf(1)), live(), get(livePath, refused), logIn(tokenOf(2)), get(livePath, refused, 2)];
    const { vendor, report } = await play(exchanges, { ticks: 4 });
    assert.equal(report.kind, 'auth');
    assert.equal(callsTo(vendor, entraPath), 2);
  });
});

describe('Redback, sites:', () => {
  const site = (Id: string) => ({ Id, Type: 'Site', Nodes: [{ SerialNumber: 'RB1', Type: 'Inverter' }] });
  const page = (Page: number, PageCount: number, ...Data: object[]): Exchange => ({
    ...get(nodesPath, { json: { Page, PageSize: 100, PageCount, TotalCount: Data.length, Data } }),
    ...(Page === 0 ? {} : { query: { page: String(Page) } }),
  });

  it('looks up the only site, once', async () => {
    const exchanges = [logIn(), page(0, 1, { Id: 'G1', Type: 'Group' }, site('S4711')), live()];
    const { vendor, pushes } = await play(exchanges, { settings: withoutSite, ticks: 3 });
    assert.equal(pushes.length, 3);
    assert.equal(callsTo(vendor, nodesPath), 1);
    assert.deepEqual(vendor.misses, []);
  });

  it('are found for the set-up', async () => {
    const exchanges = [logIn(), page(0, 2, site('S1')), page(1, 2, site('S2'))];
    const found = await discover(redback, { settings: withoutSite, now, exchanges });
    assert.deepEqual(found, { siteId: [{ value: 'S1' }, { value: 'S2' }] });
  });

  it('does not look up where a site is set', async () => {
    const { vendor } = await play([logIn(), live()]);
    assert.equal(callsTo(vendor, nodesPath), 0);
  });

  it('lists the sites of all pages where there are several', async () => {
    const { report } = await play([logIn(), page(0, 2, site('S1')), page(1, 2, site('S2'))], { settings: withoutSite });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /set REDBACK_SITE_ID to one of S1, S2$/);
  });

  it('says that there is none', async () => {
    const { report } = await play([logIn(), page(0, 0, { Id: 'G1', Type: 'Group' })], { settings: withoutSite });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /no site/);
  });

  it('renews a token that is refused for the list', async () => {
    const exchanges = [
      logIn(tokenOf(1)),
      get(nodesPath, { status: 500 }),
      get(nodesPath, { status: 500 }),
      get(nodesPath, { status: 401 }),
      logIn(tokenOf(2)),
      get(nodesPath, { json: { Page: 0, PageCount: 1, Data: [site('S4711')] } }, 2),
      live({}, 2),
    ];
    const { vendor, report } = await play(exchanges, { settings: withoutSite, ticks: 2 });
    assert.equal(report.outcome, 'pushed', report.error);
    assert.equal(callsTo(vendor, entraPath), 2);
  });
});

it('gives no figures of a meter of which a phase is told twice', async () => {
  const { report } = await play([logIn(), live({ Phases: [phase(0, 1.5), phase(0, 1.5)] })]);
  assert.equal(report.kind, 'bad-response');
});

describe('Redback, a phase of which nothing is told', () => {
  const without = (Id: string) => phase(null, null, Id);

  it('has no wire', async () => {
    const { pushes } = await play([logIn(), live({ Phases: [phase(0, 1.5), without('B'), without('C')] })]);
    assert.deepEqual(pushes[0]?.siteMeters, noonMeters);
  });

  it('has one if it has a voltage: then the flow is not known', async () => {
    const Phases = [phase(0, 1.5), { ...without('B'), VoltageInstantaneousV: 241.2 }];
    assert.equal((await play([logIn(), live({ Phases })])).report.kind, 'bad-response');
  });

  for (const [hours, kind] of [
    [23, 'bad-response'],
    [25, undefined],
  ] as const)
    it(`${hours} h after it gave figures has ${kind ? 'one' : 'none any more'}`, async () => {
      const Phases = [phase(0, 1.5), phase(0.5, 0, 'B')];
      const exchanges = [logIn(), live({ Phases }), live({ Phases: [phase(0, 1.5), without('B')] })];
      const options = { ticks: 2, everySeconds: hours * 3_600, ...alwaysFresh };
      assert.equal((await play(exchanges, options)).report.kind, kind);
    });
});

it('Redback asks for nothing of a term that is not taken', async () => {
  const { report, pushes } = await play([logIn(), live({ PvPowerInstantaneouskW: null })], {
    texts: { REDBACK_TAKE: 'grid' },
  });
  assert.equal(report.outcome, 'pushed', report.error);
  assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
});
