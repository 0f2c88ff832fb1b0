/** What is looked at of several homes: one dashboard, on which a home is chosen, and saved queries over their log. */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  DashboardVariable,
  DefaultValue,
  type IWidget,
  PeriodOverride,
  SingleValueWidget,
  Stats,
  TextWidget,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { curves } from '../functions/push-solar-data/local/page/view/curves.ts';
import { stackMetricNames } from '../functions/push-solar-data/platform/metric-names.ts';
import { powersOf } from './dashboard.ts';
import {
  everyError,
  everyWarning,
  graph,
  howToRead,
  logGraph,
  logTable,
  metricOf,
  minute,
  powerGraph,
  savingQueries,
} from './dashboard-parts.ts';
import { ofEachStack } from './homes-cost.ts';

export type WatchedHomes = {
  stack: string;
  sites: readonly string[];
  /** Of these, the homes whose powers are metrics. */
  metricsOf: readonly string[];
  logGroup: LogGroup;
};

/** Stands for the name of the home that is chosen; no home can be called so. */
const chosen = 'CHOSEN_HOME';
/** So many can be picked from a list; beyond them the name is typed. */
export const mostInAList = 50;
/** So many homes' metrics are drawn; a dashboard has its limits. */
const mostDrawn = 25;
/** Destinations after the first, whose errors are looked for. */
const furtherDestinations = 2;

const site = ['site'];

/** In the order and the words of the dashboard of one home; first all homes, then the chosen one. */
export function addHomesDashboard(scope: Construct, watched: WatchedHomes, dashboardName: string): void {
  const { stack, sites, metricsOf, logGroup } = watched;
  const many = `${sites.length} home${sites.length === 1 ? '' : 's'}`;
  const text = (markdown: string) => new TextWidget({ markdown, width: 24, height: 2 });
  new Dashboard(scope, 'Dashboard', {
    dashboardName,
    // each query reads the log of this time, which costs by the GB
    defaultInterval: Duration.hours(ofEachStack.shownHours),
    periodOverride: PeriodOverride.INHERIT,
    variables: [homeVariable(sites)],
    widgets: [
      [
        text(
          `# ${stack}: ${many}\n${howToRead} Choose a home above. Queries of long times cost by the GB that they read.`,
        ),
      ],
      ...ofAllHomes(stack, logGroup),
      [text(`## ${chosen}`)],
      [logGraph(logGroup, 'The last hours', powersOfHome)],
      [logGraph(logGroup, curves.soc.title, chargeOfHome)],
      [logTable(logGroup, 'Sources and destinations', ticksOfHome, 24)],
      [
        logTable(logGroup, 'Every error, of all homes', everyError(furtherDestinations, site)),
        logTable(logGroup, 'Warnings, and what to do, of all homes', everyWarning(site)),
      ],
      ...metricsOf.slice(0, mostDrawn).map((home) => [powerGraph(home, powersOf(home))]),
    ],
  });
}

function ofAllHomes(stack: string, logGroup: LogGroup): IWidget[][] {
  const homes = (name: keyof typeof stackMetricNames, label: string) =>
    metricOf(stack, stackMetricNames[name], Stats.SUM, minute, label);
  const longest = (name: keyof typeof stackMetricNames, label: string) =>
    metricOf(stack, stackMetricNames[name], Stats.MAXIMUM, minute, label);
  const half = { width: 12, height: 6 };
  const count = { label: 'homes', min: 0, showUnits: false };
  const seconds = { label: 's', min: 0, showUnits: false };
  const [ticking, silent] = [homes('homes', 'Homes read'), homes('silent', 'Without a reading for long')];
  const failing = homes('failing', 'Failing');
  const doubtful = homes('doubtful', 'In doubt');
  const bugs = homes('bugs', 'Errors of the bridge itself');
  const untold = homes('destinationFailures', 'A further destination not reached');
  const [age, told] = [longest('oldestAge', 'Age of the oldest figures, s'), longest('told', 'Until all were told, s')];
  return [
    [
      new SingleValueWidget({
        title: 'Now',
        metrics: [ticking, silent, failing, doubtful, age, told],
        width: 24,
        height: 3,
        period: minute,
      }),
    ],
    [logTable(logGroup, `All homes, worst first (${never} minutes and more: no reading in this time)`, worstFirst, 24)],
    [
      graph('Homes in trouble', [silent, failing, doubtful, untold, bugs], { ...half, leftYAxis: count }),
      graph('On time', [age, told], { ...half, leftYAxis: seconds }),
    ],
  ];
}

/** It takes the place of its pattern wherever that stands on the dashboard. */
function homeVariable(sites: readonly string[]): DashboardVariable {
  const [first] = sites;
  const isList = sites.length <= mostInAList;
  return new DashboardVariable({
    id: 'home',
    label: 'Home',
    type: VariableType.PATTERN,
    value: chosen,
    inputType: isList ? VariableInputType.SELECT : VariableInputType.INPUT,
    ...(isList ? { values: Values.fromValues(...sites.map((value) => ({ label: value, value }))) } : {}),
    defaultValue: DefaultValue.value(first),
  });
}

/** Minutes that are said of a home without a reading in the time that is shown: more than any such time has. */
const never = 100_000;

const worstFirst = [
  'fields floor((now() - toMillis(@timestamp) / 1000) / 60) as minutes_ago',
  'filter ispresent(site) and ispresent(outcome)',
  `stats latest(outcome) as last_outcome, latest(age_s) as age_seconds, min(minutes_ago + ${never} * (1 - strcontains(outcome, "pushed"))) as minutes_since_reading by site`,
  'sort minutes_since_reading desc',
  'limit 200',
];

/** Only what the index of the log finds is read. */
const ofHome = `filter site = "${chosen}"`;

const average = (field: string, title: string): string => `avg(${field}) as ${title}`;

const powersOfHome = [
  ofHome,
  `stats ${[
    average('figures.production_kw', curves.production.title),
    average('figures.consumption_kw', curves.consumption.title),
    average('figures.net_import_kw', curves.net_import.title),
    average('figures.battery_discharge_kw', curves.battery.title),
  ].join(', ')} by bin(1m)`,
];
const chargeOfHome = [ofHome, `stats ${average('figures.battery_soc * 100', curves.soc.title)} by bin(1m)`];
const ticksOfHome = [
  'fields @timestamp, outcome, age_s, error, sources.0.result, sources.1.result, destinations.0.outcome, destinations.1.outcome, warnings.0, ms',
  ofHome,
  'sort @timestamp desc',
  'limit 60',
];

export function addHomesQueries(scope: Construct, { stack, logGroup }: WatchedHomes): void {
  const save = savingQueries(scope, logGroup, stack);
  save('WorstFirst', 'all homes, worst first', worstFirst);
  save('LastHour', 'what happened in the last hour', [
    'fields @timestamp, site, outcome, figures.production_kw, figures.consumption_kw, figures.net_import_kw, figures.battery_discharge_kw, age_s, ms, error',
    'filter ispresent(site) and ispresent(outcome)',
  ]);
  save('EveryError', 'every error', everyError(furtherDestinations, site));
  save('EveryWarning', 'warnings and what to do', everyWarning(site));
}
