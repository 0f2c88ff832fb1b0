/** What an owner looks at: a dashboard of the home, and saved queries over its log. */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  PeriodOverride,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { destinationFailed, metricNames, metricNamespace } from '../functions/push-solar-data/platform/metric-names.ts';
import type { StackDestination } from './destinations.ts';

export type Watched = {
  site: string;
  logGroup: LogGroup;
  /** Where its figures go; the first one decides how a tick ended. */
  destinations: readonly StackDestination[];
};

export function addDashboard(scope: Construct, { site, logGroup, destinations }: Watched, dashboardName: string): void {
  const [first, ...further] = destinations;
  const told = first?.title ?? '';
  const graph = (title: string, metrics: Metric[], width: number, label: string) =>
    new GraphWidget({
      title,
      left: metrics,
      width,
      height: 7,
      leftYAxis: { label, showUnits: false },
      period: Duration.minutes(1),
    });
  const minute = (name: string, label: string, statistic = Stats.AVERAGE) =>
    siteMetric(site, name, statistic, Duration.minutes(1), label);
  const powers = [
    minute(metricNames.production_kw, 'solar'),
    minute(metricNames.consumption_kw, 'home uses'),
    minute(metricNames.net_import_kw, 'grid (+ importing)'),
    minute(metricNames.battery_discharge_kw, 'battery (+ giving)'),
  ];
  const soc = minute(metricNames.battery_soc, 'battery %');
  const age = minute(metricNames.age, 'age of the figures, s', Stats.MAXIMUM);
  const query = (title: string, lines: string[], width: number) =>
    new LogQueryWidget({
      title,
      width,
      height: 7,
      logGroupNames: [logGroup.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: lines,
    });
  new Dashboard(scope, 'Dashboard', {
    dashboardName,
    defaultInterval: Duration.hours(24),
    periodOverride: PeriodOverride.INHERIT,
    widgets: [
      [
        new TextWidget({
          markdown:
            `# ${site}\nPower in kW. *Grid* above zero is importing, below zero exporting; *battery* above zero gives, ` +
            `below zero takes. *Reached ${told}* is 1 for each tick whose figures arrived.`,
          width: 24,
          height: 2,
        }),
      ],
      [
        new SingleValueWidget({
          title: 'Now',
          metrics: [...powers, soc, age],
          width: 24,
          height: 3,
          period: Duration.minutes(5),
        }),
      ],
      [graph('The home', powers, 16, 'kW'), graph('Battery', [soc], 8, '%')],
      [
        graph(
          'Ticks',
          [
            minute(metricNames.pushed, `reached ${told}`, Stats.SUM),
            minute(metricNames.failed, `${told} could not be told`, Stats.SUM),
            minute(metricNames.warnings, 'warnings', Stats.SUM),
            ...further.map((each) =>
              failureMetric(site, each, { statistic: Stats.SUM, period: Duration.minutes(1) }).with({
                label: `${each.title} could not be told`,
              }),
            ),
          ],
          8,
          'a minute',
        ),
        graph('Age of the figures', [age], 8, 's'),
        graph('Consumption measured, less the balance', [minute(metricNames.residual, 'residual')], 8, 'kW'),
      ],
      [query('Every error', everyError(further.length), 12), query('Warnings, and what to do', everyWarning, 12)],
    ],
  });
}

export function addQueries(scope: Construct, { site, logGroup, destinations }: Watched): void {
  const save = (id: string, name: string, lines: string[]) => {
    const [fields = '', ...others] = lines.map((line) => line.replace(/^fields /, ''));
    new QueryDefinition(scope, id, {
      queryDefinitionName: `Solar Cloud Bridge ${site}/${name}`,
      logGroups: [logGroup],
      queryString: new QueryString({
        fields: fields.split(', '),
        filterStatements: others.filter((line) => line.startsWith('filter ')).map((line) => line.slice(7)),
        sort: '@timestamp desc',
        limit: 200,
      }),
    });
  };
  save('LastHour', 'what happened in the last hour', [
    'fields @timestamp, outcome, figures.production_kw, figures.consumption_kw, figures.net_import_kw, figures.battery_discharge_kw, age_s, ms, error',
    'filter ispresent(outcome)',
  ]);
  save('EveryError', 'every error', everyError(destinations.length - 1));
  save('EveryWarning', 'warnings and what to do', everyWarning);
}

/** @param further how many destinations there are after the first, whose errors are no tick's outcome. */
function everyError(further: number): string[] {
  const rows = Array.from({ length: further + 1 }, (_, nth) => `destinations.${nth}`);
  const [, ...others] = rows;
  return [
    `fields @timestamp, outcome, kind, error, ${rows.map((row) => `${row}.error`).join(', ')}, sources.0.excerpt, sources.0.stack`,
    ['filter outcome in ["reported", "failed"]', ...others.map((row) => `${row}.outcome = "failed"`)].join(' or '),
  ];
}
const everyWarning = [
  'fields @timestamp, warnings.0, warnings.1, sources.0.notes.0',
  'filter ispresent(warnings.0) or ispresent(sources.0.notes.0)',
];

export function siteMetric(
  site: string,
  metricName: string,
  statistic: string,
  period = Duration.minutes(5),
  label?: string,
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: site },
    statistic,
    period,
    ...(label === undefined ? {} : { label }),
  });
}

/** Of a destination after the first: 1 for each message that it did not take. */
export const failureMetric = (
  site: string,
  { label }: StackDestination,
  { statistic, period }: { statistic: string; period: Duration },
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: destinationFailed,
    dimensionsMap: { service: site, label },
    statistic,
    period,
  });
