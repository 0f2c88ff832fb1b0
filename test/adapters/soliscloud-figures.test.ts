/** What becomes of the figures of one inverter. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { soliscloud } from '../../functions/push-solar-data/adapters/soliscloud.ts';
import { detail, hybrid, key, measuredAt, now, stringInverter, type Values } from '../conversations/soliscloud.ts';
import { playAdapter } from '../support/home.ts';

/** One poll. */
const play = (values: Values, settings: Record<string, string> = {}, texts: Record<string, string> = {}) =>
  playAdapter(soliscloud, {
    settings: { ...key, inverterSns: 'ONE', ...settings },
    now,
    exchanges: [detail('ONE', values)],
    texts,
  });
/** What was told, or the kind of the error. */
const told = async (...polled: Parameters<typeof play>) => {
  const { pushes, report } = await play(...polled);
  return pushes[0]?.siteMeters ?? report.kind;
};
const without = (values: Values, ...names: string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

const battery = { battery_discharge_kw: -3.4, battery_soc: 0.57 };
const counters = { imported_kwh: 618.4, exported_kwh: 2417 };
const home = { production_kw: 5.25, net_import_kw: -1.13, consumption_kw: 0.72, ...battery, ...counters };
const atNight = { pac: 0.02, psum: -0.3, psumStr: 'kW', batteryPower: -0.9 };
const discharging = {
  ...home,
  production_kw: 0.02,
  net_import_kw: 0.3,
  battery_discharge_kw: 0.9,
  consumption_kw: 1.22,
};
const noCurrent = { storageBatteryCurrent: 0, bstteryCurrent: 0 };

describe('SolisCloud reads of one inverter', () => {
  const rows: [what: string, values: Values, figures: object | string][] = [
    ['a hybrid that charges and exports', hybrid, home],
    [
      'one that imports and discharges',
      { ...hybrid, ...atNight, storageBatteryCurrent: -17, bstteryCurrent: -17 },
      discharging,
    ],
    [
      'a battery power without sign, by its current',
      { ...hybrid, ...atNight, batteryPower: 0.9, storageBatteryCurrent: -17 },
      discharging,
    ],
    ['one that is always negative, by its current', { ...hybrid, batteryPower: -3.4 }, home],
    ['the second current where the first is 0', { ...hybrid, batteryPower: -3.4, storageBatteryCurrent: 0 }, home],
    [
      'the second current where the first is missing',
      { ...without(hybrid, 'storageBatteryCurrent'), batteryPower: -3.4 },
      home,
    ],
    ['the sign as it comes without a current', { ...hybrid, ...noCurrent }, home],
    ['the same for discharging', { ...hybrid, ...atNight, ...noCurrent }, discharging],
    [
      'a current that cannot be read as none',
      { ...hybrid, storageBatteryCurrent: 'n.a.', bstteryCurrent: 'n.a.' },
      home,
    ],
    [
      'figures that come as text',
      { ...hybrid, pac: '5.25', psum: '1130.0', batteryCapacitySoc: '57', type: '2' },
      home,
    ],
    ['kW where no unit is told', { ...without(hybrid, 'pacStr', 'psumStr'), psum: 1.13, batteryPowerStr: null }, home],
    ['megawatts', { ...hybrid, pac: 0.00525, pacStr: 'MW' }, home],
    [
      'a counter that has gone over to MWh',
      { ...hybrid, gridSellTotalEnergy: 2.417, gridSellTotalEnergyStr: 'MWh' },
      home,
    ],
    [
      'GWh and Wh',
      {
        ...hybrid,
        gridSellTotalEnergy: 0.002417,
        gridSellTotalEnergyStr: 'GWh',
        gridPurchasedTotalEnergy: 618400,
        gridPurchasedTotalEnergyStr: 'Wh',
      },
      home,
    ],
    ['names in another case', { ...without(hybrid, 'psum', 'psumStr'), pSum: 1130, pSumStr: 'W', psum: null }, home],
    ['an alarm, which is live', { ...hybrid, state: 3 }, home],
    ['a unit of power that nobody knows', { ...hybrid, psumStr: 'kVA' }, 'bad-response'],
    ['a power in a unit of energy', { ...hybrid, psumStr: 'Wh' }, 'bad-response'],
    ['a power that cannot be read', { ...hybrid, pac: 'a lot' }, 'bad-response'],
    ['a battery power that cannot be read', { ...hybrid, batteryPower: {} }, 'bad-response'],
    ['a grid power that cannot be read', { ...hybrid, psum: 'E+' }, 'bad-response'],
    ['no grid power beside a meter', without(hybrid, 'psum'), 'bad-response'],
    ['no solar power, and so no consumption', without(hybrid, 'pac'), without(home, 'production_kw', 'consumption_kw')],
    [
      'no battery power, and so no consumption',
      without(hybrid, 'batteryPower'),
      without(home, 'battery_discharge_kw', 'consumption_kw'),
    ],
    ['no solar power of an inverter that measures nothing else', without(stringInverter, 'pac'), 'bad-response'],
    ['a charge beyond 100 %', { ...hybrid, batteryCapacitySoc: 101 }, without(home, 'battery_soc')],
    ['a charge that cannot be read', { ...hybrid, batteryCapacitySoc: 'full' }, without(home, 'battery_soc')],
    ['no charge', without(hybrid, 'batteryCapacitySoc'), without(home, 'battery_soc')],
    ['a counter below 0', { ...hybrid, gridPurchasedTotalEnergy: -1 }, without(home, 'imported_kwh')],
    [
      'a counter in a unit that nobody knows',
      { ...hybrid, gridSellTotalEnergyStr: 'kVAh' },
      without(home, 'exported_kwh'),
    ],
    [
      'two counters of 0',
      { ...hybrid, gridPurchasedTotalEnergy: 0, gridSellTotalEnergy: 0 },
      without(home, 'imported_kwh', 'exported_kwh'),
    ],
    [
      'zeros everywhere, even over its lifetime',
      { ...hybrid, pac: 0, psum: 0, batteryPower: 0, eTotal: 0 },
      'bad-response',
    ],
    [
      'the same in the spelling of the list',
      { ...without(stringInverter, 'eTotal'), pac: 0, etotal: '0.0' },
      'bad-response',
    ],
    ['a dark morning', { ...stringInverter, pac: 0 }, { production_kw: 0 }],
    ['zeros without the yield of its lifetime', { ...without(stringInverter, 'eTotal'), pac: 0 }, { production_kw: 0 }],
    ['noise at night as it is', { ...stringInverter, pac: -0.01 }, { production_kw: -0.01 }],
    ['an inverter that is offline', { ...hybrid, state: '2' }, 'offline'],
    ['an inverter that is offline, whatever else it says', { state: 2 }, 'offline'],
    [
      'a battery of 0 W and 0 %',
      { ...hybrid, batteryPower: 0, batteryCapacitySoc: 0 },
      { ...home, consumption_kw: 4.12, battery_discharge_kw: 0, battery_soc: 0 },
    ],
  ];
  for (const [what, values, figures] of rows) it(what, async () => assert.deepEqual(await told(values), figures));
});

describe('SolisCloud has a grid meter', () => {
  const noMeter = { production_kw: 5.25, ...battery };
  for (const [model, plant, figures] of [
    [1, 1, noMeter],
    ['1', 1, noMeter],
    [1001, 2, noMeter],
    [2, 0, home],
    [3, 0, home],
    [4, 1, home],
    [5, 1, home],
    [7, 9, home],
    [8, 1, home],
    [1002, 2, home],
    [undefined, 0, noMeter],
    [undefined, 1, home],
    [undefined, 3, home],
    [undefined, undefined, home],
    [null, '0', noMeter],
  ] as const)
    it(`with inverterMeterModel ${model} and stationTypeNew ${plant}: ${figures === home}`, async () => {
      assert.deepEqual(await told({ ...hybrid, inverterMeterModel: model, stationTypeNew: plant }), figures);
    });

  it('unless the owner says no; and then nothing is asked of its power', async () => {
    assert.deepEqual(await told({ ...hybrid, psum: 'E+' }, { gridMeter: 'no' }), noMeter);
  });
  it('if the owner says yes', async () => {
    assert.deepEqual(await told({ ...hybrid, inverterMeterModel: 1 }, { gridMeter: 'yes' }), home);
  });
  it('which is not asked of who does not take it', async () => {
    const figures = await told(without(hybrid, 'psum'), {}, { SOLISCLOUD_TAKE: 'production,battery' });
    assert.deepEqual(figures, noMeter);
  });
});

describe('SolisCloud has a battery', () => {
  const idle = { ...hybrid, batteryPower: 0, batteryCapacitySoc: 0 };
  for (const [what, values, has] of [
    ['type 1 in a plant with storage', { ...idle, type: 1 }, false],
    ['type 2 in a plant without', { ...idle, stationTypeNew: 0 }, true],
    ['type 1 that charges', { ...hybrid, type: 1, batteryCapacitySoc: 0 }, true],
    ['type 1 with a charge', { ...hybrid, type: 1, batteryPower: 0 }, true],
    ...[1, 2, 6, 7, 9, 10, 11].map((plant) => [
      `plant ${plant}`,
      { ...without(idle, 'type'), stationTypeNew: plant },
      true,
    ]),
    ...[0, 3, 4, 5, 8].map((plant) => [`plant ${plant}`, { ...without(idle, 'type'), stationTypeNew: plant }, false]),
    ['neither type', without(idle, 'type', 'stationTypeNew'), false],
  ] as [string, Values, boolean][])
    it(`${what}: ${has}`, async () => {
      const figures = await told(values);
      assert.equal(typeof figures === 'object' && 'battery_discharge_kw' in figures, has);
    });
});

describe('SolisCloud tells the time', () => {
  for (const [what, dataTimestamp, expected] of [
    ['in ms as a text', String(measuredAt), measuredAt],
    ['in ms as a number', measuredAt, measuredAt],
    ['or not', undefined, undefined],
    ['20 minutes ago, which is young enough', Date.parse(now) - 1_200_000, Date.parse(now) - 1_200_000],
    ['too long ago', Date.parse(now) - 1_201_000, 'stale'],
    ['in the future', Date.parse(now) + 400_000, 'bad-response'],
    ['in words', '2026-04-18 12:00:00', 'bad-response'],
  ] as const)
    it(what, async () => {
      const { pushes, report } = await play({ ...hybrid, dataTimestamp });
      assert.equal(pushes[0]?.siteMeters ? pushes[0].tsms : report.kind, expected);
    });
});
