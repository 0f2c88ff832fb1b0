/** The figures of SAJ devices, and their way to a reading. Powers are magnitudes; direction fields give the signs. */
import * as z from 'zod/mini';
import { watts as inWatts, powerOf, withoutUndefined } from '../../core/reading.ts';
import { type AdapterReading, type DeviceReading, Failure, type Reading, type Term, total } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import { difference, figure, negate } from '../quantities.ts';
import { kilowattHours, percent, watts } from '../units.ts';

/** What the owner's settings say about a site. */
export type Site = {
  /** Overrides what the answers let evaluate. */
  hasBattery?: boolean | undefined;
  hasGridMeter?: boolean | undefined;
  /** Of `dataTime`. */
  timeZone?: string | undefined;
  /** Serials of devices that have shown a battery: it is there also at rest, or without a figure. Kept from poll to poll. */
  batteries: string[];
  now: number;
  note(remark: string): void;
};

/** A device of the list, and what it says; undefined where the cloud has nothing of it now. */
export type Device<Data> = { sn: string; data: Data | undefined };

const times = { isOnline: figure, invTime: z.nullish(z.string()), dataTime: z.nullish(z.string()) };

/** `realtimeDataCommon` of an inverter. */
export const Live = z.object({
  ...times,
  totalPVPower: watts,
  /** AC output of the inverter, whatever its name says. */
  totalGridPowerWatt: watts,
  batPower: watts,
  totalBatteryPower: watts,
  /** 1 discharging, 0 standby, -1 charging. */
  batteryDirection: figure,
  batEnergyPercent: percent,
  sysGridPowerWatt: watts,
  /** 1 selling, 0 none, -1 buying. */
  gridDirection: figure,
  sysTotalLoadWatt: watts,
  totalLoadPowerWatt: watts,
  /** kWh sold. */
  totalSellEnergy: kilowattHours,
  /** kWh bought: SAJ calls buying "feed in". */
  totalFeedInEnergy: kilowattHours,
  meterAStatus: figure,
});
export type Live = z.output<typeof Live>;

/** `emsRealtimeDataCommon` of an eManager. */
export const Ems = z.object({
  ...times,
  parallLoadPower: watts,
  /** Its own sign is the other way round than in the device's registers: never used. */
  parallGridPower: watts,
  gridDirection: figure,
  parallBatPower: watts,
  batteryDirection: figure,
  parallSOC: percent,
  parallTotalSellEnergy: kilowattHours,
  parallTotalFeedInEnergy: kilowattHours,
});

/** A row of `uploadData`: storage has one field for each direction, a string inverter only `power` (AC). */
export const Upload = z.object({
  dataTime: z.string().check(z.regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)),
  pvPower: watts,
  buyPower: watts,
  sellPower: watts,
  chargePower: watts,
  dischargePower: watts,
  batterySOC: percent,
  power: watts,
});
export type Upload = z.output<typeof Upload>;

/** One inverter, in kW with the signs of a reading. */
type Inverter = {
  hasBattery: boolean;
  production: number | undefined;
  battery: number | undefined;
  soc: number | undefined;
  tsms: number | undefined;
};
/** Of the inverter with the grid meter; kW, + buying. */
type Grid = { bought: number | undefined; imported?: number | undefined; exported?: number | undefined };

export const offline = (what: string): Failure =>
  new Failure('offline', `SAJ has no live figures of ${what}: it sleeps, or its communication module is not connected`);

/** Grid, load and registers come from the first inverter alone, which has the grid meter. */
export function mapLive(devices: readonly Device<Live>[], site: Site): DeviceReading[] {
  const inverters = devices.map(({ sn, data }) => ({ sn, inverter: data && inverterOf(sn, data, site) }));
  const [first] = devices;
  if (!first?.data || !hasMeter(first.sn, first.data, site))
    return inverters.map(({ sn, inverter }) => readingOf(sn, inverter));
  const made = total(inverters.flatMap(({ inverter }) => suppliesOf(inverter)));
  const load = first.data.sysTotalLoadWatt ?? first.data.totalLoadPowerWatt;
  const bought = negate(directed(first.data.gridDirection, first.data.sysGridPowerWatt)) ?? difference(load, made);
  compare(load, total([made, bought]), site);
  const grid = { bought, imported: first.data.totalFeedInEnergy, exported: first.data.totalSellEnergy };
  return inverters.map(({ sn, inverter }) => readingOf(sn, inverter, sn === first.sn ? grid : undefined));
}

const hasMeter = (sn: string, live: Live, site: Site): boolean =>
  site.hasGridMeter ?? (hasBattery(sn, live, site) || live.meterAStatus === 1);

/** What an inverter gives to the home; unknown where any of it is. */
const suppliesOf = (inverter: Inverter | undefined): (number | undefined)[] =>
  inverter?.hasBattery ? [inverter.production, inverter.battery] : [inverter?.production];

const batteryPower = ({ batPower, totalBatteryPower }: Live): number | undefined => batPower ?? totalBatteryPower;

/** A power of 0 without a state of charge proves nothing, nor does a state of charge of 0 without a power. */
function hasBattery(sn: string, live: Live, site: Site): boolean {
  const [power, soc] = [batteryPower(live), live.batEnergyPercent];
  return isKnown(sn, Boolean(power || soc) || (power !== undefined && soc !== undefined), site);
}

