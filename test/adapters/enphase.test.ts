import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enphase } from '../../functions/push-solar-data/adapters/enphase.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  battery,
  conversation,
  type Device,
  given,
  live,
  livePath,
  meter,
  now,
  nowSeconds,
  pathsOf,
  reportedAt,
  settings,
  soc,
  sunny,
  telemetry,
  token,
} from '../conversations/enphase.ts';
import * as enlighten from '../conversations/enphase-enlighten.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { openHome, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (
  exchanges: Exchange[],
  options: Partial<Parameters<typeof playAdapter>[1]> & { settings?: Record<string, string> } = {},
) => playAdapter(enphase, { now, exchanges, ...options, settings: { ...settings, ...options.settings } });
const playLive = (meters: Device[], encharges?: Device[]) => play([token(), live(telemetry(meters, encharges))]);

testAdapter(enphase, conversation);

describe('Enphase v4 maps', () => {
  const grid = { production_kw: 3, net_import_kw: -2.2 };
  const home = { ...grid, consumption_kw: 0.8 };
  const cases: [string, Device[], Device[] | undefined, object][] = [
    ['a home without battery', sunny, undefined, home],
    [
      'a home that imports',
      [meter('production', 200), meter('consumption', 900)],
      [],
      { ...home, ...{ production_kw: 0.2, net_import_kw: 0.7, consumption_kw: 0.9 } },
    ],
    ['production alone without a consumption meter', [meter('production', 3000)], [], { production_kw: 3 }],
    [
      'phases and gateways as sums, whatever is unused',
      [
        ...[meter('production', 1000), meter('production', 500, reportedAt, 2), meter('production', null, null, 3)],
        ...[
          { ...meter('production', 1500), id: 6 },
          meter('consumption', 300),
          meter('consumption', 500, reportedAt, 2),
        ],
      ],
      undefined,
      home,
    ],
    [
      'a little draw of the inverters at night as no production, but in the grid',
      [meter('production', -12), meter('consumption', 400)],
      undefined,
      { production_kw: 0, net_import_kw: 0.412, consumption_kw: 0.412 },
    ],
    [
      'a battery that charges, with a minus',
      sunny,
      [battery('Charging', -500)],
      { ...home, consumption_kw: 0.3, battery_discharge_kw: -0.5 },
    ],
    [
      'a battery that charges, with a plus',
      sunny,
      [battery('Charging', 500)],
      { ...home, consumption_kw: 0.3, battery_discharge_kw: -0.5 },
    ],
    [
      'a battery that discharges, with a plus',
      sunny,
      [battery('Discharging', 500)],
      { ...home, consumption_kw: 1.3, battery_discharge_kw: 0.5 },
    ],
    [
      'a battery that discharges, with a minus',
      sunny,
      [battery('Discharging', -500)],
      { ...home, consumption_kw: 1.3, battery_discharge_kw: 0.5 },
    ],
    ['an idle battery', sunny, [battery('Idle', 100)], { ...home, battery_discharge_kw: 0 }],
    ['no battery that is idle with hundreds of watts', sunny, [battery('Idle', -101)], grid],
    ['no battery in a mode that is not known', sunny, [battery('Sleeping', 20)], grid],
    ['no battery without mode', sunny, [battery(null, 20)], grid],
    [
      'no sum of batteries of which one is not understood',
      sunny,
      [battery('Charging', 500), battery('Idle', 900)],
      grid,
    ],
    ['no battery that has been silent for a week', sunny, [battery(null, null, null)], grid],
    ['no battery that lies more than half an hour behind', sunny, [battery('Charging', 500, reportedAt - 1801)], grid],
    [
      'batteries of which one was at rest when it was last heard',
      sunny,
      [battery('Charging', 500, reportedAt - 1800), battery('Idle', 0, reportedAt - 1801), battery(null, null, null)],
      { ...home, consumption_kw: 0.3, battery_discharge_kw: -0.5 },
    ],
    [
      'no batteries of which one was at work when it was last heard',
      sunny,
      [battery('Charging', 500), battery('Charging', 700, reportedAt - 1801)],
      grid,
    ],
  ];
  for (const [what, meters, encharges, siteMeters] of cases)
    it(what, async () => {
      const { pushes, report } = await playLive(meters, encharges);
      assert.deepEqual(pushes[0]?.siteMeters, siteMeters, report.error);
    });

  it('the oldest time of the channels that count', async () => {
    const { pushes } = await playLive([
      ...[meter('production', 1000, reportedAt), meter('production', 1000, reportedAt - 600, 2)],
      meter('consumption', 500, reportedAt - 300),
    ]);
    assert.equal(pushes[0]?.tsms, (reportedAt - 600) * 1000);
  });

  it('with a remark where something is left out', async () => {
    const { report } = await playLive(sunny, [battery('Idle', 900)]);
    assert.match(JSON.stringify(report), /Battery 9 is .*Idle.* with 900 W/);
  });

  const failures: [string, Device[], FailureKind][] = [
    ['nothing for a week', [meter('production', null, null), meter('consumption', null, null)], 'offline'],
    ['no meters', [], 'offline'],
    ['a phase with a power and no time', [...sunny, meter('consumption', 3500, null, 2)], 'offline'],
    ['consumption alone', [meter('production', null, null), meter('consumption', 500)], 'offline'],
    ['a consumption meter that is silent', [meter('production', 3000), meter('consumption', null, null)], 'offline'],
    [
      'one of two consumption channels half an hour behind',
      [...sunny, meter('consumption', 3500, reportedAt - 1801, 2)],
      'offline',
    ],
    [
      'one of two production channels half an hour behind',
      [...sunny, meter('production', 999, reportedAt - 1801, 2)],
      'offline',
    ],
    [
      'a consumption meter half an hour behind',
      [meter('production', 9, nowSeconds), meter('consumption', 9, nowSeconds - 1801)],
      'offline',
    ],
    [
      'a production meter half an hour behind',
      [meter('production', 9, nowSeconds - 1801), meter('consumption', 9, nowSeconds)],
      'offline',
    ],
    [
      'meters that are 41 minutes old',
      [meter('production', 9, nowSeconds - 2460), meter('consumption', 9, nowSeconds - 2460)],
      'stale',
    ],
  ];
  for (const [what, meters, kind] of failures)
    it(`${what}: ${kind}`, async () => {
      assert.equal((await playLive(meters)).report.kind, kind);
    });

  it('meters that are 39 minutes old', async () => {
    const at = nowSeconds - 2340;
    const { report } = await playLive([meter('production', 9, at), meter('consumption', 9, at)]);
    assert.equal(report.outcome, 'pushed');
  });
});

