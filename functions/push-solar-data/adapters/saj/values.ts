/** The figures of SAJ devices, and their way to a reading. Powers are magnitudes in W; direction fields give the signs. */
import * as z from 'zod/mini';
import { Failure, type Reading } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import { difference, figure, fraction, kilowatts, mean, negate, sum } from '../quantities.ts';

/** What the owner's settings say about a site. */
export type Site = {
  /** Overrides what the answers let evaluate. */
  hasBattery?: boolean | undefined;
  hasGridMeter?: boolean | undefined;
  /** Of `dataTime`. */
  timeZone?: string | undefined;
  now: number;
  note(remark: string): void;
};

const times = { isOnline: figure, invTime: z.nullish(z.string()), dataTime: z.nullish(z.string()) };

/** `realtimeDataCommon` of an inverter. */
export const Live = z.object({
  ...times,
  totalPVPower: figure,
  /** AC output of the inverter, whatever its name says. */
  totalGridPowerWatt: figure,
  batPower: figure,
  totalBatteryPower: figure,
  /** 1 discharging, 0 standby, -1 charging. */
  batteryDirection: figure,
  batEnergyPercent: figure,
  sysGridPowerWatt: figure,
  /** 1 selling, 0 none, -1 buying. */
  gridDirection: figure,
  sysTotalLoadWatt: figure,
  totalLoadPowerWatt: figure,
  /** kWh sold. */
  totalSellEnergy: figure,
  /** kWh bought: SAJ calls buying "feed in". */
  totalFeedInEnergy: figure,
  meterAStatus: figure,
});
export type Live = z.output<typeof Live>;

/** `emsRealtimeDataCommon` of an eManager. */
export const Ems = z.object({
  ...times,
  parallLoadPower: figure,
  /** Its own sign is the other way round than in the device's registers: never used. */
  parallGridPower: figure,
  gridDirection: figure,
  parallBatPower: figure,
  batteryDirection: figure,
  parallSOC: figure,
  parallTotalSellEnergy: figure,
  parallTotalFeedInEnergy: figure,
});

/** A row of `uploadData`: storage has one field for each direction, a string inverter only `power` (AC). */
export const Upload = z.object({
  dataTime: z.string().check(z.regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)),
  pvPower: figure,
  buyPower: figure,
  sellPower: figure,
  chargePower: figure,
  dischargePower: figure,
  batterySOC: figure,
  power: figure,
});
export type Upload = z.output<typeof Upload>;

/** One inverter, in W with the signs of a reading. */
type Inverter = {
  production: number;
  battery?: number | undefined;
  soc?: number | undefined;
  tsms?: number | undefined;
};

export const offline = (what: string): Failure =>
  new Failure('offline', `SAJ has no live figures of ${what}: it sleeps, or its communication module is not connected`);

/** Sum of all inverters; grid, load and registers of the first one alone, which has the grid meter. */
export function mapLive(first: Live, others: readonly Live[], site: Site): Reading {
  const inverters = [first, ...others].map((live) => inverterOf(live, site));
  const hasMeter = site.hasGridMeter ?? (hasBattery(first, site) || first.meterAStatus === 1);
  if (!hasMeter) return mapInverters(inverters);
  const production = sum(...inverters.map(({ production }) => production));
  const battery = sum(...inverters.map(({ battery }) => battery));
  const load = first.sysTotalLoadWatt ?? first.totalLoadPowerWatt;
  const sold = directed(first.gridDirection, first.sysGridPowerWatt);
  const bought = negate(sold) ?? difference(load, sum(production, battery));
  if (bought === undefined) throw offline('the grid');
  compare(load, sum(production, battery, bought), site);
  return {
    ...mapInverters(inverters),
    net_import_kw: kilowatts(bought),
    imported_kwh: first.totalFeedInEnergy,
    exported_kwh: first.totalSellEnergy,
  };
}

const batteryWatts = ({ batPower, totalBatteryPower }: Live): number | undefined => batPower ?? totalBatteryPower;

