import assert from 'node:assert/strict';
import { it } from 'node:test';
import { solarman } from '../../functions/push-solar-data/adapters/solarman.ts';
import { conversation, dialect, say } from '../conversations/solarman.ts';
import {
  account,
  bodyOf,
  callsTo,
  type Datum,
  endOf,
  home,
  homeMeters,
  later,
  measured,
  plant,
  playing,
  serial,
  settings,
} from './solarman-conversation.ts';
import { testAdapter } from './test-adapter.ts';
import { testAccount } from './test-solarman-account.ts';
import { testPlant } from './test-solarman-plant.ts';
import { testPolls } from './test-solarman-polls.ts';

const play = playing(solarman);

testAdapter(solarman, conversation);
testAccount(dialect);
testPlant(dialect);
testPolls(dialect);

it('asks the host of the region', () => {
  const { baseUrl } = solarman;
  assert(typeof baseUrl === 'function');
  assert.equal(baseUrl({ region: 'global' }), 'https://globalapi.solarmanpv.com');
  assert.equal(baseUrl({ region: 'china' }), 'https://api.solarmanpv.com');
  assert.equal(solarman.settings['region']?.schema.safeParse(undefined).data, 'global');
});

it('logs in for an organisation, in English', async () => {
  const played = await play([say.token(), say.station(home)], { settings: { ...settings, orgId: '31' } });
  assert.equal(bodyOf(played, 0)?.['orgId'], '31');
  assert.deepEqual(played.vendor.received[0]?.query, { appId: account.appId, language: 'en' });
});

it('asks for the inverter by its serial number, and sends no type when it lists the devices', async () => {
  const exchanges = [say.token(), say.devices([serial, 'INVERTER']), say.inverter(say.data({ pv: '10' }))];
  const { vendor } = await play(exchanges, { settings: { ...settings, useDeviceData: 'true' } });
  assert.deepEqual(vendor.received[1]?.body, { stationId: plant, page: 1, size: 200 });
  assert.deepEqual(vendor.received[2]?.body, { deviceSn: serial });
});

for (const status of [401, 403])
  it(`takes an HTTP ${status} for a token that has run out, however young`, async () => {
    const exchanges = [
      say.token(),
      say.station(home),
      say.stationSays({ status, json: {} }),
      say.token('token-two'),
      say.station(home, measured + 300, 'token-two'),
    ];
    const played = await play(exchanges, { ticks: 2, everySeconds: 300 });
    assert.equal(endOf(played), 'pushed', played.report.error);
    assert.equal(callsTo(dialect.paths.token, played), 2);
  });

it('logs in for no HTTP 500, and asks no second time: calls are counted', async () => {
  const exchanges = [
    say.token(),
    say.station(home),
    say.stationSays({ status: 500, json: { exception: 'UndeclaredThrowable' } }),
  ];
  const played = await play(exchanges, { ticks: 2, everySeconds: 1_800 });
  assert.equal(endOf(played), 'unavailable');
  assert.equal(callsTo(dialect.paths.token, played), 1);
  assert.equal(callsTo(dialect.paths.station, played), 2);
});

it('suggests a simpler password where the log-in is refused', async () => {
  const { report } = await play([say.refusedToken({ code: '2101025', msg: 'auth failed' })]);
  assert.match(report.error ?? '', /simpler/);
});

it('counts a generator as import, and takes no notice of the outer clamp', async () => {
  const data = [
    ...say.data({ pv: '0', grid: '100', load: '880' }),
    { key: 'GEN_P_T', value: '800', unit: 'W' },
    { key: 'CT_T_E', value: '-95', unit: 'W' },
  ];
  const exchanges = [say.token(), say.devices([serial, 'INVERTER']), say.inverter(data)];
  const { pushes } = await play(exchanges, { settings: { ...settings, useDeviceData: 'true' } });
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0, net_import_kw: 0.9, consumption_kw: 0.9 });
});

it('counts nothing of a generator port that takes power', async () => {
  const data = [...say.data({ pv: '1000', grid: '-100', load: '880' }), { key: 'GEN_P_T', value: '-300', unit: 'W' }];
  const exchanges = [say.token(), say.devices([serial, 'MICRO_INVERTER']), say.inverter(data)];
  const { pushes } = await play(exchanges, { settings: { ...settings, useDeviceData: 'true' } });
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 1, net_import_kw: -0.1, consumption_kw: 0.9 });
});

