import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growatt } from '../../functions/push-solar-data/adapters/growatt.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import {
  account,
  asked,
  batch,
  conversation,
  deviceList,
  done,
  fleetConversation,
  min,
  minWithBattery,
  mix,
  now,
  plantList,
  refused,
  spa,
  sph,
  time,
  tlx,
  type Values,
} from '../conversations/growatt.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (devices: string | undefined, exchanges: Exchange[], options: Options = {}) =>
  playAdapter(growatt, { settings: { ...account, ...(devices ? { devices } : {}) }, now, exchanges, ...options });
/** What is told of one poll: the figures, or the kind of failure. */
const metersOf = async (devices: string, exchanges: Exchange[], options?: Options) => {
  const { pushes, report } = await play(devices, exchanges, options);
  return pushes.at(-1)?.siteMeters ?? report.kind;
};
const v4 = (answer: Answer, form: Record<string, string> = {}): Exchange => ({
  method: 'POST',
  path: '/v4/new-api/queryLastData',
  headers: { token: account.apiToken },
  form,
  answer,
});
const v4Rows = (...rows: Values[]): Answer => ({ json: { code: 0, data: { 'sph-s': rows }, message: 'OK' } });
const spaCall = (row: Values) => asked('spa/spa_last_data', { spa_sn: 'SPA1' }, done(row));

testAdapter(growatt, conversation);
testAdapter(growatt, fleetConversation);

for (const [type, path, row] of [
  [1, '/v1/device/inverter/last_new_data', min],
  [4, '/v1/device/max/max_last_data', min],
  [5, '/v1/device/mix/mix_last_data', sph],
  [6, '/v1/device/spa/spa_last_data', spa],
  [7, '/v1/device/tlx/tlx_last_data', min],
] as const)
  it(`a device of type ${type} in Growatt's list is asked at ${path}`, async () => {
    const exchanges: Exchange[] = [
      plantList({ plant_id: 77 }),
      deviceList({ LOG1: 3, SN1: type }),
      { method: type === 1 ? 'GET' : 'POST', path, answer: done(row) },
    ];
    assert.equal((await play(undefined, exchanges)).report.outcome, 'pushed');
  });

