/** What an owner is told: alarms in plain words, and links to what he can look at. */
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { metricNames } from '../functions/push-solar-data/platform/metric-names.ts';
import { addDashboard, addQueries, failureMetric, siteMetric, type Watched } from './dashboard.ts';
import type { StackDestination } from './destinations.ts';

export type WatchingProps = Watched & {
  handler: IFunction;
  /** How often the home's slowest cloud is asked; an alarm waits for more than two of its polls. */
  slowestPollSeconds: number;
  /** Gets the alarms by mail. */
  alarmEmail?: string;
};

const fiveMinutes = Duration.minutes(5);

/** Minutes without any reading at the first destination that are worth an alarm: a quarter of an hour, or two polls of a slow cloud. */
const silentMinutes = (slowestPollSeconds: number): number =>
  Math.max(15, Math.ceil((2 * slowestPollSeconds + 60) / 300) * 5);

/** What the silence means to the owner. */
const whatFollows = (first: StackDestination | undefined): string =>
  first?.slug === 'charge-hq' ? ', so the car does not follow the sun' : '';

export class Watching extends Construct {
  constructor(scope: Construct, id: string, props: WatchingProps) {
    super(scope, id);
    const { site } = props;
    const { region } = Stack.of(this);
    const dashboardName = `solar-cloud-bridge-${site}`;
    const consoleUrl = `https://${region}.console.aws.amazon.com`;
    const dashboardUrl = `${consoleUrl}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;

    this.addAlarms(props, dashboardUrl);
    addDashboard(this, props, dashboardName);
    addQueries(this, props);
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

  private addAlarms(props: WatchingProps, dashboardUrl: string): void {
    const { site, handler, slowestPollSeconds, alarmEmail, destinations } = props;
    const [first, ...further] = destinations;
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
        `No reading of ${site} has reached ${first?.title} for ${minutes} minutes${whatFollows(first)}. ` +
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
    for (const destination of further)
      alarm(`Destination-${destination.label}`, this.furtherAlarm(site, destination, dashboardUrl));
  }

  /** After an hour in which it took nothing; one that is sent nothing for a while stays as it was. */
  private furtherAlarm(site: string, destination: StackDestination, dashboardUrl: string): AlarmProps {
    const { label, title } = destination;
    return {
      alarmName: `solar-cloud-bridge-${site}-destination-${label}`,
      alarmDescription:
        `${title} has taken nothing of ${site} for an hour; the other destinations are told as usual. ` +
        `Open this dashboard, "Every error" says why and what to do: ${dashboardUrl}`,
      // a refused log-in is tried every half an hour
      metric: failureMetric(site, destination, { statistic: Stats.MINIMUM, period: Duration.minutes(30) }),
      threshold: 1,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.IGNORE,
    };
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
}
