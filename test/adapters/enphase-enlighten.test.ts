import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enphase } from '../../functions/push-solar-data/adapters/enphase.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  accepted,
  conversation,
  day,
  home,
  homeSeries,
  logIn,
  midnight,
  now,
  pathsOf,
  quarter,
  type Series,
  settings,
  statsOf,
  success,
  today,
  todayPath,
  token,
  whole,
  withCookies,
} from '../conversations/enphase-enlighten.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { openHome, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(enphase, { settings, now, exchanges, ...options });
const playToday = (answer: Answer, at = now) => play([logIn(), token(), today(answer)], { now: at });

testAdapter(enphase, conversation);

describe('Enlighten takes the newest complete bucket', () => {
  for (const [at, production] of [
    [midnight + 9 * quarter, 1.2],
    [midnight + 10 * quarter - 1, 1.2],
    [midnight + 10 * quarter, 1.6],
    [midnight + 11 * quarter, 0.52],
  ] as const)
    it(`${at - midnight} s after midnight: ${production} kW`, async () => {
      const { pushes } = await playToday(statsOf(homeSeries), at * 1000);
      assert.equal(pushes[0]?.siteMeters?.['production_kw'], production);
      assert.equal(pushes[0]?.tsms, (Math.floor(at / quarter) - 1) * quarter * 1000);
    });

  it('by the length that the answer gives', async () => {
    const halfHours = { ...homeSeries, start_time: midnight, interval_length: 1800 };
    const answer = { json: { stats: [halfHours] } };
    const { pushes } = await playToday(answer, (midnight + 10 * 1800) * 1000);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 0.8);
  });

  for (const [what, at] of [
    ['at midnight', midnight + 1],
    ['in the first half hour of the day', midnight + 2 * quarter - 1],
    ['when the day is over and the new one not there', midnight + 98 * quarter],
    ['before the day begins', midnight - 60],
  ] as const)
    it(`and none ${what}: stale`, async () => {
      const { report } = await playToday(statsOf(homeSeries), at * 1000);
      assert.equal(report.kind, 'stale');
    });

  it('which is fresh until the next poll', async () => {
    const reports: string[] = [];
    for (const ticks of [2, 15]) {
      const options = { ticks, now: (midnight + 11 * quarter - 1) * 1000 };
      reports.push((await play([logIn(), token(), today(statsOf(homeSeries))], options)).report.kind ?? 'none');
    }
    assert.deepEqual(reports, ['none', 'none']);
  });
});