/** Whether there is a battery, as the owner says or it has shown itself, now or before. */
function isKnown(sn: string, isShown: boolean, { hasBattery: says, batteries }: Site): boolean {
  if (says !== undefined) return says;
  if (isShown && !batteries.includes(sn)) batteries.push(sn);
  return batteries.includes(sn);
}

function inverterOf(sn: string, live: Live, site: Site): Inverter {
  const isHybrid = hasBattery(sn, live, site);
  return {
    hasBattery: isHybrid,
    production: isHybrid ? live.totalPVPower : (live.totalGridPowerWatt ?? live.totalPVPower),
    battery: directed(live.batteryDirection, batteryPower(live)),
    soc: live.batEnergyPercent,
    tsms: measuredAt(live, site),
  };
}

function readingOf(sn: string, inverter: Inverter | undefined, grid?: Grid): DeviceReading {
  if (!inverter) return { device: sn, lacking: ['production'] };
  const reading: { [Field in keyof Reading]: Reading[Field] | undefined } = {
    production_kw: inverter.production,
    ...(inverter.hasBattery ? { battery_discharge_kw: inverter.battery, battery_soc: inverter.soc } : {}),
    ...(grid ? { net_import_kw: grid.bought, imported_kwh: grid.imported, exported_kwh: grid.exported } : {}),
    tsms: inverter.tsms,
  };
  const expected: (Term | false)[] = ['production', grid !== undefined && 'grid', inverter.hasBattery && 'battery'];
  const lacking = expected.filter((term) => term !== false).filter((term) => reading[powerOf[term]] === undefined);
  return { device: sn, lacking, ...withoutUndefined(reading) };
}

/** The vendor's load is not measured; where it is far from the balance, the log says so. */
function compare(load_kw: number | undefined, balance_kw: number | undefined, { note }: Site): void {
  const miss_kw = difference(balance_kw, load_kw);
  if (miss_kw === undefined || load_kw === undefined) return;
  if (Math.abs(miss_kw) > 0.3 && Math.abs(miss_kw) > 0.2 * load_kw)
    note(`SAJ shows a load of ${inWatts(load_kw)} W where the balance gives ${inWatts(load_kw + miss_kw)} W`);
}

/** Production follows from the balance: `parallPVPower` does not see solar inverters of other makers. */
export function mapEms(sn: string, ems: z.output<typeof Ems>, site: Site): AdapterReading {
  const { parallGridPower, parallLoadPower: load } = ems;
  // A grid direction of 0 without a power is no measured 0.
  const sold = parallGridPower === undefined ? undefined : directed(ems.gridDirection, parallGridPower);
  if (load === undefined || sold === undefined) throw offline('the home');
  const withBattery = isKnown(sn, Boolean(ems.parallBatPower || ems.parallSOC), site);
  const battery = withBattery ? directed(ems.batteryDirection, ems.parallBatPower) : 0;
  const production = difference(load + sold, battery);
  return {
    production_kw: production === undefined ? undefined : Math.max(0, production),
    net_import_kw: negate(sold),
    consumption_kw: load,
    ...(withBattery ? { battery_discharge_kw: battery, battery_soc: ems.parallSOC } : {}),
    imported_kwh: ems.parallTotalFeedInEnergy,
    exported_kwh: ems.parallTotalSellEnergy,
    tsms: measuredAt(ems, site),
    lacking: production === undefined ? ['production', 'battery'] : [],
  };
}

/** The newest row of each inverter. Storage has one field for each direction. */
export function mapUploads(devices: readonly Device<Upload>[], site: Site): DeviceReading[] {
  return devices.map(({ sn, data: row }, index) => {
    if (!row) return readingOf(sn, undefined);
    const isStorage = isKnown(sn, row.pvPower !== undefined, { ...site, hasBattery: undefined });
    const inverter: Inverter = {
      hasBattery: site.hasBattery ?? isStorage,
      production: isStorage ? row.pvPower : row.power,
      battery: difference(row.dischargePower, row.chargePower),
      soc: row.batterySOC,
      tsms: measuredAt(row, site),
    };
    const isMeter = index === 0 && (site.hasGridMeter ?? isStorage);
    return readingOf(sn, inverter, isMeter ? { bought: difference(row.buyPower, row.sellPower) } : undefined);
  });
}

/**
 * A power with the sign of its direction field: 1 selling or discharging, -1 buying or charging, 0 none. The power's own
 * sign is left out, because it differs from one endpoint to the next.
 */
function directed(direction: number | undefined, power: number | undefined): number | undefined {
  if (direction === 0) return 0;
  if (power === undefined || !(direction === 1 || direction === -1)) return undefined;
  return direction * Math.abs(power);
}

/** `invTime` is UTC to the minute; `dataTime` is on the clocks of the plant. */
function measuredAt(
  { invTime, dataTime }: { invTime?: string | null | undefined; dataTime?: string | null | undefined },
  { timeZone, now }: Site,
): number | undefined {
  if (invTime && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(invTime)) return Date.parse(invTime);
  return dataTime && timeZone ? instantOf(dataTime, timeZone, now) : undefined;
}
