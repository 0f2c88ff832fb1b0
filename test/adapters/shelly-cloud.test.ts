import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shellyCloud } from '../../functions/push-solar-data/adapters/shelly-cloud.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';
import {
  account,
  clamps,
  conversation,
  emeter,
  gridAndRoof,
  house,
  listed,
  meter,
  now,
  plug,
  type Status,
  type Statuses,
  secondsAgo,
  stated,
  three,
  threePhases,
  v1,
  v2,
} from '../conversations/shelly-cloud.ts';
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { apiKey, playAdapter, settingTexts } from '../support/home.ts';
import { assertReported, testAdapter } from './test-adapter.ts';

const play = (settings: Record<string, string>, exchanges: Exchange[], options = {}) =>
  playAdapter(shellyCloud, { settings: { ...account, ...settings }, now, exchanges, ...options });
const playV2 = (settings: Record<string, string>, statuses: Statuses, options = {}) =>
  play(settings, [v2({ json: listed(statuses) })], options);
const metersOf = async (settings: Record<string, string>, statuses: Statuses) => {
  const { pushes, report } = await playV2(settings, statuses);
  assert.equal(report.outcome, 'pushed', report.error);
  return pushes[0]?.siteMeters ?? {};
};

testAdapter(shellyCloud, conversation);

describe('power of a component', () => {
  const cases: [what: string, component: string, status: Status, kw: number][] = [
    ['em is the signed sum of three phases', 'em:0', threePhases(900, -2000.4, 100, -1000.4), -1],
    ['em1 is signed', 'em1:2', { 'em1:0': meter(1), 'em1:2': meter(-420) }, -0.42],
    ['pm1 is signed', 'pm1:0', { 'pm1:0': { apower: -75.2, aenergy: { total: 5 } } }, -0.075],
    ['switch', 'switch:1', { 'switch:0': { apower: 1 }, 'switch:1': { apower: 640.4, output: true } }, 0.64],
    ['emeters is signed, and counted from 0', 'emeters:1', { emeters: [emeter(1), emeter(-880)] }, -0.88],
    ['meters', 'meters:0', { meters: [{ power: 31.7, is_valid: true, total: 60_000, timestamp: 1 }] }, 0.032],
    ['a figure as text', 'em1:0', { 'em1:0': meter('123.4') }, 0.123],
    ['an error beside a figure', 'em:0', { 'em:0': { total_act_power: 50, errors: ['phase_sequence'] } }, 0.05],
  ];
  for (const [what, component, status, kw] of cases)
    it(what, async () => {
      const plain = await metersOf({ batteryDischarge: `${three}/${component}` }, { [three]: status });
      assert.deepEqual(plain, { battery_discharge_kw: kw });
      const inverted = await metersOf({ batteryDischarge: `-${three}/${component}` }, { [three]: status });
      assert.deepEqual(inverted, { battery_discharge_kw: -kw });
    });

  it('adds up the components of a list, each with its own sign', async () => {
    const statuses = { [clamps]: house, [plug]: { meters: [{ power: 100, is_valid: true }] } };
    const production = `-${clamps}/em1:1, ${plug}/meters:0`;
    assert.deepEqual(await metersOf({ production }, statuses), { production_kw: 3 });
  });
});

describe('figures of a home', () => {
  it('with the grid alone, nothing else is known', async () => {
    assert.deepEqual(await metersOf({ netImport: `${three}/em:0` }, { [three]: threePhases(1, 2, 3, 6) }), {
      net_import_kw: 0.006,
    });
  });

  it('a clamp on the whole home gives the production, where the grid is measured', async () => {
    const statuses = { [clamps]: { 'em1:0': meter(-500), 'em1:1': meter(1200) } };
    const { production_kw } = await metersOf(
      { netImport: `${clamps}/em1:0`, consumption: `${clamps}/em1:1` },
      statuses,
    );
    assert.equal(production_kw, 1.7);
  });

  it('the standby of an inverter at night stays negative', async () => {
    const night = { ...house, 'em1:0': meter(310), 'em1:1': meter(8) };
    const { production_kw, consumption_kw } = await metersOf(gridAndRoof, { [clamps]: night });
    assert.deepEqual([production_kw, consumption_kw], [-0.008, 0.302]);
  });

  it('a battery charges with a negative sign, and the home still balances', async () => {
    const settings = { ...gridAndRoof, batteryDischarge: `-${three}/pm1:0` };
    const meters = await metersOf(settings, { [three]: { 'pm1:0': { apower: 600 } }, [clamps]: house });
    assert.equal(meters['battery_discharge_kw'], -0.6);
    assert.equal(meters['consumption_kw'], 0.8);
  });
});