describe('Enlighten maps', () => {
  const none = Array(96).fill(0);
  const { battery_discharge_kw: _, battery_soc, ...withoutBattery } = home;
  const cases: [string, Series, object][] = [
    [
      'a battery that discharges',
      { ...homeSeries, charge: none, discharge: day(0, 50) },
      { ...home, battery_discharge_kw: 0.2, consumption_kw: 1.6 },
    ],
    [
      'a battery that is still for now',
      { ...homeSeries, charge: day(10, 0) },
      { ...home, battery_discharge_kw: 0, consumption_kw: 1.4 },
    ],
    [
      'a battery of which only the charge is known',
      { ...homeSeries, charge: null, discharge: null },
      { production_kw: 1.6, net_import_kw: -0.2, battery_soc },
    ],
    [
      'no battery, where all of it is 0 all day',
      { ...homeSeries, charge: none, discharge: none, soc: none },
      { ...withoutBattery, consumption_kw: 1.4 },
    ],
    [
      'no battery, where nothing is said of it',
      { ...homeSeries, charge: null, discharge: null, soc: null },
      { ...withoutBattery, consumption_kw: 1.4 },
    ],
    [
      'production alone, where the home measures nothing else',
      { production: day(300, 400), import: none, export: none, consumption: none },
      { production_kw: 1.6 },
    ],
    ['the grid as the rest of the balance, where its import is missing', { ...homeSeries, import: day(0, null) }, home],
    [
      'the grid and the battery by the ways of their energy, where their own channels are missing',
      {
        ...{ ...homeSeries, import: null, export: null, charge: null, discharge: null, consumption: null },
        ...{ solar_grid: day(100, 75), grid_home: day(0, 25), solar_battery: day(100, 200), battery_home: day(0, 0) },
      },
      home,
    ],
    [
      'no consumption, where the battery is missing in this bucket',
      { ...homeSeries, charge: day(100, null), discharge: day(0, null) },
      { production_kw: 1.6, net_import_kw: -0.2, battery_soc },
    ],
    [
      'a night without sun',
      { ...homeSeries, production: none, import: day(0, 100), export: none, charge: none },
      { ...home, production_kw: 0, net_import_kw: 0.4, battery_discharge_kw: 0, consumption_kw: 0.4 },
    ],
  ];
  for (const [what, series, siteMeters] of cases)
    it(what, async () => {
      const { pushes, report } = await playToday(statsOf(series));
      assert.deepEqual(pushes[0]?.siteMeters, siteMeters, report.error);
    });

  it('nothing while the gateway does not report', async () => {
    const { report } = await playToday(statsOf(homeSeries, { siteStatus: 'comm' }));
    assert.equal(report.kind, 'offline');
  });

  it('nothing from a bucket of zeros, whatever the charge of the battery', async () => {
    const energies = Object.fromEntries(Object.keys(homeSeries).map((name) => [name, day(10, 0)]));
    const { report } = await playToday(statsOf({ ...energies, soc: day(50, 50) }));
    assert.equal(report.kind, 'offline');
  });

  it('a bucket that only the ways of its energy fill', async () => {
    const empty = { production: none, consumption: none, import: null, export: null, charge: null, discharge: null };
    const ways = { grid_home: day(50, 100), solar_grid: none, solar_battery: none, battery_home: day(50, 0) };
    const { pushes } = await playToday(statsOf({ ...empty, ...ways }));
    const siteMeters = { production_kw: 0, net_import_kw: 0.4, battery_discharge_kw: 0, consumption_kw: 0.4 };
    assert.deepEqual(pushes[0]?.siteMeters, siteMeters);
  });

  for (const [what, series] of [
    ['of production', { production: day(300, 30_001) }],
    ['of import and export that differ by little', { import: day(0, 40_000), export: day(0, 40_050) }],
    ['of a way', { import: null, grid_home: day(0, 30_001) }],
    ['of consumption that stands for the grid', { import: null, consumption: day(100, 30_001) }],
  ] as [string, Series][])
    it(`nothing from a bucket ${what} that is rubbish`, async () => {
      const { report } = await playToday(statsOf({ ...homeSeries, ...series }));
      assert.equal(report.kind, 'bad-response');
      assert.match(report.error ?? '', /Wh of/);
    });

  it('whatever the consumption is, where it is not needed', async () => {
    const { pushes } = await playToday(statsOf({ ...homeSeries, consumption: day(100, 99_999) }));
    assert.deepEqual(pushes[0]?.siteMeters, home);
  });

  it('nothing without a day', async () => {
    const { report } = await playToday({ json: { siteStatus: 'normal', stats: [] } });
    assert.equal(report.kind, 'bad-response');
  });
});

describe('Enlighten, from poll to poll,', () => {
  /** Every bucket of a day with the same figures, 15 minutes each. */
  const steady = (figures: Record<string, number | null>, start_time = midnight, buckets = 96): Answer => {
    const series = Object.entries(figures).map(([name, figure]) => [name, Array(buckets).fill(figure)]);
    return statsOf({}, { stats: [{ start_time, interval_length: quarter, ...Object.fromEntries(series) }] });
  };
  const sunny = { production: 400, consumption: 150, import: 25, export: 275 };
  /** What is told of the grid at each time, s after midnight, with these answers. */
  const told = async (everySeconds: number, at: number, ...answers: Answer[]) => {
    const exchanges = [logIn(), token(), ...answers.map((answer) => today(answer))];
    const options = { now: (midnight + at) * 1000, ticks: answers.length, everySeconds };
    const { pushes } = await play(exchanges, options);
    return pushes.map(({ siteMeters, error }) => siteMeters?.['net_import_kw'] ?? error);
  };

  it('misses a grid that goes, and tells it again when it comes back', async () => {
    const { production } = sunny;
    const gone = steady({ production, consumption: null, import: null, export: null });
    const [first, second, third] = await told(quarter, 40 * quarter, steady(sunny), gone, steady(sunny));
    assert.deepEqual([first, third], [-1, -1]);
    assert.match(String(second), /grid/);
  });

  it('has nothing in the first half hour of a day, and misses what the new one does not show yet', async () => {
    const tomorrow = midnight + 96 * quarter;
    const answers = [
      steady(sunny),
      steady(sunny, tomorrow),
      steady(sunny, tomorrow),
      steady({ production: 1 }, tomorrow),
      steady(sunny, tomorrow),
    ];
    const [last, first, second, third, fourth] = await told(quarter, 95.5 * quarter, ...answers);
    assert.deepEqual([last, fourth], [-1, -1]);
    for (const each of [first, second]) assert.match(String(each), /no complete quarter/);
    assert.match(String(third), /grid/);
  });

  for (const [what, buckets] of [
    ['short', 92],
    ['long', 100],
  ] as const)
    it(`follows a ${what} day to its end, when the clocks change`, async () => {
      const series = { production: [...Array(buckets - 2).fill(0), 400, 800] };
      const answer = statsOf({}, { stats: [{ start_time: midnight, interval_length: quarter, ...series }] });
      const { pushes } = await playToday(answer, (midnight + buckets * quarter) * 1000);
      assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 1.6 });
      assert.equal(pushes[0]?.tsms, (midnight + (buckets - 1) * quarter) * 1000);
    });
});

