/** The lines of the demo for people: half an hour of the home each. */
import type { SiteMeters } from '../core/reading.ts';
import { parted } from './layout.ts';

/** `10:30  sun 4.20  home 0.65  car 2.90  battery takes 0.65 (62 %)  grid 0.00`, in kW: what comes in is what goes out. */
export function homeLine(time: string, figures: SiteMeters, car_kw: number, columns: number): string {
  const { production_kw = 0, net_import_kw = 0, consumption_kw = 0, battery_discharge_kw = 0, battery_soc } = figures;
  const charge = battery_soc === undefined ? '' : ` (${Math.round(battery_soc * 100)} %)`;
  const parts = [
    `sun ${digits(production_kw)}`,
    `home ${digits(consumption_kw - car_kw)}`,
    `car ${digits(car_kw)}`,
    `battery ${directed(battery_discharge_kw, 'gives', 'takes')}${charge}`,
    `grid ${directed(net_import_kw, 'gives', 'takes')}`,
  ];
  return parted(time, parts, columns);
}

function directed(value: number, positive: string, negative: string): string {
  const text = digits(Math.abs(value));
  if (text === '0.00') return text;
  return `${value > 0 ? positive : negative} ${text}`;
}

const digits = (value: number): string => value.toFixed(2);

/** `Friday 27 November, simulated` */
export const dayLine = (at: number, zone: string): string =>
  `${new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' }).format(at)}, simulated`;
