/** What a source measured at one moment, in Charge HQ's field names, units and signs. */

/** The power terms of the balance equation, in kW. */
export const powerFields = ['production_kw', 'net_import_kw', 'consumption_kw', 'battery_discharge_kw'] as const;
/** Every field that may be pushed, in the order of the documented body. */
export const meterFields = [
  'production_kw',
  'net_import_kw',
  'consumption_kw',
  'battery_discharge_kw',
  'battery_soc',
  'battery_energy_kwh',
  'imported_kwh',
  'exported_kwh',
] as const;

export type PowerField = (typeof powerFields)[number];
export type MeterField = (typeof meterFields)[number];

/**
 * Figures of one home at one moment. A field that was not measured is absent, never 0.
 *
 * - `production_kw`: solar power.
 * - `net_import_kw`: + importing from the grid, − exporting.
 * - `consumption_kw`: the whole home. Negative where a second inverter is not seen.
 * - `battery_discharge_kw`: + discharging, − charging.
 * - `battery_soc`: 0…1. `battery_energy_kwh`: energy in the battery now.
 * - `imported_kwh`, `exported_kwh`: lifetime counters of the grid meter.
 */
export type SiteMeters = { [Field in MeterField]?: number };

/** Site meters with what is needed to detectAnomalies and combine them; the two extra fields are not meters. */
export type Reading = SiteMeters & {
  /** The vendor's time of measurement, ms since the epoch; absent where it is not reliable. */
  tsms?: number;
  /** Capacity of the battery, to weigh its state of charge against another's. Never pushed. */
  battery_capacity_kwh?: number;
};

/** Whole watts of a power in kW. Never −0. */
export const watts = (kilowatts: number): number => Math.round(kilowatts * 1000) + 0;

/** Whether it tells anything about a battery; a capacity of 0 tells that there is none. */
export const hasBattery = (reading: Reading): boolean =>
  [reading.battery_discharge_kw, reading.battery_soc, reading.battery_energy_kwh].some(
    (value) => value !== undefined,
  ) || (reading.battery_capacity_kwh ?? 0) > 0;
