/** The balance equation: consumption = production + net import + battery discharge. */
import { hasBattery, type PowerField, powerFields, type Reading, type Term, watts } from './reading.ts';

export type Balanced = {
  /** The reading with whole watts that satisfy the equation to the last digit, where all terms are known. */
  reading: Reading;
  /** The terms that were computed from the others. */
  derived: PowerField[];
  /** Measured consumption less what the other terms give, in kW; absent unless all terms were measured. */
  residual_kw?: number;
};

/** One missing term from the others, all in whole watts. */
const term = {
  production_kw: ({ n, c, b }: Terms) => c - n - b,
  net_import_kw: ({ p, c, b }: Terms) => c - p - b,
  consumption_kw: ({ p, n, b }: Terms) => p + n + b,
  battery_discharge_kw: ({ p, n, c }: Terms) => c - p - n,
} satisfies Record<PowerField, (terms: Terms) => number>;

type Terms = { p: number; n: number; c: number; b: number };

const nothing: ReadonlySet<Term | 'charge'> = new Set();

/**
 * Completes a reading. Works in whole watts and computes consumption last, from the rounded other terms, so that what
 * is pushed balances exactly. The grid meter, production and battery are trusted over a vendor's own consumption
 * figure, which is replaced (its miss is the residual). With two unknowns nothing is derived. A battery exists for the
 * equation if the reading tells anything about one; without battery its term is 0.
 *
 * @param lacking terms that the home has and that are unknown now. While production or battery is, nothing is derived
 *   and no consumption told: a maker's own figure may have counted the lacking one as 0.
 */
export function balance(reading: Reading, lacking: ReadonlySet<Term | 'charge'> = nothing): Balanced {
  const rounded: Reading = { ...reading };
  for (const field of powerFields) {
    const value = reading[field];
    if (value !== undefined) rounded[field] = watts(value) / 1000;
  }
  if (lacking.has('production') || lacking.has('battery')) {
    delete rounded.consumption_kw;
    return { reading: rounded, derived: [] };
  }
  const all = hasBattery(reading) ? powerFields : powerFields.filter((field) => field !== 'battery_discharge_kw');
  const unknown = all.filter((field) => reading[field] === undefined);
  if (unknown.length > 1) return { reading: rounded, derived: [] };

  const known: Terms = {
    p: watts(reading.production_kw ?? 0),
    n: watts(reading.net_import_kw ?? 0),
    c: watts(reading.consumption_kw ?? 0),
    b: watts(reading.battery_discharge_kw ?? 0),
  };
  const [missing] = unknown;
  const derived = missing ?? 'consumption_kw';
  const value = term[derived](known);
  const complete = { ...rounded, [derived]: value / 1000 };
  if (missing) return { reading: complete, derived: [missing] };
  return { reading: complete, derived: ['consumption_kw'], residual_kw: (known.c - value) / 1000 };
}
