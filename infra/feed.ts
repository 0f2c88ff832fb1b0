/** The way in for readers of a feed: an address, a tiny function behind it, and the right to one parameter. Only where a home has chosen it. */
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  FunctionUrlAuthType,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { documentPath } from '../functions/push-solar-data/destinations/feed/answer.ts';
import { lastDocumentName } from '../functions/push-solar-data/persistence/last-documents.ts';
import { namedIn } from '../functions/push-solar-data/settings/named.ts';
import { parameterPath } from '../functions/push-solar-data/settings/settings-reader.ts';
import { typicalFeed } from './cost.ts';

export type FeedProps = {
  site: string;
  /** Of the destination. */
  label: string;
  /** The bundled function. */
  code: string;
  /** Bounds what strangers can make it cost, and keeps them from the quota that the ticks need. */
  reserveConcurrency: boolean;
};

/** One reader asks one thing at a time; two readers. */
const atOnce = 2;

/** Labels of the feeds among a home's destinations. */
export const feedsNamed = (destination = ''): string[] =>
  namedIn(destination).flatMap(({ label, slug }) => (slug === 'feed' ? [label] : []));

/** `my-car` → `MyCar`. */
const inCapitals = (label: string): string => label.replace(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase());

export class Feed extends Construct {
  constructor(scope: Construct, id: string, { site, label, code, reserveConcurrency }: FeedProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/solar-cloud-bridge/${site}/${lastDocumentName(label)}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const handler = new NodejsFunction(this, 'Answer', {
      description: `Solar Cloud Bridge: answers readers of ${site}'s last document`,
      code: Code.fromAsset(code),
      handler: 'handler.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: typicalFeed.memoryMegabytes,
      timeout: Duration.seconds(15),
      role: this.roleFor(site, label, logGroup),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN, // else each request of a stranger would fill the log
      applicationLogLevelV2: ApplicationLogLevel.ERROR,
      environment: { SITE: site, FEED_LABEL: label },
      ...(reserveConcurrency ? { reservedConcurrentExecutions: atOnce } : {}),
    });
    // Readers cannot sign requests as AWS wants them; the function itself asks for the token of the feed.
    const { url } = handler.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    const output = new CfnOutput(Stack.of(this), `${id}-Address`, {
      description: `Where readers of ${label} ask, with their token`,
      value: `${url}${documentPath.slice(1)}`,
    });
    output.overrideLogicalId(label === 'feed' ? 'Feed' : `Feed${inCapitals(label)}`);
  }

  /** May read the one document, and write its own log. */
  private roleFor(site: string, label: string, logGroup: LogGroup): Role {
    const resourceName = `${parameterPath(site).slice(1)}/state/${lastDocumentName(label)}`;
    const document = Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName });
    const allows = (actions: string[], resource: string) =>
      new PolicyDocument({ statements: [new PolicyStatement({ actions, resources: [resource] })] });
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        lastDocument: allows(['ssm:GetParameter'], document),
        ownLog: allows(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
      },
    });
  }
}
