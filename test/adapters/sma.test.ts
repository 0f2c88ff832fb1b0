import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sma } from '../../functions/push-solar-data/adapters/sma.ts';
import {
  at,
  byClient,
  byPassword,
  byRefresh,
  calls,
  conversation,
  fresh,
  now,
  official,
  officialConversation,
  point,
  portal,
  recent,
  refusedGrant,
  refusedToken,
  setPath,
  show,
  showSet,
  siteMeters,
  time,
  token,
  tsms,
  widget,
  widgetPath,
} from '../conversations/sma.ts';
import type { Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (settings: Record<string, string>, exchanges: Exchange[], options = {}) =>
  playAdapter(sma, { settings, now, exchanges, everySeconds: 300, ...options });

testAdapter(sma, conversation);
testAdapter(sma, officialConversation);

describe('settings', () => {
  it('lead to the hosts of the mode', () => {
    const { baseUrl, authUrl } = sma;
    assert.ok(typeof baseUrl === 'function' && typeof authUrl === 'function');
    assert.equal(baseUrl({ mode: 'ennexos' }), 'https://uiapi.sunnyportal.com');
    assert.equal(authUrl({ mode: 'ennexos' }), 'https://login.sma.energy');
    assert.equal(baseUrl({ mode: 'official' }), 'https://monitoring.smaapis.de');
    assert.equal(authUrl({ mode: 'official' }), 'https://auth.smaapis.de');
  });

  for (const [mode, missing] of [
    ['ennexos', ['SMA_USERNAME', 'SMA_PASSWORD']],
    ['official', ['SMA_CLIENT_ID', 'SMA_CLIENT_SECRET']],
  ] as const)
    it(`of mode ${mode} are missed by name`, async () => {
      const { report } = await play({ mode, timeZone: 'Europe/Berlin' }, []);
      assert.equal(report.kind, 'settings');
      for (const name of missing) assert.match(report.error ?? '', new RegExp(`${name} is missing`));
    });

  it('must name the time zone', async () => {
    const { timeZone: _, ...nowhere } = portal;
    const { report } = await play(nowhere, []);
    assert.match(report.error ?? '', /SMA_TIME_ZONE is missing/);
  });
});

describe('the portal', () => {
  it('sees a browser, at its log-in and after', async () => {
    const { vendor } = await play(portal, [byPassword(), fresh()]);
    for (const { headers } of vendor.received) assert.match(headers['user-agent'] ?? '', /^Mozilla/);
  });

  it('gives a token of five minutes, which each reading refreshes with the newest refresh token', async () => {
    const exchanges = [
      byPassword(),
      fresh(),
      byRefresh(1, token(2)),
      show(2, { json: at('2026-05-01T12:10:00') }),
      byRefresh(2, token(3)),
      show(3, { json: at('2026-05-01T12:15:00') }),
    ];
    const played = await play(portal, exchanges, { ticks: 3 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(played.vendor.misses, []);
    assert.deepEqual(calls(played), ['password', widgetPath, 'refresh_token', widgetPath, 'refresh_token', widgetPath]);
  });

  it('wants the password again where the refresh token has run out', async () => {
    const exchanges = [byPassword(), show(1, { json: widget }), byPassword(token(2))];
    const later = show(2, { json: at('2026-05-01T12:35:00') });
    const played = await play(portal, [...exchanges, later], { ticks: 2, everySeconds: 1800 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(calls(played), ['password', widgetPath, 'password', widgetPath]);
  });

  it('refreshes with a token whose end it does not tell', async () => {
    const endless = token(1, { refresh_expires_in: 0 });
    const exchanges = [byPassword(endless), show(1, { json: widget }), byRefresh(1, token(2))];
    const later = show(2, { json: at('2026-05-01T12:35:00') });
    const played = await play(portal, [...exchanges, later], { ticks: 2, everySeconds: 1800 });
    assert.deepEqual(calls(played), ['password', widgetPath, 'refresh_token', widgetPath]);
  });

  for (const status of [400, 401])
    it(`wants the password again where it refuses the refresh token with ${status}`, async () => {
      const exchanges = [byPassword(), fresh(), byRefresh(1, refusedGrant(status)), byPassword(token(2))];
      const played = await play(portal, [...exchanges, show(2, { json: at('2026-05-01T12:10:00') })], { ticks: 2 });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.deepEqual(calls(played).slice(2), ['refresh_token', 'password', widgetPath]);
    });

  it('that refuses a token gets a refreshed one', async () => {
    const played = await play(portal, [byPassword(), show(1, refusedToken), byRefresh(1, token(2)), fresh(widget, 2)]);
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(calls(played), ['password', widgetPath, 'refresh_token', widgetPath]);
  });

  it('that refuses even a refreshed token gets one for the password', async () => {
    const exchanges = [byPassword(), fresh(), byRefresh(1, token(2)), show(2, refusedToken), byPassword(token(3))];
    const played = await play(portal, [...exchanges, show(3, { json: at('2026-05-01T12:10:00') })], { ticks: 2 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(calls(played).slice(2), ['refresh_token', widgetPath, 'password', widgetPath]);
  });

  const refusals = [byPassword(), show(1, refusedToken), byRefresh(1, token(2)), show(2, refusedToken)];

  it('that refuses even the refreshed token of a first reading gets one for the password', async () => {
    const played = await play(portal, [...refusals, byPassword(token(3)), fresh(widget, 3)]);
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(calls(played).slice(2), ['refresh_token', widgetPath, 'password', widgetPath]);
  });

  it('that refuses every token has had the password once more, and is then left alone', async () => {
    const played = await play(portal, [...refusals, byPassword(token(3)), show(3, refusedToken)], { ticks: 3 });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(calls(played).slice(2), ['refresh_token', widgetPath, 'password', widgetPath]);
  });

  it('that refuses a token and its refresh has had the password once more', async () => {
    const exchanges = [byPassword(), show(1, refusedToken), byRefresh(1, refusedGrant()), byPassword(token(2))];
    const played = await play(portal, [...exchanges, show(2, refusedToken)]);
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(calls(played).slice(2), ['refresh_token', 'password', widgetPath]);
  });

  for (const status of [400, 401])
    it(`that refuses the password with ${status} is left alone for an hour`, async () => {
      const early = await play(portal, [byPassword(refusedGrant(status))], { ticks: 12 });
      assert.equal(early.report.kind, 'auth');
      assert.equal(calls(early).length, 1);
      const later = await play(portal, [byPassword(refusedGrant(status))], { ticks: 13 });
      assert.equal(calls(later).length, 2);
    });

  it('that has closed the log-in to every password has no fault found with this one', async () => {
    const closed = { status: 400, json: { error: 'unauthorized_client' } };
    const { report } = await play(portal, [byPassword(closed)]);
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /new version/);
    assert.doesNotMatch(report.error ?? '', /PASSWORD|SMA ID/);
  });

  it('that refuses refresh token and password is asked neither again', async () => {
    const exchanges = [byPassword(), fresh(), byRefresh(1, refusedGrant()), byPassword(refusedGrant())];
    const played = await play(portal, exchanges, { ticks: 3 });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(calls(played), ['password', widgetPath, 'refresh_token', 'password']);
  });

  for (const status of [200, 400, 403, 404, 503])
    it(`that shows a page (${status}) for a log-in is unavailable, not refusing`, async () => {
      const page = { status, text: '<!DOCTYPE html><title>Wartung</title>' };
      const played = await play(portal, [byPassword(page)]);
      assert.equal(played.report.kind, 'unavailable');
      if (status !== 503) assert.equal(calls(played).length, 1, 'a second try of the password at once');
    });

  it('whose token breaks off is not quoted', async () => {
    const { report } = await play(portal, [byPassword({ text: '{"access_token":"half-a-tok' })]);
    assert.equal(report.kind, 'bad-response');
    assert.doesNotMatch(JSON.stringify(report), /half-a-tok/);
  });

  it('that does not show the plant is not asked with another token', async () => {
    for (const [status, kind] of [
      [403, 'auth'],
      [404, 'bad-response'],
    ] as const) {
      const played = await play(portal, [byPassword(), show(1, { status, json: {} })]);
      assert.equal(played.report.kind, kind);
      assert.match(played.report.error ?? '', /4711/);
      assert.equal(calls(played).length, 2);
    }
  });
});

describe('the plant of the portal', () => {
  const { plantId: _, ...anyPlant } = portal;
  const navigation = (json: unknown): Exchange => ({ path: '/api/v1/navigation', answer: { json } });
  const home = { componentType: 'Plant', componentId: 4711, name: 'Home' };

  for (const [what, components] of [
    ['among other components', [{ componentType: 'Group', componentId: '1', name: 'All' }, home]],
    ['alone, without a list', home],
  ] as const)
    it(`is found ${what}, once`, async () => {
      const exchanges = [byPassword(), navigation(components), fresh(), byRefresh(1, token(1)), fresh()];
      const played = await play(anyPlant, exchanges, { ticks: 2 });
      assert.equal(played.pushes[0]?.siteMeters?.['production_kw'], 5);
      assert.equal(calls(played).filter((call) => call === '/api/v1/navigation').length, 1);
    });

  it('must be chosen out of several, which are named', async () => {
    const { report } = await play(anyPlant, [
      byPassword(),
      navigation([home, { ...home, componentId: '815', name: null }]),
    ]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /SMA_PLANT_ID.*4711 \(Home\).*815/);
  });

  it('is missed where there is none', async () => {
    const { report } = await play(anyPlant, [byPassword(), navigation([{ ...home, componentType: 'Group' }])]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /SMA_PLANT_ID/);
  });
});

describe('the Monitoring API', () => {
  const { plantId: _, ...anyPlant } = official;
  const plants = (list: unknown): Exchange => ({ path: '/v1/plants', answer: { json: { plants: list } } });

  it('gives a new token for each reading', async () => {
    const exchanges = [byClient(), showSet(1, recent([point])), byClient(token(2))];
    const later = showSet(2, recent([{ ...point, time: '2026-05-01T12:10:00' }]));
    const played = await play(official, [...exchanges, later], { ticks: 2 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(calls(played), ['client_credentials', setPath, 'client_credentials', setPath]);
  });

  it('that refuses a token gets one new one', async () => {
    const exchanges = [byClient(), showSet(1, refusedToken), byClient(token(2)), showSet(2, recent([point]))];
    assert.equal((await play(official, exchanges)).report.outcome, 'pushed');
    const refusing = await play(official, [...exchanges.slice(0, 3), showSet(2, refusedToken)]);
    assert.equal(refusing.report.kind, 'auth');
    assert.equal(calls(refusing).length, 4);
  });

  it('tells refused credentials', async () => {
    const { report } = await play(official, [byClient(refusedGrant())]);
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /SMA_CLIENT_SECRET/);
  });

  it('finds the only plant, once', async () => {
    const exchanges = [byClient(), plants([{ plantId: 4711, name: 'Home' }]), showSet(1, recent([point]))];
    const played = await play(anyPlant, exchanges, { ticks: 2 });
    assert.equal(calls(played).filter((call) => call === '/v1/plants').length, 1);
    assert.deepEqual(played.pushes[0]?.siteMeters, siteMeters);
  });

  it('shows no plant without the consent of its owner', async () => {
    const { report } = await play(anyPlant, [byClient(), plants([])]);
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /consented/);
  });

  it('wants a choice out of several plants', async () => {
    const list = [{ plantId: '4711', name: 'Home' }, { plantId: '815' }];
    const { report } = await play(anyPlant, [byClient(), plants(list)]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /4711 \(Home\).*815/);
  });

  it('tells plants that are not visible or not there', async () => {
    const kindOf = async (status: number) =>
      (await play(official, [byClient(), showSet(1, { status, json: {} })])).report.kind;
    assert.equal(await kindOf(403), 'auth');
    assert.equal(await kindOf(404), 'bad-response');
  });

  it('has the newest point at the end of its set', async () => {
    const older = { ...point, time: '2026-05-01T12:00:00', pvGeneration: 1 };
    const { pushes } = await play(official, [byClient(), showSet(1, recent([older, point]))]);
    assert.deepEqual(pushes[0]?.siteMeters, siteMeters);
  });

  it('is offline with an empty set', async () => {
    assert.equal((await play(official, [byClient(), showSet(1, recent([]))])).report.kind, 'offline');
  });

  it('knows the time zone of the plant better than the settings, if it names one that there is', async () => {
    const inLisbon = { ...point, time: '2026-05-01T11:05:00' };
    const tsmsOf = async (timezone: unknown, measured: typeof point) => {
      const exchanges = [byClient(), showSet(1, recent([measured], { timezone }))];
      return (await play(official, exchanges)).pushes[0]?.tsms;
    };
    assert.equal(await tsmsOf('Europe/Lisbon', inLisbon), tsms);
    assert.equal(await tsmsOf(null, point), tsms);
    assert.equal(await tsmsOf('Middle/Earth', point), tsms);
  });
});

describe('what the set-up is offered', () => {
  it('are the plants of the account, in either way in', async () => {
    const { plantId: _, ...anyPortal } = portal;
    const navigation = [
      { componentType: 'Group', componentId: '1', name: 'All' },
      { componentType: 'Plant', componentId: 4711, name: 'Home' },
    ];
    const exchanges = [byPassword(), { path: '/api/v1/navigation', answer: { json: navigation } }];
    const home = { plantId: [{ value: '4711', title: 'Home' }] };
    assert.deepEqual(await discover(sma, { settings: anyPortal, now, exchanges }), home);
    const { plantId: __, ...anyOfficial } = official;
    const plants = { path: '/v1/plants', answer: { json: { plants: [{ plantId: 4711, name: 'Home' }] } } };
    assert.deepEqual(await discover(sma, { settings: anyOfficial, now, exchanges: [byClient(), plants] }), home);
  });
});

describe('the time', () => {
  const read = async (local: unknown, at_: string, timeZone = 'Europe/Brussels') => {
    const exchanges = [byPassword(), show(1, { json: { ...widget, time: local } })];
    const { pushes, report } = await play({ ...portal, timeZone }, exchanges, { now: at_ });
    return pushes[0]?.tsms === undefined ? report.kind : new Date(pushes[0].tsms).toISOString();
  };

  it('is that of the plant, in summer and in winter', async () => {
    assert.equal(await read('2026-06-15T13:05:00', '2026-06-15T11:06:30Z'), '2026-06-15T11:05:00.000Z');
    assert.equal(await read('2026-02-12T14:55:00', '2026-02-12T13:56:44Z'), '2026-02-12T13:55:00.000Z');
    assert.equal(
      await read('2026-01-10T12:00:00', '2026-01-10T01:02:00Z', 'Australia/Sydney'),
      '2026-01-10T01:00:00.000Z',
    );
  });

  it('is read right in both of the hours when summer time ends', async () => {
    assert.equal(await read('2026-10-25T02:30:00', '2026-10-25T00:32:00Z'), '2026-10-25T00:30:00.000Z');
    assert.equal(await read('2026-10-25T02:30:00', '2026-10-25T01:32:00Z'), '2026-10-25T01:30:00.000Z');
  });

  it('makes a point stale after 15 minutes', async () => {
    assert.equal(await read('2026-06-15T13:05:00', '2026-06-15T11:20:00Z'), '2026-06-15T11:05:00.000Z');
    assert.equal(await read('2026-06-15T13:05:00', '2026-06-15T11:20:01Z'), 'stale');
  });

  it('of another zone than the plant’s is noticed where it lies in the future', async () => {
    assert.equal(await read('2026-06-15T13:05:00', '2026-06-15T11:06:30Z', 'Europe/London'), 'bad-response');
  });

  it('must be there', async () => {
    for (const local of [null, '', 'noon']) assert.equal(await read(local, now), 'bad-response');
  });
});

describe('the mapping', () => {
  const balances: [string, Record<string, unknown>, unknown, Record<string, string>?][] = [
    [
      'takes import and discharge as positive',
      {
        pvGeneration: 0,
        externalConsumption: 300,
        feedIn: 0,
        totalConsumption: 1100,
        batteryCharging: 0,
        batteryDischarging: 800,
        batteryStateOfCharge: 30,
      },
      { production_kw: 0, net_import_kw: 0.3, consumption_kw: 1.1, battery_discharge_kw: 0.8, battery_soc: 0.3 },
    ],
    [
      'counts one missing direction as nothing',
      { pvGeneration: '900', externalConsumption: null, feedIn: '400', batteryCharging: 200 },
      { production_kw: 0.9, net_import_kw: -0.4, consumption_kw: 0.3, battery_discharge_kw: -0.2 },
    ],
    [
      'knows no grid where one direction is missing and the other is 0',
      { pvGeneration: 900, externalConsumption: null, feedIn: 0 },
      'offline',
    ],
    [
      'knows neither battery nor consumption where one direction of it is missing and the other is 0',
      { pvGeneration: 900, externalConsumption: 100, feedIn: 0, batteryCharging: null, batteryDischarging: 0 },
      { production_kw: 0.9, net_import_kw: 0.1 },
    ],
    [
      'takes the state of charge of the portal for a share of 1',
      { pvGeneration: 900, externalConsumption: 100, feedIn: 0, batteryStateOfCharge: 0.42, batteryCharging: 100 },
      { production_kw: 0.9, net_import_kw: 0.1, consumption_kw: 0.9, battery_discharge_kw: -0.1, battery_soc: 0.42 },
    ],
    [
      'leaves out a battery that is not there',
      { pvGeneration: 900, externalConsumption: 100, feedIn: 0, batteryCharging: null, batteryDischarging: null },
      { production_kw: 0.9, net_import_kw: 0.1, consumption_kw: 1 },
    ],
    [
      'completes missing PV from the consumption',
      {
        pvGeneration: null,
        externalConsumption: 100,
        feedIn: 0,
        totalConsumption: 900,
        batteryCharging: 0,
        batteryDischarging: 500,
      },
      { production_kw: 0.3, net_import_kw: 0.1, consumption_kw: 0.9, battery_discharge_kw: 0.5 },
    ],
    [
      'does not invent PV without the consumption',
      { pvGeneration: null, externalConsumption: 100, feedIn: 0, totalConsumption: null },
      { net_import_kw: 0.1 },
    ],
    [
      'counts a diesel as import and other generators as production',
      {
        pvGeneration: 1000,
        totalGeneration: 3500,
        dieselGeneration: 2000,
        hydroGeneration: 500,
        externalConsumption: 0,
        feedIn: 700,
        totalConsumption: 2800,
      },
      { production_kw: 1.5, net_import_kw: 1.3, consumption_kw: 2.8 },
    ],
    [
      'counts heat and power without a diesel as production',
      {
        pvGeneration: 1000,
        totalGeneration: 1400,
        combinedHeatAndPowerGeneration: 400,
        externalConsumption: 0,
        feedIn: 400,
      },
      { production_kw: 1.4, net_import_kw: -0.4, consumption_kw: 1 },
    ],
    [
      'is offline without any figure of the grid, because PV alone would be surplus',
      { pvGeneration: 5000, totalGeneration: 5000, externalConsumption: null, feedIn: null, totalConsumption: null },
      'offline',
    ],
    [
      'sends production alone without a meter',
      { pvGeneration: 5000, externalConsumption: null, feedIn: null, batteryCharging: 100 },
      { production_kw: 5 },
      { hasSmartMeter: 'false' },
    ],
    [
      'is offline without a meter and without PV',
      { pvGeneration: null, externalConsumption: null, feedIn: null },
      'offline',
      { hasSmartMeter: 'false' },
    ],
  ];
  for (const [what, figures, expected, changed] of balances)
    it(what, async () => {
      const exchanges = [byPassword(), show(1, { json: { time, ...figures } })];
      const { pushes, report } = await play({ ...portal, ...changed }, exchanges);
      assert.deepEqual(pushes[0]?.siteMeters ?? report.kind, expected);
    });

  it('demands no grid of which the owner takes nothing', async () => {
    const exchanges = [byPassword(), show(1, { json: { time, pvGeneration: 900, externalConsumption: null } })];
    const { pushes } = await play(portal, exchanges, { texts: { SMA_TAKE: 'production' } });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0.9 });
  });

  it('misses a figure that was there five minutes ago', async () => {
    const gone = { time: '2026-05-01T12:10:00', batteryCharging: null, batteryDischarging: null };
    const exchanges = [
      ...[byPassword(), show(1, { json: widget })],
      ...[byRefresh(1, token(2)), show(2, { json: { ...widget, ...gone } })],
    ];
    const { pushes } = await play(portal, exchanges, { ticks: 2 });
    assert.equal(pushes[1]?.siteMeters?.['net_import_kw'], -1.8);
    assert.equal(pushes[1]?.siteMeters?.['consumption_kw'], undefined);
  });

  it('knows the grid of the Monitoring API by other names', async () => {
    const figures = { time, pvGeneration: 100, gridConsumption: 900, gridFeedIn: 0, feedIn: 99_999 };
    const { pushes } = await play(official, [byClient(), showSet(1, recent([figures]))]);
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0.1, net_import_kw: 0.9, consumption_kw: 1 });
  });
});
