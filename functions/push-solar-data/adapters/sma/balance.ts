/** SMA's energy balance of a plant, in the shape that the portal and the Monitoring API share, and what it means. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import { netOf } from '../one-way-meters.ts';
import { difference, figure, kilowatts, sumOfKnown } from '../quantities.ts';

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

/** What a way to ask tells apart: the names of the grid's directions, and the unit of the state of charge. */
export type Measured = { imported: number | undefined; exported: number | undefined; soc: number | undefined };

/**
 * All figures are unsigned, each direction has its own. SMA computes `totalConsumption` by the same balance, so it tells
 * nothing new and only fills a gap.
 */
export function readingOf(
  balance: EnergyBalance,
  { imported, exported, soc }: Measured,
  { hasSmartMeter, takes }: { hasSmartMeter: boolean; takes(term: Term): boolean },
): AdapterReading {
  const { pvGeneration, totalGeneration, dieselGeneration, totalConsumption } = balance;
  const generators = [dieselGeneration, balance.combinedHeatAndPowerGeneration, balance.hydroGeneration];
  const hasGenerator = generators.some((power) => power !== undefined);
  // A diesel without figure is none at all.
  const generated = hasGenerator ? difference(totalGeneration, dieselGeneration ?? 0) : pvGeneration;

  if (!hasSmartMeter) {
    if (generated === undefined) throw new Failure('offline', offline);
    return { production_kw: kilowatts(generated) };
  }
  const grid = netOf(imported, exported);
  // PV without its meter would look like surplus.
  if (grid === undefined && takes('grid')) throw new Failure('offline', offline);
  const netImport = grid === undefined ? undefined : sumOfKnown(grid, dieselGeneration); // a diesel is no surplus either
  const { batteryCharging, batteryDischarging } = balance;
  const hasBattery = batteryCharging !== undefined || batteryDischarging !== undefined;
  const discharge = netOf(batteryDischarging, batteryCharging);
  const production = generated ?? difference(difference(totalConsumption, netImport), hasBattery ? discharge : 0);
  const lacking: Term[] = production === undefined ? ['production'] : [];
  if (hasBattery && discharge === undefined) lacking.push('battery');
  return {
    production_kw: kilowatts(production),
    net_import_kw: kilowatts(netImport),
    battery_discharge_kw: kilowatts(discharge),
    battery_soc: soc,
    lacking,
  };
}

const offline =
  'SMA has no figures for the newest five minutes: the Sunny Home Manager or the inverter is not connected' +
  ' (a plant without meter: set hasSmartMeter to false)';