describe('Growatt reads, by family,', () => {
  const cases: [string, string, Exchange, Values][] = [
    [
      'an SPH that discharges and imports',
      'sph:SPH1',
      mix(done({ ...sph, ppv: 1240, pdischarge1: 2760, pcharge1: 0, pacToUserTotal: 1230, pacToGridTotal: 0 })),
      { production_kw: 1.24, net_import_kw: 1.23, consumption_kw: 5.23, battery_discharge_kw: 2.76, battery_soc: 0.64 },
    ],
    [
      'an SPA that discharges: on the AC side',
      'spa:SPA1',
      spaCall(spa),
      {
        production_kw: 0.48,
        net_import_kw: -0.02,
        consumption_kw: 0.89,
        battery_discharge_kw: 0.43,
        battery_soc: 0.98,
      },
    ],
    [
      'an SPA that charges: on the DC side, whatever its AC side shows',
      'spa:SPA1',
      spaCall({ ...spa, ppvInverter: 3000, pcharge1: 1500, pdischarge1: 0, pac: 430, pacToGridTotal: 900 }),
      { production_kw: 3, net_import_kw: -0.9, consumption_kw: 0.6, battery_discharge_kw: -1.5, battery_soc: 0.98 },
    ],
    [
      'an SPA at rest',
      'spa:SPA1',
      spaCall({ ...spa, pdischarge1: 0, pac: 12 }),
      { production_kw: 0.48, net_import_kw: -0.02, consumption_kw: 0.46, battery_discharge_kw: 0, battery_soc: 0.98 },
    ],
    [
      'a MIN with batteries: the panels, and all batteries',
      'min:MIN1',
      tlx(done({ ...minWithBattery, bdc3DischargePower: 200, bdc3ChargePower: 0 })),
      { production_kw: 2.56, net_import_kw: -1.2, consumption_kw: 2.16, battery_discharge_kw: 0.8, battery_soc: 0.55 },
    ],
    ['a MIN without battery and meter: its AC side', 'min:MIN1', tlx(done(min)), { production_kw: 2.5 }],
    [
      'a MIN with a meter and no battery',
      'min:MIN1',
      tlx(done({ ...min, pacToGridTotal: 1700, etoGridTotal: 90.1 })),
      { production_kw: 2.5, net_import_kw: -1.7, consumption_kw: 0.8 },
    ],
    [
      'a MIN whose battery rests at 20 %',
      'min:MIN1',
      tlx(done({ ...min, bmsSoc: 20 })),
      { production_kw: 2.56, battery_discharge_kw: 0, battery_soc: 0.2 },
    ],
    [
      'a MAX, whatever it shows of a battery',
      'max:MAX1',
      asked(
        'max/max_last_data',
        { max_sn: 'MAX1' },
        done({ pac: 9100, ppv: 9300, bmsSoc: 50, bdc1DischargePower: 9, time }),
      ),
      { production_kw: 9.1 },
    ],
    [
      'a string inverter, by GET',
      'inv:INV1',
      {
        path: '/v1/device/inverter/last_new_data',
        query: { device_sn: 'INV1' },
        answer: done({ inverterId: 'INV1', pac: 0, ppv: 0, status: 0, time }),
      },
      { production_kw: 0 },
    ],
    [
      'an SPH-S by the other generation, without its phases and external power',
      'SPH-S:SPS1',
      v4(v4Rows({ ...sph, serialNum: 'SPS1', pex: 3020.5 }), { deviceSn: 'SPS1', deviceType: 'sph-s' }),
      {
        production_kw: 4.1,
        net_import_kw: -1.64,
        consumption_kw: 1.51,
        battery_discharge_kw: -0.95,
        battery_soc: 0.64,
      },
    ],
  ];
  for (const [what, devices, exchange, wanted] of cases)
    it(what, async () => {
      const { pushes, report, vendor } = await play(devices, [exchange]);
      assert.deepEqual(vendor.misses, []);
      const { imported_kwh: _i, exported_kwh: _e, ...meters } = pushes[0]?.siteMeters ?? {};
      assert.deepEqual(meters, wanted, report.error);
      assert.equal(pushes[0]?.tsms, Date.parse('2026-03-10T02:30:00Z'));
    });

  for (const [family, path, parameter, row] of [
    ['sph', 'mix/mixs_data', 'mixs', { ...sph, pacToGridTotal: 0, etoUserTotal: 0, etogridTotal: 0 }],
    ['spa', 'spa/spas_data', 'spas', { ...spa, pacToGridTotal: 0, etoUserTotal: 0, etogridTotal: 0 }],
    ['min', 'tlx/tlxs_data', 'tlxs', min],
    ['max', 'max/maxs_data', 'maxs', min],
    ['inv', 'inverter/invs_data', 'inverters', min],
  ] as const)
    it(`two of ${family} by one call, in their order`, async () => {
      const form = { [parameter]: 'B,A', pageNum: '1' };
      const { vendor, pushes } = await play(`${family}:B,${family}:A`, [asked(path, form, batch({ A: row, B: row }))]);
      assert.deepEqual([vendor.misses, vendor.received.length], [[], 1]);
      const one = Number(family === 'sph' ? 4.1 : family === 'spa' ? 0.48 : 2.5);
      assert.equal(pushes[0]?.siteMeters?.['production_kw'], 2 * one);
    });

  it('two SPH-S by one call', async () => {
    const rows = v4Rows({ ...sph, serialNum: 'B' }, { ...sph, serialNum: 'A', ppv: 900 });
    const meters = await metersOf('sph-s:A,sph-s:B', [v4(rows, { deviceSn: 'A,B' })]);
    assert.equal((meters as Values)['production_kw'], 5);
  });

  it('no battery of a MIN one of whose inputs cannot be read', async () => {
    assert.equal(await metersOf('min:MIN1', [tlx(done({ ...minWithBattery, bdc2ChargePower: 'x' }))]), 'bad-response');
  });

  it('figures of another device not at all', async () => {
    assert.equal(await metersOf('sph:SPH1', [mix(done({ ...sph, serialNum: 'SPH2' }))]), 'bad-response');
  });
});

