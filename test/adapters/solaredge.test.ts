import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { solaredge } from '../../functions/push-solar-data/adapters/solaredge.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  battery,
  conversation,
  devices,
  devicesPath,
  given,
  meter,
  meters,
  metersPath,
  minuteMs,
  now,
  pathsOf,
  power,
  powerPath,
  quarterMs,
  refused,
  series,
  settings,
  siteMeters,
  solarOnly,
  start,
  storage,
  storagePath,
  sunny,
  token,
  tokenPath,
  values,
} from '../conversations/solaredge.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { openHome, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(solaredge, conversation);

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(solaredge, { settings, now, exchanges, ...options });
const playHome = (bySerial: object, stored: object, options: Options = {}) =>
  play([token(), power(sunny), meters(bySerial), storage(stored)], options);

describe('V2 maps', () => {
  const { battery_energy_kwh, battery_soc, battery_discharge_kw, ...powers } = siteMeters;
  const { consumption_kw, ...withoutConsumption } = powers;
  const withBattery = { ...withoutConsumption, battery_soc, battery_energy_kwh };
  const cases: [what: string, meters: object, batteries: object, siteMeters: object][] = [
    ['both directions of a quarter as their difference', { M1: meter }, { B1: battery }, siteMeters],
    [
      'the flows of several meters as a sum, and of others nothing',
      {
        M1: { importPower: series('W', 100, 200) },
        M2: { exportPower: series('MW', 0.001, 0.002), importPower: series('W', 0, 0) },
        M3: { productionPower: series('W', 900, 900), consumptionPower: series('W', 9000, 9000) },
      },
      { B1: battery },
      siteMeters,
    ],
    [
      'several batteries as a sum, and their charge as a mean',
      { M1: meter },
      {
        B1: battery,
        B2: { ...battery, chargePower: series('KW', 1, 1.1), stateOfEnergy: series('PERCENTAGE', 0.2, 0.625) },
      },
      { ...siteMeters, battery_discharge_kw: -3, consumption_kw: 0.2, battery_soc: 0.525, battery_energy_kwh: 8.5 },
    ],
    [
      'a charge that is a share of 1',
      { M1: meter },
      { B1: { ...battery, stateOfEnergy: series('PERCENTAGE', 0.97, 0.98) } },
      { ...siteMeters, battery_soc: 0.98 },
    ],
    [
      'an energy in whatever unit',
      { M1: meter },
      { B1: { ...battery, remainingEnergy: series('MWH', 0.00415, 0.00425) } },
      siteMeters,
    ],
    [
      'a full battery',
      { M1: meter },
      { B1: { ...battery, stateOfEnergy: series('PERCENTAGE', 99, 100) } },
      { ...siteMeters, battery_soc: 1 },
    ],
    ...[
      ['missing', { stateOfEnergy: null, remainingEnergy: undefined }],
      [
        'of this quarter missing',
        { stateOfEnergy: series('PERCENTAGE', 40, null), remainingEnergy: series('WH', 1, null) },
      ],
      ['impossible', { stateOfEnergy: series('PERCENTAGE', 1, 120), remainingEnergy: series('WH', 1, -1576) }],
      ['unreadable', { stateOfEnergy: series('PERCENTAGE', 1, 'full'), remainingEnergy: { unit: 'WH', values: 7 } }],
      ['in other units', { stateOfEnergy: series('VOLT', 1, 48), remainingEnergy: series('AH', 1, 90) }],
    ].map(
      ([what, changed]) =>
        [
          `a charge and an energy that are ${what} as none`,
          { M1: meter },
          { B1: { ...battery, ...(changed as object) } },
          { ...powers, battery_discharge_kw },
        ] as [string, object, object, object],
    ),
    [
      'no charge and no energy of two batteries of which one does not tell them',
      { M1: meter },
      { B1: battery, B2: { ...battery, stateOfEnergy: undefined, remainingEnergy: undefined } },
      { ...powers, battery_discharge_kw: -4, consumption_kw: -0.8 },
    ],
    [
      'no power of a battery that tells one direction only, and no consumption',
      { M1: meter },
      { B1: { ...battery, dischargePower: undefined } },
      withBattery,
    ],
    [
      'nor of two, of which one does so',
      { M1: meter },
      { B1: battery, B2: { dischargePower: series('W', 0, 0) } },
      withoutConsumption,
    ],
    ['a battery that the owner has and the cloud does not show as unknown', { M1: meter }, {}, withoutConsumption],
  ];
  for (const [what, bySerial, stored, expected] of cases)
    it(what, async () => {
      const { pushes, report } = await playHome(bySerial, stored);
      assert.deepEqual(pushes[0]?.siteMeters, expected, report.error);
      assert.equal(pushes[0]?.tsms, start + quarterMs);
    });

  const failures: [what: string, meters: object, batteries: object, kind: FailureKind][] = [
    ['a meter that is silent', {}, { B1: battery }, 'offline'],
    ['a meter of production alone', { M3: { productionPower: series('W', 1, 1) } }, { B1: battery }, 'offline'],
    ['a meter of one direction alone', { M1: { importPower: series('W', 1, 1) } }, { B1: battery }, 'offline'],
    ['an export that never has a figure', { M1: { ...meter, exportPower: series('W', null, null) } }, {}, 'offline'],
    ['a unit that is not known', { M1: { ...meter, exportPower: series('HP', 1, 1) } }, {}, 'bad-response'],
    [
      'a power that is no number',
      { M1: meter },
      { B1: { ...battery, chargePower: series('W', 1, 'x') } },
      'bad-response',
    ],
  ];
  for (const [what, bySerial, stored, kind] of failures)
    it(`${what}: ${kind}`, async () => {
      assert.equal((await playHome(bySerial, stored)).report.kind, kind);
    });

  it('a meter of production alone as no meter, where the owner says nothing', async () => {
    const { hasGridMeter: _, ...unsaid } = settings;
    const list = devices([{ type: 'INVERTER' }, { type: 'METER' }]);
    const exchanges = [token(), list, power(sunny), meters({ M3: { productionPower: series('W', 1, 1) } })];
    const { pushes } = await play(exchanges, { settings: { ...unsaid, hasBattery: 'false' } });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 5 });
  });
});