describe('counters', () => {
  const counted = { [clamps]: house, [three]: { ...threePhases(1, 1, 1, 3), emeters: [emeter(5), emeter(6)] } };
  const cases: [what: string, netImport: string, imported?: number, exported?: number][] = [
    ['of a single clamp on the grid', `${clamps}/em1:1`, 0.9, 5200],
    ['of a single Gen1 clamp', `${three}/emeters:1`, 2000, 300],
    ['swap with the sign', `-${clamps}/em1:0`, 2600, 4100],
    ['of a Gen1 clamp swap with the sign', `-${three}/emeters:0`, 300, 2000],
    ['of three phases are left out', `${three}/em:0`],
    ['of several clamps are left out', `${three}/emeters:0,${three}/emeters:1`],
  ];
  for (const [what, netImport, imported, exported] of cases)
    it(what, async () => {
      const { imported_kwh, exported_kwh } = await metersOf({ netImport }, counted);
      assert.deepEqual([imported_kwh, exported_kwh], [imported, exported]);
    });

  it('of plugs and channels are left out, since they hold something else', async () => {
    const status = {
      'pm1:0': { apower: 1, aenergy: { total: 1 }, ret_aenergy: { total: 1 } },
      'switch:0': { apower: 1, aenergy: { total: 1 } },
      meters: [{ power: 1, is_valid: true, total: 60_000 }],
    };
    for (const component of ['pm1:0', 'switch:0', 'meters:0'])
      assert.deepEqual(await metersOf({ netImport: `${three}/${component}` }, { [three]: status }), {
        net_import_kw: 0.001,
      });
  });

  it('of a clamp that is not on the grid are left out', async () => {
    assert.deepEqual(await metersOf({ production: `-${clamps}/em1:1` }, { [clamps]: house }), { production_kw: 2.9 });
  });

  it('that are no number are left out, without harm to the power', async () => {
    const status = { 'em1:0': meter(20), 'em1data:0': { total_act_energy: 'much', total_act_ret_energy: 7000 } };
    assert.deepEqual(await metersOf({ netImport: `${clamps}/em1:0` }, { [clamps]: status }), {
      net_import_kw: 0.02,
      exported_kwh: 7,
    });
  });

  it('that are missing stay missing, without harm to the power', async () => {
    const status = { 'em1:0': meter(20), 'em1data:0': { total_act_energy: null, total_act_ret_energy: 7000 } };
    assert.deepEqual(await metersOf({ netImport: `${clamps}/em1:0` }, { [clamps]: status }), {
      net_import_kw: 0.02,
      exported_kwh: 7,
    });
    assert.deepEqual(await metersOf({ netImport: `${clamps}/em1:0` }, { [clamps]: { 'em1:0': meter(20) } }), {
      net_import_kw: 0.02,
    });
  });
});

describe('a meter without a figure', () => {
  const failed = ['power_meter_failure'];
  const cases: [what: string, component: string, status: Status, kind: 'offline' | 'bad-response', tells: RegExp][] = [
    ['null power', 'em1:0', { 'em1:0': meter(null, { errors: failed }) }, 'offline', /em1:0.*power_meter_failure/],
    ['null power of a relay', 'switch:0', { 'switch:0': { apower: null } }, 'offline', /switch:0/],
    ['no power, but an error', 'pm1:0', { 'pm1:0': { errors: failed } }, 'offline', /power_meter_failure/],
    [
      'one phase of three missing',
      'em:0',
      { 'em:0': { a_act_power: 5, b_act_power: null, c_act_power: 5, total_act_power: 10, b_errors: failed } },
      'offline',
      /power_meter_failure/,
    ],
    ['Gen1 clamp not valid', 'emeters:0', { emeters: [emeter(300, { is_valid: false })] }, 'offline', /emeters:0/],
    ['Gen1 clamp of unknown validity', 'emeters:0', { emeters: [{ power: 300 }] }, 'offline', /emeters:0/],
    ['Gen1 plug not valid', 'meters:0', { meters: [{ power: 0, is_valid: false }] }, 'offline', /meters:0/],
    ['another profile', 'em:0', { ...house, sys: {} }, 'bad-response', /no 3e3e3e000003\/em:0.*It has em1:0, em1:1$/],
    ['a clamp too many', 'emeters:2', { emeters: [emeter(1), emeter(2)] }, 'bad-response', /emeters:0, emeters:1$/],
    ['another device', 'em1:0', { 'cover:0': {}, inputs: [{}] }, 'bad-response', /It has cover:0, inputs:0$/],
    ['an empty status', 'em1:0', {}, 'bad-response', /It has nothing$/],
    ['a relay without meter', 'switch:0', { 'switch:0': { output: true } }, 'bad-response', /not a meter/],
    ['words for power', 'em1:0', { 'em1:0': meter('much') }, 'bad-response', /act_power/],
  ];
  for (const [what, component, status, kind, tells] of cases)
    it(`${what}: ${kind}, and the other meters do not make up for it`, async () => {
      const production = `${plug}/meters:0,${three}/${component}`;
      const statuses = { [plug]: { meters: [{ power: 700, is_valid: true }] }, [three]: status };
      const played = await playV2({ production }, statuses);
      assertReported(played, [kind], [account.authKey]);
      assert.match(played.report.error ?? '', tells);
    });
});

