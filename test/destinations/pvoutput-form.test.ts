import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import {
  formOf,
  type Gathering,
  gather,
  type Slots,
} from '../../functions/push-solar-data/destinations/pvoutput/slots.ts';
import { powersOf, truths } from '../support/truth.ts';

const at = (time: string) => Date.parse(`2026-07-18T${time}Z`);
const fiveMinutes: Omit<Gathering, 'now'> = { consumption: 'home', intervalMs: 300_000, timeZone: 'Australia/Sydney' };

/** The form of the slot in which these readings, and no others, were measured. */
function formOfSlot(
  readings: readonly Reading[],
  { withBattery = false, ...how }: Partial<Gathering> & { withBattery?: boolean } = {},
) {
  const gathering = { ...fiveMinutes, ...how };
  const slots: Partial<Slots> = {};
  for (const reading of readings) gather(slots, reading, { ...gathering, now: at('02:35:03') });
  const slot = gather(slots, undefined, { ...gathering, now: at('02:50:03') });
  return slot && formOf(slot, gathering.timeZone, withBattery);
}

describe('the form', () => {
  const when = { d: '20260718', t: '12:35' };
  const battery = { battery_discharge_kw: -0.7, battery_soc: 0.555 };
  for (const [what, readings, how, form] of [
    [
      'has the means in whole watts',
      [
        { production_kw: 4, consumption_kw: 1.9 },
        { production_kw: 4.2, consumption_kw: 2 },
        { production_kw: 4.3, consumption_kw: 2.3 },
      ],
      {},
      { v2: '4167', v4: '2067' },
    ],
    [
      'has no battery unless wanted',
      [{ production_kw: 4.2, consumption_kw: 2, ...battery }],
      {},
      { v2: '4200', v4: '2000' },
    ],
    [
      'has charging as +, and the state of charge in per cent',
      [{ production_kw: 4.2, ...battery }],
      { withBattery: true },
      { v2: '4200', b1: '700', b2: '55.5' },
    ],
    [
      'has discharging as −, and the last state of charge',
      [
        { consumption_kw: 1, battery_discharge_kw: 1, battery_soc: 0.5 },
        { consumption_kw: 1, battery_discharge_kw: 2, battery_soc: 0.4966 },
      ],
      { withBattery: true },
      { v4: '1000', b1: '-1500', b2: '49.7' },
    ],
    [
      'has no state of charge without the power',
      [{ production_kw: 1, battery_soc: 0.5 }],
      { withBattery: true },
      { v2: '1000' },
    ],
    ['has no battery alone', [battery], { withBattery: true }, undefined],
    [
      'is net of the battery if wanted',
      [{ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2, ...battery }],
      { consumption: 'net-of-battery' },
      { v2: '4200', v4: '2700' },
    ],
    [
      'is not net of it without the grid',
      [{ production_kw: 4.2, consumption_kw: 2 }],
      { consumption: 'net-of-battery' },
      { v2: '4200' },
    ],
    [
      'has no consumption if not wanted',
      [{ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2 }],
      { consumption: 'off' },
      { v2: '4200' },
    ],
    ['leaves out a negative consumption', [{ production_kw: 3, consumption_kw: -0.8 }], {}, { v2: '3000' }],
    ['leaves out a negative generation', [{ production_kw: -0.012, consumption_kw: 0.4 }], {}, { v4: '400' }],
    ['judges the mean, not the single reading', [{ production_kw: -0.1 }, { production_kw: 0.3 }], {}, { v2: '100' }],
    ['has no negative zero', [{ production_kw: -0.0001, consumption_kw: -0 }], {}, { v2: '0', v4: '0' }],
    [
      'tells the mean of what is known',
      [{ production_kw: 2 }, { net_import_kw: 1 }, { production_kw: 4 }],
      {},
      { v2: '3000' },
    ],
    ['has nothing of the grid', [{ net_import_kw: 1.2, imported_kwh: 5 }], {}, undefined],
  ] as const)
    it(what, () => {
      assert.deepEqual(formOfSlot(readings, how), form && { ...when, ...form });
    });

  it('balances: the means of readings that do, for any home, but for the rounding to watts', () => {
    fc.assert(
      fc.property(fc.array(truths, { minLength: 1, maxLength: 15 }), (home) => {
        const readings = home.map(powersOf);
        const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / home.length;
        const imported = mean(home.map(({ n }) => n));
        const isNear = (watts: number, tolerance: number) => assert.ok(Math.abs(watts - imported) <= tolerance + 1e-6);
        const { v2, v4, b1 } = formOfSlot(readings, { withBattery: true }) ?? {};
        if (v2 !== undefined && v4 !== undefined) isNear(Number(v4) - Number(v2) + Number(b1), 1.5);
        const net = formOfSlot(readings, { consumption: 'net-of-battery' }) ?? {};
        if (net['v2'] !== undefined && net['v4'] !== undefined) isNear(Number(net['v4']) - Number(net['v2']), 1);
        assert.equal(v2 === undefined, Math.round(mean(home.map(({ p }) => p))) < 0);
      }),
    );
  });
});
