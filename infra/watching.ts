/** What an owner sees and is told: alarms in plain words, a dashboard of the home, saved queries, links. */
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  PeriodOverride,
  SingleValueWidget,
  Stats,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type LogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { metricNames, metricNamespace } from '../functions/push-solar-data/platform/metric-names.ts';

export type WatchingProps = {
  site: string;
  handler: IFunction;
  logGroup: LogGroup;
  /** How often the home's slowest cloud is asked; an alarm waits for more than two of its polls. */
  slowestPollSeconds: number;
  /** Gets the alarms by mail. */
  alarmEmail?: string;
};

const fiveMinutes = Duration.minutes(5);

/** Minutes without any reading at Charge HQ that are worth an alarm: a quarter of an hour, or two polls of a slow cloud. */
const silentMinutes = (slowestPollSeconds: number): number =>
  Math.max(15, Math.ceil((2 * slowestPollSeconds + 60) / 300) * 5);

export class Watching extends Construct {
  constructor(scope: Construct, id: string, props: WatchingProps) {
    super(scope, id);
    const { site } = props;
    const { region } = Stack.of(this);
    const dashboardName = `solar-cloud-bridge-${site}`;
    const consoleUrl = `https://${region}.console.aws.amazon.com`;
    const dashboardUrl = `${consoleUrl}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;

    this.addAlarms(props, dashboardUrl);
    this.addDashboard(props, dashboardName);
    this.addQueries(props);
    const output = (name: string, description: string, value: string) =>
      new CfnOutput(Stack.of(this), name, { description, value });
    output('Dashboard', 'The home at a glance', dashboardUrl);
    output(
      'Logs',
      'Every tick, line by line',
      `${consoleUrl}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${props.logGroup.logGroupName}`,
    );
    output(
      'Function',
      'The function and its environment variables: VENDOR can be changed here',
      `${consoleUrl}/lambda/home?region=${region}#/functions/${props.handler.functionName}`,
    );
  }

  private addAlarms({ site, handler, slowestPollSeconds, alarmEmail }: WatchingProps, dashboardUrl: string): void {
    const topic = alarmEmail ? this.mailTo(alarmEmail, site) : undefined;
    const alarm = (id: string, properties: AlarmProps) => {
      const made = new Alarm(this, id, properties);
      if (topic) {
        made.addAlarmAction(new SnsAction(topic));
        made.addOkAction(new SnsAction(topic));
      }
    };
    const minutes = silentMinutes(slowestPollSeconds);
    alarm('NoReading', {
      alarmName: `solar-cloud-bridge-${site}-no-reading`,
      alarmDescription:
        `No reading of ${site} has reached Charge HQ for ${minutes} minutes, so the car does not follow the sun. ` +
        `Open this dashboard, it shows the last errors: ${dashboardUrl}`,
      metric: siteMetric(site, metricNames.pushed, Stats.SUM),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: minutes / 5,
      treatMissingData: TreatMissingData.BREACHING,
    });
    alarm('Bug', {
      alarmName: `solar-cloud-bridge-${site}-bug`,
      alarmDescription:
        'The bridge itself has made errors for 15 minutes. See the log query "every error", and report it to the project. ' +
        `Dashboard: ${dashboardUrl}`,
      metric: handler.metricErrors({ period: fiveMinutes }),
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm('Doubt', {
      alarmName: `solar-cloud-bridge-${site}-doubtful-figures`,
      alarmDescription:
        'Figures have looked doubtful for two hours: a wrong sign, a meter that contradicts the others, a setting to mend. ' +
        `They are pushed all the same. The warnings stand on the dashboard, with their remedies: ${dashboardUrl}`,
      metric: siteMetric(site, metricNames.warnings, Stats.SUM),
      threshold: 1,
      evaluationPeriods: 24,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private mailTo(address: string, site: string): Topic {
    const topic = new Topic(this, 'Mail', { displayName: `Solar Cloud Bridge ${site}`, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(address));
    // A policy of its own replaces the one that lets the account's alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return topic;
  }

  private addDashboard({ site, logGroup }: WatchingProps, dashboardName: string): void {
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
    new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(24),
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [
          new TextWidget({
            markdown:
              `# ${site}\nPower in kW. *Grid* above zero is importing, below zero exporting; *battery* above zero gives, ` +
              'below zero takes. *Reached Charge HQ* is 1 for each tick whose figures arrived.',
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
              minute(metricNames.pushed, 'reached Charge HQ', Stats.SUM),
              minute(metricNames.failed, 'Charge HQ could not be told', Stats.SUM),
              minute(metricNames.warnings, 'warnings', Stats.SUM),
            ],
            8,
            'a minute',
          ),
          graph('Age of the figures', [age], 8, 's'),
          graph('Consumption measured, less the balance', [minute(metricNames.residual, 'residual')], 8, 'kW'),
        ],
        [query('Every error', everyError, 12), query('Warnings, and what to do', everyWarning, 12)],
      ],
    });
  }

  private addQueries({ site, logGroup }: WatchingProps): void {
    const save = (id: string, name: string, lines: string[]) => {
      const [fields = '', ...others] = lines.map((line) => line.replace(/^fields /, ''));
      new QueryDefinition(this, id, {
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
    save('EveryError', 'every error', everyError);
    save('EveryWarning', 'warnings and what to do', everyWarning);
  }
}

const everyError = [
  'fields @timestamp, outcome, kind, error, destinations.0.error, sources.0.excerpt, sources.0.stack',
  'filter outcome in ["reported", "failed"]',
];
const everyWarning = [
  'fields @timestamp, warnings.0, warnings.1, sources.0.notes.0',
  'filter ispresent(warnings.0) or ispresent(sources.0.notes.0)',
];

function siteMetric(site: string, metricName: string, statistic: string, period = fiveMinutes, label?: string): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: site },
    statistic,
    period,
    ...(label === undefined ? {} : { label }),
  });
}
