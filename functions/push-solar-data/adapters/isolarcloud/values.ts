/** What the points of iSolarCloud mean, in W, Wh and shares of 1, whatever units its dictionaries name. */
import * as z from 'zod/mini';
import { type AdapterReading, type DeviceReading, type Term, total } from '../adapter.ts';
import { difference } from '../quantities.ts';
import { fraction, wattHours, watts } from '../units.ts';
import type { IsolarcloudContext } from './settings.ts';

const hybridType = 14;
const stringType = 1;
const microInverterType = 55;
/** A plant is a device too. */
export const plantType = 11;
/**
 * In the order in which they are asked. Others are left alone: a battery (43) and a meter (7) are sampled at another
 * moment, and the sign of the meter's power is not known.
 */
export const inverterTypes: readonly number[] = [hybridType, stringType, microInverterType];
export const isHybrid = ({ type }: { type: number }): boolean => type === hybridType;

/** One EMS gave percent; 1 is full. */
const charge = z.optional(
  z.pipe(
    fraction,
    z.transform((soc) => (soc !== undefined && soc > 1 ? soc / 100 : soc)),
  ),
);

/** Each has one direction, + or 0. */
const points = {
  [hybridType]: {
    p13003: watts, // solar, DC
    p13149: watts, // import
    p13121: watts, // export
    p13150: watts, // discharging
    p13126: watts, // charging
    p13141: charge,
    p13148: wattHours, // imported
    p13125: wattHours, // exported
    p13119: z.catch(watts, undefined), // load, AC: without the loss between the battery and it
  },
  [stringType]: { p24: watts }, // solar, AC
  [microInverterType]: { p51303: watts }, // solar, AC
  [plantType]: { p83033: watts, p83106: watts, p83105: wattHours, p83075: wattHours }, // solar, load, imported, exported
};
export const Values = z.object({ ...points[14], ...points[1], ...points[55], ...points[11] });

/** `p13003` is asked for as `13003`. */
export const pointsOf = (type: number): string[] =>
  Object.keys(points[type as keyof typeof points]).map((name) => name.slice(1));

type Live = z.output<typeof Values> & { device: string; type: number; tsms: number | undefined };
type Context = Pick<IsolarcloudContext, 'now' | 'staleAfterSeconds' | 'note'>;

/** One for each inverter, and for the plant where no hybrid sees the grid. */
export function readingsOf(live: readonly Live[], context: Context): DeviceReading[] {
  const hybrids = live.filter(isHybrid);
  const others = live.filter(({ type }) => type === stringType || type === microInverterType);
  const plant = live.find(({ type }) => type === plantType);
  const inverters = [
    ...hybrids.map((each) => hybridReading(each, hybrids)),
    ...others.map((each) => solarReading(each, [...hybrids, ...others], context)),
  ];
  const [hybrid, another] = inverters;
  if (hybrid && !another) noteOddLoad(hybrid, hybrids[0]?.p13119, context);
  return plant ? [...inverters, plantReading(plant, inverters)] : inverters;
}

function hybridReading(live: Live, hybrids: readonly Live[]): DeviceReading {
  const { device, tsms, p13003: production_kw, p13150: discharging, p13126: charging, p13141: soc } = live;
  const { lacking = [], ...grid } = gridReading(live, hybrids);
  const battery_discharge_kw = difference(discharging, charging);
  const hasBattery = discharging !== undefined || charging !== undefined || Boolean(soc);
  // Of several batteries one whose charge is missing makes theirs unknown, which a mean of the others would hide.
  const battery_soc = soc ?? (battery_discharge_kw && hybrids.length > 1 ? Number.NaN : undefined);
  const unknown: Term[] = [...lacking];
  if (production_kw === undefined) unknown.push('production');
  if (hasBattery && battery_discharge_kw === undefined) unknown.push('battery');
  return {
    ...{ device, sleeps: false, production_kw, ...grid, tsms, lacking: unknown },
    ...(hasBattery ? { battery_discharge_kw, battery_soc } : {}),
  };
}

