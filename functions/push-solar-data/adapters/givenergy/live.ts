/** The live figures of GivEnergy's devices, and whose grid clamp counts. */
import * as z from 'zod/mini';
import { freshnessProblem } from '../../core/freshness.ts';
import { type DeviceReading, Failure, withLacking } from '../adapter.ts';
import { isThereToday } from '../age.ts';
import { words } from '../quantities.ts';
import { negativeWatts, percent, utc, watts } from '../units.ts';
import type { Device, GivEnergyContext } from './settings.ts';

export const Live = z.object({
  data: z.object({
    time: utc,
    status: words,
    solar: z.nullish(z.object({ power: watts })),
    /** + export. */
    grid: z.nullish(z.object({ power: negativeWatts })),
    /** + discharging. */
    battery: z.nullish(z.object({ power: watts, percent })),
  }),
});
export type Live = { device: Device; live: z.output<typeof Live>['data'] };

/** One for each device, and one of the clamps, whoever of them tells it. */
export function readingsOf(all: readonly Live[], context: GivEnergyContext): DeviceReading[] {
  const readings = all.map((each) => readingOf(each, context));
  const owners = context.takes('grid') ? clampsOf(all, context) : [];
  if (owners.length === 0) return readings;
  const powers = owners.map(({ live, device }) => live.grid?.power ?? gone(device, 'grid power'));
  const net_import_kw = powers.reduce((sum, power) => sum + power, 0);
  return [...readings, { device: 'grid meter', net_import_kw, tsms: Math.min(...owners.map(timeOf)) }];
}

function readingOf(each: Live, { state, now, takes }: GivEnergyContext): DeviceReading {
  const { device, live } = each;
  const { serial, capacity_kwh } = device;
  if (live.status?.toLowerCase() === 'lost') gone(device, 'connection');
  const tsms = timeOf(each);
  // The sum has the oldest time, which hides one of the future.
  const problem = freshnessProblem({ tsms }, now, Number.POSITIVE_INFINITY);
  if (problem) throw new Failure(problem.kind, `GivEnergy Cloud: of ${serial} ${problem.message}`);
  const solar = live.solar?.power ?? (takes('production') ? gone(device, 'solar power') : undefined);
  const { power, percent: charge } = live.battery ?? {};
  state.seen ??= {};
  // An inverter for PV alone shows 0 W and 0 %; so does an empty battery, which was something else before.
  const hasBattery = isThereToday(state.seen, serial, (charge ?? 0) > 0 || (power ?? 0) !== 0, now);
  const battery = hasBattery
    ? { battery_discharge_kw: power, battery_soc: charge, battery_capacity_kwh: capacity_kwh }
    : {};
  const production_kw = solar === undefined ? undefined : Math.max(0, solar);
  return { device: serial, ...withLacking({ production_kw, ...battery, tsms }, { battery: hasBattery }) };
}

function timeOf({ device, live }: Live): number {
  if (live.time !== undefined) return live.time;
  throw new Failure('bad-response', `GivEnergy Cloud gives no time of measurement of ${device.serial}`);
}

/** Gateways answer now and then with nulls for everything: what is told then is no zero. */
function gone({ serial }: Device, what: string): never {
  throw new Failure('offline', `GivEnergy Cloud has no ${what} of ${serial} just now: is it connected?`);
}

/** Inverters on one clamp tell the same power, a little apart in time. */
const sameClamp_kw = 0.1;

/** Whose grid powers add up to the home's: two that share a clamp tell it both, two with one each tell a part. */
function clampsOf(all: readonly Live[], { settings: { gridMeter }, settingName }: GivEnergyContext): readonly Live[] {
  if (gridMeter !== 'auto') return all.filter(({ device }) => gridMeter.some(isSerial(device.serial)));
  const [first, ...others] = all;
  if (!first) return [];
  const powers = all.map(({ live, device }) => live.grid?.power ?? gone(device, 'grid power'));
  const sharesMeters = first.device.meters !== undefined;
  if (sharesMeters && others.every(({ device }) => device.meters === first.device.meters)) return [first];
  const [power = 0] = powers;
  if (powers.every((other) => Math.round(Math.abs(other - power) * 1000) <= sameClamp_kw * 1000)) return [first];
  throw new Failure(
    'bad-response',
    `GivEnergy Cloud shows several grid powers: set ${settingName('gridMeter')} to the serial number of the device with the clamp, or to several if each has its own`,
  );
}

/** As an owner writes it. */
export const isSerial =
  (serial: string) =>
  (other: string): boolean =>
    serial.toLowerCase() === other.toLowerCase();
