/** What the dashboards of one home and of several are made of: widgets, colours, words, queries over the log. */
import { Duration } from 'aws-cdk-lib';
import {
  GraphWidget,
  type GraphWidgetProps,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { curves, signs } from '../functions/push-solar-data/local/page/view/curves.ts';
import { metricNamespace } from '../functions/push-solar-data/platform/metric-names.ts';

/** The colours of the page by day; CloudWatch takes them for light and dark. */
export const colours = { sun: '#e39a00', home: '#2467d6', grid: '#7a4fd0', battery: '#0a7d62' } as const;

export const minute = Duration.minutes(1);

export const inShort = (name: keyof typeof signs): string => signs[name].join(', ');

/** What stands above all: how powers are to be read. */
export const howToRead = `Powers in kW. Grid: ${inShort('net_import')}. Battery: ${inShort('battery')}. Where nothing was told there is a gap, never 0.`;

export const graph = (title: string, left: Metric[], properties: GraphWidgetProps): GraphWidget =>
  new GraphWidget({ title, left, period: minute, ...properties });

/** Curves of powers, above and below a line at 0. */
export const powerGraph = (title: string, powers: Metric[]): GraphWidget =>
  graph(title, powers, {
    width: 24,
    height: 7,
    leftYAxis: { label: 'kW', showUnits: false },
    leftAnnotations: [{ value: 0, color: '#59646d' }],
  });

/** Rows of the log. */
export const logTable = (logGroup: LogGroup, title: string, queryLines: string[], width = 12): LogQueryWidget =>
  logWidget(logGroup, { title, queryLines, width, view: LogQueryVisualizationType.TABLE });

/** Curves of figures in the log. */
export const logGraph = (logGroup: LogGroup, title: string, queryLines: string[], width = 24): LogQueryWidget =>
  logWidget(logGroup, { title, queryLines, width, view: LogQueryVisualizationType.LINE });

const logWidget = (
  logGroup: LogGroup,
  properties: { title: string; queryLines: string[]; width: number; view: LogQueryVisualizationType },
): LogQueryWidget => new LogQueryWidget({ height: 7, logGroupNames: [logGroup.logGroupName], ...properties });

/** @param service the home, or the stack of several. */
export function metricOf(
  service: string,
  metricName: string,
  statistic: string,
  period = Duration.minutes(5),
  label?: string,
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service },
    statistic,
    period,
    ...(label === undefined ? {} : { label }),
  });
}

const { production, consumption, net_import, battery } = curves;
/** The powers in the order of the page, by their names in the log, with their titles and colours. */
export const powers = {
  production_kw: { title: production.title, colour: colours.sun },
  consumption_kw: { title: consumption.title, colour: colours.home },
  net_import_kw: { title: `${net_import.title} (${inShort('net_import')})`, colour: colours.grid },
  battery_discharge_kw: { title: `${battery.title} (${inShort('battery')})`, colour: colours.battery },
} as const;

/**
 * @param further how many destinations there may be after the first, whose errors are no tick's outcome.
 * @param home the column that names the home, where there are several.
 */
export function everyError(further: number, home: readonly string[] = []): string[] {
  const rows = Array.from({ length: further + 1 }, (_, nth) => `destinations.${nth}`);
  const [, ...others] = rows;
  const columns = ['@timestamp', ...home, 'outcome', 'kind', 'error', ...rows.map((row) => `${row}.error`)];
  return [
    `fields ${columns.join(', ')}, sources.0.excerpt, sources.0.stack`,
    ['filter outcome in ["reported", "failed"]', ...others.map((row) => `${row}.outcome = "failed"`)].join(' or '),
  ];
}

/** @param home as above. */
export const everyWarning = (home: readonly string[] = []): string[] => [
  `fields ${['@timestamp', ...home, 'warnings.0', 'warnings.1', 'sources.0.notes.0'].join(', ')}`,
  'filter ispresent(warnings.0) or ispresent(sources.0.notes.0)',
];

/** Saved queries, found in the console below a name. @returns saves one: its first line are its fields. */
export const savingQueries =
  (scope: Construct, logGroup: LogGroup, folder: string) =>
  (id: string, name: string, lines: readonly string[]): void => {
    const after = (command: string) =>
      lines.filter((line) => line.startsWith(`${command} `)).map((line) => line.slice(command.length + 1));
    const statsStatements = after('stats');
    const [sort = '@timestamp desc'] = after('sort');
    new QueryDefinition(scope, id, {
      queryDefinitionName: `Solar Cloud Bridge ${folder}/${name}`,
      logGroups: [logGroup],
      queryString: new QueryString({
        fields: after('fields').flatMap((fields) => fields.split(', ')),
        filterStatements: after('filter'),
        ...(statsStatements.length > 0 ? { statsStatements } : {}),
        sort,
        limit: 200,
      }),
    });
  };
