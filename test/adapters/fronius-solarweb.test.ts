import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { froniusSolarweb } from '../../functions/push-solar-data/adapters/fronius-solarweb.ts';
import {
  asked,
  channelsOf,
  conversation,
  flowOf,
  get,
  jwtOf,
  key,
  live,
  logIn,
  logInConversation,
  noonMeters,
  now,
  owner,
  paths,
  pvSystemId,
  refresh,
  refused,
  settings,
} from '../conversations/fronius-solarweb.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { type Played, playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(froniusSolarweb, { settings, now, exchanges, ...options });
const calls = ({ vendor }: Played) => vendor.received.map(({ method, path }) => `${method} ${path}`);
const told = ({ pushes, report }: Played) => pushes.at(-1)?.siteMeters ?? report.kind;
/** A reading that stays fresh while the clock runs. */
const ageless = { FRONIUS_SOLARWEB_STALE_AFTER_SECONDS: '100000' };
const [flowCall, postJwt, patchJwt] = [
  `GET ${paths.flow}`,
  `POST ${paths.jwt}`,
  `PATCH ${paths.jwt}/refresh-of-a-test-1`,
];

testAdapter(froniusSolarweb, conversation);
testAdapter(froniusSolarweb, logInConversation);

describe('Fronius Solar.web, figures:', () => {
  const { battery_discharge_kw: _power, battery_soc: _soc, ...withoutBattery } = noonMeters;
  const noBattery = { PowerBattCharge: null, BattSOC: null };
  const rows: [what: string, changed: object, wanted: unknown][] = [
    ['feed-in + is import', { PowerFeedIn: 300 }, { ...noonMeters, net_import_kw: 0.3, consumption_kw: 4 }],
    [
      'charge + is discharging',
      { PowerBattCharge: 700 },
      { ...noonMeters, battery_discharge_kw: 0.7, consumption_kw: 3.8 },
    ],
    ['the consumption is that of the balance, whatever the load says', { PowerLoad: -9000 }, noonMeters],
    ['a home without battery has no battery figures', noBattery, { ...withoutBattery, consumption_kw: 3.1 }],
    [
      'a battery that only shows its charge has an unknown power, and the home an unknown consumption',
      { PowerBattCharge: null },
      { production_kw: 5.2, net_import_kw: -2.1 },
    ],
    ['texts are read as numbers', { PowerPV: '5200', PowerFeedIn: '-2100.0', BattSOC: '64.5' }, noonMeters],
    ['a power that is no number is not understood', { PowerFeedIn: 'much' }, 'bad-response'],
    ['the sun by the balance', { PowerPV: null }, { ...noonMeters, production_kw: 5.16, consumption_kw: 1.56 }],
    ['the grid by the balance', { PowerFeedIn: null }, { ...noonMeters, net_import_kw: -2.14, consumption_kw: 1.56 }],
    ['the load is not needed', { PowerLoad: null }, noonMeters],
    [
      'a Wattpilot is not in the load',
      { PowerPV: null, PowerEVCTotal: -3000 },
      { ...noonMeters, production_kw: 8.16, consumption_kw: 4.56 },
    ],
    [
      'an Ohmpilot neither',
      { PowerFeedIn: null, PowerEVCTotal: -1000, PowerOhmpilot: -800 },
      { ...noonMeters, net_import_kw: -0.34, consumption_kw: 3.36 },
    ],
    [
      'without sun and load the production is unknown',
      { PowerPV: null, PowerLoad: null },
      { net_import_kw: -2.1, battery_discharge_kw: -1.5, battery_soc: 0.645 },
    ],
    ['without sun and grid the grid is unknown', { PowerPV: null, PowerFeedIn: null }, 'offline'],
    ['without grid and load it is not known how to charge', { PowerFeedIn: null, PowerLoad: null }, 'offline'],
    ['the grid does not follow while the battery is unknown', { PowerFeedIn: null, PowerBattCharge: null }, 'offline'],
    [
      'zeros are figures',
      { PowerPV: 0, PowerFeedIn: 0, PowerBattCharge: 0, PowerLoad: 0 },
      { ...noonMeters, production_kw: 0, net_import_kw: 0, battery_discharge_kw: 0, consumption_kw: 0 },
    ],
  ];
  for (const [what, changed, wanted] of rows)
    it(what, async () => assert.deepEqual(told(await play([live(changed)])), wanted));

  for (const [what, charge] of [
    ['no number', 'full'],
    ['beyond 100 %', 101],
  ] as const)
    it(`a charge that is ${what} is left out alone`, async () => {
      const { battery_soc: _, ...others } = noonMeters;
      assert.deepEqual(told(await play([live({ BattSOC: charge })])), others);
    });

  it('names the sun where it is unknown', async () => {
    const { report } = await play([live({ PowerPV: null, PowerLoad: null })]);
    assert.match(report.warnings?.join() ?? '', /solar production/);
  });

  it('come in any order', async () => {
    const answer = flowOf().json as { data: { channels: unknown[] } };
    answer.data.channels.reverse();
    assert.deepEqual(told(await play([asked({ json: answer })])), noonMeters);
  });

  it('of another system are refused; the case of its id does not matter', async () => {
    const of = (id: unknown) => ({ json: { ...(flowOf().json as object), pvSystemId: id } });
    assert.equal(told(await play([asked(of('another'))])), 'bad-response');
    assert.deepEqual(told(await play([asked(of(pvSystemId.toUpperCase()))])), noonMeters);
  });
});

