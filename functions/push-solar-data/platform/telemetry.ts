/** The tick's line as a structured log, and its figures as metrics of CloudWatch's embedded format. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { levelOf, type TickReport } from '../core/report.ts';
import { measurements } from './measurements.ts';
import { destinationFailed, metricNamespace } from './metric-names.ts';

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
