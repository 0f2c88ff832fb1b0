/** SMA's energy balance of a plant, in the shape that the portal and the Monitoring API share, and what it means. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, withLacking } from '../adapter.ts';
import { netOf } from '../one-way-meters.ts';
import { difference } from '../quantities.ts';
import { watts } from '../units.ts';
import type { SmaContext } from './settings.ts';

/** W, never negative. null or missing where there is no such thing, or no value. */
export const EnergyBalance = z.object({
  /** Local time of the plant. */
  time: z.nullish(z.string()),
  pvGeneration: watts,
  totalGeneration: watts,
  dieselGeneration: watts,
  combinedHeatAndPowerGeneration: watts,
  hydroGeneration: watts,
  totalConsumption: watts,
  batteryCharging: watts,
  batteryDischarging: watts,
});

/** With what each way in names, or scales, in its own way: kW, 0…1. */
export type EnergyBalance = z.output<typeof EnergyBalance> & {
  imported: number | undefined;
  exported: number | undefined;
  soc: number | undefined;
};

/**
 * All figures are unsigned, each direction has its own. SMA computes `totalConsumption` by the same balance, so it tells
 * nothing new and only fills a gap.
 */
export function readingOf(
  balance: Omit<EnergyBalance, 'time'>,
  { settings: { hasSmartMeter }, settingName, takes }: SmaContext,
): AdapterReading {
  const { pvGeneration, totalGeneration, dieselGeneration, totalConsumption } = balance;
  const diesel = dieselGeneration ?? 0; // one without figure is none at all
  const generators = [dieselGeneration, balance.combinedHeatAndPowerGeneration, balance.hydroGeneration];
  const hasGenerator = generators.some((power) => power !== undefined);
  const generated = hasGenerator ? difference(totalGeneration, diesel) : pvGeneration;
  const grid = netOf(balance.imported, balance.exported);

  // PV without its meter would look like surplus.
  if (hasSmartMeter ? grid === undefined && takes('grid') : generated === undefined)
    throw new Failure(
      'offline',
      'SMA has no figures for the newest five minutes: the Sunny Home Manager or the inverter is not connected' +
        ` (a plant without meter: set ${settingName('hasSmartMeter')} to false)`,
    );
  if (!hasSmartMeter) return { production_kw: generated };
  const net_import_kw = grid === undefined ? undefined : grid + diesel; // a diesel is no surplus either
  const { batteryCharging, batteryDischarging } = balance;
  const hasBattery = batteryCharging !== undefined || batteryDischarging !== undefined;
  const battery_discharge_kw = netOf(batteryDischarging, batteryCharging);
  const production_kw =
    generated ?? difference(difference(totalConsumption, net_import_kw), hasBattery ? battery_discharge_kw : 0);
  const reading = { production_kw, net_import_kw, battery_discharge_kw, battery_soc: balance.soc };
  return withLacking(reading, { production: true, battery: hasBattery });
}
