/** What an owner is told: alarms in plain words, and links to what he can look at. */
import { Duration, Stack } from 'aws-cdk-lib';
import { type AlarmProps, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricNames } from '../functions/push-solar-data/platform/metric-names.ts';
import { addingAlarms, addOutput, consoleAt, mailTo } from './alarms.ts';
import { addDashboard, addQueries, failureMetric, type Watched } from './dashboard.ts';
import { metricOf } from './dashboard-parts.ts';
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
    const stack = Stack.of(this);
    const links = consoleAt(stack);
    const dashboardName = `solar-cloud-bridge-${site}`;
    const dashboardUrl = links.dashboard(dashboardName);

    this.addAlarms(props, dashboardUrl);
    addDashboard(this, props, dashboardName);
    addQueries(this, props);
    addOutput(stack, 'Dashboard', 'The home at a glance', dashboardUrl);
    addOutput(stack, 'Logs', 'Every tick, line by line', links.log(props.logGroup));
    addOutput(
      stack,
      'Function',
      'The function and its environment variables: VENDOR can be changed here',
      links.fn(props.handler.functionName),
    );
  }

  private addAlarms(props: WatchingProps, dashboardUrl: string): void {
    const { site, handler, slowestPollSeconds, alarmEmail, destinations } = props;
    const [first, ...further] = destinations;
    const alarm = addingAlarms(this, alarmEmail ? mailTo(this, alarmEmail, site) : undefined);
    const minutes = silentMinutes(slowestPollSeconds);
    alarm('NoReading', {
      alarmName: `solar-cloud-bridge-${site}-no-reading`,
      alarmDescription:
        `No reading of ${site} has reached ${first?.title} for ${minutes} minutes${whatFollows(first)}. ` +
        `Open this dashboard, it shows the last errors: ${dashboardUrl}`,
      metric: metricOf(site, metricNames.pushed, Stats.SUM),
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
      metric: metricOf(site, metricNames.warnings, Stats.SUM),
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
}
