/** Several sources at one home become one reading. */
import { hasBattery, type MeterField, meterFields, type Reading } from './reading.ts';

/** The words of `<LABEL>_TAKE`, and the fields that each lets through. */
export const takeFields = {
  production: ['production_kw'],
  grid: ['net_import_kw', 'imported_kwh', 'exported_kwh'],
  battery: ['battery_discharge_kw', 'battery_soc', 'battery_energy_kwh'],
  consumption: ['consumption_kw'],
} as const satisfies Record<string, readonly MeterField[]>;
export type Take = keyof typeof takeFields;

export type Part = {
  label: string;
  reading: Reading;
  /** What this source contributes; all that it measured if absent. */
  take?: readonly Take[] | undefined;
};

export type Combined =
  | {
      reading: Reading;
      /** Label of the source whose grid meter counts. */
      meterOwner?: string | undefined;
    }
  /** Several sources report what a home has once. */
  | { conflict: { over: Take; labels: string[] } };

/**
 * Adds up the sources of a home. Production, battery power and battery energy are sums; the state of charge is weighted
 * by capacity where all capacities are known, else a plain mean; the grid meter belongs to exactly one source; `tsms` is
 * the oldest. With several sources a consumption figure counts only from a source that is told to contribute it,
 * because an inverter's own figure does not see the other inverter.
 */
export function combine(parts: readonly Part[]): Combined {
  const taken = parts.map((part) => ({ ...part, reading: restrict(part) }));
  const [only] = taken;
  if (taken.length === 1 && only)
    return { reading: only.reading, meterOwner: only.reading.net_import_kw === undefined ? undefined : only.label };

  const withMeter = taken.filter(({ reading }) => reading.net_import_kw !== undefined);
  if (withMeter.length > 1) return { conflict: { over: 'grid', labels: labelsOf(withMeter) } };
  const withConsumption = taken.filter(
    ({ take, reading }) => take?.includes('consumption') && reading.consumption_kw !== undefined,
  );
  if (withConsumption.length > 1) return { conflict: { over: 'consumption', labels: labelsOf(withConsumption) } };

  const readings = taken.map(({ reading }) => reading);
  const [meter] = withMeter;
  const reading: Reading = {
    production_kw: sumOf(readings, 'production_kw'),
    net_import_kw: meter?.reading.net_import_kw,
    consumption_kw: withConsumption[0]?.reading.consumption_kw,
    battery_discharge_kw: batteryPower(readings),
    battery_soc: stateOfCharge(readings),
    battery_energy_kwh: batteryEnergy(readings),
    battery_capacity_kwh: sumOf(readings.filter(hasBattery), 'battery_capacity_kwh'),
    imported_kwh: meter?.reading.imported_kwh,
    exported_kwh: meter?.reading.exported_kwh,
    tsms: oldest(readings),
  };
  return { reading: withoutUndefined(reading), meterOwner: meter?.label };
}

type Summed = MeterField | 'battery_capacity_kwh';

const labelsOf = (parts: readonly Part[]): string[] => parts.map(({ label }) => label);

function restrict({ reading, take }: Part): Reading {
  if (!take) return withoutUndefined(reading);
  const fields = new Set<string>(take.flatMap((word) => takeFields[word]));
  const { tsms, battery_capacity_kwh } = reading;
  const kept: Reading = { tsms, battery_capacity_kwh: take.includes('battery') ? battery_capacity_kwh : undefined };
  for (const field of meterFields) if (fields.has(field)) kept[field] = reading[field];
  return withoutUndefined(kept);
}

const known = (readings: readonly Reading[], field: Summed): number[] =>
  readings.map((reading) => reading[field]).filter((value) => value !== undefined);

function sumOf(readings: readonly Reading[], field: Summed): number | undefined {
  const values = known(readings, field);
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}

/** A battery without a figure makes the sum unknown: a part is a wrong total. */
function batteryPower(readings: readonly Reading[]): number | undefined {
  const batteries = readings.filter(hasBattery);
  const complete = batteries.every((reading) => reading.battery_discharge_kw !== undefined);
  return complete ? sumOf(batteries, 'battery_discharge_kw') : undefined;
}

function batteryEnergy(readings: readonly Reading[]): number | undefined {
  const batteries = readings.filter(hasBattery);
  const complete = batteries.every((reading) => reading.battery_energy_kwh !== undefined);
  return complete ? sumOf(batteries, 'battery_energy_kwh') : undefined;
}

function stateOfCharge(readings: readonly Reading[]): number | undefined {
  const charged = readings.filter(({ battery_soc }) => battery_soc !== undefined);
  if (charged.length === 0) return undefined;
  const weighted = charged.every(({ battery_capacity_kwh }) => (battery_capacity_kwh ?? 0) > 0);
  const weightOf = (reading: Reading) => (weighted ? (reading.battery_capacity_kwh ?? 0) : 1);
  const total = charged.reduce((sum, reading) => sum + weightOf(reading), 0);
  return charged.reduce((sum, reading) => sum + (reading.battery_soc ?? 0) * weightOf(reading), 0) / total;
}

function oldest(readings: readonly Reading[]): number | undefined {
  const times = readings.map(({ tsms }) => tsms).filter((tsms) => tsms !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

const withoutUndefined = (reading: Reading): Reading =>
  Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));
