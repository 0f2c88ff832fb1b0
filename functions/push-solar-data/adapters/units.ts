/**
 * Figures of vendors with their unit: the schema reads the vendor's, and gives Charge HQ's (kW, kWh, 0…1, ms), so that a
 * mapping goes from field to field. What is missing stays missing, as with `figure`.
 *
 * @example
 * const Live = z.object({ pv: watts, grid: watts, battery: negativeWatts, soc: percent, measuredAt: utc }); // battery: + charging
 * return { production_kw: live.pv, net_import_kw: live.grid, battery_discharge_kw: live.battery, battery_soc: live.soc, tsms: live.measuredAt };
 */
import * as z from 'zod/mini';
import { figureAs, numberOf } from './quantities.ts';

/** Never −0. */
const times = (factor: number) => (value: number) => value * factor + 0;

/** W → kW. A power that cannot be read makes the answer one that is not understood. */
export const watts = figureAs(times(1 / 1000));
export const kilowatts = figureAs(times(1));
/** W of the other direction, such as a battery's + charging → kW. */
export const negativeWatts = figureAs(times(-1 / 1000));
export const negativeKilowatts = figureAs(times(-1));

/** Percent, also as a text with its sign → 0…1. */
export const percent = extra(1 / 100);
export const fraction = extra(1);
/** Wh → kWh. */
export const wattHours = extra(1 / 1000);
export const kilowattHours = extra(1);

/**
 * A state of charge or a counter: nobody steers by it, so one that cannot be read must not end the reading. It becomes NaN, which the core
 * leaves out with a remark.
 */
function extra(factor: number) {
  return z.optional(
    z.pipe(
      z.unknown(),
      z.transform((value): number | undefined => {
        const number = numberOf(typeof value === 'string' ? value.replace(/\s?%\s?$/, '') : value);
        return number === undefined ? undefined : times(factor)(number === 'unreadable' ? Number.NaN : number);
      }),
    ),
  );
}

/** Unix time in s → ms. */
export const unixSeconds = figureAs(times(1000));

/** A time as ISO text, which is UTC unless it tells its offset → ms. Undefined where it cannot be read. */
export const utc = z.optional(
  z.pipe(
    z.unknown(),
    z.transform((value): number | undefined => {
      if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value) || value.length > 40)
        return undefined;
      const text = value.trim().replace(' ', 'T');
      const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
      return Number.isNaN(ms) ? undefined : ms;
    }),
  ),
);
