import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type * as z from 'zod/mini';
import { tesla } from '../../functions/push-solar-data/adapters/tesla.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  components,
  conversation,
  energySite,
  given,
  live,
  livePath,
  measuredAt,
  now,
  products,
  pushed,
  settings,
  status,
  token,
} from '../conversations/tesla.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { openHome, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (exchanges: Exchange[], options: Options = {}) =>
  playAdapter(tesla, { settings, now, exchanges, ...options });
const logIn = [token(), products()];
const playLive = (...answers: Record<string, unknown>[]) =>
  play([...logIn, ...answers.map((changes) => live(status(changes)))], { ticks: answers.length });
const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) => vendor.received.map(({ path }) => path);
const notesOf = ({ report }: Awaited<ReturnType<typeof play>>) => report.sources[0]?.notes?.join() ?? '';

testAdapter(tesla, conversation);

describe('Tesla maps', () => {
  const solarOnly = { battery_power: 0, percentage_charged: 0, energy_left: 0, total_pack_energy: 1 };
  const noBattery = energySite(4711, { components: { ...components, battery: false } });
  const rows: [string, Record<string, unknown>, Record<string, number>, object?][] = [
    [
      'a night on the battery, without its energy',
      { solar_power: 0, battery_power: 780, grid_power: 0, load_power: 780, energy_left: undefined },
      {
        ...{ production_kw: 0, net_import_kw: 0, consumption_kw: 0.78, battery_discharge_kw: 0.78, battery_soc: 0.615 },
      },
    ],
    [
      'import while the battery charges from the grid',
      { solar_power: 0, battery_power: -3000, grid_power: 3400, load_power: 400, total_pack_energy: undefined },
      { production_kw: 0, net_import_kw: 3.4, consumption_kw: 0.4, battery_discharge_kw: -3, battery_soc: 0.615 },
    ],
    [
      'a generator as import',
      { solar_power: 0, battery_power: -500, grid_power: 0, load_power: 1500, generator_power: 2000 },
      { ...pushed, production_kw: 0, net_import_kw: 2, consumption_kw: 1.5, battery_discharge_kw: -0.5 },
    ],
    ['a home without a generator in the answer', { generator_power: undefined }, pushed],
    [
      'what inverters draw at night as no production',
      { solar_power: -12, load_power: -2212 },
      { ...pushed, production_kw: 0, consumption_kw: -2.2 },
    ],
    ['a missing grid power as what the load leaves', { grid_power: null }, pushed],
    [
      'the same with a generator',
      { grid_power: null, generator_power: 300, load_power: 2300 },
      { ...pushed, net_import_kw: -1.2, consumption_kw: 2.3 },
    ],
    ['a missing battery power as what the load leaves', { battery_power: null }, pushed],
    [
      'the same with a generator ',
      { battery_power: null, generator_power: 300, load_power: 2300 },
      { ...pushed, net_import_kw: -1.2, consumption_kw: 2.3 },
    ],
    [
      'a home without battery, whose figures of one are void',
      { ...solarOnly, load_power: 2700 },
      { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 },
      noBattery,
    ],
    [
      'a missing grid power without a battery',
      { ...solarOnly, grid_power: null, load_power: 2700 },
      { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 },
      noBattery,
    ],
    [
      'a battery that the list does not know as unknown, and so the consumption',
      {},
      { production_kw: 4.2, net_import_kw: -1.5 },
      noBattery,
    ],
    [
      'no solar power in a home without solar equipment',
      { solar_power: null, grid_power: 900, load_power: 200 },
      { ...pushed, production_kw: 0, net_import_kw: 0.9, consumption_kw: 0.2 },
      energySite(4711, { components: { ...components, solar: false } }),
    ],
  ];
  for (const [what, changes, siteMeters, site = energySite(4711)] of rows)
    it(what, async () => {
      const { pushes } = await play([token(), products([site]), live(status(changes))]);
      assert.deepEqual(pushes[0]?.siteMeters, siteMeters, pushes[0]?.error);
    });

  it('an empty pack as none', async () => {
    const { pushes } = await playLive({ energy_left: 0, total_pack_energy: 1 });
    assert.equal('battery_energy_kwh' in (pushes[0]?.siteMeters ?? {}), false);
    assert.equal(pushes[0]?.siteMeters?.['battery_soc'], 0.615);
  });

  for (const percentage_charged of [null, 'full', -1, 101])
    it(`a state of charge of ${percentage_charged} as none, and the rest as it is`, async () => {
      const { battery_soc: _, ...rest } = pushed;
      assert.deepEqual((await playLive({ percentage_charged })).pushes[0]?.siteMeters, rest);
    });
});

