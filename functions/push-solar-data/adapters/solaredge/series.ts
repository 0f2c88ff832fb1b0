/** SolarEdge's figures, each of which names its unit: powers, and the series of quarters of an hour of V2. */
import * as z from 'zod/mini';
import { figure } from '../quantities.ts';
import { fraction, utc } from '../units.ts';

/** The factor of a unit, in whatever case it is written; any other one is not understood. */
function unitOf(factors: ReadonlyMap<string, number>) {
  return z.pipe(
    z.string(),
    z.transform((name, context): number => {
      const factor = factors.get(name.toUpperCase());
      if (factor !== undefined) return factor;
      context.issues.push({ code: 'custom', message: 'is no known unit', input: name });
      return z.NEVER;
    }),
  );
}

/** To kW. */
export const powerUnit = unitOf(
  new Map([
    ['W', 1 / 1000],
    ['KW', 1],
    ['MW', 1000],
  ]),
);
/** To kWh. */
const energyUnit = unitOf(
  new Map([
    ['WH', 1 / 1000],
    ['KWH', 1],
    ['MWH', 1000],
  ]),
);
const percentage = unitOf(new Map([['PERCENTAGE', 1]]));

/** The figures that there are, by the start of their quarter of an hour, ms. */
export type Series = ReadonlyMap<number, number>;

function seriesOf(unit: z.ZodMiniType<number>, value: z.ZodMiniType<number | undefined>) {
  return z.pipe(
    z.object({ unit, values: z.array(z.object({ timestamp: utc, value })) }),
    z.transform(
      ({ unit: factor, values }): Series =>
        new Map(
          values.flatMap(({ timestamp, value }): [number, number][] =>
            timestamp === undefined || value === undefined ? [] : [[timestamp, value * factor + 0]],
          ),
        ),
    ),
  );
}

/** kW. */
export const PowerSeries = seriesOf(powerUnit, figure);
/** kWh; like the charge no reason to refuse a reading, so one that is not understood is not there. */
export const EnergySeries = z.catch(z.nullish(seriesOf(energyUnit, fraction)), undefined);
/** 0…1. It is always called a percentage, and is one in the documentation; a live answer had a share of 1. */
export const ChargeSeries = z.pipe(
  z.catch(z.nullish(seriesOf(percentage, fraction)), undefined),
  z.transform((series): Series => new Map([...(series ?? [])].map(([at, soc]) => [at, soc <= 1 ? soc : soc / 100]))),
);

export const quarterMs = 900_000;

/** The start of the newest quarter that is over and of which each of them has a figure; undefined if there is none. */
export function newestOfAll([first, ...others]: readonly Series[], now: number): number | undefined {
  let newest: number | undefined;
  for (const at of first?.keys() ?? [])
    if (at + quarterMs <= now && at > (newest ?? 0) && others.every((series) => series.has(at))) newest = at;
  return newest;
}
