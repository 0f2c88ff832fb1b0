/** The tick's line as a structured log, and its figures as metrics of CloudWatch's embedded format. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { isBug, type TickReport } from '../core/report.ts';
import { destinationFailed, metricNames, metricNamespace } from './metric-names.ts';

const meterMetrics = ['production_kw', 'net_import_kw', 'consumption_kw', 'battery_discharge_kw'] as const;

export type Telemetry = { record(report: TickReport, context: Context): void };

/** @param site becomes the metrics' dimension `service`; those of further destinations have `label` besides. */
export function createTelemetry(site: string): Telemetry {
  const logger = new Logger({ serviceName: site });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: site });
  return {
    record(report, context) {
      logger.addContext(context);
      const { outcome, ...line } = report;
      const [, ...further] = report.destinations;
      logger[levelOf(report)](outcome, { outcome, ...line });
      const measured = measurements(report);
      for (const [name, unit, value] of measured) metrics.addMetric(name, unit, value);
      if (measured.length > 0) metrics.publishStoredMetrics();
      for (const row of further.filter((each) => each.outcome !== 'idle'))
        metrics
          .singleMetric()
          .addDimension('label', row.label)
          .addMetric(destinationFailed, MetricUnit.Count, row.outcome === 'failed' ? 1 : 0);
    },
  };
}

function levelOf(report: TickReport): 'error' | 'warn' | 'info' {
  const { outcome, destinations } = report;
  if (outcome === 'failed' || isBug(report)) return 'error';
  return outcome === 'reported' || destinations.some((row) => row.outcome === 'failed') ? 'warn' : 'info';
}

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

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