describe('Enphase v4 gives less than before', () => {
  const at = nowSeconds + 2700 - 480;
  const later = [meter('production', 3000, at), meter('consumption', 800, at)];
  const twice = async (before: Device[], after: Device[], encharges: [Device[], Device[]] = [[], []]) => {
    const [first, second] = [telemetry(before, encharges[0]), telemetry(after, encharges[1])];
    const { pushes, report } = await play([token(), live(first), live(second)], { ticks: 2, everySeconds: 2700 });
    return pushes[1]?.siteMeters ?? report.kind;
  };
  const second = (power: number | null, time: number | null) => meter('consumption', power, time, 2);

  it('a phase that has reported is no unused phase when it is null', async () => {
    assert.equal(await twice([...sunny, second(3500, reportedAt)], [...later, second(null, null)]), 'offline');
  });

  it('nor when it is not even listed', async () => {
    assert.equal(await twice([...sunny, second(3500, reportedAt)], later), 'offline');
  });

  it('a consumption meter that is not listed any more leaves no free surplus', async () => {
    assert.equal(await twice(sunny, later.slice(0, 1)), 'offline');
  });

  it('a battery that is not listed any more leaves the consumption unknown', async () => {
    const [one, other] = [battery('Idle', 0), { ...battery('Charging', 500), id: 10, name: 'Battery 10' }];
    const known = { production_kw: 3, net_import_kw: -2.2 };
    assert.deepEqual(await twice(sunny, later, [[one], []]), known);
    assert.deepEqual(await twice(sunny, later, [[one, other], [{ ...one, last_report_at: at }]]), known);
  });
});