describe('Tesla is not understood', () => {
  const rows: [string, Answer][] = [
    ['without grid and load', status({ grid_power: null, load_power: null })],
    ['with solar power alone', { json: { response: { solar_power: 4200, timestamp: measuredAt } } }],
    ['with the load alone, and neither grid nor battery', status({ grid_power: null, battery_power: null })],
    ['without time of measurement', status({ timestamp: null })],
    ['with a power that is no number', status({ battery_power: 'charging' })],
    ['without response', { json: { response: null, error: '', error_description: '' } }],
    ['with a text as response', { json: { response: 'asleep' } }],
    ['with a list as response', { json: { response: [] } }],
  ];
  for (const [what, answer] of rows)
    it(what, async () => {
      const { report } = await play([...logIn, live(answer)]);
      assert.equal(report.kind, 'bad-response', report.error);
    });
});

describe('over several polls, Tesla', () => {
  const dark = { solar_power: 0, battery_power: 780, grid_power: 0, load_power: 780 };

  it('gives no consumption while battery and load are lacking, and all of it when they are back', async () => {
    const { pushes } = await playLive({}, { battery_power: null, load_power: null }, {});
    const { battery_discharge_kw: _, consumption_kw: __, ...rest } = pushed;
    assert.deepEqual(pushes[1]?.siteMeters, rest);
    assert.deepEqual(pushes[2]?.siteMeters, pushed);
  });

  for (const [since, ...answers] of [
    ['from the first answer on', { solar_power: null }],
    ['after it was there', {}, { solar_power: null }],
  ] as const)
    it(`tells grid and battery while the solar power is lacking ${since}`, async () => {
      const { pushes, report } = await playLive(...answers);
      const { production_kw: _, consumption_kw: __, ...rest } = pushed;
      assert.deepEqual(pushes.at(-1)?.siteMeters, rest);
      assert.match(JSON.stringify(report.warnings), /solar production/);
    });

  it('does not take a generator for none that ran before, but what the load leaves', async () => {
    const running = { ...dark, battery_power: -500, load_power: 1500, generator_power: 2000 };
    const { pushes } = await playLive(running, { ...running, generator_power: null });
    assert.equal(pushes[1]?.siteMeters?.['net_import_kw'], 2);
    const unknown = await playLive(running, { ...running, generator_power: null, load_power: null });
    assert.equal(unknown.report.kind, 'bad-response', 'grid power alone would be too little');
  });

  const charges = async (everySeconds: number, ...percents: number[]) => {
    const at = (nth: number) => new Date(Date.parse(measuredAt) + nth * everySeconds * 1000).toISOString();
    const answers = percents.map((percentage_charged, nth) =>
      live(status({ ...dark, percentage_charged, timestamp: at(nth) })),
    );
    const played = await play([...logIn, ...answers], { ticks: percents.length, everySeconds });
    return { ...played, told: played.pushes.map(({ siteMeters }) => siteMeters?.['battery_soc']) };
  };

  it('is not believed a charge of 0 straight after more, and the powers stand', async () => {
    const { told, pushes, ...played } = await charges(60, 46.7, 0, 0, 46.5);
    assert.deepEqual(told, [0.467, undefined, undefined, 0.465]);
    assert.equal(pushes[1]?.siteMeters?.['battery_discharge_kw'], 0.78);
    const { told: _, ...second } = await charges(60, 46.7, 0);
    assert.match(notesOf(second), /0 %, and just before it was 47 %/);
    assert.equal(played.report.outcome, 'pushed');
  });

  it('is believed a charge of 0 that lasts for more than ten minutes', async () => {
    assert.deepEqual((await charges(300, 46.7, 0, 0, 0)).told, [0.467, undefined, undefined, 0]);
  });

  it('is believed a charge of 0 after one of 5 % or less', async () => {
    assert.deepEqual((await charges(60, 5, 0)).told, [0.05, 0]);
  });

  it('does not tell an energy of 0 with such a charge', async () => {
    const { pushes } = await playLive({}, { percentage_charged: 0, energy_left: 0 });
    assert.equal('battery_energy_kwh' in (pushes[1]?.siteMeters ?? {}), false);
  });

  it('is stale after ten minutes', async () => {
    const aged = (seconds: number) => new Date(Date.parse(now) - seconds * 1000).toISOString();
    assert.equal((await playLive({ timestamp: aged(590) })).report.outcome, 'pushed');
    assert.equal((await playLive({ timestamp: aged(610) })).report.kind, 'stale');
  });

  it('stays fresh until the next poll where the owner polls less often', async () => {
    const { report } = await play([...logIn, live()], {
      ...{ ticks: 15, everySeconds: 60, texts: { TESLA_POLL_SECONDS: '900' } },
    });
    assert.equal(report.sources[0]?.kind, undefined);
  });

  it('asks for the list of products once, and again an hour after a battery has shown itself that is not in it', async () => {
    const noBattery = [energySite(4711, { components: { ...components, battery: false } })];
    const later = { timestamp: new Date(Date.parse(now) + 3_600_000).toISOString() };
    const muchLater = { timestamp: new Date(Date.parse(now) + 7_200_000).toISOString() };
    const { pushes, ...played } = await play(
      [token(), products(noBattery), live(), live(status(later)), products(), live(status(muchLater))],
      { ticks: 3, everySeconds: 3600 },
    );
    assert.deepEqual(pathsOf(played), [
      ...['/oauth2/v3/token', '/api/1/products', livePath, livePath],
      ...['/api/1/products', livePath],
    ]);
    assert.equal(pushes[2]?.siteMeters?.['battery_discharge_kw'], -0.7);
    assert.deepEqual(pathsOf(await playLive({}, {}, {})).slice(1), ['/api/1/products', ...Array(3).fill(livePath)]);
  });
});