describe('V2 takes the newest quarter of which all figures are there', () => {
  const playPower = (answer: object, at: string | number = now) =>
    play([token(), power(answer)], { settings: solarOnly, now: at });

  it('also where the times are written with another offset', async () => {
    const inUtc = values([0, 3000]).map(({ timestamp, value }) => ({
      timestamp: new Date(timestamp).toISOString(),
      value,
    }));
    const { pushes } = await playHome({ M1: { ...meter, exportPower: { unit: 'W', values: inUtc } } }, { B1: battery });
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -2.8);
  });

  for (const [what, bySerial, stored] of [
    ['a meter', { M1: { ...meter, importPower: series('KW', 0.1, null) } }, { B1: battery }],
    ['a battery', { M1: meter }, { B1: { ...battery, dischargePower: series('W', 0, null) } }],
  ] as const)
    it(`and mixes no two, where the figure of ${what} comes later`, async () => {
      const { pushes } = await playHome(bySerial, stored);
      assert.equal(pushes[0]?.tsms, start);
      const { production_kw, net_import_kw, battery_discharge_kw } = pushes[0]?.siteMeters ?? {};
      assert.deepEqual([production_kw, net_import_kw, battery_discharge_kw], [4.8, -1.6, -2]);
    });

  it('and not one that is still open, whatever it shows', async () => {
    const { pushes } = await playPower({ unit: 'W', values: values([4800, 5000, 9000], start + quarterMs) });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 5);
  });

  it('in whatever order they stand', async () => {
    const { pushes } = await playPower({ unit: 'W', values: values([4800, 5000]).reverse() });
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 5);
  });

  for (const [minutes, outcome] of [
    [15, 'pushed'],
    [40, 'pushed'],
    [41, 'stale'],
  ] as const)
    it(`which began ${minutes} minutes ago: ${outcome}`, async () => {
      const { report } = await playPower(sunny, start + minutes * minuteMs);
      assert.equal(report.kind ?? report.outcome, outcome);
    });

  it('and has none at night, when the solar power is null and not 0', async () => {
    const { report } = await play([
      token(),
      power(series('W', null, null)),
      meters({ M1: meter }),
      storage({ B1: battery }),
    ]);
    assert.equal(report.kind, 'offline');
    assert.match(report.error ?? '', /At night it has none/);
  });

  it('without the solar power, if another source is to give it', async () => {
    const exchanges = [token(), meters({ M1: meter }), storage({ B1: battery })];
    const { pushes, vendor } = await play(exchanges, { texts: { SOLAREDGE_TAKE: 'grid,battery' } });
    const { production_kw: _, consumption_kw: __, ...rest } = siteMeters;
    assert.deepEqual(pushes[0]?.siteMeters, rest);
    assert.deepEqual(vendor.misses, []);
  });

  for (const [what, timeZone, at, span] of [
    ['in UTC, where the zone is not known', undefined, now, ['2026-05-01T10:05:00Z', '2026-05-01T12:05:00Z']],
    ['on the clocks of the site', 'Europe/Berlin', now, ['2026-05-01T12:05:00', '2026-05-01T14:05:00']],
    ['over midnight', 'Australia/Sydney', '2026-05-01T14:30:00Z', ['2026-05-01T22:30:00', '2026-05-02T00:30:00']],
    ['as summer time begins', 'Europe/Berlin', '2026-03-29T01:30:00Z', ['2026-03-29T00:30:00', '2026-03-29T03:30:00']],
  ] as const)
    it(`and asks for two hours ${what}`, async () => {
      const own = { ...solarOnly, ...(timeZone ? { timeZone } : {}) };
      const { vendor } = await play([token(), power(sunny)], { settings: own, now: at });
      const { from, to } = vendor.received.at(-1)?.query ?? {};
      assert.deepEqual([from, to], span);
    });
});

