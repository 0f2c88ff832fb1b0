/** The flow of energy of a Sigenergy system, in kW and %. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, type Term, total } from '../adapter.ts';
import { isThereToday } from '../age.ts';
import { negate, sumOfKnown } from '../quantities.ts';
import { kilowatts, negativeKilowatts, percent } from '../units.ts';
import type { SigenergyContext } from './settings.ts';

/**
 * The battery's + is charging, the grid's + is selling: 2,454 of 2,457 recorded flows balance so. Not used: daily totals
 * (they leave out grid charging) and `stationStatus` (0 occurs with good figures).
 */
export const Powers = z.object({
  pvPower: kilowatts,
  thirdPvPower: kilowatts,
  batteryPower: negativeKilowatts,
  batterySoc: percent,
  loadPower: kilowatts,
  acPower: kilowatts,
  evPower: kilowatts,
  heatPumpPower: kilowatts,
  generatorPower: kilowatts,
});
/** `batteryPower` and the grid with Charge HQ's signs. */
export type Flow = z.output<typeof Powers> & { net_import_kw: number | undefined };

/** There is no time of measurement. Consumption is derived: `loadPower` leaves the car out. */
export function readingOf(flow: Flow, { state, now }: SigenergyContext): AdapterReading {
  const { pvPower, thirdPvPower, batteryPower, batterySoc, loadPower, net_import_kw: bought } = flow;
  const generator = Math.max(flow.generatorPower ?? 0, 0);
  const consumers = [flow.acPower, flow.evPower, flow.heatPumpPower];
  const taken = loadPower === undefined ? undefined : sumOfKnown(loadPower, ...consumers);
  /** By how many kW these sources and the generator miss what all consumers take; absent terms are 0. */
  const miss = (...sources: (number | undefined)[]): number =>
    taken === undefined ? 0 : Math.abs((sumOfKnown(generator, ...sources) ?? 0) - taken);

  state.seen ??= {};
  // The PV of other inverters counts, unless the balance says that `pvPower` holds it.
  const hasThirdPv = isThereToday(state.seen, 'thirdPv', Boolean(thirdPvPower), now);
  const all = hasThirdPv ? total([pvPower, thirdPvPower]) : pvPower;
  const production_kw = miss(pvPower, bought, batteryPower) < miss(all, bought, batteryPower) ? pvPower : all;

  const sold = negate(bought);
  const missReversed = Math.min(
    miss(production_kw, sold, batteryPower),
    miss(production_kw, sold, negate(batteryPower)),
  );
  if (miss(production_kw, bought, batteryPower) > 0.5 && missReversed <= 0.1)
    throw new Failure('bad-response', 'Sigenergy sent figures that fit only with the sign of the grid reversed');

  const lacking: Term[] = [];
  if (production_kw === undefined) lacking.push('production');
  if (batteryPower === undefined && batterySoc) lacking.push('battery');
  return {
    production_kw,
    net_import_kw: total([bought, generator]), // a generator is no surplus
    battery_discharge_kw: batteryPower,
    battery_soc: batteryPower === undefined ? batterySoc || undefined : batterySoc, // 0 without a battery
    lacking,
  };
}