const hasBattery = (live: Live, site: Site): boolean =>
  site.hasBattery ?? (batteryWatts(live) !== undefined && live.batEnergyPercent !== undefined);

function inverterOf(live: Live, site: Site): Inverter {
  const isHybrid = hasBattery(live, site);
  const production = isHybrid ? live.totalPVPower : (live.totalGridPowerWatt ?? live.totalPVPower);
  if (production === undefined) throw offline('the solar power');
  const tsms = measuredAt(live, site);
  if (!isHybrid) return { production, tsms };
  const battery = directed(live.batteryDirection, batteryWatts(live));
  if (battery === undefined) throw offline('the battery');
  return { production, battery, soc: live.batEnergyPercent, tsms };
}

function mapInverters(inverters: readonly Inverter[]): Reading {
  const times = inverters.flatMap(({ tsms }) => (tsms === undefined ? [] : [tsms]));
  return {
    production_kw: kilowatts(sum(...inverters.map(({ production }) => production))),
    battery_discharge_kw: kilowatts(sum(...inverters.map(({ battery }) => battery))),
    battery_soc: fraction(mean(...inverters.map(({ soc }) => soc))),
    ...(times.length > 0 ? { tsms: Math.min(...times) } : {}),
  };
}

/** The vendor's load is not measured; where it is far from the balance, the log says so. */
function compare(load: number | undefined, balance: number | undefined, { note }: Site): void {
  const miss = difference(balance, load);
  if (miss === undefined || load === undefined) return;
  if (Math.abs(miss) > 300 && Math.abs(miss) > 0.2 * load)
    note(`SAJ shows a load of ${load} W where the balance gives ${balance} W`);
}

/** Production follows from the balance: `parallPVPower` does not see solar inverters of other makers. */
export function mapEms(ems: z.output<typeof Ems>, site: Site): Reading {
  const { parallGridPower, parallLoadPower: load } = ems;
  // A grid direction of 0 without a power is no measured 0.
  const sold = parallGridPower === undefined ? undefined : directed(ems.gridDirection, parallGridPower);
  if (load === undefined || sold === undefined) throw offline('the home');
  const { parallBatPower = 0, parallSOC = 0 } = ems;
  const withBattery = site.hasBattery ?? (parallBatPower !== 0 || parallSOC !== 0);
  const battery = withBattery ? directed(ems.batteryDirection, ems.parallBatPower) : 0;
  if (battery === undefined) throw offline('the battery');
  return {
    production_kw: kilowatts(Math.max(0, load + sold - battery)),
    net_import_kw: negate(kilowatts(sold)),
    consumption_kw: kilowatts(load),
    ...(withBattery ? { battery_discharge_kw: kilowatts(battery), battery_soc: fraction(ems.parallSOC) } : {}),
    imported_kwh: ems.parallTotalFeedInEnergy,
    exported_kwh: ems.parallTotalSellEnergy,
    tsms: measuredAt(ems, site),
  };
}

/** The newest row of each inverter. */
export function mapUploads(first: Upload, others: readonly Upload[], site: Site): Reading {
  const inverters = [first, ...others].map((row): Inverter => {
    const isStorage = row.pvPower !== undefined;
    const production = row.pvPower ?? row.power;
    if (production === undefined) throw offline('the solar power');
    const tsms = measuredAt(row, site);
    if (!(site.hasBattery ?? isStorage)) return { production, tsms };
    const battery = difference(row.dischargePower, row.chargePower);
    if (battery === undefined) throw offline('the battery');
    return { production, battery, soc: row.batterySOC, tsms };
  });
  if (!(site.hasGridMeter ?? first.pvPower !== undefined)) return mapInverters(inverters);
  const bought = difference(first.buyPower, first.sellPower);
  if (bought === undefined) throw offline('the grid');
  return { ...mapInverters(inverters), net_import_kw: kilowatts(bought) };
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