describe("Tesla's energy site", () => {
  const { energySiteId: _, ...unchosen } = settings;
  const empty = energySite(5, { components: { battery: false, solar: false, grid: false, load_meter: false } });
  const wallConnector = energySite(6, { resource_type: 'wall_connector' });
  const unnumbered = energySite('seven');
  const bare = energySite(8, { components: null });

  it('is the only one of the account, beside cars, empty sites and wall connectors', async () => {
    const listed = products([empty, wallConnector, energySite(4711), unnumbered, bare]);
    const { pushes } = await play([token(), listed, live()], { settings: unchosen });
    assert.deepEqual(pushes[0]?.siteMeters, pushed);
  });

  it('is the chosen one of several', async () => {
    const { pushes } = await play([token(), products([energySite(1), energySite(4711)]), live()]);
    assert.deepEqual(pushes[0]?.siteMeters, pushed);
  });

  const rows: [string, unknown[], Record<string, string>, RegExp][] = [
    [
      'none of several that nobody chose',
      [energySite(1), energySite(2)],
      unchosen,
      /TESLA_ENERGY_SITE_ID.*1 \(Site 1\), 2 \(Site 2\)/,
    ],
    [
      'not another one than the chosen',
      [energySite(1), energySite(2)],
      settings,
      /4711: set TESLA_ENERGY_SITE_ID to one of 1, 2/,
    ],
    ['none of an account without', [empty], unchosen, /shows no energy site/],
  ];
  for (const [what, listed, own, sentence] of rows)
    it(`is ${what}, and the list is not asked for each minute`, async () => {
      const { report, ...played } = await play([token(), products(listed)], { settings: own, ticks: 5 });
      assert.equal(report.kind, 'bad-response');
      assert.match(report.error ?? '', sentence);
      assert.equal(pathsOf(played).length, 2);
    });

  it('is another one when the setting is changed, with the same log-in', async (t) => {
    const other = { ...live(status({ solar_power: 0 })), path: '/api/1/energy_sites/1/live_status' };
    const { home, pushes } = await stage(t, [token(), products([energySite(1), energySite(4711)]), live(), other]);
    await home.tick();
    home.clock.advance(60);
    home.coldStart();
    await home.tick({ TESLA_ENERGY_SITE_ID: '1' });
    assert.deepEqual(
      pushes.map(({ siteMeters }) => siteMeters?.['production_kw']),
      [4.2, 0],
    );
  });

  it('can be chosen from all there are', async () => {
    const exchanges = [token(), products([energySite(1), energySite(4711)])];
    const found = await discover(tesla, { settings: unchosen, now, exchanges });
    assert.deepEqual(
      found?.['energySiteId']?.map(({ value, title }) => [value, title]),
      [
        ['1', 'Site 1'],
        ['4711', 'Site 4711'],
      ],
    );
  });
});

