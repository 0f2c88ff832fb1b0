/** What a station shows: micro-inverters alone, or with a meter and perhaps a battery. */
import * as z from 'zod/mini';
import { type AdapterReading, Failure } from '../adapter.ts';
import { figure } from '../quantities.ts';
import { percent, watts } from '../units.ts';

const Meter = z.object({
  pv_power: watts,
  /** Its sign differs between families: only its magnitude is believed. */
  grid_power: watts,
  load_power: watts,
  /** Without a sign. */
  bms_power: watts,
  bms_soc: percent,
  work_mode: figure,
  flows: z.nullish(z.array(z.object({ in: z.optional(z.unknown()), out: z.optional(z.unknown()) }))),
});

/** `real_power` null: no data, whatever else is 0. */
export const Live = z.object({
  data: z.object({
    real_power: watts,
    data_time: z.nullish(z.string()),
    is_reflux: figure,
    reflux_station_data: z.nullish(Meter),
  }),
});
export type Live = z.output<typeof Live>['data'];
type Meter = z.output<typeof Meter>;

const batteryNode = '10';
/** A power proves a battery; a state of charge proves nothing. kW. */
const provingPower_kw = 0.02;
/** Forced charge, forced discharge. */
const directions: Record<number, -1 | 1> = { 5000: -1, 6000: 1 };

/** @param hasBattery as the station's own page says. */
export function readingOf(
  { real_power, is_reflux, reflux_station_data: meter }: Live,
  hasBattery: boolean,
): AdapterReading {
  if (real_power === undefined) throw new Failure('stale', 'Hoymiles has no data of the station now');
  if (!meter && is_reflux === 1)
    throw new Failure(
      'offline',
      'Hoymiles does not show the meter of the station: its production alone would read as free surplus',
    );
  if (!meter) return { production_kw: real_power };
  const battery = batteryOf(meter, hasBattery);
  const { pv_power: production_kw, load_power: consumption_kw } = meter;
  if (production_kw === undefined || consumption_kw === undefined)
    throw new Failure('bad-response', 'Hoymiles gives no figure of the solar power or the consumption');
  const net_import_kw = consumption_kw - production_kw - (battery.battery_discharge_kw ?? 0);
  refuseContradiction(net_import_kw, meter.grid_power);
  return { production_kw, consumption_kw, net_import_kw, ...battery };
}

/** + discharging, by the flows or the mode of work. */
function batteryOf({ bms_power = 0, bms_soc, flows, work_mode }: Meter, hasBattery: boolean): AdapterReading {
  const goes = (way: 'in' | 'out') => (flows ?? []).some((flow) => String(flow[way]) === batteryNode);
  const power = Math.abs(bms_power);
  if (!hasBattery && !goes('in') && !goes('out') && power <= provingPower_kw) return {};
  const sign = goes('out') ? 1 : goes('in') ? -1 : directions[work_mode ?? 0];
  if (sign === undefined && power > provingPower_kw)
    throw new Failure('bad-response', 'Hoymiles does not say whether the battery charges or discharges');
  return { battery_discharge_kw: (sign ?? 0) * power + 0, ...(bms_soc === undefined ? {} : { battery_soc: bms_soc }) };
}

/** The power of the grid as derived must be as large as the one that is shown, in one direction or the other. */
function refuseContradiction(derived_kw: number, shown_kw: number | undefined): void {
  if (shown_kw === undefined) return;
  const shown = Math.abs(shown_kw);
  if (Math.abs(Math.abs(derived_kw) - shown) <= Math.max(0.02, 0.05 * shown)) return;
  throw new Failure('bad-response', 'Hoymiles shows a grid power that its other figures contradict');
}
