import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deyecloud } from '../../functions/push-solar-data/adapters/deyecloud.ts';
import { conversation, dialect, good, say } from '../conversations/deyecloud.ts';
import type { Exchange } from '../support/conversation.ts';
import {
  bodyOf,
  callsTo,
  endOf,
  home,
  homeMeters,
  later,
  measured,
  plant,
  playChanges,
  playing,
  serial,
  settings,
} from './solarman-conversation.ts';
import { testAdapter } from './test-adapter.ts';
import { testAccount } from './test-solarman-account.ts';
import { testPlant } from './test-solarman-plant.ts';
import { testPolls } from './test-solarman-polls.ts';

const play = playing(deyecloud);

testAdapter(deyecloud, conversation);
testAccount(dialect);
testPlant(dialect);
testPolls(dialect);

it('asks the host of the region', () => {
  const { baseUrl } = deyecloud;
  assert(typeof baseUrl === 'function');
  for (const region of ['eu1', 'us1', 'india', 'apc1'])
    assert.equal(baseUrl({ region }), `https://${region}-developer.deyecloud.com`);
  assert.equal(deyecloud.settings['region']?.schema.safeParse(undefined).data, 'eu1');
});

it('logs in for a company', async () => {
  const played = await play([say.token(), say.station(home)], { settings: { ...settings, companyId: '31' } });
  assert.equal(bodyOf(played, 0)?.['companyId'], '31');
});

for (const name of ['access_token', 'token'])
  it(`finds the token under ${name} too`, async () => {
    const exchange = { ...say.token(), answer: { json: { ...good, [name]: 'token-one' } } };
    assert.equal(endOf(await play([exchange, say.station(home)])), 'pushed');
  });

it("takes SOLARMAN's spelling of the state of charge", async () => {
  const { json } = say.station({ ...home, soc: null }).answer as { json: object };
  const { pushes } = await play([say.token(), say.stationSays({ json: { ...json, batterySoc: 33 } })]);
  assert.equal(pushes[0]?.siteMeters?.['battery_soc'], 0.33);
});

it('asks for the devices of the plant and for the figures of its inverter', async () => {
  const exchanges = [say.token(), say.devices([serial, 'MICRO_INVERTER']), say.inverter(say.data({ pv: '10' }))];
  const { vendor } = await play(exchanges, { settings: { ...settings, useDeviceData: 'true' } });
  assert.deepEqual(vendor.received[1]?.body, { page: 1, size: 200, stationIds: [plant] });
  assert.deepEqual(vendor.received[2]?.body, { deviceList: [serial] });
});

it('takes the state of charge of the battery itself where the inverter has none', async () => {
  const data = [...say.data({ pv: '10', battery: '5', soc: '' }), { key: 'BMSSOC', value: '71', unit: '%' }];
  const exchanges = [say.token(), say.devices([serial, 'INVERTER']), say.inverter(data)];
  const { pushes } = await play(exchanges, { settings: { ...settings, useDeviceData: 'true' } });
  assert.equal(pushes[0]?.siteMeters?.['battery_soc'], 0.71);
});

it('reports that the inverter has no figures, and takes none of another', async () => {
  const other = {
    ...say.inverter(null),
    answer: {
      json: {
        ...good,
        deviceDataList: [{ deviceSn: '9', deviceState: 1, collectionTime: measured, dataList: say.data({ pv: '5' }) }],
      },
    },
  };
  const played = await play([say.token(), say.devices([serial, 'INVERTER']), other], {
    settings: { ...settings, useDeviceData: 'true' },
  });
  assert.equal(endOf(played), 'bad-response');
});

for (const [what, data] of [
  ['the grid', [{ key: 'GridPowerL1', value: '-900', unit: 'W' }, ...say.data({ pv: '10', battery: '5' })]],
  ['the battery', [{ key: 'B_P1', value: '-900', unit: 'W' }, ...say.data({ pv: '10', grid: '5' })]],
] as const)
  it(`reads the plant, and the inverter never again, where that has another name for ${what}`, async () => {
    const devices = say.devices([serial, 'INVERTER']);
    const exchanges = [say.token(), devices, say.inverter([...data]), say.station(home), say.station(home, later(300))];
    const played = await play(exchanges, {
      ...{ settings: { ...settings, useDeviceData: 'true' }, ticks: 2, everySeconds: 300 },
    });
    assert.deepEqual(
      played.pushes.map(({ siteMeters }) => siteMeters),
      [homeMeters, homeMeters],
    );
    assert.equal(callsTo(dialect.paths.inverter, played), 1);
  });

it('reads an inverter that lists its phases beside their total, and one without grid and battery', async () => {
  const metersOf = async (key: string, figures: Parameters<typeof say.data>[0]) => {
    const data = [{ key, value: '-900', unit: 'W' }, ...say.data(figures)];
    const exchanges = [say.token(), say.devices([serial, 'INVERTER']), say.inverter(data)];
    const played = await play(exchanges, { settings: { ...settings, useDeviceData: 'true' } });
    return played.pushes[0]?.siteMeters;
  };
  const hybrid = { production_kw: 0.01, net_import_kw: -0.5, consumption_kw: -0.49 };
  assert.deepEqual(await metersOf('GridPowerL1', { pv: '10', grid: '-500' }), hybrid);
  assert.deepEqual(await metersOf('GridFrequency', { pv: '10' }), { production_kw: 0.01 });
});