describe('devices', () => {
  it('are listed inside an object for older accounts', async () => {
    const { pushes } = await play(gridAndRoof, [v2({ json: { isok: true, data: listed({ [clamps]: house }) } })]);
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
  });

  it('are known by their ids, in whatever order and letters they come', async () => {
    const settings = { netImport: `${clamps.toUpperCase()}/EM1:0`, production: `${three}/em:0` };
    const answer = listed({ [three]: threePhases(1, 1, 1, 3000), [clamps.toUpperCase()]: house });
    const { pushes, vendor } = await play(settings, [v2({ json: answer })]);
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
    assert.equal(pushes[0]?.siteMeters?.['production_kw'], 3);
    assert.deepEqual(vendor.received[0]?.body, { ids: [clamps, three], select: ['status'] });
  });

  it('are asked for once, whatever the number of their components', async () => {
    const { vendor } = await playV2(gridAndRoof, { [clamps]: house });
    assert.deepEqual(
      vendor.received.map(({ body }) => body),
      [{ ids: [clamps], select: ['status'] }],
    );
  });

  it('that the account does not know are named', async () => {
    const played = await playV2({ ...gridAndRoof, batteryDischarge: `${three}/em:0` }, { [clamps]: house });
    assertReported(played, ['bad-response'], [account.authKey]);
    assert.match(played.report.error ?? '', /3e3e3e000003.*server/);
  });

  it('that are not connected are named, and their last figures not used', async () => {
    for (const exchanges of [[v2({ json: listed({ [clamps]: house }, 0) })], [v1(clamps, stated(house, false))]]) {
      const apiVersion = exchanges[0]?.path === '/device/status' ? 'v1' : 'v2';
      const played = await play({ ...gridAndRoof, apiVersion }, exchanges);
      assertReported(played, ['offline'], [account.authKey]);
      assert.match(played.report.error ?? '', new RegExp(clamps));
    }
  });

  it('are asked for by tens, with more than a second between', async () => {
    const ids = Array.from({ length: 11 }, (_, nth) => `abc0${nth}`);
    const production = ids.map((id) => `${id}/switch:0`).join(',');
    const answer = ({ body }: ReceivedRequest): Answer => {
      const asked = (body as { ids: string[] }).ids;
      return { json: listed(Object.fromEntries(asked.map((id) => [id, { 'switch:0': { apower: 100 } }]))) };
    };
    const { pushes, vendor, slept } = await play({ production }, [{ ...v2({}), answer }]);
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 1.1 });
    assert.deepEqual(
      vendor.received.map(({ body }) => (body as { ids: string[] }).ids),
      [ids.slice(0, 10), ids.slice(10)],
    );
    assert.deepEqual(slept, [1100]);
  });
});