describe('Fronius Solar.web, a site', () => {
  const { json } = flowOf() as { json: { data: object } };
  const rows: [what: string, answer: Answer, kind: string][] = [
    ['whose data logger is not connected', { json: { ...json, status: { isOnline: false } } }, 'offline'],
    ['that is not connected and has no data', { json: { status: { isOnline: false }, data: null } }, 'offline'],
    ['without channels', { json: { ...json, data: { ...json.data, channels: [] } } }, 'offline'],
    ['with null as channels', { json: { ...json, data: { ...json.data, channels: null } } }, 'offline'],
    [
      'that gave Solar.web no answer',
      flowOf({ PowerPV: null, PowerFeedIn: null, PowerLoad: null, PowerBattCharge: null }),
      'offline',
    ],
    ['without content', { status: 204 }, 'offline'],
    ['whose time cannot be read', flowOf({}, 'today'), 'bad-response'],
    ['whose figures are 10 minutes old', flowOf({}, '2026-05-01T10:50:39Z'), 'stale'],
  ];
  for (const [what, answer, kind] of rows)
    it(`${what} is ${kind}`, async () => assert.equal((await play([asked(answer)])).report.kind, kind));

  it('is as old as Solar.web says, to the seventh digit of a second', async () => {
    const { pushes } = await play([asked(flowOf({}, '2026-05-01T10:51:00.1234567Z'))]);
    assert.equal(pushes[0]?.tsms, Date.parse('2026-05-01T10:51:00.123Z'));
  });

  const meterless = { ...settings, hasSmartMeter: 'false' };
  it('without smart meter sends its production alone', async () => {
    const changed = { PowerFeedIn: null, PowerLoad: null, PowerBattCharge: null, BattSOC: null };
    assert.deepEqual(told(await play([live(changed)], { settings: meterless })), { production_kw: 5.2 });
    assert.deepEqual(told(await play([live()], { settings: meterless })), { production_kw: 5.2 });
    const dark = live({ PowerPV: null });
    assert.equal(told(await play([dark], { settings: meterless })), 'offline');
  });
});

