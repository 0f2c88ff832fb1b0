/** A device's newest row, and what it says: which parts the device has, and their powers with Charge HQ's signs. */
import * as z from 'zod/mini';
import { total } from '../adapter.ts';
import { goneToday } from '../age.ts';
import { instantOf } from '../local-time.ts';
import { netOf } from '../one-way-meters.ts';
import { identifier, negate, numberOf } from '../quantities.ts';
import { kilowattHours, percent, watts } from '../units.ts';

/** In the order in which they are asked. */
export const familyNames = ['sph', 'spa', 'min', 'max', 'inv', 'sph-s'] as const;
export type Family = (typeof familyNames)[number];

/** Of the grid's meter. NaN where it cannot be read: with its counters that is a silent meter, without an answer that is not understood. */
const meterPower = z.catch(watts, Number.NaN);
const shownTime = z.string().check(z.refine((text) => instantOf(text, 'UTC', 0) !== undefined, 'not a time'));
const serial = z.nullish(identifier);

/** Of all families; powers in W, energies in kWh. `R`, `S` and `T` are single phases, not the home. */
const Fields = z.object({
  serialNum: serial,
  inverterId: serial,
  time: shownTime, // clocks of the plant; `calendar` is the same read as China's
  ppv: watts, // DC
  ppvInverter: watts, // SPA: AC of the inverter beside it
  pac: watts, // AC; of a hybrid with its battery
  pdischarge1: watts, // ≥ 0
  pcharge1: watts, // ≥ 0
  banks: z.record(z.string(), z.object({ Discharge: watts, Charge: watts })), // MIN: bdc<n>DischargePower …, ≥ 0
  soc: percent,
  bmsSOC: percent,
  bdc1Soc: percent,
  bmsSoc: percent,
  pacToUserTotal: meterPower, // import, ≥ 0
  pacToGridTotal: meterPower, // export, ≥ 0
  etoUserTotal: kilowattHours, // imported
  etogridTotal: kilowattHours, // exported, spelt in two ways
  etoGridTotal: kilowattHours,
});
type Fields = z.output<typeof Fields>;

export const Row = z.pipe(
  z.record(z.string(), z.unknown()),
  z.pipe(
    z.transform((row: Record<string, unknown>): unknown => ({ ...row, banks: banksIn(row) })),
    z.pipe(
      Fields,
      z.transform((fields: Fields) => ({ ...fields, sn: fields.serialNum || fields.inverterId || undefined })),
    ),
  ),
);
export type Row = z.output<typeof Row>;

/** Battery inputs by their number; one without any figure is not fitted. */
function banksIn(row: Record<string, unknown>): Record<string, Record<string, unknown>> {
  const banks: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(row)) {
    const [, nth, direction] = name.length < 30 ? (/^bdc(\d{1,2})(Discharge|Charge)Power$/.exec(name) ?? []) : [];
    if (nth === undefined || direction === undefined || numberOf(value) === undefined) continue;
    banks[nth] = { ...banks[nth], [direction]: value };
  }
  return banks;
}

/** Which of its parts each device has shown today, from the state, by part; in ms. */
export type Shown = Record<string, number>;

/** Numbers as they are kept: one that could not be read is NaN, and null in JSON. */
const kept = z.optional(
  z.pipe(
    z.nullable(z.number()),
    z.transform((number): number => number ?? Number.NaN),
  ),
);
export const Unit = z.object({
  sn: z.string(),
  time: z.string(),
  /** Whether the time is another one than at the poll before: only then a row of a clock that runs ahead is live. */
  hasMoved: z.boolean(),
  hasBattery: z.boolean(),
  hasMeter: z.boolean(),
  /** Whether its counters of the grid have counted. */
  isCounted: z.boolean(),
  production_kw: kept,
  net_import_kw: kept,
  battery_discharge_kw: kept,
  battery_soc: kept,
  imported_kwh: kept,
  exported_kwh: kept,
});
export type Unit = z.output<typeof Unit>;