const hasCounted = ({ p13148 = 0, p13125 = 0 }: Live): boolean => p13148 > 0 || p13125 > 0;
const showsMeter = (live: Live): boolean => Boolean(live.p13149 || live.p13121) || hasCounted(live);
const givesGrid = ({ p13149, p13121 }: Live): boolean => p13149 !== undefined || p13121 !== undefined;

/**
 * Of master and slave only the master has a meter: the slave gives nothing, 0, or the master's figures again. Counters
 * without powers are those of a meter that is silent.
 */
function gridReading(live: Live, hybrids: readonly Live[]): AdapterReading {
  const showing = hybrids.filter(showsMeter);
  const metered = showing.length > 0 ? showing : hybrids.filter(givesGrid).slice(0, 1);
  if (!metered.includes(live)) return {};
  const { p13149: bought, p13121: sold, p13148, p13125 } = live;
  if (metered.slice(0, metered.indexOf(live)).some((master) => isRepeated(live, master)))
    return { net_import_kw: 0, imported_kwh: 0, exported_kwh: 0 };
  const net_import_kw = difference(bought, sold);
  return net_import_kw === undefined ? { lacking: ['grid'] } : { net_import_kw, ...counters(p13148, p13125) };
}

/** Two meters may both stand at 0; that they have counted the same as well would be no chance. */
function isRepeated(live: Live, master: Live): boolean {
  if (live.p13149 !== master.p13149 || live.p13121 !== master.p13121) return false;
  const hasSameCounters = live.p13148 === master.p13148 && live.p13125 === master.p13125;
  return Boolean(live.p13149 || live.p13121) || (givesGrid(live) && hasCounted(live) && hasSameCounters);
}

/** Two that stand at 0 are not kept, which the sum of several would hide, as it would one below 0. */
function counters(imported: number | undefined, exported: number | undefined): AdapterReading {
  const counted = (kwh: number | undefined) => (kwh !== undefined && kwh < 0 ? Number.NaN : kwh);
  return imported || exported ? { imported_kwh: counted(imported), exported_kwh: counted(exported) } : {};
}

/** One that gives less, kW, when it was last heard of has fallen asleep. */
const nearNothing_kw = 0.2;

/** That of an inverter without battery, which is off without sun and may then show its last figures or none. */
function solarReading(live: Live, all: readonly Live[], { now, staleAfterSeconds }: Context): DeviceReading {
  const { device, tsms, p24, p51303 } = live;
  const production_kw = p24 ?? p51303;
  const isOld = ({ tsms = now }: Live) => now - tsms > staleAfterSeconds * 1000;
  const sleeps = isOld(live) && !all.every(isOld) && (production_kw ?? 0) < nearNothing_kw;
  return production_kw === undefined || sleeps ? { device, lacking: ['production'] } : { device, production_kw, tsms };
}

/** Without a meter there is no load. The production of a plant counts where no inverter can be read. */
function plantReading({ device, tsms, ...plant }: Live, inverters: readonly DeviceReading[]): DeviceReading {
  const { p83033, p83106: consumption_kw, p83105, p83075 } = plant;
  const isAlone = inverters.length === 0;
  const solar = isAlone ? p83033 : total(inverters.map(({ production_kw }) => production_kw));
  return {
    ...{ device, tsms, ...(isAlone ? { production_kw: p83033 } : {}) },
    ...(consumption_kw === undefined
      ? {}
      : { consumption_kw, net_import_kw: difference(consumption_kw, solar), ...counters(p83105, p83075) }),
  };
}

/** The inverter's own load, held against the balance. */
function noteOddLoad(reading: AdapterReading, load: number | undefined, { note }: Context): void {
  const { production_kw, net_import_kw, battery_discharge_kw = 0, lacking = [] } = reading;
  const derived = total([production_kw, net_import_kw, battery_discharge_kw]);
  if (load === undefined || derived === undefined || lacking.length > 0) return;
  const difference_kw = Math.abs(load - derived);
  if (difference_kw > 0.3 && difference_kw > 0.15 * Math.abs(derived))
    note(`the inverter's own load of ${load} kW differs from the ${derived.toFixed(3)} kW of the balance`);
}