describe('Fronius Solar.web, a home that gives less than before,', () => {
  const twice = async (first: object, second: object, everySeconds = 60) =>
    told(await play([live(first), live(second)], { ticks: 2, everySeconds, texts: ageless }));

  it('does not take its battery for absent', async () => {
    const gone = { PowerBattCharge: null, BattSOC: null };
    assert.deepEqual(await twice({}, gone), { production_kw: 5.2, net_import_kw: -2.1 });
    assert.equal(await twice({}, { ...gone, PowerFeedIn: null }), 'offline');
  });

  it('does not take its Wattpilot for absent where the load is needed', async () => {
    const car = { PowerEVCTotal: -3000, PowerFeedIn: 900 };
    assert.equal(await twice(car, { PowerFeedIn: null }), 'offline');
    assert.deepEqual(await twice(car, {}), noonMeters, 'it is not needed');
  });

  it('has no Wattpilot any more after a day', async () => {
    const wanted = { ...noonMeters, net_import_kw: -2.14, consumption_kw: 1.56 };
    const told = await twice({ PowerEVCTotal: -3000, PowerFeedIn: 900 }, { PowerFeedIn: null }, 90_000);
    assert.deepEqual(told, wanted);
  });

  it('has its Ohmpilot in the load where the balance has shown that', async () => {
    const heating = { PowerOhmpilot: -1200 };
    const wanted = { ...noonMeters, net_import_kw: -2.14, consumption_kw: 1.56 };
    assert.deepEqual(await twice(heating, { ...heating, PowerFeedIn: null }), wanted);
    assert.deepEqual(await twice(heating, { PowerFeedIn: null }), wanted, 'its own figure is not needed then');
  });

  it('has it there still after an answer in which it was too small to tell', async () => {
    const [large, small] = [{ PowerOhmpilot: -1200 }, { PowerOhmpilot: -50 }];
    const played = await play([live(large), live(small), live({ ...large, PowerFeedIn: null })], { ticks: 3 });
    assert.deepEqual(told(played), { ...noonMeters, net_import_kw: -2.14, consumption_kw: 1.56 });
  });

  it('has its Ohmpilot beside the load where the balance has shown that, and while it is too small to tell', async () => {
    const beside = { PowerOhmpilot: -1200, PowerFeedIn: -900 };
    const wanted = { ...noonMeters, net_import_kw: -0.94, consumption_kw: 2.76 };
    assert.deepEqual(await twice(beside, { ...beside, PowerFeedIn: null }), wanted);
    const small = { PowerOhmpilot: -50 };
    const added = { ...noonMeters, net_import_kw: -2.09, consumption_kw: 1.61 };
    assert.deepEqual(await twice(small, { ...small, PowerFeedIn: null }), added);
  });

  it('is itself again when all is back', async () => {
    const exchanges = [live(), live({ PowerBattCharge: null }), live()];
    assert.deepEqual(told(await play(exchanges, { ticks: 3 })), noonMeters);
  });
});

describe('Fronius Solar.web, the only system', () => {
  const row = (id: string, name: string | null) => ({ pvSystemId: id, name, timeZone: 'Europe/Vienna' });
  const systems = (...rows: object[]) =>
    get(paths.systems, { json: { pvSystems: rows, links: { totalItemsCount: rows.length } } });

  it('is found once and kept', async () => {
    const played = await play([systems(row(pvSystemId, 'Home')), live()], { settings: key, ticks: 2 });
    assert.deepEqual(calls(played), [`GET ${paths.systems}`, flowCall, flowCall]);
  });

  for (const unknown of [refused(1013, 403), refused('1015'), { status: 404 }])
    it(`is looked for again after ${JSON.stringify(unknown)}`, async () => {
      const exchanges = [systems(row(pvSystemId, 'Home')), asked(unknown), live()];
      const played = await play(exchanges, { settings: key, ticks: 2, everySeconds: 1800, texts: ageless });
      assert.deepEqual(calls(played), [`GET ${paths.systems}`, flowCall, `GET ${paths.systems}`, flowCall]);
    });

  it('is kept where only its counters are refused', async () => {
    const exchanges = [systems(row(pvSystemId, 'Home')), live(), get(paths.totals, refused(1015, 404))];
    const played = await play(exchanges, { settings: { ...key, readCounters: 'true' }, ticks: 3 });
    assert.equal(calls(played).filter((call) => call === `GET ${paths.systems}`).length, 1);
    assert.deepEqual(told(played), noonMeters);
  });

  it('is not chosen among several: they are listed', async () => {
    const { report } = await play([systems(row('a-1', 'Home'), row('b-2', null))], { settings: key });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /FRONIUS_SOLARWEB_PV_SYSTEM_ID to one of a-1 \(Home\), b-2/);
  });

  it('is missing in an empty account', async () => {
    assert.equal((await play([systems()], { settings: key })).report.kind, 'bad-response');
  });

  it('is found for the set-up, beyond the first page', async () => {
    const rows = Array.from({ length: 51 }, (_, nth) => row(`id-${nth}`, `Home ${nth}`));
    const page = (offset: number, part: object[]): Exchange => ({
      ...get(paths.systems, { json: { pvSystems: part, links: { totalItemsCount: 51 } } }),
      query: { offset: String(offset), limit: '50' },
    });
    const exchanges = [page(0, rows.slice(0, 50)), page(50, rows.slice(50))];
    const found = await discover(froniusSolarweb, { settings: key, now, exchanges });
    const choices = rows.map(({ pvSystemId, name }) => ({ value: pvSystemId, title: name }));
    assert.deepEqual(found, { pvSystemId: choices });
  });
});

