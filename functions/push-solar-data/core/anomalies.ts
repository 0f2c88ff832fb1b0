/** Doubts about figures that are possible, but unlikely to be true: each with its remedy. Pure. */
import * as z from 'zod/mini';
import { defaultMaxPower_kw } from './plausibility.ts';
import { powerFields, type Reading } from './reading.ts';

/** What the ticks before have shown of this home. */
export const Baseline = z.object({
  /** Ticks in a row in which the meter's sign contradicted the balance. */
  contradictions: z.optional(z.number()),
  /** The home's usual power, kW: a slow mean of all that flows. */
  usual_kw: z.optional(z.number()),
  /** How many ticks that mean has seen. */
  ticks: z.optional(z.number()),
  /** The highest of its powers so far, kW. */
  highest_kw: z.optional(z.number()),
});
export type Baseline = z.output<typeof Baseline>;

export type Anomalies = {
  /** For the log and the count of warnings; the figures are pushed all the same. */
  warnings: string[];
  /** Why these figures must not be pushed at all. */
  refusal?: string;
  baseline: Baseline;
};

/** A vendor's consumption that misses the balance by less is conversion loss and sampling skew. */
const residualLimit_kw = 1;
/** Inverters draw some watts at night; a production below this is a wrong sign. */
const productionFloor_kw = -0.5;
/** So many ticks in a row are no coincidence of samples taken at different moments. */
const contradictionsTillDoubt = 5;
/** A slip between W and kW is a factor of 1000; no kettle is. */
const slipFactor = 300;
/** Below this no factor is a slip: an empty home uses some watts, and then a car charges with 22 kW. */
const slipFloor_kw = 45;
const ticksTillUsual = 30;

/** So many ticks show something of a home. */
const ticksTillLimit = 5;
/** No home's limit lies lower, kW: a car that draws 22 kW comes some day. */
const leastLimit_kw = 30;
/** How far beyond its highest power so far a home may go at once. */
const headroom = 5;

/** Beyond it a figure is impossible for this home, kW. */
export function powerLimit_kw({ ticks = 0, highest_kw = 0 }: Baseline = {}): number {
  return ticks < ticksTillLimit ? defaultMaxPower_kw : Math.max(leastLimit_kw, headroom * highest_kw);
}

/**
 * @param measured the reading before it was completed; @param balanced the same with all terms.
 * @param residual_kw measured consumption less the balance, where there is one.
 */
export function detectAnomalies(
  measured: Reading,
  balanced: Reading,
  residual_kw: number | undefined,
  before: Baseline = {},
): Anomalies {
  const warnings: string[] = [];
  const flow_kw = flowOf(balanced);
  const { usual_kw = 0, ticks = 0 } = before;
  if (ticks >= ticksTillUsual && flow_kw > slipFloor_kw && flow_kw > slipFactor * usual_kw)
    return {
      warnings,
      refusal: `the home's power is ${Math.round(flow_kw / usual_kw)} times its usual: watts were taken for kilowatts somewhere`,
      baseline: before,
    };

  if ((balanced.production_kw ?? 0) < productionFloor_kw)
    warnings.push(
      `production is ${balanced.production_kw} kW, below zero: check the sign of the production meter, or which way its clamp points`,
    );
  if (residual_kw !== undefined && Math.abs(residual_kw) > residualLimit_kw)
    warnings.push(
      `the measured consumption misses the balance by ${residual_kw} kW: a meter or an inverter is not seen, or a sign is wrong`,
    );
  const contradictions = isReversedMeter(measured, balanced) ? (before.contradictions ?? 0) + 1 : 0;
  if (contradictions >= contradictionsTillDoubt)
    warnings.push(
      'the grid meter contradicts the other figures for several minutes, and would fit them with the opposite sign: ' +
        'look at your meter (importing or exporting?) and reverse it in the settings or at the clamp. ' +
        'If the home has an inverter that is not monitored, ignore this',
    );
  return {
    warnings,
    baseline: {
      contradictions,
      usual_kw: (usual_kw * ticks + flow_kw) / (ticks + 1),
      ticks: Math.min(ticks + 1, 1000),
      highest_kw: Math.max(before.highest_kw ?? 0, ...powerFields.map((field) => Math.abs(balanced[field] ?? 0))),
    },
  };
}

/** What goes through the home: all that comes in. */
function flowOf({ production_kw = 0, net_import_kw = 0, battery_discharge_kw = 0 }: Reading): number {
  return [production_kw, net_import_kw, battery_discharge_kw].reduce((sum, value) => sum + Math.abs(value), 0);
}

/**
 * Whether the figures make sense only with the meter reversed: a measured consumption that fits so and not otherwise,
 * or a home that seems to give away more than it has.
 */
function isReversedMeter(measured: Reading, balanced: Reading): boolean {
  const { net_import_kw } = measured;
  const { consumption_kw: balanced_kw } = balanced;
  if (net_import_kw === undefined || balanced_kw === undefined || Math.abs(net_import_kw) < 0.3) return false;
  if (measured.consumption_kw === undefined) return balanced_kw < -0.2;
  const missAsItIs = Math.abs(measured.consumption_kw - balanced_kw);
  const missReversed = Math.abs(measured.consumption_kw - (balanced_kw - 2 * net_import_kw));
  return missAsItIs > 0.3 && missReversed < missAsItIs / 4;
}
