import assert from 'node:assert/strict';
import { it } from 'node:test';
import { solarman } from '../../functions/push-solar-data/adapters/solarman.ts';
import { conversation, dialect, say } from '../conversations/solarman.ts';
import {
  account,
  bodyOf,
  callsTo,
  endOf,
  home,
  measured,
  plant,
  playing,
  serial,
  settings,
} from './solarman-conversation.ts';
import { testAdapter } from './test-adapter.ts';
import { testAccount } from './test-solarman-account.ts';
import { testPlant } from './test-solarman-plant.ts';

const play = playing(solarman);

testAdapter(solarman, conversation);
testAccount(dialect);
testPlant(dialect);

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