describe('v1', () => {
  const settings = { ...gridAndRoof, batteryDischarge: `${plug}/meters:0`, apiVersion: 'V1' };
  const battery = { meters: [{ power: 50, is_valid: true }] };

  it('asks each device once, with more than a second between, and takes the older time', async () => {
    const [older, newer] = [secondsAgo(40), secondsAgo(5)];
    const { pushes, vendor, report, slept } = await play(settings, [
      { ...v1(clamps, {}), answer: stated({ ...house, _updated: newer._updated }) },
      { ...v1(plug, {}), answer: stated({ ...battery, _updated: older._updated }) },
    ]);
    assert.equal(report.outcome, 'pushed', report.error);
    assert.deepEqual(
      vendor.received.map(({ body }) => body),
      [clamps, plug].map((id) => ({ id, auth_key: account.authKey })),
    );
    assert.deepEqual(slept, [1100]);
    assert.deepEqual(pushes, [
      {
        apiKey,
        tsms: older.at,
        siteMeters: {
          production_kw: 2.9,
          net_import_kw: -1.5,
          consumption_kw: 1.45,
          battery_discharge_kw: 0.05,
          imported_kwh: 4100,
          exported_kwh: 2600,
        },
      },
    ]);
  });

  it('tells of a device without status', async () => {
    const answer = { json: { isok: true, data: { online: true, device_status: null } } };
    assertReported(await play({ ...gridAndRoof, apiVersion: 'v1' }, [v1(clamps, answer)]), ['bad-response'], []);
  });
});

describe('the time of measurement', () => {
  const production = `${plug}/meters:0`;
  const netImport = `${clamps}/em1:0`;
  const at = (seconds: number, watts: number) => ({
    ...secondsAgo(seconds),
    meters: [{ power: watts, is_valid: true, timestamp: 1_000_000_000 }],
    unixtime: 1_000_000_000,
    sys: { unixtime: 1_000_000_000 },
  });
  const told = async (roof: Status, grid: Status = {}, staleAfterSeconds?: string) => {
    const { report, pushes } = await playV2(
      { netImport, production, ...(staleAfterSeconds ? { staleAfterSeconds } : {}) },
      { [plug]: roof, [clamps]: { ...house, ...grid } },
    );
    return report.kind ?? pushes[0]?.tsms;
  };

  it('is the oldest of the devices, read as UTC', async () => {
    assert.equal(await told(at(60, 5), secondsAgo(20)), secondsAgo(60).at);
    assert.equal(await told(at(10, 5), secondsAgo(20)), secondsAgo(20).at);
  });

  it('is left out if a device has none, or none that can be read', async () => {
    assert.equal(await told(at(60, 5)), undefined);
    assert.equal(await told(at(60, 5), { _updated: 'yesterday' }), undefined);
    assert.equal(await told(at(60, 5), { _updated: '2026-13-01 12:00:00' }), undefined);
  });

  it('is never that of the clock in the device', async () => {
    const { pushes } = await playV2({ production }, { [plug]: { ...at(0, 5), _updated: undefined } });
    assert.deepEqual(pushes, [{ apiKey, siteMeters: { production_kw: 0.005 } }]);
  });

  it('makes a power stale after 15 minutes, but not the rest at 0', async () => {
    assert.equal(await told(at(900, 5), secondsAgo(20)), secondsAgo(900).at);
    assert.equal(await told(at(901, 5), secondsAgo(20)), 'stale');
    assert.equal(await told(at(901, -5), secondsAgo(20)), 'stale');
    assert.equal(await told(at(901, 5)), 'stale');
    assert.equal(await told(at(901, 0), secondsAgo(20)), undefined);
    assert.equal(await told(at(36_000, 0), secondsAgo(901)), 'stale');
    assert.equal(await told(at(20, 0), { ...secondsAgo(36_000), 'em1:0': meter(0) }), 'stale', 'a grid meter at 0');
  });

  it('is not asked of a device of which the owner takes nothing', async () => {
    const { pushes, vendor } = await playV2(
      { netImport, production },
      { [plug]: at(36_000, 5), [clamps]: house },
      { texts: { SHELLY_CLOUD_TAKE: 'grid' } },
    );
    assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
    assert.deepEqual(vendor.received[0]?.body, { ids: [clamps], select: ['status'] });
  });

  it('obeys the limit of the owner', async () => {
    assert.equal(await told(at(901, 5), secondsAgo(20), '1800'), secondsAgo(901).at);
    assert.equal(await told(at(101, 5), secondsAgo(20), '100'), 'stale');
  });

  it('cannot lie in the future', async () => {
    assert.equal(await told(at(-7200, 5), secondsAgo(-7200)), 'bad-response');
  });
});

