/** Homes in whole watts that balance by construction: what a physically consistent home measures. */
import * as fc from 'fast-check';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';

/** Watts: production, net import, battery discharge. Consumption is their sum. */
export type Truth = { p: number; n: number; b: number };

/** Production a little negative at night, import and export, the battery both ways: consumption of both signs. */
export const truths: fc.Arbitrary<Truth> = fc.record({
  p: fc.integer({ min: -50, max: 30_000 }),
  n: fc.integer({ min: -30_000, max: 30_000 }),
  b: fc.integer({ min: -15_000, max: 15_000 }),
});

/** The powers of a home with a battery, in kW. */
export const powersOf = ({ p, n, b }: Truth) => ({
  production_kw: p / 1000,
  net_import_kw: n / 1000,
  consumption_kw: (p + n + b) / 1000,
  battery_discharge_kw: b / 1000,
});

/** A power in whole watts, never -0; NaN if it is missing, which no assertion takes for a figure. */
export const wattsOf = (kilowatts: number | undefined): number => Math.round((kilowatts ?? Number.NaN) * 1000) + 0;

/** By how many watts the figures miss the equation as a reader of the body computes it. */
export const missOf = ({ production_kw, net_import_kw, consumption_kw, battery_discharge_kw = 0 }: Reading): number =>
  wattsOf(production_kw) + wattsOf(net_import_kw) + wattsOf(battery_discharge_kw) - wattsOf(consumption_kw);