/** A home that is asked tick by tick. */
async function stage(t: { after(end: () => Promise<void>): void }, exchanges: Exchange[]) {
  const [vendor, chargeHq] = [await playConversation(exchanges), await playChargeHq()];
  const texts = settingTexts('tesla', { ...settings, baseUrl: vendor.url, authUrl: vendor.url });
  const home = openHome({
    adapters: [tesla],
    now,
    texts: { VENDOR: 'tesla', CHARGE_HQ_URL: `${chargeHq.url}/push`, ...texts },
  });
  t.after(async () => {
    for (const each of [home, vendor, chargeHq]) await each.close();
  });
  return { home, vendor, pushes: chargeHq.pushes };
}

describe("Tesla's token", () => {
  const expired: Answer = {
    status: 401,
    json: { response: null, error: 'token expired (401)', error_description: '' },
  };

  it('is renewed with the newest refresh token when it is refused, and the call is repeated', async () => {
    const second = [live(expired), token('refresh-2', given(2)), live(status({ solar_power: 0 }), 'access-2')];
    const { pushes, vendor } = await play([...logIn, live(), ...second], { ticks: 2 });
    assert.deepEqual(vendor.misses, []);
    assert.equal(pushes[1]?.siteMeters?.['production_kw'], 0);
  });

  it('is renewed once, and then the owner is told', async () => {
    const { report, vendor } = await play(
      [...logIn, live(), live(expired), token('refresh-2', given(2)), live(expired, 'access-2')],
      { ticks: 2 },
    );
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /npm run connect -- tesla/);
    assert.equal(vendor.received.filter(({ path }) => path === '/oauth2/v3/token').length, 2);
  });

  it('is not renewed where the owner has switched off mobile access', async () => {
    const refusal = { status: 401, json: { response: null, error: 'mobile_access_disabled' } };
    const { report, ...played } = await play([...logIn, live(), live(refusal)], { ticks: 2 });
    assert.match(report.error ?? '', /mobile access/);
    assert.deepEqual(pathsOf(played).slice(-2), [livePath, livePath]);
  });

  for (const [minutesLeft, isRenewed] of [
    [6, false],
    [4, true],
  ] as const)
    it(`is ${isRenewed ? '' : 'not '}renewed ${minutesLeft} minutes before its end`, async () => {
      const later = live(
        status({ timestamp: new Date(Date.parse(now) + (28_800 - minutesLeft * 60) * 1000).toISOString() }),
        isRenewed ? 'access-2' : 'access-1',
      );
      const renewal = isRenewed ? [token('refresh-2', given(2))] : [];
      const played = await play([...logIn, live(), ...renewal, later], {
        ...{ ticks: 2, everySeconds: 28_800 - minutesLeft * 60 },
      });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.equal(pathsOf(played).filter((path) => path === '/oauth2/v3/token').length, isRenewed ? 2 : 1);
    });

  it('that is refused at its renewal needs a new consent, and no loop asks for it', async () => {
    const refused = { status: 401, json: { error: 'login_required', error_description: 'Login required' } };
    const { report, ...played } = await play([token('first-refresh-token', refused)], { ticks: 20 });
    assert.equal(report.kind, 'auth');
    assert.match(report.error ?? '', /login_required.*npm run connect -- tesla.*TESLA_CLIENT_ID/);
    assert.equal(pathsOf(played).length, 1);
  });

  it('is kept when the region is changed', async (t) => {
    const { home, vendor } = await stage(t, [...logIn, live()]);
    await home.tick();
    home.clock.advance(60);
    home.coldStart();
    assert.equal((await home.tick({ TESLA_REGION: 'eu' })).outcome, 'pushed');
    assert.equal(vendor.received.filter(({ path }) => path === '/oauth2/v3/token').length, 1);
  });

  it('of a reseller is used as it is, and never renewed', async () => {
    const own = { accessToken: 'token-of-a-reseller', energySiteId: '4711' };
    const answers = [products(undefined, own.accessToken), live(status(), own.accessToken)];
    const { pushes, ...played } = await play(answers, { settings: own });
    assert.deepEqual(pushes[0]?.siteMeters, pushed);
    assert.deepEqual(pathsOf(played), ['/api/1/products', livePath]);
    const refused = await play([products(undefined, own.accessToken), live(expired, own.accessToken)], {
      settings: own,
    });
    assert.equal(refused.report.kind, 'auth');
    assert.match(refused.report.error ?? '', /TESLA_ACCESS_TOKEN/);
    assert.equal(pathsOf(refused).includes('/oauth2/v3/token'), false);
    const scopes = { status: 403, json: { response: null, error: 'Unauthorized missing scopes' } };
    const barred = await play([products(undefined, own.accessToken), live(scopes, own.accessToken)], {
      settings: own,
    });
    assert.match(barred.report.error ?? '', /TESLA_ACCESS_TOKEN/);
  });
});

