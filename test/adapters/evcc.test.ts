import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evcc } from '../../functions/push-solar-data/adapters/evcc.ts';
import { authorization, conversation, home, login, now } from '../conversations/evcc.ts';
import type { Answer } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

const play = (answer: Answer, settings: Record<string, string> = {}, options = {}) =>
  playAdapter(evcc, { settings, now, exchanges: [{ path: '/api/state', answer }], ...options });
const siteMeters = async (document: unknown) => (await play({ json: document })).pushes[0]?.siteMeters;
const kind = async (document: unknown) => (await play({ json: document })).report.kind;

testAdapter(evcc, conversation);

describe('evcc, in the shape of each version,', () => {
  const flat = { gridPower: 300, gridEnergy: 88.5, pv: [{ power: 100 }], pvPower: 100, batteryPower: 450 };
  const meters = { production_kw: 0.1, net_import_kw: 0.3, battery_discharge_kw: 0.45, consumption_kw: 0.85 };
  const shapes: Record<string, unknown> = {
    'flat in a wrapper, batterySoC': { result: { ...flat, battery: [{}], batterySoC: 30 } },
    'flat in a wrapper, batterySoc': { result: { ...flat, battery: [{}], batterySoc: 30, batteryConfigured: true } },
    'a grid object in a wrapper': {
      result: { ...flat, gridPower: undefined, grid: { power: 300, energy: 88.5 }, battery: [{}], batterySoc: 30 },
    },
    'a grid object, no wrapper': {
      ...{ version: '0.207.0', pv: [{}], pvPower: 100, grid: { power: 300, energy: 88.5 } },
      ...{ battery: [{}], batteryPower: 450, batterySoc: 30 },
    },
    'a battery object, no wrapper': {
      ...{ version: '0.301.0', pv: [{}], pvPower: 100, grid: { power: 300, energy: 88.5 } },
      battery: { power: 450, soc: 30, devices: [{}] },
    },
  };
  for (const [shape, document] of Object.entries(shapes))
    it(`reads ${shape}`, async () => {
      assert.deepEqual(await siteMeters(document), { ...meters, battery_soc: 0.3, imported_kwh: 88.5 });
    });
});

describe('evcc without a battery', () => {
  const { battery: _, ...rest } = home;
  const without: Record<string, unknown> = {
    'no key': {},
    null: { battery: null, batteryPower: 0, batterySoc: 0 },
    'an empty list': { battery: [], batteryPower: 0, batterySoc: 0 },
    'a list that is not configured': { battery: [{ power: 0 }], batteryConfigured: false, batteryPower: 0 },
    'an object without devices': { battery: { power: 0, soc: 0, devices: [] } },
    'an object with null for devices': { battery: { power: 0, soc: 0, devices: null } },
  };
  for (const [what, battery] of Object.entries(without))
    it(`leaves it out for ${what}`, async () => {
      const meters = await siteMeters({ ...rest, ...(battery as object) });
      assert.equal(meters?.['consumption_kw'], 1.35);
      assert.equal(meters && ('battery_discharge_kw' in meters || 'battery_soc' in meters), false);
    });
});

it('leaves out a state of charge that is null, and keeps the power', async () => {
  const meters = await siteMeters({ ...home, battery: { power: 300, soc: null, devices: [{}] } });
  assert.equal(meters?.['battery_discharge_kw'], 0.3);
  assert.equal(meters && 'battery_soc' in meters, false);
});

it('knows no consumption beside a battery without a power, which would move the balance', async () => {
  const known = { production_kw: 2.25, net_import_kw: -0.9, imported_kwh: 512.25, exported_kwh: 733.5 };
  const expected = { ...known, battery_soc: 0.5 };
  assert.deepEqual(await siteMeters({ ...home, battery: { power: null, soc: 50, devices: [{}] } }), expected);
  assert.deepEqual(await siteMeters({ ...home, battery: [{}], batterySoc: 50 }), expected);
  assert.deepEqual(await siteMeters({ ...home, battery: { devices: [{}] } }), known);
});

it('does not take a charge that no battery tells for an empty battery', async () => {
  const charge = async (device: object) =>
    (await siteMeters({ ...home, battery: { power: 640, soc: 0, devices: [device] } }))?.['battery_soc'];
  assert.equal(await charge({ power: 640 }), undefined);
  assert.equal(await charge({ power: 640, soc: 0 }), 0);
  const listed = async (device: object) =>
    (await siteMeters({ ...home, battery: [device], batteryPower: 640, batterySoc: 0 }))?.['battery_soc'];
  assert.equal(await listed({ power: 640 }), undefined);
  assert.equal(await listed({ power: 640, soc: 0 }), 0);
});

