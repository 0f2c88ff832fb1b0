/** What no home can measure: figures that must not be pushed whatever their source. */
import { meterFields, powerFields, type Reading } from './reading.ts';

/** Default limit of any power of a home, in kW. A factor of 1000 (watts taken for kilowatts) lies far beyond it. */
export const defaultMaxPower_kw = 100;

/** Sentences about every impossible figure; empty if all are possible. */
export function implausibilities(reading: Reading, maxPower_kw = defaultMaxPower_kw): string[] {
  const problems: string[] = [];
  for (const field of meterFields) {
    const value = reading[field];
    if (value !== undefined && !Number.isFinite(value)) problems.push(`${field} is not a number (${value})`);
  }
  for (const field of powerFields) {
    const value = reading[field];
    if (value !== undefined && Math.abs(value) > maxPower_kw)
      problems.push(`${field} is ${value} kW, beyond the limit of ${maxPower_kw} kW for one home (MAX_POWER_KW)`);
  }
  const { battery_soc } = reading;
  if (battery_soc !== undefined && (battery_soc < 0 || battery_soc > 1))
    problems.push(`battery_soc is ${battery_soc}, outside 0…1`);
  for (const field of ['imported_kwh', 'exported_kwh', 'battery_energy_kwh'] as const) {
    const value = reading[field];
    if (value !== undefined && value < 0) problems.push(`${field} is negative (${value} kWh)`);
  }
  return problems;
}