describe('an account of another region of Tesla', () => {
  const elsewhere: Answer = {
    status: 421,
    json: { response: null, error: 'user out of region', error_description: '' },
  };
  const region = (answer: Answer): Exchange => ({ path: '/api/1/users/region', answer });
  const told = (address: string) => region({ json: { response: { region: 'eu', fleet_api_base_url: address } } });

  it('is found by what the refusing host says, and remembered', async (t) => {
    const right = await playConversation([products(), live()]);
    t.after(() => right.close());
    const refusing = { ...products(), answer: elsewhere };
    const { report, ...played } = await play([token(), refusing, told(`${right.url}/`)], { ticks: 2 });
    assert.equal(report.outcome, 'pushed', report.error);
    assert.deepEqual(pathsOf(played), ['/oauth2/v3/token', '/api/1/products', '/api/1/users/region']);
    assert.deepEqual(pathsOf({ vendor: right }), ['/api/1/products', livePath, livePath]);
  });

  it('is asked for at the host of another region once the owner has set that', async (t) => {
    const there = { ...products(), path: '/there/api/1/products' };
    const refusing = { ...products(), answer: elsewhere };
    const first = { ...live(), path: `/there${livePath}` };
    const { home, vendor } = await stage(t, [token(), refusing, told('{server}/there'), there, first, live()]);
    await home.tick();
    home.clock.advance(60);
    home.coldStart();
    await home.tick({ TESLA_REGION: 'eu' });
    assert.deepEqual(pathsOf({ vendor }).slice(-2), [`/there${livePath}`, livePath]);
  });

  it('that has moved is found again', async (t) => {
    const right = await playConversation([
      { ...live(), answer: elsewhere },
      told('{server}/new'),
      { ...live(), path: `/new${livePath}` },
    ]);
    t.after(() => right.close());
    const refusing = { ...products(), answer: elsewhere };
    const there = { ...products(), path: '/there/api/1/products' };
    const first = { ...live(), path: `/there${livePath}` };
    const gone = { ...first, answer: elsewhere };
    const back = { ...told(right.url), path: '/there/api/1/users/region' };
    const ended = await play([token(), refusing, told('{server}/there'), there, first, gone, back], { ticks: 2 });
    assert.equal(ended.report.kind, 'bad-response');
    assert.deepEqual(pathsOf(ended).slice(-2), [`/there${livePath}`, '/there/api/1/users/region']);
    assert.deepEqual(pathsOf({ vendor: right }), [livePath]);
  });

  it('is tried in every other region where the region cannot be told', async () => {
    const asked: string[] = [];
    const json = { response: [energySite(4711)] };
    const right = 'https://fleet-api.prd.cn.vn.cloud.tesla.cn';
    const http = {
      extend: () => http,
      async send(_method: string, address: string) {
        asked.push(address);
        return address.startsWith(right)
          ? { status: 200, json: (schema: z.ZodMiniType) => schema.parse(json) }
          : { status: 421 };
      },
    };
    const session = { value: { token: 'access-1', refreshToken: 'refresh-2' } };
    const context = { settings: { region: 'na' }, settingName: String, state: {}, now: 0, http, session };
    await tesla.discover?.(context as unknown as Parameters<NonNullable<typeof tesla.discover>>[0]);
    assert.deepEqual(asked, [
      '/api/1/products',
      '/api/1/users/region',
      'https://fleet-api.prd.eu.vn.cloud.tesla.com/api/1/products',
      `${right}/api/1/products`,
    ]);
    assert.deepEqual(context.state, { home: { region: 'na', address: right } });
  });

  it('is not looked for at an address without encryption', async () => {
    const refusing = { ...products(), answer: elsewhere };
    const { report } = await play([token(), refusing, told('http://fleet.example.com')]);
    assert.equal(report.kind, 'bad-response');
  });

  it('is not looked for elsewhere with the token of a reseller, and not each minute', async () => {
    const own = { accessToken: 'token-of-a-reseller' };
    const refusing = { ...products(undefined, own.accessToken), answer: elsewhere };
    const { report, ...played } = await play([refusing, region(elsewhere)], { settings: own, ticks: 5 });
    assert.equal(report.kind, 'bad-response');
    assert.match(report.error ?? '', /TESLA_REGION/);
    assert.deepEqual(pathsOf(played), ['/api/1/products', '/api/1/users/region']);
  });
});