describe('V2, from poll to poll,', () => {
  /** A whole home whose quarter is always the newest. */
  const homes = (homes: { meters: object; storage: object }[], poll: number) =>
    homes.flatMap((home, nth) => {
      const later = (tree: unknown): unknown =>
        JSON.parse(JSON.stringify(tree), (key, value) =>
          key === 'timestamp' ? new Date(Date.parse(value) + nth * poll * 1000).toISOString() : value,
        );
      return [
        power(later(sunny) as object),
        meters(later(home.meters) as object),
        storage(later(home.storage) as object),
      ];
    });
  const poll = 4500;
  const told = async (...each: { meters: object; storage: object }[]) => {
    const exchanges = [token('first-refresh-token', given(1, { expires_in: 86_400 })), ...homes(each, poll)];
    const { pushes } = await play(exchanges, { ticks: each.length, everySeconds: poll });
    return pushes.map(({ siteMeters, error }) => (siteMeters ? Object.keys(siteMeters).length : error));
  };
  const whole = { meters: { M1: meter, M2: meter }, storage: { B1: battery, B2: battery } };
  const all = Object.keys(siteMeters).length;

  it('misses a battery of two that goes, with the consumption, until it is back', async () => {
    const [before, gone, back] = await told(whole, { ...whole, storage: { B1: battery } }, whole);
    assert.deepEqual([before, gone, back], [all, 2, all]);
  });

  it('misses one of two meters, which leaves no grid to tell', async () => {
    const [before, gone, back] = await told(whole, { ...whole, meters: { M1: meter } }, whole);
    assert.deepEqual([before, back], [all, all]);
    assert.match(String(gone), /grid/);
  });

  it('misses a meter that was ever there, where the owner says nothing, also after days', async () => {
    const { hasGridMeter: _, ...unsaid } = settings;
    const own = { ...unsaid, hasBattery: 'false' };
    const days = 2 * 86_400;
    const quiet = { unit: 'W', values: values([4000], start + days * 1000) };
    const list = devices([{ type: 'METER' }]);
    const [first, second] = [token(), token('refresh-token-2', given(2))];
    const exchanges = [first, list, power(sunny), meters({ M1: meter }), second, power(quiet, 2), meters({}, 2)];
    const { report } = await play(exchanges, { settings: own, ticks: 2, everySeconds: days });
    assert.equal(report.kind, 'offline');
  });

  it('keeps a quarter until the next poll, and asks as often as the month allows', async () => {
    for (const [own, seconds] of [
      [settings, 4200],
      [{ ...settings, hasBattery: 'false' }, 2800],
      [solarOnly, 1400],
    ] as const) {
      const exchanges = [token(), power(sunny), meters({ M1: meter }), storage({ B1: battery })];
      const calls: number[] = [];
      for (const everySeconds of [seconds - 60, seconds]) {
        const { vendor } = await play(exchanges, { settings: own, ticks: 2, everySeconds });
        calls.push(vendor.received.filter(({ path }) => path === powerPath).length);
      }
      assert.deepEqual(calls, [1, 2]);
    }
  });
});

