/** The template of a site: what it may do, how often it runs, and what must not be in it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { metricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { type StackDestination, stackDestinations } from '../../infra/destinations.ts';
import { SiteStack, type SiteStackProps } from '../../infra/site-stack.ts';

const code = mkdtempSync(join(tmpdir(), 'code-'));
writeFileSync(join(code, 'handler.mjs'), 'export const handler = () => {};\n');
after(() => rmSync(code, { recursive: true }));

const chargeHq: StackDestination = { label: 'charge-hq', slug: 'charge-hq', title: 'Charge HQ' };
const [atAwsIot] = await stackDestinations({ DESTINATION: 'car:mqtt', CAR_URL: 'aws-iot' }, 'cabin');
assert.ok(atAwsIot);

function stackOf(props: Partial<SiteStackProps> = {}, app = new App()): SiteStack {
  const settings = { VENDOR: 'foxess' };
  return new SiteStack(app, 'SolarCloudBridge-cabin', {
    site: 'cabin',
    code,
    settings,
    destinations: [chargeHq],
    slowestPollSeconds: 300,
    ...props,
  });
}
const templateOf = (props: Partial<SiteStackProps> = {}) => Template.fromStack(stackOf(props));

describe('the stack of a site', () => {
  it('runs the function on arm64 and Node 24, with less than a minute for each tick', () => {
    templateOf().hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'handler.handler',
      Timeout: 55,
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: { SITE: 'cabin', VENDOR: 'foxess' } },
    });
  });

  it('triggers it each minute, and repeats nothing', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } })],
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  it('may read its own parameters, write its own state and its own log, and nothing else', () => {
    const roles = Object.values(templateOf().findResources('AWS::IAM::Role'));
    assert.equal(roles.length, 1);
    const [role] = roles;
    assert.equal(role?.Properties.ManagedPolicyArns, undefined);
    const statements = role?.Properties.Policies.flatMap(
      ({ PolicyDocument }: { PolicyDocument: { Statement: object[] } }) => PolicyDocument.Statement,
    );
    const flat = statements.map((statement: { Action: string | string[]; Resource: unknown }) => [
      [statement.Action].flat().sort().join(),
      JSON.stringify(statement.Resource).match(/parameter[^"]*|Log\w+/g),
    ]);
    assert.deepEqual(flat, [
      [
        'ssm:GetParameter,ssm:GetParametersByPath',
        ['parameter/solar-cloud-bridge/cabin', 'parameter/solar-cloud-bridge/cabin/*'],
      ],
      ['ssm:PutParameter', ['parameter/solar-cloud-bridge/cabin/state/*']],
      ['logs:CreateLogStream,logs:PutLogEvents', [Object.keys(templateOf().findResources('AWS::Logs::LogGroup'))[0]]],
    ]);
    templateOf().resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('keeps its log for a month', () => {
    templateOf().hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/solar-cloud-bridge/cabin',
      RetentionInDays: 30,
    });
  });

  it('reserves concurrency only when told to', () => {
    templateOf().hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
    templateOf({ reserveConcurrency: true }).hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: 1,
    });
  });

  it('may publish to its own topics at AWS IoT Core where it is told there, and to no others', () => {
    const roles = Object.values(templateOf({ destinations: [chargeHq, atAwsIot] }).findResources('AWS::IAM::Role'));
    const policy = roles[0]?.Properties.Policies.find(
      ({ PolicyName }: { PolicyName: string }) => PolicyName === 'ownTopics',
    );
    const [{ Action, Resource }, ...others] = policy.PolicyDocument.Statement;
    assert.deepEqual(others, []);
    assert.deepEqual(Action, ['iot:Publish', 'iot:RetainPublish']);
    assert.deepEqual(JSON.stringify(Resource).match(/:topic[^"]*/g), [
      ':topic/solar-cloud-bridge/cabin/*',
      ':topic/homeassistant/device/solar_cloud_bridge_cabin/config',
    ]);
  });

  for (const [what, destinations] of [
    ['Charge HQ alone', [chargeHq]],
    ['several destinations, one at AWS IoT Core', [chargeHq, atAwsIot]],
  ] as const)
    it(`satisfies the AwsSolutions rules with ${what}`, () => {
      const app = new App();
      stackOf({ destinations }, app);
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      assert.doesNotThrow(() => app.synth());
      assert.notEqual(process.exitCode, 1, 'a rule was violated');
    });
});

