/** The figures of a tick as metrics of CloudWatch. */
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { TickReport } from '../core/report.ts';
import { metricNames } from './metric-names.ts';

const meterMetrics = ['production_kw', 'net_import_kw', 'consumption_kw', 'battery_discharge_kw'] as const;

export type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** Metrics of one tick, without any for an idle one. */
export function measurements({ outcome, figures = {}, age_s, residual_kw, warnings = [] }: TickReport) {
  const found: [string, Unit, number][] = [];
  const add = (name: string, unit: Unit, value: number | undefined) => {
    if (value !== undefined) found.push([name, unit, value]);
  };
  if (outcome === 'idle') return found;
  add(metricNames.pushed, MetricUnit.Count, outcome === 'pushed' ? 1 : 0);
  add(metricNames.failed, MetricUnit.Count, outcome === 'failed' ? 1 : 0);
  add(metricNames.warnings, MetricUnit.Count, warnings.length);
  add(metricNames.age, MetricUnit.Seconds, age_s);
  add(metricNames.residual, MetricUnit.NoUnit, residual_kw);
  for (const field of meterMetrics) add(metricNames[field], MetricUnit.NoUnit, figures[field]);
  add(
    metricNames.battery_soc,
    MetricUnit.Percent,
    figures.battery_soc === undefined ? undefined : figures.battery_soc * 100,
  );
  return found;
}
