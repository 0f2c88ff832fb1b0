/** Figures as vendors send them, and their way to kW, kWh and 0…1. A missing figure stays missing. */
import * as z from 'zod/mini';
import { plainText } from '../core/plain-text.ts';

/** What vendors write where there is no figure. */
const absent = new Set(['', '-', '--', '---', 'n/a', 'na', 'null', 'none', 'undefined']);

/** `Number` alone would also read `0x10`. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Longer than any number that a program writes: 0.1 takes up to 57 characters. */
const longestDecimal = 100;

/** The finite number that a text is, with blanks around it or without; undefined for any other text. */
export function numberIn(text: string): number | undefined {
  const digits = text.trim();
  const number = digits.length <= longestDecimal && decimal.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** The number that a vendor's value is, undefined where there is none. */
export function numberOf(value: unknown): number | undefined | 'unreadable' {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' && absent.has(value.trim().toLowerCase())) return undefined;
  const number = typeof value === 'string' ? numberIn(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 'unreadable';
}

/** A figure that may be missing: a number or its text; null, `""`, `"--"`, `"N/A"` or no such key are undefined. */
export const figure = figureAs((number) => number);

/** A {@link figure} that is converted as it is read. */
export function figureAs(convert: (number: number) => number) {
  return z.optional(
    z.pipe(
      z.unknown(),
      z.transform((value, context): number | undefined => {
        const number = numberOf(value);
        if (number !== 'unreadable') return number === undefined ? undefined : convert(number);
        context.issues.push({ code: 'custom', message: `not a number: ${inShort(value)}`, input: value });
        return z.NEVER;
      }),
    ),
  );
}

/** A text may be a token; a list or an object may be large, and nested deeper than a stack. */
function inShort(value: unknown): string {
  if (typeof value === 'string') return `text(${value.length})`;
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

/** No vendor's is longer, and it goes into addresses. */
const longestIdentifier = 200;
/** An identifier that comes as a number or as text, as text; without control characters, since it is stored as it is. */
export const identifier = z.pipe(
  z.union([z.string().check(z.maxLength(longestIdentifier), z.regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u)), z.number()]),
  z.transform(String),
);

/** The same for what no reading hangs on: undefined where it is none. Never made a text by force: an object may have no text. */
export const looseIdentifier = z.catch(z.optional(identifier), undefined);

/** What a cloud says in words, if it does so in a text: short enough for a sentence, and for an expression that looks at it. */
export const words = z.catch(
  z.nullish(
    z.pipe(
      z.string(),
      z.transform((text) => plainText(text)),
    ),
  ),
  undefined,
);

/** W → kW. */
export const kilowatts = (watts: number | undefined): number | undefined => scaled(watts, 1 / 1000);
/** Wh → kWh. */
export const kilowattHours = (wattHours: number | undefined): number | undefined => scaled(wattHours, 1 / 1000);
/** Percent → 0…1. */
export const fraction = (percent: number | undefined): number | undefined => scaled(percent, 1 / 100);
/** The opposite direction. */
export const negate = (value: number | undefined): number | undefined => scaled(value, -1);

/**
 * Sum of what is known; undefined if nothing is. A part for the whole, so not for the powers of a home, whose sum is
 * `total`: only where the vendor's documentation says that what is missing is nothing, and then say so beside it.
 */
export function sumOfKnown(...values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

/**
 * The charge of several batteries or banks, 0…1: the mean of what is known, undefined if nothing is, and NaN if one cannot
 * be, which a mean would cover: the core leaves that out with a remark.
 */
export function meanCharge(...charges: (number | undefined)[]): number | undefined {
  const known = charges.filter((charge) => charge !== undefined);
  if (known.length === 0) return undefined;
  if (!known.every((charge) => charge >= 0 && charge <= 1)) return Number.NaN;
  return known.reduce((sum, charge) => sum + charge, 0) / known.length;
}

/** `a − b` where both are known. */
export const difference = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b;

const scaled = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor + 0;
