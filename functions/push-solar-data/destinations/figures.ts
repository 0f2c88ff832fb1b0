/** Figures as bare numbers, for readers that understand nothing else: whole watts, percent with one decimal, kWh. Signs stay: + import, + discharging. */
import type { MeterField } from '../core/reading.ts';

const units = {
  production_kw: ['production_w', 1000, 0],
  net_import_kw: ['net_import_w', 1000, 0],
  consumption_kw: ['consumption_w', 1000, 0],
  battery_discharge_kw: ['battery_discharge_w', 1000, 0],
  battery_soc: ['battery_soc_percent', 100, 1],
  battery_energy_kwh: ['battery_energy_kwh', 1, 3],
  imported_kwh: ['imported_kwh', 1, 3],
  exported_kwh: ['exported_kwh', 1, 3],
} as const satisfies Record<MeterField, readonly [name: string, factor: number, decimals: number]>;

/** What a figure is called where it is a bare number: `net_import_w`. */
export const plainName = (field: MeterField): string => units[field][0];

/** A figure in the unit of that name. */
export function plainNumber(field: MeterField, value: number): string {
  const [, factor, decimals] = units[field];
  return String(Number((value * factor).toFixed(decimals)) + 0); // never −0
}