describe('what watches a site', () => {
  const alarm = (name: string, minutes: number) => ({
    AlarmName: `solar-cloud-bridge-cabin-${name}`,
    Period: 300,
    EvaluationPeriods: minutes / 5,
  });

  it('alarms when nothing has reached Charge HQ for a quarter of an hour, also when nothing runs at all', () => {
    templateOf().hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...alarm('no-reading', 15),
      MetricName: 'Pushed',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('waits for two polls of a cloud that may be asked seldom', () => {
    templateOf({ slowestPollSeconds: 2700 }).hasResourceProperties('AWS::CloudWatch::Alarm', alarm('no-reading', 95));
  });

  it('names the dashboard in every alarm', () => {
    for (const { Properties } of Object.values(templateOf().findResources('AWS::CloudWatch::Alarm')))
      assert.match(JSON.stringify(Properties.AlarmDescription), /dashboards\/dashboard\/solar-cloud-bridge-cabin/);
  });

  it('mails alarms only when told where to, and lets CloudWatch publish them', () => {
    templateOf().resourceCountIs('AWS::SNS::Topic', 0);
    const template = templateOf({ alarmEmail: 'owner@example.com' });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'owner@example.com' });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
          }),
        ]),
      },
    });
    for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm')))
      assert.equal(Properties.AlarmActions.length, 1);
  });

  it('names the first destination where it is not Charge HQ', () => {
    const template = templateOf({ destinations: [{ label: 'mqtt', slug: 'mqtt', title: 'MQTT broker' }] });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 3);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...alarm('no-reading', 15),
      AlarmDescription: Match.objectLike({
        'Fn::Join': [
          '',
          Match.arrayWith([Match.stringLikeRegexp('^No reading of cabin has reached MQTT broker for 15 minutes\\. ')]),
        ],
      }),
    });
    assert.doesNotMatch(JSON.stringify(template.toJSON()), /Charge HQ/);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('tells MQTT broker$'),
    });
  });

  it('alarms when a destination after the first has taken nothing for an hour, and shows why', () => {
    const template = templateOf({ destinations: [chargeHq, { label: 'mqtt', slug: 'mqtt', title: 'MQTT broker' }] });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'solar-cloud-bridge-cabin-destination-mqtt',
      MetricName: 'DestinationFailed',
      Dimensions: [
        { Name: 'label', Value: 'mqtt' },
        { Name: 'service', Value: 'cabin' },
      ],
      Statistic: 'Minimum',
      Threshold: 1,
      Period: 1800,
      EvaluationPeriods: 2,
      TreatMissingData: 'ignore',
    });
    const dashboards = JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'));
    assert.match(dashboards, /DestinationFailed/);
    assert.match(dashboards, /destinations\.1\.outcome = /);
  });

  it('draws every metric that the function writes', () => {
    const dashboards = templateOf().findResources('AWS::CloudWatch::Dashboard');
    const drawn = JSON.stringify(dashboards);
    for (const name of Object.values(metricNames)) assert.ok(drawn.includes(name), `${name} is on no widget`);
  });

  it('links to dashboard, log and function', () => {
    assert.deepEqual(Object.keys(templateOf().findOutputs('*')).sort(), ['Dashboard', 'Function', 'Logs']);
  });
});

describe('cdk synth', () => {
  it('works with the settings of an owner, offline, and puts no secret into the template', () => {
    const output = mkdtempSync(join(tmpdir(), 'cdk-'));
    const { status, stdout, stderr } = spawnSync('npx', ['cdk', 'synth', '--output', output], {
      encoding: 'utf8',
      env: {
        ...process.env,
        SITE: 'cabin',
        VENDOR: 'victron-vrm',
        VICTRON_VRM_ID_SITE: '4711',
        VICTRON_VRM_ACCESS_TOKEN: 'a-very-secret-token',
        CHARGE_HQ_API_KEY: 'a-very-secret-key',
      },
    });
    rmSync(output, { recursive: true });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /VICTRON_VRM_ID_SITE: "4711"/);
    assert.doesNotMatch(stdout + stderr, /a-very-secret/);
  });
});
