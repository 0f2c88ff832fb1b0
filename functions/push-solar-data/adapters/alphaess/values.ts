/** What the figures of one or several systems mean for the home. */
import { watts } from '../../core/reading.ts';
import { type DeviceReading, Failure, total, withLacking } from '../adapter.ts';
import { isThereToday } from '../age.ts';
import { type Context, title } from './settings.ts';
import type { System } from './systems.ts';

/** Of one system, in kW, 0…1 and ms. */
export type Figures = {
  production: number | undefined;
  /** + import. */
  grid: number | undefined;
  /** + discharging. */
  battery: number | undefined;
  load: number | undefined;
  soc: number | undefined;
  tsms?: number;
  /** Whether they show by themselves that there is a battery. */
  provesBattery: boolean;
};

type Measured = { reading: DeviceReading; load: number | undefined; isChargeMissing: boolean };

/** The load is not told: the cloud computes it, or the battery power has been computed from it. */
export function toMeasured(system: System, figures: Figures, { state, now, takes }: Context): Measured {
  const { sn, capacity_kwh = 0 } = system;
  const { production, grid, battery, load, tsms, provesBattery } = figures;
  if ((production === undefined && takes('production')) || (grid === undefined && takes('grid')))
    throw new Failure('offline', `${title} has no figure of the solar power or of the grid of ${sn}: check its meter`);
  state.batteries ??= {};
  const hasBattery = capacity_kwh > 0 || isThereToday(state.batteries, sn, provesBattery, now);
  const battery_soc = chargeOf(figures, capacity_kwh);
  const ofBattery = { battery_discharge_kw: battery, battery_soc, battery_capacity_kwh: capacity_kwh || undefined };
  const powers = { production_kw: production, net_import_kw: grid, ...(hasBattery ? ofBattery : {}), tsms };
  return {
    reading: { device: sn, ...withLacking(powers, { battery: hasBattery }) },
    load,
    isChargeMissing: hasBattery && battery_soc === undefined,
  };
}

/** A 0 is mostly a missing value: it is believed of a battery that rests, if the list tells how large it is. */
const chargeOf = ({ soc, battery }: Figures, capacity_kwh: number): number | undefined =>
  soc === 0 && !(battery === 0 && capacity_kwh > 0) ? undefined : soc;

/** A load that is a little less than nothing is two meters that were read at different moments. */
const leastLoad_w = -20;

/** @throws Failure `bad-response` where the home would give away more than it has. */
export function ofOneHome(measured: readonly Measured[], { takes, settingName }: Context): DeviceReading[] {
  const readings = withOneMeter(measured.map(({ reading }) => reading));
  const countedTwice = measured.map(
    ({ reading }, nth) => (readings[nth]?.net_import_kw ?? 0) - (reading.net_import_kw ?? 0),
  );
  const load = total([...measured.map((each) => each.load), ...countedTwice]);
  if (load !== undefined && watts(load) <= leastLoad_w && takes('consumption'))
    throw new Failure(
      'bad-response',
      `${title} tells a consumption of ${watts(load)} W, because sun and grid were not measured at the same moment. If another inverter feeds the home, list what ${settingName('take')} may give without consumption`,
    );
  // The others' charge is not the home's.
  if (measured.every((each) => !each.isChargeMissing)) return readings;
  return readings.map(({ battery_soc: _, ...others }) => others);
}

/** From so much on systems that agree look through one meter. */
const sameFlow_w = 100;

/** Systems behind one grid meter each tell its flow: it counts with the first. The others have none of their own. */
function withOneMeter(readings: DeviceReading[]): DeviceReading[] {
  const flows = readings.map(({ net_import_kw = 0 }) => watts(net_import_kw));
  const [least, most] = [Math.min(...flows), Math.max(...flows)];
  const isOneMeter = (least > sameFlow_w || most < -sameFlow_w) && most - least <= sameFlow_w;
  return isOneMeter ? readings.map((each, nth) => (nth === 0 ? each : { ...each, net_import_kw: 0 })) : readings;
}