describe('Growatt takes powers as they are:', () => {
  const cases: [string, Values, FailureKind | Values][] = [
    [
      'texts',
      { ppv: '4100', pacToGridTotal: '1640.0' },
      { production_kw: 4.1, net_import_kw: -1.64, consumption_kw: 1.51 },
    ],
    ['a text that is no number', { ppv: 'much' }, 'bad-response'],
    ['a battery that cannot be read', { pcharge1: {} }, 'bad-response'],
    ['one direction of the grid that cannot be read', { pacToUserTotal: 'much' }, 'bad-response'],
    ['one direction of the grid alone', { pacToUserTotal: '' }, { net_import_kw: -1.64 }],
    ['no direction of the grid that flows', { pacToUserTotal: '', pacToGridTotal: 0 }, 'offline'],
    ['a silent meter: without powers', { pacToUserTotal: null, pacToGridTotal: '' }, 'offline'],
    ['a silent meter: with powers that cannot be read', { pacToUserTotal: 'x', pacToGridTotal: {} }, 'offline'],
    [
      'unreadable powers of what may be no meter',
      { pacToUserTotal: 'x', pacToGridTotal: 'x', etoUserTotal: 0, etogridTotal: 0 },
      'bad-response',
    ],
    ['no sun', { ppv: '' }, { production_kw: undefined, net_import_kw: -1.64, consumption_kw: undefined }],
    ['no battery power', { pcharge1: '' }, { battery_discharge_kw: undefined, consumption_kw: undefined }],
    ['a negative consumption', { pacToGridTotal: 3640 }, { consumption_kw: -0.49 }],
    ['no time', { time: null }, 'bad-response'],
    ['a time that is none', { time: 'yesterday' }, 'bad-response'],
  ];
  for (const [what, changes, wanted] of cases)
    it(what, async () => {
      const told = await metersOf('sph:SPH1', [mix(done({ ...sph, ...changes }))]);
      if (typeof wanted === 'string') return assert.equal(told, wanted);
      for (const [field, value] of Object.entries(wanted)) assert.equal((told as Values)[field], value, field);
    });

  for (const [what, changes, field, wanted] of [
    ['a charge that cannot be read', { soc: 'full' }, 'battery_soc', undefined],
    ['a charge without value', { soc: -0.1 }, 'battery_soc', undefined],
    ['a charge beyond 100 %', { soc: 255 }, 'battery_soc', undefined],
    ['the charge by its other name', { soc: '', bmsSOC: 33 }, 'battery_soc', 0.33],
    ['a counter that cannot be read', { etoUserTotal: 'x' }, 'imported_kwh', undefined],
    ['a counter without value', { etoUserTotal: -0.1 }, 'imported_kwh', undefined],
    ['a counter of old firmware', { etoUserTotal: 12.699999809 }, 'imported_kwh', 12.7],
    ['a counter in its other spelling', { etogridTotal: undefined, etoGridTotal: 7.5 }, 'exported_kwh', 7.5],
  ] as const)
    it(`${what} changes nothing else`, async () => {
      const whole = conversation.push.siteMeters;
      const told = await metersOf('sph:SPH1', [mix(done({ ...sph, ...changes }))]);
      const { [field]: _, ...rest } = whole;
      assert.deepEqual(told, wanted === undefined ? rest : { ...whole, [field]: wanted });
    });

  it('no counter that has fallen', async () => {
    const exchanges = [mix(done(sph)), mix(done({ ...sph, etoUserTotal: 0.4, ppv: 4000 }))];
    const told = await metersOf('sph:SPH1', exchanges, { ticks: 2 });
    assert.equal('imported_kwh' in (told as Values), false);
    assert.equal((told as Values)['exported_kwh'], 1904.3);
  });

  it('an SPH without a meter, all of whose grid figures are 0', async () => {
    const none = { pacToUserTotal: 0, pacToGridTotal: 0, etoUserTotal: 0, etogridTotal: 0 };
    assert.deepEqual(await metersOf('sph:SPH1', [mix(done({ ...sph, ...none }))]), {
      ...{ production_kw: 4.1, battery_discharge_kw: -0.95, battery_soc: 0.64 },
    });
  });
});

describe('Growatt says by code', () => {
  const first: [number, FailureKind][] = [
    [-1, 'auth'],
    [10001, 'unavailable'],
    [10002, 'auth'],
    [10003, 'auth'],
    [10005, 'auth'],
    [10011, 'auth'],
    [10012, 'rate-limited'],
    [10013, 'bad-response'],
    [10014, 'bad-response'],
    [4711, 'bad-response'],
  ];
  for (const [code, kind] of first)
    it(`${code}: ${kind}`, async () => {
      const { report, vendor } = await play('sph:SPH1', [mix(refused(code))]);
      assert.equal(report.kind, kind, report.error);
      assert.match(report.error ?? '', new RegExp(`error_code ${code}\\b`));
      assert.equal(vendor.received.length, 1, 'calls in this tick');
    });

  const fourth: [number, FailureKind][] = [
    [-1, 'auth'],
    [1, 'unavailable'],
    [2, 'auth'],
    [3, 'auth'],
    [4, 'auth'],
    [5, 'offline'],
    [7, 'bad-response'],
    [8, 'bad-response'],
    [11, 'bad-response'],
    [12, 'auth'],
    [100, 'rate-limited'],
    [101, 'auth'],
    [102, 'rate-limited'],
    [105, 'rate-limited'],
    [4711, 'bad-response'],
  ];
  for (const [code, kind] of fourth)
    it(`${code} of the fourth generation: ${kind}`, async () => {
      const answer = { json: { code, data: null, message: 'as the cloud says it' } };
      assert.equal(await metersOf('sph-s:SPS1', [v4(answer)]), kind);
    });

  for (const [what, answer, kind] of [
    ['nothing, as a text', done(''), 'offline'],
    ['nothing, as null', done(null), 'offline'],
    ['a log-in page', { text: '<!DOCTYPE html><html data-name="login"></html>' }, 'bad-response'],
    ['a sentence', { text: 'you have not login' }, 'bad-response'],
    ['HTTP 429', { status: 429, json: {} }, 'rate-limited'],
    ['HTTP 502 with a page', { status: 502, text: '<html></html>' }, 'unavailable'],
  ] as const)
    it(`${what}: ${kind}`, async () => assert.equal(await metersOf('sph:SPH1', [mix(answer)]), kind));

  it('which region the account is of, where another one is asked', async () => {
    const { report } = await play('sph:SPH1', [mix(refused(-1))]);
    assert.match(report.error ?? '', /GROWATT_REGION/);
  });
});
