/** What the portal's figures of inverters mean. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { luxpower } from '../../functions/push-solar-data/adapters/luxpower.ts';
import {
  account,
  hybrid,
  inverter,
  logInTo,
  measuredAt,
  now,
  runtime,
  timeText,
  type Values,
  withoutBattery,
} from '../conversations/luxpower.ts';
import { playAdapter } from '../support/home.ts';
import { assertFigures, type Figures, noBattery, nothing, playInverters, type Settings } from './luxpower-polls.ts';

const one = (values: Values, settings?: Settings) =>
  playInverters([{ INVERTER01: { ...hybrid, ...values } }], settings);

describe('LuxPower tells of an inverter', () => {
  const rows: [what: string, values: Values, figures: Figures][] = [
    ['an import', { pToUser: 6784, pToGrid: 0 }, { net_import_kw: 6.784 }],
    ['an export', { pToUser: 0, pToGrid: 3910 }, { net_import_kw: -3.91 }],
    ['a battery that charges', { pCharge: 5295, batPower: 5295 }, { battery_discharge_kw: -5.295 }],
    ['one that discharges', { pCharge: 0, pDisCharge: 800, batPower: -800 }, { battery_discharge_kw: 0.8 }],
    [
      'it by its sum, for want of a part',
      { pCharge: 500, pDisCharge: null, batPower: 500 },
      { battery_discharge_kw: -0.5 },
    ],
    ['what is coupled', { _12KAcCoupleInverterData: true, acCouplePower: 2730 }, { production_kw: 6.13 }],
    ['but not what is none', { _12KAcCoupleInverterData: false, acCouplePower: 2730 }, { production_kw: 3.4 }],
    ['nor without a word on it', { _12KAcCoupleInverterData: null, acCouplePower: 2730 }, { production_kw: 3.4 }],
    [
      'no sun where the coupled power is gone',
      { acCouplePower: null },
      { production_kw: undefined, consumption_kw: undefined, net_import_kw: -1.13 },
    ],
    ['a consumption below 0', { ppv: 0, acCouplePower: 0, pCharge: 0, batPower: 0 }, { consumption_kw: -1.13 }],
    ['no battery', withoutBattery, { ...noBattery, consumption_kw: 0.66 }],
    ['none with nulls', { ...withoutBattery, ...nothing, soc: null, vBat: null }, noBattery],
    ['one that rests', { pCharge: 0, batPower: 0 }, { battery_discharge_kw: 0, battery_soc: 0.62 }],
    ['one that rests empty', { pCharge: 0, batPower: 0, soc: 0 }, { battery_discharge_kw: 0, battery_soc: undefined }],
    ['one at work without a charge', { soc: 0 }, { battery_discharge_kw: -2.6, battery_soc: undefined }],
    ['no charge that cannot be read', { soc: 'full' }, { battery_discharge_kw: -2.6, battery_soc: undefined }],
    [
      'a battery whose power is gone',
      nothing,
      { battery_discharge_kw: undefined, consumption_kw: undefined, battery_soc: 0.62 },
    ],
    ['offline: that it is lost, whatever else', { lost: true }, 'offline'],
    ['offline: that there is nothing', { hasRuntimeData: false }, 'offline'],
    ['offline: its status', { statusText: 'offline' }, 'offline'],
    ['offline: no solar power', { ppv: null }, 'offline'],
    ['offline: no import', { pToUser: null }, 'offline'],
    ['offline: no export', { pToGrid: undefined }, 'offline'],
    ['bad-response: a power that is none', { ppv: 'much' }, 'bad-response'],
    ['bad-response: no time', { serverTime: null }, 'bad-response'],
    ['bad-response: a time that is none', { serverTime: 'yesterday' }, 'bad-response'],
    ['stale: an old time', { serverTime: timeText(Date.parse(now) - 901_000) }, 'stale'],
    ['a time that is just young enough', { serverTime: timeText(Date.parse(now) - 899_000) }, { production_kw: 4.65 }],
  ];
  for (const [what, values, figures] of rows) it(what, async () => assertFigures(await one(values), figures));

  it('no grid where no clamp is fitted', async () => {
    const { pushes } = await one({ pToUser: null, pToGrid: 0, acCouplePower: 0 }, { gridMeter: 'none' });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 3.4, battery_discharge_kw: -2.6, battery_soc: 0.62 });
  });

  it('nothing of what is not taken', async () => {
    const { pushes } = await playAdapter(luxpower, {
      ...{ settings: account, now, texts: { LUXPOWER_TAKE: 'production' } },
      exchanges: [logInTo(inverter('INVERTER01')), runtime('INVERTER01', { ...hybrid, pToUser: null })],
    });
    assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.65 });
  });

  it('a time of UTC, in whatever zone the plant is', async () => {
    const { pushes } = await one({ deviceTime: '2026-05-21 04:00:40' });
    assert.equal(pushes[0]?.tsms, measuredAt);
  });

  for (const [what, ahead, tsms] of [
    ['a time a little ahead', 299_000, Date.parse(now) + 299_000],
    ['no time that lies in the future, and calls it not stale', 301_000, undefined],
    ['none of a server with clocks of its own', 7_200_000, undefined],
  ] as const)
    it(what, async () => {
      const { pushes, report } = await one({ serverTime: timeText(Date.parse(now) + ahead) });
      assert.equal(report.outcome, 'pushed', report.error);
      assert.equal(pushes[0]?.tsms, tsms);
    });
});

describe('LuxPower adds up inverters', () => {
  const two = (values: Values, first: Values = {}) =>
    playInverters([{ INVERTER01: { ...hybrid, ...first }, INVERTER02: { ...hybrid, ...values } }]);
  const rows: [what: string, second: Values, figures: Figures, first?: Values][] = [
    [
      'of which each sees its part',
      { pToUser: 400, pToGrid: 0, _12KAcCoupleInverterData: false },
      { production_kw: 8.05, net_import_kw: -0.73, battery_discharge_kw: -5.2 },
    ],
    ['weighing their charge by Ah', { soc: 90, batCapacity: '840', vBat: 480 }, { battery_soc: 0.83 }],
    ['or not, where one capacity is missing', { soc: 90, batCapacity: null }, { battery_soc: 0.76 }],
    ['or where it cannot be read', { soc: 90, batCapacity: 'large' }, { battery_soc: 0.76 }],
    ['or where they share a bank', { soc: 64, batCapacity: '840', batShared: true }, { battery_soc: 0.63 }],
    ['without a charge where one tells none', { soc: 0 }, { battery_soc: undefined, battery_discharge_kw: -5.2 }],
    ['but on one bank one is enough', { soc: 0, batShared: true }, { battery_soc: 0.62 }, { batShared: true }],
    ['the charge of the only battery', withoutBattery, { battery_soc: 0.62, battery_discharge_kw: -2.6 }],
    ['or none, if one is lost', { lost: true }, 'offline'],
    ['or none, if one has no figures', { pToUser: null }, 'offline'],
    ['or none, if one is old', { serverTime: timeText(Date.parse(now) - 901_000) }, 'stale'],
  ];
  for (const [what, second, figures, first] of rows)
    it(what, async () => assertFigures(await two(second, first), figures));

  it('and tells the oldest time', async () => {
    const { pushes } = await two({ serverTime: timeText(measuredAt - 200_000) });
    assert.equal(pushes[0]?.tsms, measuredAt - 200_000);
  });
});