describe('Enphase v4, from poll to poll,', () => {
  const day = 86_400;
  /** One token for all of the time, whatever its life. */
  const lasting = [token(), token('first-refresh-token')].map((each) => ({
    ...each,
    answer: { json: { access_token: 'access-1', refresh_token: 'first-refresh-token', expires_in: 86393 } },
  }));
  /** What is told of each of these lists of meters in turn. */
  const told = async (everySeconds: number, ...lists: ((at: number) => Device[])[]) => {
    const answers = lists.map((list, nth) => live(telemetry(list(nowSeconds + nth * everySeconds - 480))));
    const { pushes } = await play([...lasting, ...answers], { ticks: lists.length, everySeconds });
    return pushes.map(
      ({ siteMeters, error }) => siteMeters?.['net_import_kw'] ?? error?.replace(/.*(lacking|old).*/, '$1'),
    );
  };
  const first = (at: number) => [meter('production', 3000, at), meter('consumption', 800, at)];
  const both = (at: number) => [...first(at), meter('consumption', 3500, at, 2)];
  const secondNull = (at: number) => [...first(at), meter('consumption', null, null, 2)];

  it('misses a phase that goes, null or unlisted, and counts it again when it comes back', async () => {
    for (const without of [secondNull, first]) {
      const [one, two, three] = await told(2700, both, without, both);
      assert.deepEqual([one, three], [1.3, 1.3]);
      assert.equal(typeof two, 'string');
    }
  });

  it('misses a phase for as long as it is listed, and for a day if it is not', async () => {
    const listed = await told(day, both, ...Array(9).fill(secondNull));
    assert.deepEqual(
      listed.filter((each) => typeof each === 'number'),
      [1.3],
    );
    const unlisted = await told(day / 2, both, first, first);
    assert.deepEqual([unlisted[0], typeof unlisted[1], unlisted[2]], [1.3, 'string', -2.2]);
  });

  it('takes no figures that stay for new ones', async () => {
    const stays = () => first(nowSeconds - 480);
    assert.deepEqual(await told(2700, stays, stays, first), [-2.2, 'old', -2.2]);
  });

  it('holds a figure beside another source until the next poll', async () => {
    const played = await play([token(), live(telemetry(first(nowSeconds - 900)))], { ticks: 45 });
    assert.equal(played.report.kind, undefined, played.report.error);
    assert.deepEqual(pathsOf(played), ['/oauth/token', livePath]);
  });
});

it('Enphase v4 refuses the figures of another system', async () => {
  const other = { json: { ...(telemetry(sunny).json as object), system_id: 999 } };
  const { report } = await play([token(), live(other)]);
  assert.equal(report.kind, 'bad-response');
  assert.match(report.error ?? '', /999 instead of 777/);
});

describe('Enphase v4 reads the state of charge', () => {
  const asked = { settings: { readBatterySoc: 'true' } };
  const charging = live(telemetry(sunny, [battery('Charging', 500)]));
  for (const [what, json, fraction] of [
    ['a text with a percent sign', { last_reported_aggregate_soc: '97%' }, 0.97],
    ['a number', { last_reported_aggregate_soc: 5 }, 0.05],
    ['the last interval', { intervals: [{ soc: { percent: 10 } }, { soc: { percent: 12 } }] }, 0.12],
    ['nothing', { last_reported_aggregate_soc: null, intervals: [] }, undefined],
  ] as const)
    it(`from ${what}`, async () => {
      const { pushes } = await play([token(), charging, soc(json)], asked);
      assert.equal(pushes[0]?.siteMeters?.['battery_soc'], fraction);
      assert.equal(pushes[0]?.siteMeters?.['battery_discharge_kw'], -0.5);
    });

  const failing: [string, Answer][] = [
    ['is unreadable', { json: { last_reported_aggregate_soc: 'full' } }],
    ['lies beyond all', { json: { last_reported_aggregate_soc: '255%' } }],
    ['is a web page', { text: '<html>heavy load</html>' }],
    ['is of another system', { json: { system_id: 999, last_reported_aggregate_soc: '50%' } }],
    ...[401, 403, 404, 422, 503].map((status): [string, Answer] => [`fails with HTTP ${status}`, { status, json: {} }]),
  ];
  for (const [what, answer] of failing)
    it(`and gives the rest alone where it ${what}`, async () => {
      const played = await play([token(), charging, { ...soc({}), answer }], asked);
      const rest = { production_kw: 3, net_import_kw: -2.2, battery_discharge_kw: -0.5, consumption_kw: 0.3 };
      assert.deepEqual(played.pushes[0]?.siteMeters, rest, played.report.error);
      assert.match(JSON.stringify(played.report), /left out/);
      assert.equal(pathsOf(played).length, 3);
    });

  it('and is silent where it was the last call of the plan', async () => {
    const { report } = await play([token(), charging, { ...soc({}), answer: { status: 429, json: {} } }], asked);
    assert.equal(report.kind, 'rate-limited');
  });

  it('only where the owner wants it', async () => {
    assert.deepEqual(pathsOf(await play([token(), charging])), ['/oauth/token', livePath]);
  });

  it('only where a battery reports', async () => {
    for (const encharges of [undefined, [], [battery('Idle', 0, reportedAt - 5000)]])
      assert.deepEqual(pathsOf(await play([token(), live(telemetry(sunny, encharges))], asked)), [
        '/oauth/token',
        livePath,
      ]);
  });

  it('not of a battery whose power is not understood, which is left out altogether', async () => {
    const odd = live(telemetry(sunny, [battery('Idle', 900)]));
    const played = await play([token(), odd, soc({ last_reported_aggregate_soc: '50%' })], asked);
    assert.deepEqual(played.pushes[0]?.siteMeters, { production_kw: 3, net_import_kw: -2.2 });
    assert.deepEqual(pathsOf(played), ['/oauth/token', livePath]);
  });

  it('and is asked half as often for it', async () => {
    const countsOf = async (options: object) =>
      (await play([token(), charging, soc({})], { ...options, ticks: 3, everySeconds: 2700 })).vendor.received.filter(
        ({ path }) => path === livePath,
      ).length;
    assert.equal(await countsOf({}), 3);
    assert.equal(await countsOf(asked), 2);
  });
});