it('makes one call every five minutes', async () => {
  const exchanges = [say.token(), say.station(home)];
  const played = await play(exchanges, { ticks: 10, everySeconds: 60 });
  assert.equal(callsTo(dialect.paths.station, played), 2);
});

const detailed = { ...settings, useDeviceData: 'true' };
const datum = ([key, value]: [string, string]): Datum => ({ key, value, unit: 'W' });
const listed = (figures: Record<string, string>): Datum[] => Object.entries(figures).map(datum);
const readInverter = (figures: Record<string, string>, more: Record<string, string> = {}) =>
  play([say.token(), say.devices([serial, 'INVERTER']), say.inverter(listed(figures))], {
    settings: { ...detailed, ...more },
  });
const solarOnly = { S_P_T: '500', B_P1: '0', B_left_cap1: '100' };

for (const [what, genPort, figures, meters] of [
  [
    'micro-inverters, as solar power',
    'micro-inverter',
    { ...solarOnly, PG_Pt1: '-1500', E_Puse_t1: '900', GEN_P_T: '2000' },
    { production_kw: 2.5, net_import_kw: -1.5, consumption_kw: 1 },
  ],
  [
    'the stand-by draw of micro-inverters, as it is signed',
    'micro-inverter',
    { ...solarOnly, S_P_T: '0', PG_Pt1: '400', E_Puse_t1: '390', GEN_P_T: '-10' },
    { production_kw: -0.01, net_import_kw: 0.4, consumption_kw: 0.39 },
  ],
  [
    'a smart load, as nothing: it is inside the balance',
    'smart-load',
    { ...solarOnly, S_P_T: '3400', PG_Pt1: '-700', E_Puse_t1: '2650', GEN_P_T: '1800' },
    { production_kw: 3.4, net_import_kw: -0.7, consumption_kw: 2.7 },
  ],
  [
    'a generator, as import',
    'generator',
    { ...solarOnly, S_P_T: '0', PG_Pt1: '0', E_Puse_t1: '2450', GEN_P_T: '2500' },
    { production_kw: 0, net_import_kw: 2.5, consumption_kw: 2.5 },
  ],
] as const)
  it(`counts at the GEN port ${what}`, async () => {
    const { pushes, report } = await readInverter(figures, { genPort });
    assert.deepEqual(pushes[0]?.siteMeters, { ...meters, battery_discharge_kw: 0, battery_soc: 1 }, report.error);
    assert.equal(report.sources[0]?.notes?.length ?? 0, 0);
  });

it('asks what is at the GEN port, where it is in use and the owner has not said', async () => {
  const notesOf = async (power: string) => {
    const { report } = await readInverter({ S_P_T: '900', PG_Pt1: '100', GEN_P_T: power });
    return (report.sources[0]?.notes ?? []).join();
  };
  assert.match(await notesOf('500'), /SOLARMAN_GEN_PORT/);
  assert.match(await notesOf('-5'), /SOLARMAN_GEN_PORT/);
  assert.equal(await notesOf('0'), '');
});

it('knows no solar power where that of the micro-inverters is no number', async () => {
  const played = await readInverter({ ...solarOnly, PG_Pt1: '-1500', GEN_P_T: '--' }, { genPort: 'micro-inverter' });
  assert.equal(endOf(played), 'bad-response');
});

it('knows no grid power where that of a generator is no number', async () => {
  const played = await readInverter({ ...solarOnly, PG_Pt1: '-1500', GEN_P_T: '--' });
  assert.equal(endOf(played), 'offline', played.report.error);
});

const sofarDay = {
  DP1: '2145',
  DP2: '1755',
  PVTP: '3900',
  PG_Pt1: '3110',
  B_P1: '40',
  B_left_cap1: '70',
  E_Puse_t1: '590',
};
const sofarDayMeters = {
  production_kw: 3.9,
  net_import_kw: -3.11,
  consumption_kw: 0.75,
  battery_discharge_kw: -0.04,
  battery_soc: 0.7,
};

it('turns the grid and the battery of a Sofar, and takes its own counters', async () => {
  const { pushes, report } = await readInverter({ ...sofarDay, TPG: '3900', t_gc1: '15426.7', Et_pu1: '15723.1' });
  const meters = { ...sofarDayMeters, imported_kwh: 15_723.1, exported_kwh: 15_426.7 };
  assert.deepEqual(pushes[0]?.siteMeters, meters, report.error);
});