it('misses a battery that was there a minute ago', async () => {
  const exchanges = [home, { ...home, battery: null }].map((json) => ({ path: '/api/state', answer: { json } }));
  const { pushes, report } = await playAdapter(evcc, { settings: {}, now, exchanges, ticks: 2 });
  const { consumption_kw, net_import_kw } = pushes[1]?.siteMeters ?? {};
  assert.deepEqual([consumption_kw, net_import_kw], [undefined, -0.9]);
  assert.match(JSON.stringify(report.warnings), /battery power/);
});

describe('evcc with empty registers of the grid meter', () => {
  for (const [what, grid] of Object.entries({
    'hundredths beside a power of 0': { power: 0, energy: 21474836.47, returnEnergy: 21474836.47 },
    'tenths, rounded, of the export alone': { power: -900, energy: 512.25, returnEnergy: 214748365 },
    'whole and negative': { power: -900, energy: -2147483647 },
  }))
    it(`is not believed where they are ${what}`, async () => {
      assert.equal(await kind({ ...home, grid }), 'bad-response');
    });

  it('is believed where they are of the battery or of PV, and just started while it starts', async () => {
    const battery = { ...home.battery, energy: 21474836.47 };
    assert.deepEqual(await siteMeters({ ...home, battery }), conversation.push.siteMeters);
    const starting = { ...home, startupCompleted: false, grid: { power: 0, energy: 21474836.47 } };
    assert.equal(await kind(starting), 'unavailable');
  });
});

it('takes a PV meter below 0 as evcc does, and says which one it is', async () => {
  const pv = [{ power: 2250 }, { title: 'Barn', power: -1316 }, { title: 'Shed', power: -12 }];
  const { pushes, report } = await play({ json: { ...home, pv } });
  assert.deepEqual(pushes[0]?.siteMeters, conversation.push.siteMeters);
  assert.match(JSON.stringify(report), /Barn shows -1316 W/);
  assert.doesNotMatch(JSON.stringify(report), /Shed/);
});

it('demands only what the owner takes', async () => {
  const taken = async (take: string, document: unknown) =>
    (await play({ json: document }, {}, { texts: { EVCC_TAKE: take } })).pushes[0]?.siteMeters;
  assert.deepEqual(await taken('battery', { ...home, pv: [], grid: null }), {
    ...{ battery_discharge_kw: -0.6, battery_soc: 0.475 },
  });
  assert.deepEqual(await taken('production', { ...home, grid: { power: null } }), { production_kw: 2.25 });
});

it('leaves out a counter that evcc drops', async () => {
  const meters = await siteMeters({ ...home, grid: { power: -900 } });
  assert.equal(meters && ('imported_kwh' in meters || 'exported_kwh' in meters), false);
});

it('never uses the grid that evcc makes up where there is no grid meter', async () => {
  const grid = { power: -2250, energy: 1, returnEnergy: 2 };
  assert.deepEqual(await siteMeters({ ...home, gridConfigured: false, gridPower: -2250, gridEnergy: 1, grid }), {
    production_kw: 2.25,
    battery_discharge_kw: -0.6,
    battery_soc: 0.475,
  });
});

describe('evcc that has just started', () => {
  for (const [what, changed] of Object.entries({
    'says so': { startupCompleted: false },
    'has no grid yet': { grid: null },
    'has a grid without power': { grid: { power: null } },
    'says nothing of grid and PV': { grid: undefined, pv: [] },
    'has no grid and an old flat null': { grid: undefined, gridPower: null },
  }))
    it(`is unavailable while it ${what}`, async () => {
      assert.equal(await kind({ ...home, ...changed }), 'unavailable');
    });
});

describe('evcc without a PV meter', () => {
  for (const [what, pv] of Object.entries({ missing: undefined, null: null, empty: [] }))
    it(`is refused where pv is ${what}`, async () => {
      const { report } = await play({ json: { ...home, pv, pvPower: 900 } });
      assert.equal(report.kind, 'bad-response');
      assert.match(report.error ?? '', /no PV meter/);
    });

  it('is believed where an old version says that PV is configured', async () => {
    assert.equal((await siteMeters({ ...home, pv: undefined, pvConfigured: true }))?.['production_kw'], 2.25);
  });

  it('knows no production where its power is missing', async () => {
    const { pushes, report } = await play({ json: { ...home, pvPower: null } });
    const { production_kw, consumption_kw, net_import_kw } = pushes[0]?.siteMeters ?? {};
    assert.deepEqual([production_kw, consumption_kw, net_import_kw], [undefined, undefined, -0.9]);
    assert.match(JSON.stringify(report.warnings), /solar production/);
  });
});