describe('Enlighten logs in', () => {
  it('once, and keeps session and token', async () => {
    const played = await play([logIn(), token(), today(statsOf(homeSeries))], { ticks: 3, everySeconds: quarter });
    assert.deepEqual(pathsOf(played), [...whole, todayPath, todayPath]);
    assert.match(String(played.vendor.received[0]?.headers['user-agent']), /^Mozilla/);
  });

  for (const name of ['auth_token', 'access_token'])
    it(`with a token called ${name}`, async () => {
      const { report } = await play([logIn(), token(1, name), today(statsOf(homeSeries))]);
      assert.equal(report.outcome, 'pushed');
    });

  it('and follows every change of the cookies', async () => {
    const rotated = withCookies({ token: 'web-token-1' }, [
      '_enlighten_4_session=rotated; path=/',
      'enlighten_manager=; path=/',
    ]);
    const again = withCookies(statsOf(homeSeries).json, ['third=3']);
    const played = await play([logIn(), { ...token(), answer: rotated }, today(again)], {
      ticks: 2,
      everySeconds: quarter,
    });
    assert.deepEqual(
      played.vendor.received.map(({ headers }) => headers['cookie']),
      [
        undefined,
        '_enlighten_4_session=cookie-1; enlighten_manager=jwt-1',
        '_enlighten_4_session=rotated',
        '_enlighten_4_session=rotated; third=3',
      ],
    );
  });

  const gone: [string, Answer][] = [
    ['HTTP 401', { status: 401, json: {} }],
    ['HTTP 403', { status: 403, json: {} }],
    ['HTTP 406', { status: 406, text: '' }],
    ['a redirect', { status: 302, headers: { location: '{server}/login' }, text: '' }],
    ['a web page', { text: '<!DOCTYPE html><html>Log in</html>' }],
  ];
  for (const [what, answer] of gone) {
    it(`once more after ${what}, and repeats the call`, async () => {
      const played = await play(
        [
          ...[logIn(accepted(1)), logIn(accepted(2)), token(1), token(2)],
          ...[today(statsOf(homeSeries), 1), today(answer, 1), today(statsOf(homeSeries), 2)],
        ],
        { ticks: 2, everySeconds: quarter },
      );
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.deepEqual(pathsOf(played), [...whole, todayPath, ...whole]);
    });

    it(`not a third time after ${what}, and leaves Enlighten alone for half an hour`, async () => {
      const played = await play([logIn(), token(), today(statsOf(homeSeries)), today(answer)], {
        ticks: 3,
        everySeconds: quarter,
      });
      assert.equal(played.report.kind, 'auth');
      assert.deepEqual(pathsOf(played), [...whole, todayPath, ...whole]);
    });
  }

  const refusals: [string, Answer, RegExp][] = [
    ['HTTP 401', { status: 401, json: { message: 'Invalid' } }, /ENPHASE_PASSWORD/],
    ['HTTP 403', { status: 403, text: '' }, /ENPHASE_PASSWORD/],
    ['a web page', { text: '<html>Sign in</html>' }, /ENPHASE_PASSWORD/],
    ['requires_mfa', { json: { requires_mfa: true } }, /two-step/],
    ['a one-time password cookie', withCookies({ message: 'success' }, ['login_otp_nonce=n1']), /two-step/],
    ['a session that is only half open', { json: { ...success, requires_mfa: true } }, /two-step/],
    ['success without a session', withCookies({ message: 'success' }, ['_enlighten_4_session=cookie-1']), /two-step/],
    ['nothing but cookies', withCookies(undefined, ['_enlighten_4_session=cookie-1']), /two-step/],
    ['isBlocked', { json: { ...success, isBlocked: true } }, /blocked/],
    ['another message', { json: { message: 'Account locked' } }, /Account locked/],
    ['too many sessions', { status: 500, json: { message: 'Too many active sessions' } }, /sessions/],
  ];
  for (const [what, answer, sentence] of refusals)
    it(`not, with one call: ${what}`, async () => {
      const played = await play([logIn(answer)]);
      assert.equal(played.report.kind, 'auth');
      assert.match(played.report.error ?? '', sentence);
      assert.deepEqual(pathsOf(played), ['/login/login.json']);
    });

  it('also where a one-time password cookie stands beside a session', async () => {
    const cookies = ['_enlighten_4_session=cookie-1', 'enlighten_manager=jwt-1', 'login_otp_nonce=n1'];
    const exchanges = [logIn(withCookies(success, cookies)), { ...token(), headers: {} }, today(statsOf(homeSeries))];
    assert.equal((await play(exchanges)).report.outcome, 'pushed');
  });

  for (const [status, kind] of [
    [429, 'rate-limited'],
    [503, 'unavailable'],
    [404, 'bad-response'],
  ] as [number, FailureKind][])
    it(`not just now with HTTP ${status}: ${kind}`, async () => {
      assert.equal((await play([logIn({ status, text: '' })])).report.kind, kind);
    });

  const wrong = logIn({ status: 401, json: {} });
  const logInsIn = async (ticks: number, everySeconds: number, exchanges = [wrong]) =>
    pathsOf(await play(exchanges, { ticks, everySeconds })).filter((path) => path === '/login/login.json').length;

  it('three times with a wrong password, then for a day not again', async () => {
    assert.equal(await logInsIn(30, quarter), 3);
    assert.equal(await logInsIn(5, 22 * 3600), 4);
  });

  it('and counts the refusals anew after one that went well', async () => {
    const gone = { status: 401, json: {} };
    const right = [logIn(), token(), today(statsOf(homeSeries))];
    const count = await logInsIn(7, 1800, [wrong, { ...wrong }, ...right, today(gone), { ...wrong }]);
    assert.equal(count, 6);
  });

  /** Log-ins in two ticks a minute apart, the first refused, with other settings in the second. */
  async function logInsWith(changed: Record<string, string>) {
    const [vendor, chargeHq] = [await playConversation([{ ...wrong, form: {} }]), await playChargeHq()];
    const hosts = { baseUrl: vendor.url, authUrl: vendor.url };
    const texts = {
      VENDOR: 'enphase',
      CHARGE_HQ_URL: chargeHq.url,
      ...settingTexts('enphase', { ...settings, ...hosts }),
    };
    const opened = openHome({ adapters: [enphase], now, texts });
    await opened.tick();
    opened.clock.advance(60);
    const { kind } = await opened.tick(settingTexts('enphase', changed));
    await Promise.all([opened.close(), vendor.close(), chargeHq.close()]);
    return { kind, logIns: vendor.received.length };
  }

  it('at once with another password', async () => {
    assert.deepEqual(await logInsWith({ password: 'another-password' }), { kind: 'auth', logIns: 2 });
  });

  it('not earlier because another setting has changed', async () => {
    assert.deepEqual(await logInsWith({ systemId: '778' }), { kind: 'auth', logIns: 1 });
  });
});

