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

/** Site meters with what is needed to judge and combine them; the two extra fields are not meters. */
export type Reading = SiteMeters & {
  /** The vendor's time of measurement, ms since the epoch; absent where it is not reliable. */
  tsms?: number;
  /** Capacity of the battery, to weigh its state of charge against another's. Never pushed. */
  battery_capacity_kwh?: number;
};

/** The terms of the balance equation by the words of `<LABEL>_TAKE`, each with the fields that belong to it. */
export const termFields = {
  production: ['production_kw'],
  grid: ['net_import_kw', 'imported_kwh', 'exported_kwh'],
  battery: ['battery_discharge_kw', 'battery_soc', 'battery_energy_kwh'],
  consumption: ['consumption_kw'],
} as const satisfies Record<string, readonly MeterField[]>;
export type Term = keyof typeof termFields;
export const terms = Object.keys(termFields) as Term[];

/** The field of a term's power. */
export const powerOf = {
  production: 'production_kw',
  grid: 'net_import_kw',
  battery: 'battery_discharge_kw',
  consumption: 'consumption_kw',
} as const satisfies Record<Term, PowerField>;

/** Only what belongs to these terms; the time of measurement stays, and with the battery its capacity. */
export function restrict(reading: Reading, take: readonly Term[] | undefined): Reading {
  if (!take) return withoutUndefined(reading);
  const kept: Reading = {};
  for (const term of take) for (const field of termFields[term]) kept[field] = reading[field];
  if (take.includes('battery')) kept.battery_capacity_kwh = reading.battery_capacity_kwh;
  return withoutUndefined({ ...kept, tsms: reading.tsms });
}

/** The same reading with its known fields only. */
export function withoutUndefined(reading: { [Field in keyof Reading]: Reading[Field] | undefined }): Reading {
  const known: Reading = {};
  for (const [field, value] of Object.entries(reading)) if (value !== undefined) known[field as keyof Reading] = value;
  return known;
}

/** Whole watts of a power in kW. Never −0. */
export const watts = (kilowatts: number): number => Math.round(kilowatts * 1000) + 0;

/** Whether it tells anything about a battery; a capacity of 0 tells that there is none. */
export const hasBattery = (reading: Reading): boolean =>
  [reading.battery_discharge_kw, reading.battery_soc, reading.battery_energy_kwh].some(
    (value) => value !== undefined,
  ) || (reading.battery_capacity_kwh ?? 0) > 0;

/** Sum of what must be known of all: one that is missing makes it unknown, and so does none at all. */
export function total(values: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return values.length === 0 ? undefined : sum;
}