describe('V2 looks for meters and batteries', () => {
  const { hasGridMeter: _, hasBattery: __, ...unsaid } = settings;
  const every = [power(sunny), meters({ M1: meter }), storage({ B1: battery })];

  for (const [what, list, paths] of [
    ['nothing but inverters', [{ type: 'INVERTER' }], [powerPath]],
    ['a meter', [{ type: 'INVERTER' }, { type: 'METER', active: true }], [powerPath, metersPath]],
    ['both', [{ type: 'Battery' }, { type: 'METER' }], [powerPath, metersPath, storagePath]],
  ] as const)
    it(`once, and reads what a list of ${what} shows`, async () => {
      const exchanges = [token(), devices(list), ...every];
      const played = await play(exchanges, { settings: unsaid, ticks: 2, everySeconds: 4200 });
      assert.deepEqual(pathsOf(played), [tokenPath, devicesPath, ...paths, ...paths]);
      const asked = played.vendor.received[1]?.query;
      assert.equal(asked?.['types'], 'BATTERY'); // the last of three
    });

  it('again after a week', async () => {
    const exchanges = [token(), devices([{ type: 'INVERTER' }]), power(sunny), token('refresh-token-2', given(2))];
    const played = await play([...exchanges, power(sunny, 2)], {
      settings: unsaid,
      ticks: 2,
      everySeconds: 7 * 86_400,
    });
    assert.equal(pathsOf(played).filter((path) => path === devicesPath).length, 2);
  });

  it('not where the owner has said both, or takes neither', async () => {
    const said = await play([token(), ...every]);
    assert.ok(!pathsOf(said).includes(devicesPath));
    const untaken = await play([token(), ...every], { settings: unsaid, texts: { SOLAREDGE_TAKE: 'production' } });
    assert.deepEqual(pathsOf(untaken), [tokenPath, powerPath]);
  });

  for (const list of [[], {}, null])
    it(`and understands no list that is ${JSON.stringify(list)}`, async () => {
      const { report } = await play([token(), devices(list), ...every], { settings: unsaid });
      assert.equal(report.kind, 'bad-response');
    });
});