describe('Enlighten finds the system', () => {
  const { systemId: _, ...account } = settings;
  const playSites = (sites: unknown, options = {}) =>
    play(
      [
        ...[logIn(), token()],
        { path: '/app-api/search_sites.json', query: { searchText: '', favourite: 'false' }, answer: { json: sites } },
        today(statsOf(homeSeries)),
      ],
      { settings: account, ...options },
    );

  for (const [what, sites] of [
    ['in an object', { sites: [{ id: 777, title: 'Home' }] }],
    ['in a list', [{ site_id: '777' }]],
    ['twice', { sites: [{ system_id: 777 }, { id: '777', title: 'Home' }] }],
  ] as const)
    it(`${what}, and remembers it`, async () => {
      const played = await playSites(sites, { ticks: 2, everySeconds: quarter });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.equal(pathsOf(played).filter((path) => path.startsWith('/app-api')).length, 1);
    });

  it('not among several, and lists them', async () => {
    const { report } = await playSites({ sites: [{ id: 777, title: 'Home' }, { id: 778 }] });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /777 \(Home\), 778/);
  });

  it('and offers all of them to the set-up', async () => {
    const sites = { sites: [{ id: 777, title: 'Home' }, { site_id: '778' }, {}] };
    const exchanges = [logIn(), token(), { path: '/app-api/search_sites.json', answer: { json: sites } }];
    const systemId = [
      { value: '777', title: 'Home' },
      { value: '778', title: undefined },
    ];
    const at = new Date(now).toISOString();
    assert.deepEqual(await discover(enphase, { settings: account, now: at, exchanges }), { systemId });
  });

  it('not where there is none', async () => {
    assert.equal((await playSites({ sites: [] })).report.kind, 'bad-response');
  });
});