describe('Enphase v4 logs in', () => {
  const refused: Answer = {
    status: 401,
    json: { message: 'Not Authorized', details: 'User is not authorized', code: 401 },
  };
  const fresh = (at: number) => telemetry([meter('production', 3000, at), meter('consumption', 800, at)]);

  it('with the newest refresh token, before the access token ends', async () => {
    const played = await play(
      [
        token('first-refresh-token', given(1)),
        token('refresh-2', given(2)),
        live(fresh(nowSeconds), 'access-1'),
        live(fresh(nowSeconds + 86_400), 'access-2'),
      ],
      { ticks: 2, everySeconds: 86_400 },
    );
    assert.deepEqual(played.vendor.misses, []);
    assert.deepEqual(pathsOf(played), ['/oauth/token', livePath, '/oauth/token', livePath]);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('once more when the access token is refused, and repeats the call', async () => {
    const played = await play(
      [
        token('first-refresh-token', given(1)),
        token('refresh-2', given(2)),
        live(fresh(nowSeconds), 'access-1'),
        live(refused, 'access-1'),
        live(fresh(nowSeconds + 2700), 'access-2'),
      ],
      { ticks: 2, everySeconds: 2700 },
    );
    assert.deepEqual(played.vendor.misses, []);
    assert.deepEqual(pathsOf(played), ['/oauth/token', livePath, livePath, '/oauth/token', livePath]);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('no further when the new one is refused too', async () => {
    const played = await play(
      [token(), token('refresh-2', given(2)), live(fresh(nowSeconds)), live(refused), live(refused, 'access-2')],
      { ticks: 2, everySeconds: 2700 },
    );
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(pathsOf(played).slice(2), [livePath, '/oauth/token', livePath]);
  });

  it('not again where API key and client do not belong together', async () => {
    const mismatch = {
      status: 401,
      json: { message: 'Not Authorized', details: 'API Key -Client mismatch', code: 401 },
    };
    const played = await play([token(), live(fresh(nowSeconds)), live(mismatch)], { ticks: 2, everySeconds: 2700 });
    assert.equal(played.report.kind, 'auth');
    assert.match(played.report.error ?? '', /ENPHASE_API_KEY and ENPHASE_CLIENT_ID/);
    assert.deepEqual(pathsOf(played).slice(2), [livePath]);
  });

  it('and keeps the new refresh token although the call after it fails', async () => {
    const { stored, report } = await play([token(), live({ status: 503, text: '' })]);
    assert.equal(report.kind, 'unavailable');
    assert.match(stored, /refresh-2/);
  });

  it('with the same refresh token again where no new one came', async () => {
    const played = await play(
      [token('first-refresh-token', { json: { access_token: 'access-1', expires_in: '60' } }), live(fresh(nowSeconds))],
      { ticks: 2, everySeconds: 2700 },
    );
    assert.deepEqual(pathsOf(played), ['/oauth/token', livePath, '/oauth/token', livePath]);
    assert.deepEqual(played.vendor.misses, []);
  });

  for (const status of [400, 401, 403])
    it(`not with a refresh token that is refused with HTTP ${status}`, async () => {
      const { report } = await play([token('first-refresh-token', { status, json: { error: 'invalid_grant' } })]);
      assert.equal(report.kind, 'auth');
    });

  /** Refresh tokens sent in ticks with the settings, and then with each of these changes of them. */
  async function sentTokens(...changes: Record<string, string>[]) {
    const vendor = await playConversation([
      {
        method: 'POST',
        path: '/oauth/token',
        answer: ({ body }) => (JSON.stringify(body).includes('first') ? given(1) : given(2)),
      },
      { path: livePath, answer: { status: 401, json: {} } },
      ...[enlighten.logIn(), enlighten.token()],
    ]);
    const chargeHq = await playChargeHq();
    const hosts = { baseUrl: vendor.url, authUrl: vendor.url };
    const texts = {
      VENDOR: 'enphase',
      CHARGE_HQ_URL: chargeHq.url,
      ...settingTexts('enphase', { ...settings, ...hosts }),
    };
    const home = openHome({ adapters: [enphase], now, texts });
    await home.tick();
    for (const changed of changes) {
      home.clock.advance(3000);
      await home.tick(settingTexts('enphase', changed));
    }
    await Promise.all([home.close(), vendor.close(), chargeHq.close()]);
    return vendor.received.flatMap(({ path, body }) =>
      path === '/oauth/token' ? [(body as { refresh_token: string }).refresh_token] : [],
    );
  }

  it('with the refresh token of the settings again, if that has changed', async () => {
    assert.deepEqual(await sentTokens({ refreshToken: 'another-refresh-token' }), [
      'first-refresh-token',
      'another-refresh-token',
    ]);
  });

  it('with the kept refresh token, if another setting has changed', async () => {
    const changes: Record<string, string>[] = [
      { readBatterySoc: 'true' },
      { apiKey: 'other-key' },
      { username: 'me@example.org', password: 'to-try-the-other-mode' },
    ];
    for (const changed of changes) assert.deepEqual(await sentTokens(changed), ['first-refresh-token', 'refresh-2']);
  });

  it('with the kept refresh token, after the other mode was tried', async () => {
    const sent = await sentTokens(enlighten.settings, { mode: 'v4' });
    assert.deepEqual(sent, ['first-refresh-token', 'refresh-2']);
  });
});

describe('Enphase v4 fails', () => {
  const cases: [string, Answer, FailureKind][] = [
    ['403', { status: 403, json: { message: 'Forbidden', details: 'Not authorized to access this resource' } }, 'auth'],
    ['404', { status: 404, json: { details: 'System not found for {:id=>"777"}' } }, 'bad-response'],
    ['405', { status: 405, json: { reason: '405', message: ['Method not allowed'] } }, 'bad-response'],
    ['422', { status: 422, json: { details: 'granularity' } }, 'bad-response'],
    ['429', { status: 429, json: { period: 'minute', period_end: nowSeconds + 30 } }, 'rate-limited'],
    ['429 with a web page', { status: 429, text: '<html>slow down</html>' }, 'rate-limited'],
    ['501', { status: 501, json: { reason: '501', message: ['Not implemented'] } }, 'bad-response'],
    ['503', { status: 503, text: '<html>heavy load</html>' }, 'unavailable'],
    ['200 with a web page', { text: '<html>heavy load</html>' }, 'bad-response'],
  ];
  for (const [what, answer, kind] of cases)
    it(`with HTTP ${what}: ${kind}, with one call`, async () => {
      const played = await play([token(), live(answer)]);
      assert.equal(played.report.kind, kind);
      assert.deepEqual(pathsOf(played), ['/oauth/token', livePath]);
    });

  const askedWhen = async (periodEnd: number, everySeconds: number, ticks: number) => {
    const busy: Answer = {
      status: 429,
      json: { message: 'Too Many Requests', period: 'month', period_end: periodEnd },
    };
    const played = await play([token(), live(busy)], { ticks, everySeconds, settings: { pollSeconds: '60' } });
    return pathsOf(played).filter((path) => path === livePath).length;
  };
  it('for the rest of the period, and asks again after it', async () => {
    assert.equal(await askedWhen(nowSeconds + 3600, 1190, 4), 1);
    assert.equal(await askedWhen(nowSeconds + 3600, 1200, 4), 2);
  });
  it('for five minutes, if the period is said to be over', async () => {
    assert.equal(await askedWhen(nowSeconds - 60, 290, 2), 1);
    assert.equal(await askedWhen(nowSeconds - 60, 300, 2), 2);
  });
});

describe('Enphase v4 finds the system', () => {
  const { systemId: _, ...account } = settings;
  const listed = (page: number, ids: number[], total = ids.length, size = 100): Exchange => ({
    path: '/api/v4/systems',
    query: { page: String(page), size: '100' },
    answer: {
      json: {
        total,
        current_page: page,
        size,
        count: ids.length,
        systems: ids.map((id) => ({ system_id: id, name: `House ${id}` })),
      },
    },
  });
  const playAccount = (exchanges: Exchange[], options = {}) =>
    playAdapter(enphase, { settings: account, now, exchanges: [token(), ...exchanges], ...options });

  it('if there is one, and remembers it', async () => {
    const played = await playAccount([listed(1, [777]), live(telemetry(sunny))], { ticks: 2, everySeconds: 2700 });
    assert.deepEqual(pathsOf(played), ['/oauth/token', '/api/v4/systems', livePath, livePath]);
  });

  it('again after it is gone', async () => {
    const gone = { status: 404, json: { details: 'System not found' } };
    const played = await playAccount([listed(1, [777]), live(gone)], { ticks: 2, everySeconds: 2700 });
    assert.deepEqual(pathsOf(played), ['/oauth/token', '/api/v4/systems', livePath, '/api/v4/systems', livePath]);
  });

  it('and keeps it where only its state of charge is not found', async () => {
    const charging = (at: number) =>
      live(telemetry([meter('production', 3000, at), meter('consumption', 800, at)], [battery('Idle', 0, at)]));
    const played = await playAccount(
      [
        ...[listed(1, [777]), charging(nowSeconds), charging(nowSeconds + 5400)],
        { ...soc({}), answer: { status: 404, json: {} } },
      ],
      { settings: { ...account, readBatterySoc: 'true' }, ticks: 2, everySeconds: 5400 },
    );
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.equal(pathsOf(played).filter((path) => path === '/api/v4/systems').length, 1);
  });

  it('not if there are several on several pages, and lists them', async () => {
    const { report, vendor } = await playAccount([listed(1, [1, 2], 3, 2), listed(2, [3], 3, 2)]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /1 \(House 1\), 2 \(House 2\), 3 \(House 3\)/);
    assert.deepEqual(vendor.misses, []);
  });

  it('and offers all of them to the set-up', async () => {
    const exchanges = [token(), listed(1, [1], 2, 1), listed(2, [2], 2, 1)];
    const systemId = [1, 2].map((id) => ({ value: `${id}`, title: `House ${id}` }));
    assert.deepEqual(await discover(enphase, { settings: account, now, exchanges }), { systemId });
  });

  it('not if there is none', async () => {
    const { report } = await playAccount([listed(1, [], 5)]);
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /no system/);
  });
});

it('Enphase asks the owner for what the mode needs', async () => {
  const missing = async (given: Record<string, string>) =>
    (await playAdapter(enphase, { settings: given, now, exchanges: [] })).report.error ?? '';
  const v4 = await missing({});
  for (const name of ['API_KEY', 'CLIENT_ID', 'CLIENT_SECRET', 'REFRESH_TOKEN'])
    assert.match(v4, new RegExp(`ENPHASE_${name} is missing`));
  const enlighten = await missing({ mode: 'enlighten' });
  for (const name of ['USERNAME', 'PASSWORD']) assert.match(enlighten, new RegExp(`ENPHASE_${name} is missing`));
  assert.doesNotMatch(enlighten, /API_KEY/);
});

it('gives no figures of a meter of which a channel is told twice', async () => {
  const { report } = await playLive([...sunny, ...sunny]);
  assert.equal(report.kind, 'bad-response');
  assert.match(report.error ?? '', /a channel is listed twice/);
});