describe('V2 logs in', () => {
  const later = (nth: number, by: number) =>
    power({ unit: 'W', values: values([5000], start + Math.floor(by / 900) * quarterMs) }, nth);

  it('by the kept refresh token, as the one of the settings works once', async () => {
    const exchanges = [token(), power(sunny), token('refresh-token-2', given(2)), later(2, 7200)];
    const played = await play(exchanges, { settings: solarOnly, ticks: 2, everySeconds: 7200 });
    assert.equal(played.report.outcome, 'pushed', played.report.error);
    assert.deepEqual(pathsOf(played), [tokenPath, powerPath, tokenPath, powerPath]);
    assert.ok(
      played.vendor.received.every(
        ({ headers, path }) => path !== tokenPath || headers['content-type'] === 'application/json',
      ),
    );
  });

  for (const [left, tokens] of [
    [301, 1],
    [300, 2],
  ] as const)
    it(`${tokens === 1 ? 'not ' : ''}anew with ${left} s left`, async () => {
      const by = 7200 - left;
      const exchanges = [token(), power(sunny), token('refresh-token-2', given(2)), later(1, by), later(2, by)];
      const played = await play(exchanges, { settings: solarOnly, ticks: 2, everySeconds: by });
      assert.equal(pathsOf(played).filter((path) => path === tokenPath).length, tokens);
    });

  it('anew when a token is refused in between, and repeats that call alone', async () => {
    const second = token('refresh-token-2', given(2));
    const exchanges = [
      token(),
      power(sunny),
      meters(refused),
      second,
      meters({ M1: meter }, 2),
      storage({ B1: battery }, 2),
    ];
    const played = await play(exchanges);
    assert.deepEqual(played.pushes[0]?.siteMeters, siteMeters, played.report.error);
    assert.deepEqual(pathsOf(played), [tokenPath, powerPath, metersPath, tokenPath, metersPath, storagePath]);
  });

  it('but only once', async () => {
    const exchanges = [token(), power(refused), token('refresh-token-2', given(2)), power(refused, 2)];
    const played = await play(exchanges, { settings: solarOnly });
    assert.equal(played.report.kind, 'auth');
    assert.deepEqual(pathsOf(played), [tokenPath, powerPath, tokenPath, powerPath]);
  });

  for (const [error, sentence] of [
    ['invalid_grant', /Give your consent again \(npm run connect -- solaredge\)/],
    ['invalid_client', /\(invalid_client\): check SOLAREDGE_CLIENT_ID and SOLAREDGE_CLIENT_SECRET/],
  ] as const)
    it(`and tells ${error}`, async () => {
      const played = await play([token('first-refresh-token', { status: 400, json: { error } })]);
      assert.equal(played.report.kind, 'auth');
      assert.match(played.report.error ?? '', sentence);
      assert.deepEqual(pathsOf(played), [tokenPath]);
    });

  it('with the setting again when it changes, but not when only the equipment does', async (t) => {
    const anew = token('second-refresh-token', given(7));
    const exchanges = [
      token(),
      power(sunny),
      power(sunny),
      meters({ M1: meter }),
      anew,
      power(sunny, 7),
      meters({ M1: meter }, 7),
    ];
    const [vendor, chargeHq] = [await playConversation(exchanges), await playChargeHq()];
    const own = settingTexts('solaredge', { ...solarOnly, baseUrl: vendor.url });
    const texts = { VENDOR: 'solaredge', CHARGE_HQ_URL: `${chargeHq.url}/push`, ...own };
    const home = openHome({ adapters: [solaredge], texts, now });
    t.after(() => Promise.all([home.close(), vendor.close(), chargeHq.close()]));
    await home.tick();
    await home.tick({ SOLAREDGE_HAS_GRID_METER: 'true' });
    await home.tick({ SOLAREDGE_HAS_GRID_METER: 'true', SOLAREDGE_REFRESH_TOKEN: 'second-refresh-token' });
    const whole = [powerPath, metersPath];
    assert.deepEqual(pathsOf({ vendor }), [tokenPath, powerPath, ...whole, tokenPath, ...whole]);
    assert.deepEqual(vendor.misses, []);
  });

  const key = { siteId: '4711', apiKey: 'installers-key', hasGridMeter: 'false', hasBattery: 'false' };
  const byKey = (answer: Answer): Exchange => ({ path: powerPath, headers: { 'x-api-key': 'installers-key' }, answer });

  it("not at all with an installer's key", async () => {
    const played = await play([byKey({ json: sunny })], { settings: key });
    assert.deepEqual(played.pushes[0]?.siteMeters, { production_kw: 5 }, played.report.error);
    assert.equal(played.vendor.received[0]?.headers.authorization, undefined);
  });

  it('nor when that is refused', async () => {
    const played = await play([byKey(refused)], { settings: key });
    assert.equal(played.report.kind, 'auth');
    assert.match(played.report.error ?? '', /SOLAREDGE_API_KEY \(a key of V1/);
    assert.deepEqual(pathsOf(played), [powerPath]);
  });
});

describe('V2 says no', () => {
  const problem = { type: 'about:blank', title: 'No' };
  const minute = (left: number, more = {}) => ({ 'x-ratelimit-remaining-minute': String(left), ...more });
  const refusals: [what: string, Answer, FailureKind, RegExp][] = [
    ['a span that is too long', { status: 400, json: problem }, 'bad-response', /unknown form/],
    ['this site', { status: 403, json: problem }, 'auth', /site 4711: check SOLAREDGE_SITE_ID/],
    ['any such site', { status: 404, json: problem }, 'bad-response', /SOLAREDGE_SITE_ID/],
    ['more calls this month', { status: 429, headers: minute(9), json: problem }, 'rate-limited', /this month/],
    [
      'more calls this minute',
      { status: 429, headers: minute(0, { 'retry-after': '40' }) },
      'rate-limited',
      /slow down/,
    ],
    ['everything', { status: 502, text: '<html>' }, 'unavailable', /trouble/],
    ['with a web page', { text: '<html>' }, 'unavailable', /instead of figures/],
  ];
  for (const [what, answer, kind, sentence] of refusals)
    it(`to ${what}: ${kind}, and is asked once`, async () => {
      const played = await play([token(), power(answer)], { settings: solarOnly });
      assert.equal(played.report.kind, kind);
      assert.match(played.report.error ?? '', sentence);
      assert.deepEqual(pathsOf(played), [tokenPath, powerPath]);
    });

  for (const [headers, seconds] of [
    [minute(9), 6 * 3600],
    [minute(0, { 'retry-after': '2000' }), 2000],
    [minute(3, { 'retry-after': '2000' }), 2000],
  ] as const)
    it(`with ${JSON.stringify(headers)} it is left alone for ${seconds} s`, async () => {
      const busy = { status: 429, headers, json: problem };
      const calls: number[] = [];
      for (const everySeconds of [seconds - 1, seconds]) {
        const exchanges = [token(), power(busy), token('refresh-token-2', given(2)), power(busy, 2)];
        const played = await play(exchanges, { settings: solarOnly, ticks: 2, everySeconds });
        calls.push(pathsOf(played).filter((path) => path === powerPath).length);
      }
      assert.deepEqual(calls, [1, 2]);
    });
});
