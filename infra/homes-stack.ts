/** All that several homes need on AWS together: a function for each shard of them, their minute, one log, and a table if they want one. */
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { FieldIndexPolicy, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { shardsOf } from '../functions/push-solar-data/settings/shards.ts';
import { mailTo } from './alarms.ts';
import type { HomesSettings } from './homes-settings.ts';
import { HomesWatching } from './homes-watching.ts';
import { Shard } from './shard.ts';

export type HomesStackProps = StackProps &
  HomesSettings & {
    /** The bundled function. */
    code: string;
    /** Forbids two invocations of a shard at once. New accounts have a quota of 10 in all and refuse it. */
    reserveConcurrency?: boolean;
  };

/** As many as EventBridge takes. */
const targetsARule = 5;

export class HomesStack extends Stack {
  constructor(scope: Construct, id: string, props: HomesStackProps) {
    super(scope, id, { suppressTemplateIndentation: true, ...props });
    const { stack, sites, metricsOf, code, stateStore, reserveConcurrency = false } = props;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/solar-cloud-bridge/${stack}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      // what is asked of one home, or of errors, reads little more than their lines
      fieldIndexPolicies: [new FieldIndexPolicy({ fields: ['site', 'outcome'] })],
    });
    const table = stateStore === 'dynamodb' ? this.stateTable(stack) : undefined;
    const { alarmEmail } = props;
    const mail = alarmEmail ? mailTo(this, alarmEmail, stack) : undefined;
    const shards = shardsOf(sites);
    const targets = shards.map((homes, index) => {
      const ofShard = { sites: homes, metricsOf: metricsOf.filter((site) => homes.includes(site)) };
      const place = { nth: index + 1, shards: shards.length };
      const shard = { stack, ...ofShard, ...place, code, logGroup, table, mail, reserveConcurrency };
      return new Shard(this, `Shard${index + 1}`, shard).target;
    });
    for (let first = 0; first < targets.length; first += targetsARule)
      new Rule(this, `EachMinute${first / targetsARule + 1}`, {
        description: `Solar Cloud Bridge: one tick a minute for homes of ${stack}`,
        schedule: Schedule.rate(Duration.minutes(1)),
        targets: targets.slice(first, first + targetsARule),
      });
    new HomesWatching(this, 'Watching', { stack, sites, metricsOf, logGroup, mail });
  }

  /** An item for each home. What is lost with it is learnt anew, but for log-ins that owners would have to repeat: they can be brought back for 35 days. */
  private stateTable(stack: string): Table {
    return new Table(this, 'State', {
      tableName: `solar-cloud-bridge-${stack}`,
      partitionKey: { name: 'site', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