describe('a refusal', { concurrency: true }, () => {
  const wrongKey = { isok: false, errors: { invalid_header: 'no', invalid_token: 'log in again' } };
  const tooFast = { isok: false, errors: { max_req: 'limit' } };
  const error = (code: string, ...messages: string[]) => ({ error: code, data: { messages } });
  const cases: [what: string, apiVersion: 'v1' | 'v2', answer: Answer, kind: 'auth' | 'offline' | 'bad-response'][] = [
    ['wrong key', 'v2', { status: 401, json: wrongKey }, 'auth'],
    ['401 without a code', 'v2', { status: 401, json: { isok: false } }, 'auth'],
    ['401 as a web page', 'v2', { status: 401, text: '<html>max_req</html>' }, 'auth'],
    ['400, wrong key', 'v2', { status: 400, json: wrongKey }, 'auth'],
    ['400, device offline', 'v2', { status: 400, json: error('DEVICE_OFFLINE') }, 'offline'],
    ['400, invalid mode', 'v2', { status: 400, json: error('DEVICE_INVALID_MODE', 'x') }, 'bad-response'],
    ['400, invalid channel', 'v2', { status: 400, json: error('DEVICE_INVALID_CHANNEL') }, 'bad-response'],
    ['400, no permissions', 'v2', { status: 400, json: error('BAD_REQUEST', 'no_permissions') }, 'bad-response'],
    ['400 as a web page', 'v2', { status: 400, text: '<html></html>' }, 'bad-response'],
    ['200, wrong key', 'v2', { json: wrongKey }, 'auth'],
    ['200, device offline', 'v2', { json: error('DEVICE_OFFLINE') }, 'offline'],
    ['wrong key', 'v1', { status: 401, json: wrongKey }, 'auth'],
    ['200, wrong key', 'v1', { json: { ...wrongKey, data: null } }, 'auth'],
    ['200, something else', 'v1', { json: { isok: false, errors: { device_not_found: 'x' } } }, 'bad-response'],
    ['200, nothing said', 'v1', { json: { isok: false } }, 'bad-response'],
    ['400, device offline', 'v1', { status: 400, json: error('DEVICE_OFFLINE') }, 'offline'],
  ];
  const refusedBy = (apiVersion: 'v1' | 'v2', answer: Answer) =>
    apiVersion === 'v1' ? v1(clamps, answer) : v2(answer);
  for (const [what, apiVersion, answer, kind] of cases)
    it(`${apiVersion}: ${what} is ${kind}`, async () => {
      const played = await play({ ...gridAndRoof, apiVersion }, [refusedBy(apiVersion, answer)]);
      assertReported(played, [kind], [account.authKey, encodeURIComponent(account.authKey)]);
      assert.equal(played.vendor.received.length, 1);
    });

  it('says what the vendor said, where the bridge knows no better', async () => {
    const { report } = await play(gridAndRoof, [v2({ status: 400, json: error('BAD_REQUEST', 'no_permissions') })]);
    assert.match(report.error ?? '', /BAD_REQUEST, no_permissions.*device ids/);
  });

  it('hides the key that a cloud echoes', async () => {
    const echo = { status: 400, json: error('BAD_REQUEST', `auth_key=${account.authKey}`) };
    assertReported(await play(gridAndRoof, [v2(echo)]), ['bad-response'], [account.authKey]);
  });

  for (const [apiVersion, status] of [
    ['v2', 401],
    ['v1', 401],
    ['v1', 200],
  ] as const)
    it(`${apiVersion}: as too fast with status ${status} is tried once more, two seconds later`, async () => {
      const good = apiVersion === 'v1' ? stated(house) : { json: listed({ [clamps]: house }) };
      const { pushes, vendor, slept } = await play({ ...gridAndRoof, apiVersion }, [
        refusedBy(apiVersion, { status, json: tooFast }),
        refusedBy(apiVersion, good),
      ]);
      assert.equal(pushes[0]?.siteMeters?.['net_import_kw'], -1.5);
      assert.equal(vendor.received.length, 2);
      assert.deepEqual(slept, [2000]);
    });

  it('as too fast twice is reported, and the next minute asks again', async () => {
    const busy = () => v2({ status: 401, json: tooFast });
    const { report, pushes, vendor } = await play(
      gridAndRoof,
      [busy(), busy(), v2({ json: listed({ [clamps]: house }) })],
      { ticks: 2 },
    );
    assert.match(pushes[0]?.error ?? '', /one request a second/);
    assert.equal(report.outcome, 'pushed');
    assert.equal(vendor.received.length, 3);
  });

  it('as too fast waits as long as Retry-After says', async () => {
    const busy = v2({ status: 401, headers: { 'retry-after': '600' }, json: tooFast });
    const played = await play(gridAndRoof, [busy], { ticks: 2, everySeconds: 590 });
    assertReported(played, ['rate-limited'], [account.authKey]);
    assert.equal(played.vendor.received.length, 2);
  });
});

