/** A shard of homes: the function whose one invocation a minute ticks them all side by side, and its rights to exactly these homes. */
import { Fn, Validations } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { parameterPath } from '../functions/push-solar-data/settings/settings-reader.ts';
import { shardName } from '../functions/push-solar-data/settings/shards.ts';
import { ofEachStack } from './homes-cost.ts';
import { noRepeat, tickFunction } from './tick-function.ts';

export type ShardProps = {
  stack: string;
  /** Which of the stack's shards it is, from 1 on, and how many there are. */
  nth: number;
  shards: number;
  sites: readonly string[];
  /** Of these, the homes whose powers become metrics. */
  metricsOf: readonly string[];
  /** The bundled function. */
  code: string;
  logGroup: LogGroup;
  /** Takes their state; without it, the Parameter Store does. */
  table?: ITable | undefined;
  /** Where it tells the owner which homes are in trouble. */
  mail?: ITopic | undefined;
  reserveConcurrency: boolean;
};

export class Shard extends Construct {
  /** For a rule: the event names the homes. */
  readonly target: LambdaFunction;

  constructor(scope: Construct, id: string, props: ShardProps) {
    super(scope, id);
    const { stack, nth, shards, sites, metricsOf, table, mail, logGroup } = props;
    const handler = new NodejsFunction(this, 'Function', {
      functionName: shardName(stack, nth),
      description: `Solar Cloud Bridge: reads solar, grid and battery power of ${inShort(sites)} each minute and tells it`,
      code: Code.fromAsset(props.code),
      ...tickFunction,
      memorySize: ofEachStack.memoryMegabytes,
      role: this.roleFor(props),
      logGroup,
      environment: {
        STACK: stack,
        SHARDS: String(shards),
        ...(table ? { STATE_TABLE: table.tableName } : {}),
        ...(mail ? { MAIL_TOPIC: mail.topicArn } : {}),
        ...(metricsOf.length > 0 ? { METRICS_OF: metricsOf.join() } : {}),
      },
      ...(props.reserveConcurrency ? { reservedConcurrentExecutions: 1 } : {}),
    });
    this.target = new LambdaFunction(handler, { ...noRepeat, event: RuleTargetInput.fromObject({ sites }) });
  }

  /** May read these homes' parameters, write their state and the log of the stack, and send the owner a mail. Nothing else, and no other home. */
  private roleFor({ sites, logGroup, table, mail }: ShardProps): Role {
    const paths = sites.map(parameterArn);
    const everyParameter = paths.map((path) => `${path}/*`);
    const everyState = table ? [] : paths.map((path) => `${path}/state/*`);
    const allows = (actions: string[], resources: string[], conditions = {}) =>
      new PolicyDocument({ statements: [new PolicyStatement({ actions, resources, conditions })] });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        ownParameters: allows(
          ['ssm:GetParametersByPath', 'ssm:GetParameter'],
          [...paths, ...everyParameter].map(inStack),
        ),
        ownState: table
          ? allows(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [table.tableArn], {
              'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': sites },
            })
          : allows(['ssm:PutParameter'], everyState.map(inStack)),
        ownLog: allows(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
        ...(mail ? { ownMail: allows(['sns:Publish'], [mail.topicArn]) } : {}),
      },
    });
    const reasons: [resources: string[], reason: string][] = [
      [everyParameter, "All parameters of this home, and no other's, are its settings and its state."],
      [everyState, 'State has a parameter for each source, named by the owner in VENDOR.'],
    ];
    for (const [resources, reason] of reasons)
      for (const resource of resources)
        Validations.of(role).acknowledge({
          id: `AwsSolutions::AwsSolutions-IAM5[Resource::${inNag(resource)}]`,
          reason,
        });
    return role;
  }
}

/** AWS takes short descriptions. */
const inShort = ([first, ...further]: readonly string[]): string =>
  further.length === 0 ? `${first}` : `${first} and ${further.length} more`;

/** As text that `Fn::Sub` fills in: of a stack with a thousand homes it is half as long as a join. */
const parameterArn = (site: string): string =>
  `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${parameterPath(site)}`;
const inStack = (text: string): string => Fn.sub(text);
/** As cdk-nag writes it. */
const inNag = (text: string): string => text.replaceAll('${', '<').replaceAll('}', '>');
