/** Devices of one source, and the sources of one home, become one reading. */
import { hasBattery, type MeterField, type Reading, type Term, total, withoutUndefined } from './reading.ts';

export type Part = {
  label: string;
  /** What this source contributes, after its `TAKE`. */
  reading: Reading;
  /** Its terms that are unknown now. `charge`: the state of charge. */
  lacking: ReadonlySet<Term | 'charge'>;
  /** Whether the owner lets it contribute its consumption figure. */
  givesConsumption: boolean;
};

export type Combined =
  | {
      reading: Reading;
      /** Terms of the home that are unknown now. */
      lacking: ReadonlySet<Term | 'charge'>;
      /** Label of the source whose grid meter counts. */
      meterOwner?: string | undefined;
    }
  /** Several sources report what a home has once. */
  | { conflict: { over: Term; parts: readonly Part[] } };

/**
 * Adds up the sources of a home: production, battery power and energy are sums; the grid meter belongs to exactly one
 * source; `tsms` is the oldest. What is lacking of one source is lacking of the home. With several sources a consumption
 * figure counts only from a source that is told to contribute it, because an inverter's own figure does not see the
 * other inverter.
 */
export function combine(parts: readonly Part[]): Combined {
  const lacking = new Set(parts.flatMap((part) => [...part.lacking]));
  const withMeter = parts.filter(({ reading }) => reading.net_import_kw !== undefined);
  if (withMeter.length > 1) return { conflict: { over: 'grid', parts: withMeter } };
  const counts = (part: Part) => parts.length === 1 || part.givesConsumption;
  const withConsumption = parts.filter((part) => counts(part) && part.reading.consumption_kw !== undefined);
  if (withConsumption.length > 1) return { conflict: { over: 'consumption', parts: withConsumption } };
  if (!parts.some((part) => counts(part) && part.lacking.has('consumption'))) lacking.delete('consumption');

  const [meter] = withMeter;
  const sum = addUp(parts.map((part) => (counts(part) ? part.reading : without(part.reading, 'consumption_kw'))));
  const reading = withoutPartial(sum, parts);
  for (const term of ['production', 'battery'] as const) if (lacking.has(term)) delete reading[powers[term]];
  if (lacking.has('grid')) delete reading.net_import_kw; // the meter that counts is silent; another one's is not its
  if (lacking.has('charge')) delete reading.battery_soc;
  return { reading, lacking, meterOwner: lacking.has('grid') ? undefined : meter?.label };
}

const powers = { production: 'production_kw', battery: 'battery_discharge_kw' } as const;

function without(reading: Reading, field: MeterField): Reading {
  const { [field]: _excluded, ...rest } = reading;
  return rest;
}

/**
 * The sum of parts that share nothing. The state of charge is weighted by capacity where all capacities are known, else
 * a plain mean; a battery without a power makes the batteries' power unknown.
 */
export function addUp(readings: readonly Reading[]): Reading {
  const [only] = readings;
  if (readings.length === 1 && only) return { ...only };
  const batteries = readings.filter(hasBattery);
  const metered = readings.filter((reading) => reading.net_import_kw !== undefined);
  const times = known(readings, 'tsms');
  return withoutUndefined({
    production_kw: total(known(readings, 'production_kw')),
    net_import_kw: total(known(readings, 'net_import_kw')),
    consumption_kw: total(known(readings, 'consumption_kw')),
    battery_discharge_kw: total(batteries.map((reading) => reading.battery_discharge_kw)),
    battery_soc: stateOfCharge(batteries),
    battery_energy_kwh: total(batteries.map((reading) => reading.battery_energy_kwh)),
    battery_capacity_kwh: total(known(batteries, 'battery_capacity_kwh')),
    imported_kwh: total(metered.map((reading) => reading.imported_kwh)),
    exported_kwh: total(metered.map((reading) => reading.exported_kwh)),
    tsms: times.length === 0 ? undefined : Math.min(...times),
  });
}

/** A sum without what a part should contribute and does not: the stored energy of a silent battery, a silent meter's counters. */
export function withoutPartial(sum: Reading, parts: readonly Pick<Part, 'reading' | 'lacking'>[]): Reading {
  if (parts.length < 2) return sum;
  const whole: Reading = { ...sum };
  for (const { reading, lacking } of parts) {
    if (lacking.has('grid')) for (const field of ['imported_kwh', 'exported_kwh'] as const) delete whole[field];
    if (!lacking.has('battery') && !lacking.has('charge')) continue;
    for (const field of ['battery_energy_kwh', 'battery_capacity_kwh'] as const)
      if (reading[field] === undefined) delete whole[field];
  }
  return whole;
}

const known = (readings: readonly Reading[], field: keyof Reading): number[] =>
  readings.flatMap((reading) => reading[field] ?? []);

function stateOfCharge(readings: readonly Reading[]): number | undefined {
  const charged = readings.filter(({ battery_soc }) => battery_soc !== undefined);
  if (charged.length === 0) return undefined;
  const isPossible = ({ battery_soc = 0 }: Reading) => battery_soc >= 0 && battery_soc <= 1;
  if (!charged.every(isPossible)) return Number.NaN; // left out with a remark; a mean would cover it
  const weighted = charged.every(({ battery_capacity_kwh }) => (battery_capacity_kwh ?? 0) > 0);
  const weightOf = (reading: Reading) => (weighted ? (reading.battery_capacity_kwh ?? 0) : 1);
  const weight = charged.reduce((sum, reading) => sum + weightOf(reading), 0);
  return charged.reduce((sum, reading) => sum + (reading.battery_soc ?? 0) * weightOf(reading), 0) / weight;
}
