/** What stands in an account after a deployment, as AWS tells it. */
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetDashboardCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  type FunctionConfiguration,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Emulator } from './emulator.ts';

type Resource = { Type: string; Properties: Record<string, unknown> };

export type StoodUp = ReturnType<typeof stoodUp>;

export function stoodUp(emulator: Emulator) {
  const [lambda, events] = [new LambdaClient(emulator.client), new EventBridgeClient(emulator.client)];
  const [cloudWatch, tables] = [new CloudWatchClient(emulator.client), new DynamoDBClient(emulator.client)];
  const rules = async () => (await events.send(new ListRulesCommand({}))).Rules ?? [];

  const functions = async (): Promise<FunctionConfiguration[]> =>
    (await lambda.send(new ListFunctionsCommand({}))).Functions ?? [];
  const logGroups = async () => {
    const { logGroups = [] } = await new CloudWatchLogsClient(emulator.client).send(new DescribeLogGroupsCommand({}));
    return logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]);
  };
  const dashboards = async () =>
    ((await cloudWatch.send(new ListDashboardsCommand({}))).DashboardEntries ?? []).map(
      ({ DashboardName }) => `${DashboardName}`,
    );
  const tableNames = async () => (await tables.send(new ListTablesCommand({}))).TableNames ?? [];
  const topics = async () =>
    ((await new SNSClient(emulator.client).send(new ListTopicsCommand({}))).Topics ?? []).map(
      ({ TopicArn }) => `${TopicArn}`,
    );
  /** Without those of CDK itself. */
  const roles = async () =>
    ((await new IAMClient(emulator.client).send(new ListRolesCommand({}))).Roles ?? [])
      .map(({ RoleName }) => `${RoleName}`)
      .filter((name) => !name.startsWith('cdk-'));

  /** As CloudFormation was given it. */
  const templateText = async (stackName: string): Promise<string> => {
    const client = new CloudFormationClient(emulator.client);
    return `${(await client.send(new GetTemplateCommand({ StackName: stackName }))).TemplateBody}`;
  };

  return {
    functions,
    rules,
    logGroups,
    dashboards,
    tableNames,
    topics,
    roles,
    async targets() {
      const lists = await Promise.all(
        (await rules()).map(({ Name }) => events.send(new ListTargetsByRuleCommand({ Rule: Name }))),
      );
      return lists.map(({ Targets = [] }) => Targets);
    },
    /** The statements of who may start a function. */
    async permissions(name: string) {
      const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: name }));
      return JSON.parse(`${Policy}`).Statement as { Principal: unknown; Condition: Record<string, unknown> }[];
    },
    async dashboard(name: string) {
      const { DashboardBody } = await cloudWatch.send(new GetDashboardCommand({ DashboardName: name }));
      return JSON.parse(`${DashboardBody}`) as {
        widgets: { properties: { title?: string } }[];
        variables?: Record<string, unknown>[];
      };
    },
    async table(name: string) {
      return (await tables.send(new DescribeTableCommand({ TableName: name }))).Table;
    },
    templateText,
    /** Of the template, with their names in it. */
    async resources(stackName: string) {
      const { Resources } = JSON.parse(await templateText(stackName)) as { Resources: Record<string, Resource> };
      return Object.entries(Resources).map(([id, resource]) => ({ id, ...resource }));
    },
    /** All that a deployment leaves if it is not removed; CDK's own is not counted. */
    async rest() {
      const all = [functions(), rules(), logGroups(), dashboards(), tableNames(), topics(), roles()];
      return (await Promise.all(all)).flat();
    },
  };
}
