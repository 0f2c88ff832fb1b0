/** What a station shows: micro-inverters alone, or with a meter and perhaps a battery. */
import * as z from 'zod/mini';
import { withoutUndefined } from '../../core/reading.ts';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { figure, looseIdentifier } from '../quantities.ts';
import { percent, watts } from '../units.ts';

const Meter = z.object({
  pv_power: watts,
  /** Its sign differs between families: only its magnitude is believed. */
  grid_power: watts,
  load_power: watts,
  /** Without a sign. */
  bms_power: watts,
  bms_soc: percent,
  work_mode: looseIdentifier,
  /** Nothing but the battery's direction depends on them: what is no list says nothing. */
  flows: z.catch(z.nullish(z.array(z.object({ in: looseIdentifier, out: looseIdentifier }))), undefined),
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

/** What is known of the home besides the answer. */
export type Home = {
  /** Whether it has a battery, as the station's own page says or the figures have shown; the answer may prove one too. */
  hasBattery(isProven: boolean): boolean;
  takes(term: Term): boolean;
};

const batteryNode = '10';
/** A power proves a battery; a state of charge proves nothing. kW. */
const provingPower_kw = 0.02;
/** Forced charge, forced discharge. */
const directions: Record<string, -1 | 1> = { 5000: -1, 6000: 1 };

export function readingOf(live: Live, { hasBattery, takes }: Home): AdapterReading {
  const { real_power, is_reflux, reflux_station_data: meter } = live;
  if (real_power === undefined) throw new Failure('stale', 'Hoymiles has no data of the station now');
  if (!meter && is_reflux === 1 && takes('grid'))
    throw new Failure(
      'offline',
      'Hoymiles does not show the meter of the station: its production alone would read as free surplus',
    );
  if (!meter) return { production_kw: real_power };
  const { pv_power: production_kw, load_power: consumption_kw } = meter;
  const reading = {
    ...withoutUndefined({ production_kw, consumption_kw }),
    ...batteryOf(meter, hasBattery(provesBattery(meter))),
  };
  if (!takes('grid') || reading.lacking) return reading;
  if (production_kw === undefined || consumption_kw === undefined)
    throw new Failure('bad-response', 'Hoymiles gives no figure of the solar power or the consumption');
  const net_import_kw = consumption_kw - production_kw - (reading.battery_discharge_kw ?? 0);
  refuseContradiction(net_import_kw, meter.grid_power);
  return { ...reading, net_import_kw };
}

const goes = ({ flows }: Meter, way: 'in' | 'out'): boolean => (flows ?? []).some((flow) => flow[way] === batteryNode);

const provesBattery = (meter: Meter): boolean =>
  goes(meter, 'in') || goes(meter, 'out') || Math.abs(meter.bms_power ?? 0) > provingPower_kw;

/** + discharging, by the flows or the mode of work. Without the battery's power the grid cannot be derived either. */
function batteryOf(meter: Meter, isThere: boolean): AdapterReading {
  if (!isThere) return {};
  const { bms_power, bms_soc } = meter;
  const charge = withoutUndefined({ battery_soc: bms_soc });
  if (bms_power === undefined) return { ...charge, lacking: ['battery', 'grid'] };
  return { ...charge, battery_discharge_kw: directionOf(meter, Math.abs(bms_power)) * Math.abs(bms_power) + 0 };
}

function directionOf(meter: Meter, power_kw: number): -1 | 0 | 1 {
  if (goes(meter, 'out')) return 1;
  if (goes(meter, 'in')) return -1;
  if (power_kw <= provingPower_kw) return 0;
  const forced = directions[meter.work_mode ?? ''];
  if (forced) return forced;
  throw new Failure('bad-response', 'Hoymiles does not say whether the battery charges or discharges');
}

/** What a floating-point difference of whole watts is off by at most, kW. */
const rounding_kw = 1e-9;

/** The power of the grid as derived must be as large as the one that is shown, in one direction or the other. */
function refuseContradiction(derived_kw: number, shown_kw: number | undefined): void {
  if (shown_kw === undefined) return;
  const shown = Math.abs(shown_kw);
  if (Math.abs(Math.abs(derived_kw) - shown) <= Math.max(0.02, 0.05 * shown) + rounding_kw) return;
  throw new Failure('bad-response', 'Hoymiles shows a grid power that its other figures contradict');
}
