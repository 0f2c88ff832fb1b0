/** What an owner looks at: a dashboard of the home, as its page is ordered and worded, and saved queries over its log. */
import { Duration } from 'aws-cdk-lib';
import { Dashboard, Metric, PeriodOverride, SingleValueWidget, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Outcome } from '../functions/push-solar-data/core/report.ts';
import { curves } from '../functions/push-solar-data/local/page/view/curves.ts';
import { outcomeWords } from '../functions/push-solar-data/local/page/view/wording.ts';
import { destinationFailed, metricNames, metricNamespace } from '../functions/push-solar-data/platform/metric-names.ts';
import {
  colours,
  everyError,
  everyWarning,
  graph,
  howToRead,
  logTable,
  metricOf,
  minute,
  powerGraph,
  powers,
  savingQueries,
} from './dashboard-parts.ts';
import type { StackDestination } from './destinations.ts';

export type Watched = {
  site: string;
  logGroup: LogGroup;
  /** Where its figures go; the first one decides how a tick ended. */
  destinations: readonly StackDestination[];
};

/** In the order and the words of the page: now, the last hours, sources, destinations, and what is in doubt or failed. */
export function addDashboard(scope: Construct, { site, logGroup, destinations }: Watched, dashboardName: string): void {
  const { charge, age, warnings, residual } = figuresOf(site);
  const third = { width: 8, height: 6 };
  const perMinute = { label: 'a minute', min: 0, showUnits: false };
  new Dashboard(scope, 'Dashboard', {
    dashboardName,
    defaultInterval: Duration.hours(24),
    periodOverride: PeriodOverride.INHERIT,
    widgets: [
      [new TextWidget({ markdown: `# ${site}\n${howToRead}`, width: 24, height: 2 })],
      [
        new SingleValueWidget({
          title: 'Now',
          metrics: [...powersOf(site), charge, age],
          width: 24,
          height: 3,
          period: minute,
        }),
      ],
      [powerGraph('The last hours', powersOf(site))],
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
      [
        logTable(logGroup, 'Every error', everyError(destinations.length - 1)),
        logTable(logGroup, 'Warnings, and what to do', everyWarning()),
      ],
    ],
  });
}

/** The powers of a home that has metrics. */
export const powersOf = (site: string): Metric[] =>
  (Object.keys(powers) as (keyof typeof powers)[]).map((name) =>
    metricOf(site, metricNames[name], Stats.AVERAGE, minute, powers[name].title).with({ color: powers[name].colour }),
  );

function figuresOf(site: string) {
  const figure = (name: keyof typeof metricNames, label: string, statistic = Stats.AVERAGE) =>
    metricOf(site, metricNames[name], statistic, minute, label);
  return {
    charge: figure('battery_soc', `${curves.soc.title}, %`).with({ color: colours.battery }),
    age: figure('age', 'Age of the figures, s', Stats.MAXIMUM),
    warnings: figure('warnings', 'Warnings', Stats.SUM),
    residual: figure('residual', 'Consumption measured, less the balance'),
  };
}

/** Of each tick: the first destination decides how it ended, of the others only what they did not take is counted. */
function takenBy(site: string, [first, ...further]: readonly StackDestination[]): Metric[] {
  const ofFirst = (name: string, outcome: Outcome) =>
    metricOf(site, name, Stats.SUM, minute, `${first?.title} ${outcomeWords[outcome]}`);
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
  const save = savingQueries(scope, logGroup, site);
  save('LastHour', 'what happened in the last hour', [
    'fields @timestamp, outcome, figures.production_kw, figures.consumption_kw, figures.net_import_kw, figures.battery_discharge_kw, age_s, ms, error',
    'filter ispresent(outcome)',
  ]);
  save('EveryError', 'every error', everyError(destinations.length - 1));
  save('EveryWarning', 'warnings and what to do', everyWarning());
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
