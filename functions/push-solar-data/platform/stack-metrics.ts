/** The metrics of a stack of several homes: one line an invocation, and the power of the homes that are named for it. */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ShardFigures } from '../core/home-watch.ts';
import type { TickReport } from '../core/report.ts';
import { measurements, type Unit } from './measurements.ts';
import { metricNamespace, stackMetricNames } from './metric-names.ts';

export type StackMetrics = {
  /** @param told_s from the begin of the invocation until the last home was told. */
  publish(figures: ShardFigures & { told_s: number }, reports: readonly TickReport[]): void;
};

/** @param stack the metrics' dimension `service`. @param metricsOf the homes that have their own. */
export function createStackMetrics(stack: string, metricsOf: readonly string[] = []): StackMetrics {
  const ofStack = new Metrics({ namespace: metricNamespace, serviceName: stack });
  const ofHomes = new Map(
    metricsOf.map((site) => [site, new Metrics({ namespace: metricNamespace, serviceName: site })]),
  );
  return {
    publish(figures, reports) {
      for (const [name, unit, value] of stackMeasurements(figures)) ofStack.addMetric(name, unit, value);
      ofStack.publishStoredMetrics();
      for (const report of reports) {
        const metrics = ofHomes.get(report.site);
        const measured = metrics ? measurements(report) : [];
        for (const [name, unit, value] of measured) metrics?.addMetric(name, unit, value);
        if (measured.length > 0) metrics?.publishStoredMetrics();
      }
    },
  };
}

function stackMeasurements(figures: ShardFigures & { told_s: number }): [string, Unit, number][] {
  const { homes, silent, failing, doubtful, bugs, oldestAge_s, told_s, destinationFailures } = figures;
  return [
    [stackMetricNames.homes, MetricUnit.Count, homes],
    [stackMetricNames.silent, MetricUnit.Count, silent],
    [stackMetricNames.failing, MetricUnit.Count, failing],
    [stackMetricNames.doubtful, MetricUnit.Count, doubtful],
    [stackMetricNames.bugs, MetricUnit.Count, bugs],
    ...(oldestAge_s === undefined
      ? []
      : [[stackMetricNames.oldestAge, MetricUnit.Seconds, oldestAge_s] satisfies [string, Unit, number]]),
    [stackMetricNames.told, MetricUnit.Seconds, told_s],
    [stackMetricNames.destinationFailures, MetricUnit.Count, destinationFailures],
  ];
}