describe('Fronius Solar.web, the log-in', () => {
  const mine = { settings: { ...settings, ...owner }, texts: ageless };
  const again = { ...mine, ticks: 2 };

  it('is kept, and refreshed when less than a minute of the token is left', async () => {
    const exchanges = [logIn(), live({}, 'jwt-of-a-test-1'), refresh(jwtOf(2)), live({}, 'jwt-of-a-test-2')];
    assert.deepEqual(calls(await play(exchanges, { ...again, everySeconds: 3539 })), [postJwt, flowCall, flowCall]);
    const played = await play(exchanges, { ...again, everySeconds: 3541 });
    assert.deepEqual(calls(played), [postJwt, flowCall, patchJwt, flowCall]);
    assert.deepEqual(told(played), noonMeters);
  });

  it('is refreshed once when the token is refused, and the call repeated', async () => {
    const exchanges = [
      logIn(),
      live({}, 'jwt-of-a-test-1'),
      asked(refused(1106, 401), 'jwt-of-a-test-1'),
      refresh(jwtOf(2)),
      live({}, 'jwt-of-a-test-2'),
    ];
    const played = await play(exchanges, again);
    assert.deepEqual(calls(played), [postJwt, flowCall, flowCall, patchJwt, flowCall]);
    assert.deepEqual(told(played), noonMeters);
  });

  it('goes on with the new refresh token, else with the one it has', async () => {
    const refreshes = async (second: object) => {
      const exchanges = [logIn(), refresh(jwtOf(2, second)), refresh(jwtOf(3), 2), refresh(jwtOf(3)), live()];
      return calls(await play(exchanges, { ...mine, ticks: 3, everySeconds: 3600 })).filter((call) =>
        call.startsWith('PATCH'),
      );
    };
    assert.deepEqual(await refreshes({}), [patchJwt, `PATCH ${paths.jwt}/refresh-of-a-test-2`]);
    assert.deepEqual(await refreshes({ refreshToken: null }), [patchJwt, patchJwt]);
  });

  for (const answer of [refused(1106, 401), refused('1004'), { status: 404 }, { json: {} }] as Answer[])
    it(`is made anew once when a refresh is answered with ${JSON.stringify(answer)}`, async () => {
      const exchanges = [
        logIn(),
        live({}, 'jwt-of-a-test-1'),
        refresh(answer),
        logIn(jwtOf(2)),
        live({}, 'jwt-of-a-test-2'),
      ];
      const played = await play(exchanges, { ...again, everySeconds: 7200 });
      assert.deepEqual(calls(played), [postJwt, flowCall, patchJwt, postJwt, flowCall]);
      assert.deepEqual(told(played), noonMeters);
    });

  it('is not made with the password when the refresh is asked to slow down', async () => {
    const exchanges = [logIn(), live(), refresh(refused(1011, 429))];
    const played = await play(exchanges, { ...again, everySeconds: 7200 });
    assert.equal(played.report.kind, 'rate-limited');
    assert.deepEqual(calls(played), [postJwt, flowCall, patchJwt]);
  });

  const answers: [answer: Answer, kind: string][] = [
    [refused(1106, 401), 'auth'],
    [refused(1004), 'auth'],
    [refused(4711, 422), 'auth'],
    [refused(4711, 200), 'auth'],
    [{ status: 404 }, 'auth'],
    [{ json: { jwtToken: null } }, 'auth'],
    [refused(1011, 403), 'rate-limited'],
    [refused(1012, 503), 'unavailable'],
    [{ status: 500 }, 'unavailable'],
    [{ status: 429 }, 'rate-limited'],
  ];
  for (const [answer, kind] of answers)
    it(`is ${kind} when it is answered with ${JSON.stringify(answer)}`, async () => {
      const { report, vendor } = await play([logIn(answer), live()], mine);
      assert.equal(report.kind, kind, report.error);
      assert.ok(vendor.received.every(({ path }) => path === paths.jwt));
      if (kind === 'auth') assert.match(report.error ?? '', /FRONIUS_SOLARWEB_PASSWORD/);
    });

  it('is refused for the access key, where the code says so', async () => {
    const { report } = await play([logIn(refused(1102, 401))], mine);
    assert.match(report.error ?? '', /FRONIUS_SOLARWEB_ACCESS_KEY_ID/);
    assert.doesNotMatch(report.error ?? '', /PASSWORD/);
  });

  it('is made once where nothing helps, and once more half an hour later, after one refresh', async () => {
    const exchanges = [logIn(), refresh(jwtOf(2)), logIn(jwtOf(3)), asked(refused(1106, 401))];
    const played = await play(exchanges, { ...mine, ticks: 31 });
    assert.equal(played.report.kind, 'auth');
    const again = [flowCall, patchJwt, flowCall, postJwt, flowCall];
    assert.deepEqual(calls(played), [postJwt, flowCall, ...again]);
  });

  it('is not repeated at every tick after a refusal', async () => {
    const played = await play([logIn(refused(1106, 401))], { ...mine, ticks: 29 });
    assert.deepEqual(calls(played), [postJwt]);
  });

  it('needs a password', async () => {
    const { report } = await play([], { settings: { ...settings, username: owner.username } });
    assert.equal(report.kind, 'settings');
  });
});