describe("Tesla's refusals", () => {
  const rows: [number, string, FailureKind, RegExp?][] = [
    [400, 'invalid_request', 'auth'],
    [401, 'mobile_access_disabled', 'auth', /mobile access/],
    [402, 'Payment is required in order to use the API', 'auth', /billing/],
    [403, 'Unauthorized missing scopes', 'auth', /energy_device_data/],
    [404, 'not_found', 'bad-response', /TESLA_ENERGY_SITE_ID/],
    [408, 'vehicle unavailable', 'offline'],
    [412, 'account must be registered', 'auth', /regist/],
    [423, 'locked', 'auth'],
    [429, 'rate limited', 'rate-limited'],
    [451, 'legal', 'auth'],
    [500, 'upstream internal error', 'unavailable'],
    [503, 'service unavailable', 'unavailable'],
    [504, 'gateway', 'unavailable'],
    [540, 'device unexpected response', 'unavailable'],
  ];
  for (const [code, error, kind, sentence = /Tesla/] of rows)
    it(`${code} ${error} is ${kind}, after one call`, async () => {
      const refusal = { status: code, json: { response: null, error, error_description: '' } };
      const { report, ...played } = await play([...logIn, live(refusal)]);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', sentence);
      assert.deepEqual(pathsOf(played), ['/oauth2/v3/token', '/api/1/products', livePath]);
    });

  it('an unknown site is looked for anew, ten minutes later', async () => {
    const later = live(status({ timestamp: new Date(Date.parse(now) + 600_000).toISOString() }));
    const { report, ...played } = await play([...logIn, live({ status: 404, json: {} }), products(), later], {
      ...{ ticks: 11, everySeconds: 60 },
    });
    assert.equal(report.outcome, 'pushed');
    assert.deepEqual(pathsOf(played), ['/oauth2/v3/token', ...Array(2).fill(['/api/1/products', livePath]).flat()]);
  });

  for (const [headers, seconds] of [
    [{ 'ratelimit-reset': '200' }, 200],
    [{ 'retry-after': '200', 'ratelimit-reset': '100' }, 200],
    [{}, 60],
  ] as const)
    it(`waits ${seconds} s after a 429 with ${JSON.stringify(headers)}`, async () => {
      const busy = live({ status: 429, headers, json: {} });
      for (const [everySeconds, calls] of [
        [seconds - 5, 1],
        [seconds + 5, 2],
      ] as const) {
        const played = await play([...logIn, busy, live()], { ticks: 2, everySeconds });
        assert.equal(pathsOf(played).filter((path) => path === livePath).length, calls, `after ${everySeconds} s`);
      }
    });
});