it('reads a Sofar that discharges at night, and one whose total is empty', async () => {
  const night = { PVTP: '0', TPG: '0', PG_Pt1: '-50', B_P1: '-720', B_left_cap1: '60', E_Puse_t1: '690' };
  const { pushes, report } = await readInverter(night);
  const meters = { production_kw: 0, net_import_kw: 0.05, consumption_kw: 0.77 };
  assert.deepEqual(pushes[0]?.siteMeters, { ...meters, battery_discharge_kw: 0.72, battery_soc: 0.6 }, report.error);
  const totalless = await readInverter({ ...sofarDay, TPG: '3900', PVTP: '' });
  assert.deepEqual(totalless.pushes[0]?.siteMeters, sofarDayMeters, totalless.report.error);
});

it('takes the AC side of an inverter without grid and battery', async () => {
  const { pushes } = await readInverter({ DP1: '660', APo_t1: '640', A_Fo1: '50.01', Et_ge0: '1200' });
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 0.64 });
});

for (const [what, figures] of [
  ['another grid key', { DP1: '430', T_A_P_O_G: '-620', B_P1: '310', B_left_cap1: '44', E_Puse_t1: '1330' }],
  ['another grid key and no battery', { DP1: '430', APo_t1: '420', T_A_P_O_G: '-620' }],
  ["Deye's grid key alone", { DPi_t1: '430', PG_Pt1: '-620', E_Puse_t1: '1050' }],
  ["Sofar's total alone", { PVTP: '430', PG_Pt1: '620' }],
] as const)
  it(`reads the plant, and the inverter never again, where that has ${what}`, async () => {
    const unknown = say.inverter(listed(figures));
    const exchanges = [
      say.token(),
      say.devices([serial, 'INVERTER']),
      unknown,
      say.station(home),
      say.station(home, later(300)),
    ];
    const played = await play(exchanges, { settings: detailed, ticks: 2, everySeconds: 300 });
    assert.deepEqual(played.pushes[0]?.siteMeters, homeMeters, played.report.error);
    assert.deepEqual(played.pushes[1]?.siteMeters, homeMeters, played.report.error);
    assert.equal(callsTo(dialect.paths.inverter, played), 1);
    assert.match(played.report.sources[0]?.notes?.[0] ?? '', /signs/);
  });

it('remembers whose keys they are, for an answer in which some are missing', async () => {
  const sofar = { PG_Pt1: '3110', B_P1: '40', B_left_cap1: '70', E_Puse_t1: '590', PVTP: '3900' };
  const second = say.inverter(listed(sofar), { deviceState: 1, collectionTime: later(300) });
  const first = say.inverter(listed({ ...sofar, TPG: '3900' }));
  const exchanges = [say.token(), say.devices([serial, 'INVERTER']), first, second];
  const played = await play(exchanges, { settings: detailed, ticks: 2, everySeconds: 300 });
  assert.deepEqual(played.pushes[1]?.siteMeters, sofarDayMeters, played.report.error);
});

for (const [what, figures, end] of [
  ['both turned', { S_P_T: '3900', PG_Pt1: '3110', B_P1: '40', E_Puse_t1: '590' }, 'bad-response'],
  ['the grid turned', { S_P_T: '3000', PG_Pt1: '2000', B_P1: '0', E_Puse_t1: '1000' }, 'bad-response'],
  ['the battery turned', { S_P_T: '3000', PG_Pt1: '1000', B_P1: '1500', E_Puse_t1: '2400' }, 'bad-response'],
  ['a load that nothing explains', { S_P_T: '5000', PG_Pt1: '0', B_P1: '0', E_Puse_t1: '590' }, 'pushed'],
  ['30 % more than the load', { S_P_T: '3050', PG_Pt1: '850', B_P1: '0', E_Puse_t1: '3000' }, 'pushed'],
  ['more than 30 % above the load', { S_P_T: '3050', PG_Pt1: '851', B_P1: '0', E_Puse_t1: '3000' }, 'bad-response'],
] as const)
  it(`looks whether signs are turned where the balance is above the load: ${what}`, async () => {
    const played = await readInverter(figures);
    assert.equal(endOf(played), end, played.report.error);
    if (end !== 'pushed')
      assert.match(played.report.error ?? '', /signs of an unknown inverter.*SOLARMAN_USE_DEVICE_DATA/);
  });
