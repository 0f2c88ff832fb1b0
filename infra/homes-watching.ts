/** What is told of several homes: five alarms for any number of them, in plain words, and links to what can be looked at. */
import { Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { stackMetricNames } from '../functions/push-solar-data/platform/metric-names.ts';
import { shardsOf } from '../functions/push-solar-data/settings/shards.ts';
import { addingAlarms, addOutput, consoleAt } from './alarms.ts';
import { metricOf } from './dashboard-parts.ts';
import { addHomesDashboard, addHomesQueries, type WatchedHomes } from './homes-dashboard.ts';

export type HomesWatchingProps = WatchedHomes & {
  /** Its subscriber gets the alarms that no function can tell, of itself or of all homes; what concerns single homes the functions mail themselves, with their names. */
  mail?: Topic | undefined;
};

/** Minutes for which ticks of homes are counted. */
const quarter = 15;

/**
 * What homes that tick come to in a quarter of an hour, if no shard is missing for half of it. Runs that fall to the other
 * side of its end are not missing: a tenth of all shards may do so. (A last shard of less than a 150th of the homes would
 * have to be missed elsewhere.)
 */
export function fewestTicks(sites: readonly string[]): number {
  const smallest = Math.min(...shardsOf(sites).map((homes) => homes.length));
  return Math.ceil(quarter * sites.length - Math.max((quarter * smallest) / 2, sites.length / 10));
}

export class HomesWatching extends Construct {
  constructor(scope: Construct, id: string, props: HomesWatchingProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const links = consoleAt(stack);
    const dashboardName = `solar-cloud-bridge-${props.stack}`;
    const dashboardUrl = links.dashboard(dashboardName);

    this.addAlarms(props, dashboardUrl);
    addHomesDashboard(this, props, dashboardName);
    addHomesQueries(this, props);
    addOutput(stack, 'Dashboard', 'All homes at a glance, and one of them in full', dashboardUrl);
    addOutput(stack, 'Logs', 'Every tick of every home, line by line', links.log(props.logGroup));
  }

  private addAlarms({ stack, sites, mail }: HomesWatchingProps, dashboardUrl: string): void {
    const add = addingAlarms(this, mail);
    const addForConsole = addingAlarms(this);
    const alarmName = (name: string) => `solar-cloud-bridge-${stack}-${name}`;
    const whichHomes = `"npm run status" names the homes, worst first, and so does this dashboard: ${dashboardUrl}`;
    const metric = (name: keyof typeof stackMetricNames, statistic: string, minutes: number) =>
      metricOf(stack, stackMetricNames[name], statistic, Duration.minutes(minutes));
    add('HomesMissing', {
      alarmName: alarmName('homes-missing'),
      alarmDescription:
        `Some of the ${sites.length} homes of ${stack} have not been read at all for half an hour: a function does not run, or runs out of its time. ` +
        whichHomes,
      metric: metric('homes', Stats.SUM, quarter),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: fewestTicks(sites),
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.BREACHING,
    });
    addForConsole('SilentHomes', {
      alarmName: alarmName('silent-homes'),
      alarmDescription:
        `From one home of ${stack} or more no reading has reached its first destination for 15 minutes, or for two polls of a slow cloud. ` +
        whichHomes,
      metric: metric('silent', Stats.MAXIMUM, 5),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING, // then homes are missing
    });
    add('Bug', {
      alarmName: alarmName('bug'),
      alarmDescription:
        `The bridge itself has made errors for 15 minutes, in one home of ${stack} or more. See the log query "every error", and report it to the project. ` +
        whichHomes,
      metric: metric('bugs', Stats.SUM, 5),
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    addForConsole('Doubt', {
      alarmName: alarmName('doubtful-figures'),
      alarmDescription:
        `Figures of one home of ${stack} or more have looked doubtful for two hours: a wrong sign, a meter that contradicts the others, a setting to mend. ` +
        `They are pushed all the same. The warnings stand on the dashboard, with their remedies. ${whichHomes}`,
      metric: metric('doubtful', Stats.MAXIMUM, 5),
      threshold: 1,
      evaluationPeriods: 24,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    addForConsole('Destinations', {
      alarmName: alarmName('destinations'),
      alarmDescription:
        `For an hour, messages of ${stack} have not been taken by a destination after the first; the other destinations are told as usual. ` +
        `"Every error" on the dashboard says why and what to do. ${whichHomes}`,
      // a refused log-in is tried every half an hour
      metric: metric('destinationFailures', Stats.MAXIMUM, 30),
      threshold: 1,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
