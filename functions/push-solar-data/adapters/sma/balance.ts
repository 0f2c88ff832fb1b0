/** SMA's energy balance of a plant, in the shape that the portal and the Monitoring API share, and what it means. */
import * as z from 'zod/mini';
import { Failure, type Reading } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import { difference, figure, fraction, kilowatts, negate, sum } from '../quantities.ts';

/** W, never negative, and %. null or missing where there is no such thing, or no value. */
export const EnergyBalance = z.object({
  /** Local time of the plant. */
  time: z.nullish(z.string()),
  pvGeneration: figure,
  totalGeneration: figure,
  dieselGeneration: figure,
  combinedHeatAndPowerGeneration: figure,
  hydroGeneration: figure,
  /** The portal's names for import and export … */
  externalConsumption: figure,
  feedIn: figure,
  /** … and the Monitoring API's. */
  gridConsumption: figure,
  gridFeedIn: figure,
  totalConsumption: figure,
  batteryCharging: figure,
  batteryDischarging: figure,
  batteryStateOfCharge: figure,
});
export type EnergyBalance = z.output<typeof EnergyBalance>;

/** ms since the epoch. */
export function timeOf({ time }: EnergyBalance, zone: string, now: number): number {
  const tsms = time ? instantOf(time, zone, now) : undefined;
  if (tsms !== undefined) return tsms;
  throw new Failure('bad-response', `SMA gives no time of measurement that can be read in the zone ${zone}`);
}

/**
 * All figures are unsigned, each direction has its own. SMA computes `totalConsumption` by the same balance, so it tells
 * nothing new and only fills a gap. Of two directions, the one without figure is 0 while the other has one.
 */
export function readingOf(
  balance: EnergyBalance,
  imported: number | undefined,
  exported: number | undefined,
  hasSmartMeter: boolean,
): Reading {
  const { pvGeneration, totalGeneration, dieselGeneration, totalConsumption } = balance;
  const generators = [dieselGeneration, balance.combinedHeatAndPowerGeneration, balance.hydroGeneration];
  const hasGenerator = generators.some((power) => power !== undefined);
  // A diesel without figure is none at all.
  const production = hasGenerator ? difference(totalGeneration, dieselGeneration ?? 0) : pvGeneration;

  if (!hasSmartMeter) {
    if (production === undefined) throw new Failure('offline', offline);
    return { production_kw: kilowatts(production) };
  }
  // PV without its meter would look like surplus.
  if (imported === undefined && exported === undefined) throw new Failure('offline', offline);
  const netImport = sum(imported, negate(exported), dieselGeneration); // a diesel is no surplus either
  const discharge = sum(balance.batteryDischarging, negate(balance.batteryCharging));
  return {
    production_kw: kilowatts(production ?? difference(totalConsumption, sum(netImport, discharge))),
    net_import_kw: kilowatts(netImport),
    battery_discharge_kw: kilowatts(discharge),
    battery_soc: fraction(balance.batteryStateOfCharge),
  };
}

const offline =
  'SMA has no figures for the newest five minutes: the Sunny Home Manager or the inverter is not connected' +
  ' (a plant without meter: set hasSmartMeter to false)';
