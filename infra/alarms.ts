/** What the alarms of one home and of several have in common: who gets their mail, and where the dashboard and the log lie. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** @param topic gets the alarms by mail, and hears when they are over. @returns adds one. */
export function addingAlarms(scope: Construct, topic?: Topic) {
  return (id: string, properties: AlarmProps): void => {
    const made = new Alarm(scope, id, properties);
    if (topic) {
      made.addAlarmAction(new SnsAction(topic));
      made.addOkAction(new SnsAction(topic));
    }
  };
}

/** @param name of the home or the stack. */
export function mailTo(scope: Construct, address: string, name: string): Topic {
  const topic = new Topic(scope, 'Mail', { displayName: `Solar Cloud Bridge ${name}`, enforceSSL: true });
  topic.addSubscription(new EmailSubscription(address));
  // A policy of its own replaces the one that lets the account's alarms publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
}

/** Addresses of the console. */
export function consoleAt(stack: Stack) {
  const { region } = stack;
  const at = (service: string, place: string) =>
    `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#${place}`;
  return {
    dashboard: (name: string) => at('cloudwatch', `dashboards/dashboard/${name}`),
    log: (logGroup: LogGroup) => at('cloudwatch', `logsV2:log-groups/log-group/${logGroup.logGroupName}`),
    fn: (name: string) => at('lambda', `/functions/${name}`),
  };
}

/** What the deployment says at its end. */
export function addOutput(stack: Stack, name: string, description: string, value: string): void {
  new CfnOutput(stack, name, { description, value });
}
