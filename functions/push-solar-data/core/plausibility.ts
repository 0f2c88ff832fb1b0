/** What no home can measure. A bad power ends the reading; a bad figure that nobody steers by is left out of it. */
import * as z from 'zod/mini';
import { powerFields, type Reading } from './reading.ts';

/** Default limit of any power of a home that is not known yet, in kW. Watts taken for kilowatts lie far beyond it. */
export const defaultMaxPower_kw = 100;

/** Sentences about every impossible power; empty if all are possible. */
export function implausibilities(reading: Reading, maxPower_kw = defaultMaxPower_kw): string[] {
  const problems: string[] = [];
  for (const field of powerFields) {
    const value = reading[field];
    if (value === undefined) continue;
    if (!Number.isFinite(value)) problems.push(`${field} is not a number (${value})`);
    else if (Math.abs(value) > maxPower_kw)
      problems.push(
        `${field} is ${inShort(value)} kW, beyond the limit of ${maxPower_kw} kW for one home (MAX_POWER_KW)`,
      );
    else if (Math.round(value * 1000) === unsigned16)
      problems.push(`${field} is ${inShort(value)} kW, which is what a register shows that holds nothing`);
  }
  return problems;
}

const Counter = z.object({ kwh: z.number(), at: z.number() });
/** Lifetime counters of the grid meter as last believed, and when (ms since the epoch). */
export const Counters = z.object({ imported_kwh: z.optional(Counter), exported_kwh: z.optional(Counter) });
export type Counters = z.output<typeof Counters>;

const unsigned16 = 65_535;
/** What registers show that hold nothing; in whole units, tenths, hundredths and thousandths (Wh told as kWh). */
const sentinels = [2 ** 31 - 1, 2 ** 32 - 1, unsigned16, -9999];
const isSentinel = (value: number): boolean =>
  sentinels.some((sentinel) => [1, 10, 100, 1000].some((parts) => Math.abs(value - sentinel / parts) < 0.001));

/** Beyond it no home has counted, kWh: fifty years at the limit of a large connection. */
const mostLifetime_kwh = 1e7;
const mostStored_kwh = 1_000;
/** A counter may be read twice, from two places that round it differently. */
const rounding_kwh = 0.1;
/** After so long a lower counter is a new meter's. */
const newMeterAfterMs = 24 * 3_600_000;
/** Nobody reads more digits, and what is no power at all need not be repeated whole. */
const inShort = (value: number): number => Number(value.toPrecision(7));

/** A flow in which a counter of 0 must count, kW. */
const countedFlow_kw = 0.05;

export type Usable = {
  reading: Reading;
  counters?: Counters;
  /** A sentence about each figure that was left out. */
  notes: string[];
};

/** Leaves out counters, stored energy and state of charge that cannot be; the powers stay as they are. */
export function withoutUnusable(reading: Reading, before: Counters | undefined, now: number): Usable {
  const usable: Reading = { ...reading };
  const notes: string[] = [];
  const leaveOut = (field: keyof Reading, why: string) => {
    notes.push(`${field} is left out: ${why} (${usable[field]})`);
    delete usable[field];
  };
  const { battery_soc: soc, battery_energy_kwh: stored } = reading;
  if (soc !== undefined && !(soc >= 0 && soc <= 1)) leaveOut('battery_soc', 'it lies outside 0…1');
  if (stored !== undefined && !(stored >= 0 && stored <= mostStored_kwh && !isSentinel(stored)))
    leaveOut('battery_energy_kwh', 'no battery of a home holds this');
  if (usable.imported_kwh === 0 && usable.exported_kwh === 0) {
    leaveOut('imported_kwh', 'two counters of 0 are no counters');
    delete usable.exported_kwh;
  }
  for (const field of ['imported_kwh', 'exported_kwh'] as const) {
    const why = usable[field] === undefined ? undefined : counterProblem(field, usable, before, now);
    if (why) leaveOut(field, why);
  }
  const counters = believed(usable, before, now);
  return { reading: usable, notes, ...(counters ? { counters } : {}) };
}

function counterProblem(
  field: 'imported_kwh' | 'exported_kwh',
  reading: Reading,
  before: Counters | undefined,
  now: number,
): string | undefined {
  const value = reading[field] ?? 0;
  if (!(value >= 0 && value <= mostLifetime_kwh) || isSentinel(value)) return 'no meter has counted this';
  const flow_kw = (field === 'imported_kwh' ? 1 : -1) * (reading.net_import_kw ?? 0);
  if (value === 0 && flow_kw > countedFlow_kw) return 'it stands at 0 while this very flow runs';
  const last = before?.[field];
  if (!last || last.at > now || now - last.at > newMeterAfterMs) return undefined;
  if (value < last.kwh - rounding_kwh) return `a lifetime counter does not fall (it was ${last.kwh})`;
  const hours = (now - last.at) / 3_600_000;
  return value - last.kwh > (hours + 1) * defaultMaxPower_kw
    ? `it cannot have risen so fast (it was ${last.kwh})`
    : undefined;
}

/** The counters to hold the next ones against; one that was left out is held against what it was before. */
function believed(usable: Reading, before: Counters | undefined, now: number): Counters | undefined {
  const counters: Counters = {};
  for (const field of ['imported_kwh', 'exported_kwh'] as const) {
    const kwh = usable[field];
    const counter = kwh === undefined ? before?.[field] : { kwh, at: now };
    if (counter) counters[field] = counter;
  }
  return counters.imported_kwh || counters.exported_kwh ? counters : undefined;
}