const expired = { status: 500, json: { status: 500, exception: 'java.lang.reflect.UndeclaredThrowableException' } };
const refusals: [what: string, answer: Exchange['answer'], ageSeconds: number, end: string, logIns: number][] = [
  ['the HTTP 500 of an expired token', expired, 600, 'pushed', 2],
  ['the same while the token is young', expired, 599, 'unavailable', 1],
  [
    'another HTTP 500',
    { status: 500, json: { status: 500, exception: 'java.lang.NullPointerException' } },
    3_600,
    'unavailable',
    1,
  ],
  ['an HTTP 502', { status: 502, text: '<html>' }, 3_600, 'unavailable', 1],
  ['an HTTP 401', { status: 401, json: {} }, 600, 'pushed', 2],
  ['an HTTP 403', { status: 403, json: {} }, 600, 'pushed', 2],
  ['an HTTP 401 while the token is young', { status: 401, json: {} }, 599, 'auth', 1],
  ['an HTTP 401 to a token from a clock that was a year ahead', { status: 401, json: {} }, -31_536_000, 'pushed', 2],
  ['an HTTP 401 that names the young token', { status: 401, json: { msg: 'Token expired' } }, 300, 'pushed', 2],
  ...['1001', '1002', '1003', '1006', 2002].flatMap((code): typeof refusals => [
    [`code ${code}`, { json: { success: false, code, msg: 'no' } }, 600, 'pushed', 2],
    [`code ${code} while the token is young`, { json: { success: false, code, msg: 'no' } }, 599, 'auth', 1],
    [`code ${code} that names the young token`, { json: { success: false, code, msg: 'bad token' } }, 300, 'pushed', 2],
  ]),
];
for (const [what, answer, ageSeconds, end, logIns] of refusals)
  it(`ends with ${end} after ${logIns} log-ins for ${what}`, async () => {
    const exchanges = [
      say.token(),
      say.station(home),
      { ...say.station(home), answer },
      say.token('token-two'),
      say.station(home, measured + ageSeconds, 'token-two'),
    ];
    // Where no log-in is right, the refusal repeats.
    const script = logIns === 2 ? exchanges : exchanges.slice(0, 3);
    const played = await play(script, { ticks: 2, everySeconds: ageSeconds });
    assert.equal(endOf(played), end, played.report.error);
    assert.equal(callsTo(dialect.paths.token, played), logIns);
  });

const wrongPassword = (attempts: number) =>
  say.refusedToken({ code: '1', msg: `Incorrect password, ${attempts} attempt remaining` });
const logInsWithin = async (hours: number, ...refusals: Exchange[]) => {
  const played = await play(refusals, { ticks: hours * 2 + 1, everySeconds: 1_800 });
  assert.equal(endOf(played), 'auth');
  return callsTo(dialect.paths.token, played);
};

for (const attempts of [0, 1, 2])
  it(`makes no log-in for six hours where ${attempts} attempts remain`, async () => {
    assert.equal(await logInsWithin(5.5, wrongPassword(attempts)), 1);
    assert.equal(await logInsWithin(6, wrongPassword(attempts)), 2);
  });

for (const attempts of [3, 12])
  it(`tries again after half an hour where ${attempts} attempts remain`, async () => {
    assert.equal(await logInsWithin(0.5, wrongPassword(attempts)), 2);
  });

it('holds for six hours, and asks nothing at all, where a log-in in place of a refused token leaves one attempt', async () => {
  const exchanges = [
    say.token(),
    say.station(home),
    say.stationSays({ json: { success: false, code: '2101019', msg: 'auth invalid token' } }),
    wrongPassword(1),
  ];
  const played = await play(exchanges, { ticks: 12, everySeconds: 1_800 });
  assert.equal(endOf(played), 'auth');
  assert.deepEqual(
    played.vendor.received.map(({ path }) => path),
    [dialect.paths.token, dialect.paths.station, dialect.paths.station, dialect.paths.token],
  );
});

it('keeps the hold when other settings change, and ends it with another password', async () => {
  const exchanges = [
    say.token(),
    say.station(home),
    say.stationSays({ json: { success: false, code: '2101019', msg: 'auth invalid token' } }),
    wrongPassword(2),
    say.token('token-two'),
    say.station(home, measured, 'token-two'),
  ];
  const [first, second, mended] = [
    { DEYECLOUD_USE_DEVICE_DATA: 'false' },
    { DEYECLOUD_STALE_AFTER_SECONDS: '900', DEYECLOUD_USE_DEVICE_DATA: 'true' },
    { DEYECLOUD_PASSWORD: 'Rainy-Day-2026' },
  ];
  const { vendor, reports } = await playChanges(deyecloud, settings, exchanges, [{}, first, second, mended]);
  assert.deepEqual(
    reports.map(({ outcome, kind }) => kind ?? outcome),
    ['pushed', 'auth', 'auth', 'pushed'],
  );
  assert.match(reports[2]?.error ?? '', /6 hours/);
  assert.equal(vendor.received.length, exchanges.length);
});

it('suggests another region where the AppId is not known', async () => {
  const { report } = await play([say.refusedToken({ code: '2101021', msg: 'auth invalid appId' })]);
  assert.equal(report.kind, 'auth');
  assert.match(report.error ?? '', /DEYECLOUD_REGION/);
});
