/** Figures as vendors send them, and their way to kW, kWh and 0…1. A missing figure stays missing. */
import * as z from 'zod/mini';

/** What vendors write where there is no figure. */
const absent = new Set(['', '-', '--', '---', 'n/a', 'na', 'null', 'none', 'undefined']);

/** `Number` alone would also read `0x10`. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A figure that may be missing: a number or its text; null, `""`, `"--"`, `"N/A"` or no such key are undefined. */
export const figure = z.optional(
  z.pipe(
    z.unknown(),
    z.transform((value, context): number | undefined => {
      if (value === null || value === undefined) return undefined;
      if (typeof value === 'string' && absent.has(value.trim().toLowerCase())) return undefined;
      const number = typeof value === 'string' && decimal.test(value.trim()) ? Number(value.trim()) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      context.issues.push({
        code: 'custom',
        message: `not a number: ${JSON.stringify(value)?.slice(0, 40)}`,
        input: value,
      });
      return z.NEVER;
    }),
  ),
);

/** An identifier that comes as a number or as text, as text. */
export const identifier = z.pipe(z.union([z.string(), z.number()]), z.transform(String));

/** W → kW. */
export const kilowatts = (watts: number | undefined): number | undefined => scaled(watts, 1 / 1000);
/** Wh → kWh. */
export const kilowattHours = (wattHours: number | undefined): number | undefined => scaled(wattHours, 1 / 1000);
/** Percent → 0…1. */
export const fraction = (percent: number | undefined): number | undefined => scaled(percent, 1 / 100);
/** The opposite direction. */
export const negate = (value: number | undefined): number | undefined => scaled(value, -1);

/** Sum of what is known; undefined if nothing is. */
export function sum(...values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

/** Mean of what is known; undefined if nothing is. */
export function mean(...values: (number | undefined)[]): number | undefined {
  const total = sum(...values);
  return total === undefined ? undefined : total / values.filter((value) => value !== undefined).length;
}

/** `a − b` where both are known. */
export const difference = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b;

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor + 0;