describe('evcc with a PV power of 0', () => {
  const dark = (grid: number, battery: number, pvPower = 0) => ({
    ...home,
    pvPower,
    grid: { power: grid },
    battery: { power: battery, soc: 50, devices: [{}] },
  });

  it('is not believed while the home exports more than 200 W beyond the battery', async () => {
    assert.equal(await kind(dark(-201, 0)), 'bad-response');
    assert.equal(await kind(dark(100, -301)), 'bad-response');
  });

  it('is believed up to 200 W, at night, and while the battery feeds the grid', async () => {
    assert.equal(await kind(dark(-200, 0)), undefined);
    assert.equal(await kind(dark(400, 0)), undefined);
    assert.equal(await kind(dark(-2000, 2500)), undefined);
  });

  it('passes on a negative consumption with any other PV power, for an inverter that evcc does not see', async () => {
    assert.equal((await siteMeters(dark(-1000, 0, 1.85)))?.['consumption_kw'], -0.998);
  });
});

describe('evcc and its log-in', () => {
  it('sends no authorization without a user name', async () => {
    const { vendor } = await play({ json: home });
    assert.equal(vendor.received[0]?.headers.authorization, undefined);
  });

  it('sends the headers of a tunnel, whose authorization stands where there is no user name', async () => {
    const extraHeaders = '{"X-Tunnel":"opensesame","Authorization":"Bearer of-the-tunnel"}';
    const tunnelled = await play({ json: home }, { extraHeaders });
    assert.equal(tunnelled.vendor.received[0]?.headers['x-tunnel'], 'opensesame');
    assert.equal(tunnelled.vendor.received[0]?.headers.authorization, 'Bearer of-the-tunnel');
    const both = await play({ json: home }, { extraHeaders, ...login });
    assert.equal(both.vendor.received[0]?.headers.authorization, authorization);
  });

  for (const [what, settings, name] of [
    ['a user name without password', { username: 'bridge' }, /EVCC_PASSWORD is missing/],
    ['a password without user name', { password: 'twenty-letters-of-it' }, /EVCC_USERNAME is missing/],
    ['headers that are not JSON', { extraHeaders: 'X-Tunnel: a' }, /EVCC_EXTRA_HEADERS must be/],
    ['a header that cannot be sent', { extraHeaders: '{"X Tunnel":"a"}' }, /EVCC_EXTRA_HEADERS must be/],
    ['no address', { baseUrl: '' }, /EVCC_BASE_URL is missing/],
    [
      'an address of the home itself',
      { baseUrl: 'http://192.168.1.5:7070' },
      /^EVCC_BASE_URL must be an address that begins with https:\/\/, and this one is known only inside your home\./,
    ],
  ] as [string, Record<string, string>, RegExp][])
    it(`asks nobody with ${what}`, async () => {
      const { report, vendor } = await play({ json: home }, settings);
      assert.equal(report.kind, 'settings');
      assert.match(report.error ?? '', name);
      assert.equal(vendor.received.length, 0);
    });
});

describe('evcc refuses', () => {
  const realm = { 'www-authenticate': 'Basic realm="evcc"' };
  const rows: [string, Answer, string, RegExp][] = [
    [
      'a deleted remote client',
      { status: 401, headers: realm, text: 'Unauthorized\n' },
      'auth',
      /remote access of evcc/,
    ],
    ['the log-in of a proxy', { status: 401, text: 'no' }, 'auth', /proxy in front of evcc/],
    ['a caller at the proxy', { status: 403, text: 'no' }, 'auth', /proxy in front of evcc/],
    ['a wrong address', { status: 404, text: '<html>not here</html>' }, 'bad-response', /EVCC_BASE_URL/],
    ['a redirect to a log-in', { status: 302, headers: { location: '/login' } }, 'bad-response', /not followed/],
    ['while the tunnel is down', { status: 502, text: 'Bad gateway' }, 'unavailable', /502/],
    ['with a page of the tunnel', { status: 530, text: '<html>' }, 'unavailable', /530/],
    ['with something else', { json: { error: 'no' } }, 'bad-response', /not the state of evcc/],
    ['with an empty wrapper', { json: { result: null } }, 'bad-response', /not the state of evcc/],
  ];
  for (const [what, answer, wanted, sentence] of rows)
    it(`${what}: ${wanted}`, async () => {
      const { report } = await play(answer, login);
      assert.equal(report.kind, wanted);
      assert.match(report.error ?? '', sentence);
    });

  it('waits two minutes while failed log-ins block the remote access', async () => {
    const blocked = { status: 429, text: 'Too many failed login attempts. Try again in 1 minute.\n' };
    const calls = async (everySeconds: number) =>
      (await play(blocked, login, { ticks: 2, everySeconds })).vendor.received.length;
    assert.equal(await calls(110), 1);
    assert.equal(await calls(125), 2);
  });
});
