/** The live values of FusionSolar devices, and their way to a reading. */
import * as z from 'zod/mini';
import { total } from '../../core/reading.ts';
import { Failure, type Reading } from '../adapter.ts';
import { figure, fraction, identifier, kilowatts, negate, sumOfKnown } from '../quantities.ts';
import type { Ask } from './northbound.ts';
import type { Device } from './plant.ts';

/** Of all types of devices; what is not named here is kept only to see whether anything changes. */
const Values = z.looseObject({
  /** Inverter: kW of AC, with what the battery gives and without what it takes. Meter: see {@link exportKilowatts}. */
  active_power: figure,
  /** 0: disconnected. */
  run_state: figure,
  /** DC power of the panels, kW. */
  mppt_power: figure,
  meter_status: figure,
  /** Meter: exported and imported, kWh. */
  active_cap: figure,
  reverse_active_cap: figure,
  /** V and A of each phase, type 17. */
  a_u: figure,
  b_u: figure,
  c_u: figure,
  a_i: figure,
  b_i: figure,
  c_i: figure,
  /** W; type 39: + charging, type 41: + discharging. */
  ch_discharge_power: figure,
  battery_soc: figure,
});
export type Values = z.output<typeof Values>;

const Kpis = z.nullable(z.array(z.object({ devId: identifier, dataItemMap: z.nullish(Values) })));

type Part = 'inverter' | 'meter' | 'battery';

/** Whether a device that is listed gives no power: then the whole round is no reading, never a smaller one. */
const isSilent: Record<Part, (values: Values) => boolean> = {
  inverter: ({ run_state, active_power }) => run_state === 0 || active_power === undefined,
  meter: ({ run_state, meter_status, active_power }) =>
    run_state === 0 || meter_status === 0 || active_power === undefined,
  battery: ({ ch_discharge_power }) => ch_discharge_power === undefined,
};

/** Asks for all devices of these types, one call for each type that there is. */
export async function liveValues(
  ask: Ask,
  part: Part,
  devices: readonly Device[],
  types: readonly number[],
): Promise<Values[]> {
  const all: Values[] = [];
  for (const devTypeId of types) {
    const ids = devices.filter(({ type }) => type === devTypeId).map(({ id }) => id);
    if (ids.length === 0) continue;
    const kpis = await ask('getDevRealKpi', { devIds: ids.join(','), devTypeId }, Kpis);
    if (kpis === null)
      throw new Failure(
        'bad-response',
        'FusionSolar shows no figures to this Northbound account: ask the installer to tick real-time data of all devices',
      );
    for (const id of ids) {
      const values = kpis.find(({ devId }) => devId === id)?.dataItemMap;
      if (!values || isSilent[part](values))
        throw new Failure(
          'offline',
          `FusionSolar has no live figures of the ${part} ${id}: check the dongle, its network and the cable to the ${part}`,
        );
      all.push(values);
    }
  }
  return all;
}

export type Meter = {
  /** `devTypeId`. */
  type: number;
  values: Values;
  /** For type 17. */
  powerUnit: 'auto' | 'W' | 'kW';
};

/** What was read; no power is missing in it. */
export type Live = {
  inverters: readonly Values[];
  meter: Meter | undefined;
  /** Type 39. */
  dcBatteries: readonly Values[];
  /** Type 41. */
  acBatteries: readonly Values[];
};

const acPower = ({ inverters }: Live) => total(inverters.map(({ active_power }) => active_power)); // kW
const chDischarge = (batteries: readonly Values[]) =>
  kilowatts(total(batteries.map(({ ch_discharge_power }) => ch_discharge_power)));

/** Signs: meter + is export, a home's battery + is charging. Consumption follows from the balance. */
export function map(live: Live): Reading {
  const { meter, dcBatteries, acBatteries } = live;
  const ac = acPower(live);
  const dcBattery = negate(chDischarge(dcBatteries));
  const batteries = [...dcBatteries, ...acBatteries];
  const charge = total(batteries.map(({ battery_soc }) => battery_soc)); // unknown if one is
  return {
    // The AC power of a hybrid is solar and its battery; what is lost on the way leaves it slightly below 0 at night.
    production_kw: ac === undefined || dcBattery === undefined ? ac : Math.max(0, ac - dcBattery),
    net_import_kw: negate(meter && exportKilowatts(meter)),
    battery_discharge_kw: sumOfKnown(dcBattery, chDischarge(acBatteries)), // unknown is only what there is none of
    battery_soc: fraction(charge === undefined ? undefined : charge / batteries.length),
    imported_kwh: meter?.values.reverse_active_cap,
    exported_kwh: meter?.values.active_cap,
  };
}

/** `active_power` of a meter: type 47 in W; type 17 in kW by the document and in W by recordings. */
function exportKilowatts({ type, values, powerUnit }: Meter): number | undefined {
  const { active_power } = values;
  const isKilowatts = type === 17 && (powerUnit === 'auto' ? fitsKilowatts(values) : powerUnit === 'kW');
  return isKilowatts ? active_power : kilowatts(active_power);
}

/**
 * Whether the power can be kW, given the apparent power of the phases. Without that it counts as W: a factor of 1000 too
 * little charges nothing, a factor of 1000 too much starts the car.
 */
function fitsKilowatts({ active_power, a_u, a_i, b_u, b_i, c_u, c_i }: Values): boolean {
  const apparent = sumOfKnown(voltAmperes(a_u, a_i), voltAmperes(b_u, b_i), voltAmperes(c_u, c_i));
  if (active_power === undefined || apparent === undefined) return false;
  return Math.abs(active_power) * 1000 <= 1.2 * apparent + 50;
}

const voltAmperes = (volts: number | undefined, amperes: number | undefined): number | undefined =>
  volts === undefined || amperes === undefined ? undefined : volts * Math.abs(amperes);

/**
 * Whether the opposite sign of the batteries of type 39 would fit the panels' DC power, and the given one not at all.
 *
 * @returns undefined where the battery does too little to tell, or the DC power is not given.
 */
export function batterySignContradicts(live: Live): boolean | undefined {
  const ac = acPower(live);
  const dc = total(live.inverters.map(({ mppt_power }) => mppt_power));
  const battery = negate(chDischarge(live.dcBatteries)) ?? 0;
  if (ac === undefined || dc === undefined || Math.abs(battery) <= 0.3) return undefined;
  return Math.abs(ac - battery - dc) - Math.abs(ac + battery - dc) > Math.abs(battery);
}