describe('Fronius Solar.web, codes:', () => {
  const rows: [code: unknown, status: number, kind: string][] = [
    ...[1004, 1005, 1008, 1125].map((code): [number, number, string] => [code, 400, 'bad-response']),
    [1011, 403, 'rate-limited'],
    ['1011', 200, 'rate-limited'],
    [1012, 503, 'unavailable'],
    ['1012', 400, 'unavailable'],
    [1013, 403, 'auth'],
    [1013, 400, 'auth'],
    [1015, 404, 'bad-response'],
    ...[1101, 1102, 1103, 1104, 1105, 1106].map((code): [number, number, string] => [code, 401, 'auth']),
    ['1101', 400, 'auth'],
    [4711, 200, 'bad-response'],
    [4711, 503, 'unavailable'],
    ['ErrorOfSomeKind', 200, 'bad-response'],
    ['ErrorOfSomeKind', 403, 'auth'],
    [undefined, 400, 'bad-response'],
    [undefined, 401, 'auth'],
    [undefined, 403, 'auth'],
    [undefined, 404, 'bad-response'],
    [undefined, 429, 'rate-limited'],
    [undefined, 500, 'unavailable'],
    [undefined, 503, 'unavailable'],
  ];
  for (const [code, status, kind] of rows)
    it(`${JSON.stringify(code)} with HTTP ${status} is ${kind}`, async () => {
      const { report } = await play([asked(refused(code, status))]);
      assert.equal(report.kind, kind, report.error);
    });

  it('maintenance is not asked again in the same minute', async () => {
    assert.deepEqual(calls(await play([asked(refused(1012, 503))])), [flowCall]);
  });

  for (const none of [null, 0])
    it(`${none} is none`, async () => {
      const answer = { json: { ...(flowOf().json as object), responseError: none } };
      assert.deepEqual(told(await play([asked(answer)])), noonMeters);
    });
});

describe('Fronius Solar.web, a used-up quota', () => {
  const callsWithin = async (seconds: number, reset?: string) => {
    const busy = refused(1011, 429, reset ? { 'x-rate-limit-reset': reset } : {});
    return calls(await play([asked(busy), live()], { ticks: 2, everySeconds: seconds })).length;
  };

  it('is respected until the time that the cloud names', async () => {
    const reset = '2026-05-01T11:08:20.0000000Z'; // in 460 s
    assert.equal(await callsWithin(455, reset), 1);
    assert.equal(await callsWithin(480, reset), 2);
  });

  it('is respected for an hour where it names none, and for a minute where that is over', async () => {
    assert.equal(await callsWithin(3590), 1);
    assert.equal(await callsWithin(3590, 'soon'), 1);
    assert.equal(await callsWithin(3610), 2);
    assert.equal(await callsWithin(60, '2026-05-01T10:00:00Z'), 2);
  });
});