/** What a device measures, and which parts it has, by this row and those of the last 24 hours. */
export function measuredBy(
  family: Family,
  row: Row,
  shown: Shown,
  now: number,
): Omit<Unit, 'sn' | 'time' | 'hasMoved'> {
  const powers = [row.pacToUserTotal, row.pacToGridTotal];
  const exported_kwh = row.etogridTotal ?? row.etoGridTotal;
  const isCounted = [row.etoUserTotal, exported_kwh].some((kwh) => kwh !== undefined && kwh > 0);
  const banks = family === 'min' ? row.banks : {};
  const charge = chargeOf(family, row);
  const parts = {
    meter: isCounted || powers.some((kw) => kw !== undefined && kw !== 0),
    battery: hasAlwaysBattery(family) || (charge ?? 0) > 0,
    ...Object.fromEntries(
      Object.entries(banks).map(([nth, { Discharge, Charge }]) => [nth, Boolean(Discharge || Charge)]),
    ),
  };
  const there = Object.entries(parts).flatMap(([part, isThere]) => (isThere ? [part] : []));
  const gone = goneToday(shown, there, now);
  const isZeroed = [...powers, row.etoUserTotal, exported_kwh].every((value) => value === 0);
  const hasMeter = parts.meter || (gone.includes('meter') && !isZeroed);
  const hasBattery = [...there, ...gone].some((part) => part !== 'meter');
  return {
    ...{ hasMeter, hasBattery, isCounted },
    production_kw: productionOf(family, row, hasBattery),
    ...(hasMeter && {
      net_import_kw: netImport(powers, isCounted),
      imported_kwh: rounded(row.etoUserTotal),
      exported_kwh: rounded(exported_kwh),
    }),
    ...(hasBattery && { battery_discharge_kw: dischargeOf(family, row, gone), battery_soc: charge }),
  };
}

export const hasAlwaysBattery = (family: Family): boolean => ['sph', 'spa', 'sph-s'].includes(family);

/** kW. With a battery the sun is measured at the panels, since the AC side holds both. */
function productionOf(family: Family, { ppv, ppvInverter, pac }: Row, hasBattery: boolean): number | undefined {
  if (family === 'spa') return ppvInverter;
  return hasBattery ? ppv : pac;
}

/** kW, + discharging, on the DC side; of an SPA that discharges on the AC side, which alone balances. */
function dischargeOf(family: Family, row: Row, gone: readonly string[]): number | undefined {
  const { pdischarge1, pcharge1, pac, banks } = row;
  if (family === 'min') {
    const isMissing = gone.some((part) => /^\d+$/.test(part) && !(part in banks));
    return isMissing ? undefined : total(Object.values(banks).map((bank) => netOf(bank.Discharge, bank.Charge)));
  }
  if (family === 'spa' && pcharge1) return negate(pcharge1);
  if (family === 'spa' && pdischarge1) return pac;
  return netOf(pdischarge1, pcharge1);
}

/** 0…1. An input of a MIN without battery shows 0 there. */
function chargeOf(family: Family, { soc, bmsSOC, bdc1Soc, bmsSoc }: Row): number | undefined {
  if (family === 'min') return [bdc1Soc, bmsSoc].find((charge = 0) => charge > 0) ?? bdc1Soc;
  return hasAlwaysBattery(family) ? (soc ?? bmsSOC) : undefined;
}

/** kW, + import; undefined of a meter that is silent, which its counters betray, NaN of one that is not understood. */
function netImport(powers: readonly (number | undefined)[], isCounted: boolean): number | undefined {
  const [user, grid] = powers;
  const isSilent = powers.every((kw) => kw === undefined || Number.isNaN(kw));
  if (isSilent && isCounted) return undefined;
  return powers.some(Number.isNaN) ? Number.NaN : netOf(user, grid);
}

/** Old firmware sends 12.699999809 for 12.7. */
const rounded = (kwh: number | undefined): number | undefined => kwh && Math.round(kwh * 1000) / 1000;