describe('settings', () => {
  const open = (settings: Record<string, string>) =>
    openSite(
      {
        VENDOR: 'shelly-cloud',
        CHARGE_HQ_API_KEY: apiKey,
        ...settingTexts('shelly-cloud', { ...account, ...gridAndRoof, ...settings }),
      },
      { 'shelly-cloud': async () => shellyCloud },
    );

  for (const server of [
    'shelly-9-eu.shelly.cloud',
    'https://shelly-9-eu.shelly.cloud',
    'https://shelly-9-eu.shelly.cloud/',
    'http://shelly-9-eu.shelly.cloud:80',
    'shelly-9-eu.shelly.cloud:6022/',
  ])
    it(`take the server from ${server}, always with https`, async () => {
      assert.equal((await open({ server })).sources[0]?.baseUrl, 'https://shelly-9-eu.shelly.cloud');
    });

  it('let the general base URL win', async () => {
    const { sources } = await open({ baseUrl: 'https://relay.example.org' });
    assert.equal(sources[0]?.baseUrl, 'https://relay.example.org');
  });

  const wrong: [what: string, settings: Record<string, string>, tells: RegExp][] = [
    ['without any meter', { netImport: '', production: '' }, /SHELLY_CLOUD_NET_IMPORT or .*CONSUMPTION is missing/],
    ['with a server that is none', { server: 'the one in Europe' }, /SHELLY_CLOUD_SERVER must be a name/],
    ['without a component', { netImport: clamps }, /SHELLY_CLOUD_NET_IMPORT must name components/],
    ['with a component that is no meter', { netImport: `${clamps}/cover:0` }, /must name components/],
    ['without the number of a clamp', { production: `${clamps}/em1` }, /PRODUCTION must name components/],
    ['with one bad entry among good ones', { production: `${clamps}/em1:1,em1:2` }, /must name components/],
    ['with a component twice', { production: `${clamps}/em1:1,-${clamps.toUpperCase()}/em1:1` }, /once/],
    ['with an unknown version', { apiVersion: 'v3' }, /must be v2 or v1/],
  ];
  for (const [what, settings, tells] of wrong)
    it(`${what} are refused`, async () => {
      assert.match((await open(settings)).problems.join('\n'), tells);
    });
});

describe('Shelly Cloud finds to choose from', () => {
  const post = (path: string, form: Record<string, string>, data: object): Exchange => ({
    ...{ method: 'POST', path, form: { auth_key: account.authKey, ...form } },
    answer: { json: { isok: true, data } },
  });
  const found = (devices_status: Statuses, devices: object) =>
    discover(shellyCloud, {
      settings: account,
      now,
      exchanges: [
        post('/device/all_status', { show_info: 'true', no_shared: 'true' }, { devices_status }),
        post('/interface/device/list', {}, { devices }),
      ],
    });

  it('every meter by the name of its device, with its present value and direction, both ways', async () => {
    const choices = await found(
      {
        [plug]: { meters: [{ power: 12 }], relays: [{ ison: true }] },
        other: { ...house, _dev_info: { id: clamps.toUpperCase(), online: true } },
      },
      { [clamps]: { name: 'Meter box' }, [`${plug}_0`]: { name: 'Plug' } },
    );
    assert.deepEqual(choices?.['netImport'], [
      { value: `${clamps}/em1:0`, title: 'Meter box: -1500 W, into the grid now' },
      { value: `-${clamps}/em1:0`, title: 'Meter box, turned round: -1500 W, from the grid now' },
      { value: `${clamps}/em1:1`, title: 'Meter box: -2900 W, into the grid now' },
      { value: `-${clamps}/em1:1`, title: 'Meter box, turned round: -2900 W, from the grid now' },
      { value: `${plug}/meters:0`, title: 'Plug: 12 W, from the grid now' },
      { value: `-${plug}/meters:0`, title: 'Plug, turned round: 12 W, into the grid now' },
    ]);
    for (const each of Object.values(choices ?? {}))
      for (const { value } of each ?? []) assert.ok(shellyCloud.settings['netImport']?.schema.safeParse(value).success);
  });

  it('one that measures nothing now, by its id where it has no name; none that is no meter', async () => {
    const statuses = { [three]: threePhases(1, null, 3, 4), [plug]: { 'switch:0': { output: true } } };
    const { production = [] } = (await found(statuses, {})) ?? {};
    assert.deepEqual(production[0], { value: `${three}/em:0`, title: `${three}, no figure now` });
    assert.equal(production.length, 2);
  });
});