describe('Fronius Solar.web, the counters', () => {
  const counting = { settings: { ...settings, readCounters: 'true' } };
  const counted = {
    EnergyPurchased: 812_500,
    EnergyFeedIn: 4_321_000,
    EnergyBattChargeGrid: 1_500,
    EnergyBattDischargeGrid: 250,
  };
  const totalsAnswered = (answer: Answer) =>
    get(paths.totals, answer, { query: { period: 'total', channel: Object.keys(counted).join(',') } });
  const totals = (changed: object = {}) =>
    totalsAnswered({ json: { pvSystemId, data: [{ channels: channelsOf({ ...counted, ...changed }) }] } });
  const meters = { ...noonMeters, imported_kwh: 814, exported_kwh: 4321.25 };
  const { imported_kwh: _, ...withoutImported } = meters;

  it('are read where the owner wants them', async () => {
    assert.deepEqual(told(await play([live(), totals()], counting)), meters);
    assert.deepEqual(calls(await play([live(), totals()])), [flowCall]);
  });

  it('are not asked for where nothing of the grid is told', async () => {
    const noGrid = { ...counting, texts: { FRONIUS_SOLARWEB_TAKE: 'production' } };
    assert.deepEqual(calls(await play([live(), totals()], noGrid)), [flowCall]);
    const meterless = { settings: { ...counting.settings, hasSmartMeter: 'false' } };
    assert.deepEqual(calls(await play([live(), totals()], meterless)), [flowCall]);
  });

  const rows: [what: string, changed: object, wanted: object][] = [
    ['one without its part of the battery', { EnergyBattChargeGrid: null }, withoutImported],
    ['one that is no number', { EnergyPurchased: 'many' }, withoutImported],
    ['one below 0', { EnergyPurchased: -5000 }, withoutImported],
    ['one with a part below 0', { EnergyBattChargeGrid: -1 }, withoutImported],
    ['none, if all are 0', Object.fromEntries(Object.keys(counted).map((name) => [name, 0])), noonMeters],
  ];
  for (const [what, changed, wanted] of rows)
    it(`leave out ${what}`, async () =>
      assert.deepEqual(told(await play([live(), totals(changed)], counting)), wanted));

  it('have no part of a battery in a home without one', async () => {
    const none = { PowerBattCharge: null, BattSOC: null };
    const exchanges = [live(none), totals({ EnergyBattChargeGrid: null, EnergyBattDischargeGrid: undefined })];
    const { battery_discharge_kw: _power, battery_soc: _soc, ...others } = meters;
    const wanted = { ...others, consumption_kw: 3.1, imported_kwh: 812.5, exported_kwh: 4321 };
    assert.deepEqual(told(await play(exchanges, counting)), wanted);
  });

  for (const answer of [
    ...[{ status: 401 }, refused(1106, 401), { status: 403 }, refused(1008)],
    ...[{ status: 500 }, { json: { data: [] } }, { text: '<html>' }],
  ] as Answer[])
    it(`end no reading with ${JSON.stringify(answer)}`, async () => {
      assert.deepEqual(told(await play([live(), totalsAnswered(answer)], counting)), noonMeters);
    });

  it('are not waited for longer than three seconds', async () => {
    assert.deepEqual(told(await play([live(), totalsAnswered({ act: () => {} })], counting)), noonMeters);
  });

  it('end the reading where the quota is used up: nothing may be asked then', async () => {
    const played = await play([live(), totalsAnswered(refused(1011, 429))], { ...counting, ticks: 5 });
    assert.equal(played.report.kind, 'rate-limited');
    assert.equal(calls(played).length, 2);
  });

  it('get a new token where the old one is refused', async () => {
    const mine = { settings: { ...counting.settings, ...owner }, ticks: 2 };
    const exchanges = [logIn(), live(), totals(), totalsAnswered(refused(1106, 401)), refresh(jwtOf(2)), totals()];
    assert.deepEqual(told(await play(exchanges, mine)), meters);
  });
});
