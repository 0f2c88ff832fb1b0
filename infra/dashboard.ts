/** What an owner looks at: a dashboard of the home, as its page is ordered and worded, and saved queries over its log. */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
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
import type { Outcome } from '../functions/push-solar-data/core/report.ts';
import { curves, signs } from '../functions/push-solar-data/local/page/view/curves.ts';
import { outcomeWords } from '../functions/push-solar-data/local/page/view/wording.ts';
import { destinationFailed, metricNames, metricNamespace } from '../functions/push-solar-data/platform/metric-names.ts';
import type { StackDestination } from './destinations.ts';

export type Watched = {
  site: string;
  logGroup: LogGroup;
  /** Where its figures go; the first one decides how a tick ended. */
  destinations: readonly StackDestination[];
};

/** The colours of the page by day; CloudWatch takes them for light and dark. */
export const colours = { sun: '#e39a00', home: '#2467d6', grid: '#7a4fd0', battery: '#0a7d62' } as const;

const minute = Duration.minutes(1);

/** In the order and the words of the page: now, the last hours, sources, destinations, and what is in doubt or failed. */
export function addDashboard(scope: Construct, { site, logGroup, destinations }: Watched, dashboardName: string): void {
  const { powers, charge, age, warnings, residual } = figuresOf(site);
  const query = (title: string, queryLines: string[]) =>
    new LogQueryWidget({
      title,
      width: 12,
      height: 7,
      logGroupNames: [logGroup.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines,
    });
  const third = { width: 8, height: 6 };
  const perMinute = { label: 'a minute', min: 0, showUnits: false };
  new Dashboard(scope, 'Dashboard', {
    dashboardName,
    defaultInterval: Duration.hours(24),
    periodOverride: PeriodOverride.INHERIT,
    widgets: [
      [
        new TextWidget({
          markdown: `# ${site}\nPowers in kW. Grid: ${inShort('net_import')}. Battery: ${inShort('battery')}. Where nothing was told there is a gap, never 0.`,
          width: 24,
          height: 2,
        }),
      ],
      [
        new SingleValueWidget({
          title: 'Now',
          metrics: [...powers, charge, age],
          width: 24,
          height: 3,
          period: minute,
        }),
      ],
      [
        graph('The last hours', powers, {
          width: 24,
          height: 7,
          leftYAxis: { label: 'kW', showUnits: false },
          leftAnnotations: [{ value: 0, color: '#59646d' }],
        }),
      ],
      [
        graph(curves.soc.title, [charge], {
          width: 24,
          height: 4,
          leftYAxis: { label: '%', min: 0, max: 100, showUnits: false },
        }),
      ],
      [
        graph('Sources', [age], { ...third, leftYAxis: { label: 's', min: 0, showUnits: false } }),
        graph('Destinations', takenBy(site, destinations), {
          ...third,
          leftYAxis: perMinute,
        }),
        graph('In doubt', [warnings], {
          ...third,
          right: [residual],
          leftYAxis: perMinute,
          rightYAxis: { label: 'kW', showUnits: false },
        }),
      ],
      [query('Every error', everyError(destinations.length - 1)), query('Warnings, and what to do', everyWarning)],
    ],
  });
}

const inShort = (name: keyof typeof signs): string => signs[name].join(', ');

const graph = (title: string, left: Metric[], properties: GraphWidgetProps): GraphWidget =>
  new GraphWidget({ title, left, period: minute, ...properties });

function figuresOf(site: string) {
  const figure = (name: keyof typeof metricNames, label: string, statistic = Stats.AVERAGE) =>
    siteMetric(site, metricNames[name], statistic, minute, label);
  const { production, consumption, net_import, battery, soc } = curves;
  const powers = [
    figure('production_kw', production.title).with({ color: colours.sun }),
    figure('consumption_kw', consumption.title).with({ color: colours.home }),
    figure('net_import_kw', `${net_import.title} (${inShort('net_import')})`).with({ color: colours.grid }),
    figure('battery_discharge_kw', `${battery.title} (${inShort('battery')})`).with({ color: colours.battery }),
  ];
  return {
    powers,
    charge: figure('battery_soc', `${soc.title}, %`).with({ color: colours.battery }),
    age: figure('age', 'Age of the figures, s', Stats.MAXIMUM),
    warnings: figure('warnings', 'Warnings', Stats.SUM),
    residual: figure('residual', 'Consumption measured, less the balance'),
  };
}

/** Of each tick: the first destination decides how it ended, of the others only what they did not take is counted. */
function takenBy(site: string, [first, ...further]: readonly StackDestination[]): Metric[] {
  const ofFirst = (name: string, outcome: Outcome) =>
    siteMetric(site, name, Stats.SUM, minute, `${first?.title} ${outcomeWords[outcome]}`);
  return [
    ofFirst(metricNames.pushed, 'pushed'),
    ofFirst(metricNames.failed, 'failed'),
    ...further.map((each) =>
      failureMetric(site, each, { statistic: Stats.SUM, period: minute }).with({
        label: `${each.title} ${outcomeWords.failed}`,
      }),
    ),
  ];
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
