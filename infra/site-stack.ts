/** All that one home needs on AWS: the function, its minute, its log, and the right to its own parameters. */
import { Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { parameterPath } from '../functions/push-solar-data/settings/settings-reader.ts';
import type { StackDestination } from './destinations.ts';
import { Feed, type FeedProps } from './feed.ts';
import { noRepeat, tickFunction } from './tick-function.ts';
import { Watching } from './watching.ts';

export type SiteStackProps = StackProps & {
  site: string;
  /** Settings that are no secrets, for the function's environment. */
  settings: Record<string, string>;
  /** Where its figures go; the first one decides how a tick ended. */
  destinations: readonly StackDestination[];
  /** The bundled function. */
  code: string;
  /** Forbids two invocations at once. New accounts have a quota of 10 in all and refuse it. */
  reserveConcurrency?: boolean;
  /** The destinations that readers ask, each with a function that answers. */
  feeds?: readonly Omit<FeedProps, 'site'>[];
  slowestPollSeconds: number;
  alarmEmail?: string;
};

/** AWS takes short descriptions. */
const inShort = ([first, ...further]: readonly StackDestination[]): string =>
  `${first?.title}${further.length > 0 ? ` and ${further.length} more` : ''}`;

export class SiteStack extends Stack {
  readonly handler: NodejsFunction;

  constructor(scope: Construct, id: string, props: SiteStackProps) {
    super(scope, id, props);
    const { site, destinations } = props;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/solar-cloud-bridge/${site}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.handler = new NodejsFunction(this, 'PushSolarData', {
      functionName: `solar-cloud-bridge-${site}`,
      description: `Solar Cloud Bridge: reads ${site}'s solar, grid and battery power each minute and tells ${inShort(destinations)}`,
      code: Code.fromAsset(props.code),
      ...tickFunction,
      memorySize: 256,
      role: this.roleFor(props, logGroup),
      logGroup,
      environment: { ...props.settings, SITE: site },
      ...(props.reserveConcurrency ? { reservedConcurrentExecutions: 1 } : {}),
    });
    new Rule(this, 'EachMinute', {
      description: `Solar Cloud Bridge: one tick a minute for ${site}`,
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.handler, noRepeat)],
    });
    new Watching(this, 'Watching', {
      site,
      destinations,
      handler: this.handler,
      logGroup,
      slowestPollSeconds: props.slowestPollSeconds,
      ...(props.alarmEmail ? { alarmEmail: props.alarmEmail } : {}),
    });
    for (const feed of props.feeds ?? []) new Feed(this, `Feed-${feed.label}`, { site, ...feed });
  }

  /** May read this site's parameters, write its state, write its own log, and publish to its own topics at AWS IoT Core if told to. Nothing else. */
  private roleFor({ site, destinations }: SiteStackProps, logGroup: LogGroup): Role {
    const topics = destinations.flatMap((destination) => destination.topics ?? []);
    const path = this.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameterPath(site).slice(1) });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        ownParameters: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['ssm:GetParametersByPath', 'ssm:GetParameter'],
              resources: [path, `${path}/*`],
            }),
            new PolicyStatement({ actions: ['ssm:PutParameter'], resources: [`${path}/state/*`] }),
          ],
        }),
        ownLog: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
        ...(topics.length === 0 ? {} : { ownTopics: this.publishing(topics) }),
      },
    });
    const own = `arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter${parameterPath(site)}`;
    for (const [resource, reason] of [
      [`${own}/*`, "All parameters of this site, and no other's, are its settings and its state."],
      [`${own}/state/*`, 'State has a parameter for each source, named by the owner in VENDOR.'],
      ...topics
        .filter((topic) => topic.endsWith('/*'))
        .map((topic) => [
          `arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:topic/${topic}`,
          "All topics of this home, and no other's: one for each figure that it has.",
        ]),
    ])
      Validations.of(role).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
        reason: `${reason}`,
      });
    return role;
  }

  private publishing(topics: readonly string[]): PolicyDocument {
    const resources = topics.map((resourceName) => this.formatArn({ service: 'iot', resource: 'topic', resourceName }));
    return new PolicyDocument({
      statements: [new PolicyStatement({ actions: ['iot:Publish', 'iot:RetainPublish'], resources })],
    });
  }
}
