/** The template of several homes in one stack: which function ticks which homes, and what each of them may do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { App, Validations } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { servedBy } from '../../infra/commands/stacks-at-aws.ts';
import { mostHomes, type StateStoreName } from '../../infra/homes-settings.ts';
import type { HomesStackProps } from '../../infra/homes-stack.ts';
import { homesStackOf, homesTemplateOf, longestName, namesOf } from '../support/several-homes.ts';

type Statement = { Action: string | string[]; Resource: unknown; Condition?: object };
type Properties = Record<string, unknown>;

const propertiesOf = (template: Template, type: string): Properties[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

const statementsOf = ({ Policies }: Properties): Statement[] =>
  (Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );

/** What each shard's role may do, in short. */
const rightsOf = (template: Template) =>
  propertiesOf(template, 'AWS::IAM::Role').map((role) =>
    statementsOf(role).map(({ Action, Resource, Condition }) => [
      [Action].flat().sort().join(),
      JSON.stringify(Resource).match(/parameter[^"]*|Log\w+|State\w+/g),
      ...(Condition ? [Condition] : []),
    ]),
  );

const functionsOf = (template: Template) =>
  propertiesOf(template, 'AWS::Lambda::Function') as {
    FunctionName: string;
    Environment: { Variables: Record<string, unknown> };
  }[];

/** The homes that each target of each rule names. */
const eventsOf = (template: Template): string[][][] =>
  propertiesOf(template, 'AWS::Events::Rule').map(({ Targets }) =>
    (Targets as { Input: string }[]).map(({ Input }) => JSON.parse(Input).sites),
  );

describe('the stack of several homes', () => {
  it('tells by its template which homes it serves, and where they remember', () => {
    const [sites, stateStore] = [namesOf(130), 'dynamodb'] as const;
    const template = JSON.stringify(homesTemplateOf({ sites, stateStore }).toJSON());
    assert.deepEqual(servedBy(template), { sites, table: 'solar-cloud-bridge-village' });
  });

  it('ticks up to 25 homes in one function, which runs as that of one home does', () => {
    const template = homesTemplateOf({ sites: namesOf(25) });
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'solar-cloud-bridge-village',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'handler.handler',
      Timeout: 55,
      MemorySize: 256,
      LoggingConfig: { LogFormat: 'JSON' },
      ReservedConcurrentExecutions: Match.absent(),
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  it('has a function for each 25 homes, in their order, five to a rule, and each event names its homes', () => {
    const sites = namesOf(126);
    const template = homesTemplateOf({ sites });
    const names = functionsOf(template).map(({ FunctionName }) => FunctionName);
    assert.deepEqual(names, [
      'solar-cloud-bridge-village',
      ...[2, 3, 4, 5, 6].map((nth) => `solar-cloud-bridge-village-${nth}`),
    ]);
    const events = eventsOf(template);
    assert.deepEqual(
      events.map((rule) => rule.map((homes) => homes.length)),
      [[25, 25, 25, 25, 25], [1]],
    );
    assert.deepEqual(events.flat(2), sites);
  });

  it('starts each function each minute, and repeats nothing', () => {
    const rules = propertiesOf(homesTemplateOf({ sites: namesOf(60) }), 'AWS::Events::Rule');
    for (const { ScheduleExpression, Targets } of rules) {
      assert.equal(ScheduleExpression, 'rate(1 minute)');
      for (const { RetryPolicy } of Targets as { RetryPolicy: unknown }[])
        assert.deepEqual(RetryPolicy, { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    }
  });

  it('tells a function its stack, and nothing of any home but whose powers become metrics', () => {
    const [first, second] = functionsOf(homesTemplateOf({ sites: namesOf(26), metricsOf: ['home-2', 'home-26'] }));
    const common = { STACK: 'village', SHARDS: '2' };
    assert.deepEqual(first?.Environment.Variables, { ...common, METRICS_OF: 'home-2' });
    assert.deepEqual(second?.Environment.Variables, { ...common, METRICS_OF: 'home-26' });
    assert.deepEqual(functionsOf(homesTemplateOf())[0]?.Environment.Variables, { STACK: 'village', SHARDS: '1' });
  });

  it('lets each function read the parameters and write the state of its own homes, and of no others', () => {
    const template = homesTemplateOf({ sites: namesOf(26) });
    const [log] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const own = 'parameter/solar-cloud-bridge/home-26';
    const [first, second] = rightsOf(template);
    assert.deepEqual(second, [
      ['ssm:GetParameter,ssm:GetParametersByPath', [own, `${own}/*`]],
      ['ssm:PutParameter', [`${own}/state/*`]],
      ['logs:CreateLogStream,logs:PutLogEvents', [log]],
    ]);
    assert.deepEqual(
      first?.map(([, resources]) => (resources as string[]).length),
      [50, 25, 1],
    );
    assert.ok(!JSON.stringify(first).includes('home-26'));
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  it('keeps one log for all its homes, for a month', () => {
    const template = homesTemplateOf({ sites: namesOf(26) });
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/solar-cloud-bridge/village',
      RetentionInDays: 30,
    });
    for (const fn of functionsOf(template))
      assert.deepEqual(Object.keys(Object(fn).LoggingConfig.LogGroup), ['Ref'], 'its own log would cost a group');
  });

  it('reserves one instance of each function only when told to', () => {
    const template = homesTemplateOf({ sites: namesOf(26), reserveConcurrency: true });
    for (const fn of functionsOf(template)) assert.equal(Object(fn).ReservedConcurrentExecutions, 1);
  });
});

describe('the mail of several homes', () => {
  it('may be sent by each function to the one topic, where somebody is to get it', () => {
    const template = homesTemplateOf({ sites: namesOf(26), alarmEmail: 'owner@example.com' });
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    for (const role of propertiesOf(template, 'AWS::IAM::Role')) {
      const [sending, ...others] = statementsOf(role).filter(({ Action }) => `${Action}`.startsWith('sns:'));
      assert.deepEqual([sending?.Action, sending?.Resource, others], ['sns:Publish', { Ref: topic }, []]);
    }
    for (const { Environment } of functionsOf(template))
      assert.deepEqual(Environment.Variables['MAIL_TOPIC'], { Ref: topic });
  });
});

describe('the table of several homes', () => {
  const template = homesTemplateOf({ stateStore: 'dynamodb', sites: namesOf(26) });

  it('is there only where it is chosen', () => {
    homesTemplateOf().resourceCountIs('AWS::DynamoDB::Table', 0);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
  });

  it('has an item for each home, costs by use, can be brought back, and goes with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        TableName: 'solar-cloud-bridge-village',
        KeySchema: [{ AttributeName: 'site', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'site', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
      DeletionPolicy: 'Delete',
    });
  });

  it('lets each function at the items of its own homes, and takes the place of parameters for state', () => {
    const [, second] = rightsOf(template);
    const [table] = Object.keys(template.findResources('AWS::DynamoDB::Table'));
    const own = 'parameter/solar-cloud-bridge/home-26';
    assert.deepEqual(second?.slice(0, 2), [
      ['ssm:GetParameter,ssm:GetParametersByPath', [own, `${own}/*`]],
      [
        'dynamodb:GetItem,dynamodb:UpdateItem',
        [table],
        { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['home-26'] } },
      ],
    ]);
    for (const { Environment } of functionsOf(template))
      assert.deepEqual(Environment.Variables['STATE_TABLE'], { Ref: table });
  });
});

describe('the largest stack of several homes', () => {
  /** Of IAM, for all inline policies of a role, without white space. */
  const mostOfPolicies = 10_240;
  const largest = { stack: longestName(9_999), alarmEmail: 'owner@example.com' };
  const sitesFor = (stateStore: StateStoreName) =>
    Array.from({ length: mostHomes[stateStore] }, (_, nth) => longestName(nth));

  /** @returns how long the policies of a role are once CloudFormation has filled in the longest that there are. */
  function policyCharacters(role: Properties): number {
    const arn = 'arn:aws-us-gov:dynamodb:ap-southeast-1:123456789012';
    // of the log, the table and the topic, whose name CloudFormation makes up
    const longest = `${arn}:log-group:/SolarCloudBridge-${largest.stack}-Mail5F3A7A7B-XXXXXXXXXXXX:*`;
    const filled = (_key: string, value: unknown) => {
      const given = Object(value);
      return given['Fn::Sub'] ?? (given['Fn::GetAtt'] || given['Ref'] ? longest : value);
    };
    const documents = (role['Policies'] as { PolicyDocument: object }[]).map(({ PolicyDocument }) =>
      JSON.stringify(PolicyDocument, filled),
    );
    const names = { Partition: 'aws-us-gov', Region: 'ap-southeast-1', AccountId: '123456789012' };
    return Object.entries(names).reduce(
      (text, [name, value]) => text.replaceAll(`\${AWS::${name}}`, value),
      documents.join(''),
    ).length;
  }

  for (const stateStore of ['parameters', 'dynamodb'] as const) {
    const sites = sitesFor(stateStore);
    const props: Partial<HomesStackProps> = { ...largest, sites, stateStore, metricsOf: sites };
    const template = homesTemplateOf(props);

    it(`fits into a template, with its state in ${stateStore}`, (t) => {
      const resources = Object.keys(template.toJSON()['Resources']).length;
      const bytes = Buffer.byteLength(JSON.stringify(template.toJSON()));
      t.diagnostic(`${resources} resources, ${bytes} bytes`);
      assert.ok(resources <= 500);
      assert.ok(bytes <= 1_000_000);
      assert.ok(propertiesOf(template, 'AWS::Events::Rule').length <= 300);
    });

    it(`fits into roles, environments, names and events, with its state in ${stateStore}`, (t) => {
      const characters = Math.max(...propertiesOf(template, 'AWS::IAM::Role').map(policyCharacters));
      t.diagnostic(`${characters} characters in the policies of a role`);
      assert.ok(characters > 3_000 && characters <= mostOfPolicies);
      for (const { FunctionName, Environment } of functionsOf(template)) {
        assert.ok(FunctionName.length <= 64);
        assert.ok(JSON.stringify(Environment.Variables).length <= 4_096);
      }
      for (const homes of eventsOf(template).flat()) assert.ok(JSON.stringify({ sites: homes }).length <= 8_192);
    });
  }

  for (const stateStore of ['parameters', 'dynamodb'] as const)
    it(`satisfies the AwsSolutions rules with its state in ${stateStore}`, () => {
      const app = new App();
      homesStackOf({ ...largest, sites: namesOf(60), stateStore }, app);
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      assert.doesNotThrow(() => app.synth());
      assert.notEqual(process.exitCode, 1, 'a rule was violated');
    });
});

describe('cdk synth of several homes', () => {
  const synthesised = (settings: Record<string, string>) => {
    const output = mkdtempSync(join(tmpdir(), 'cdk-'));
    const environment = { ...process.env, ...settings };
    const result = spawnSync('npx', ['cdk', 'synth', '--output', output], { encoding: 'utf8', env: environment });
    rmSync(output, { recursive: true });
    return result;
  };

  it('works offline from a list of homes, and takes nothing of a home into the template', () => {
    const { status, stdout, stderr } = synthesised({
      SITE: 'home,cabin',
      STACK: 'village',
      STATE_STORE: 'dynamodb',
      VENDOR: 'victron-vrm',
      VICTRON_VRM_ID_SITE: '4711',
      CHARGE_HQ_API_KEY: 'a-very-secret-key',
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /FunctionName: solar-cloud-bridge-village/);
    assert.doesNotMatch(stdout + stderr, /4711|a-very-secret/);
  });

  it('says what to do where it cannot be', () => {
    const { status, stderr } = synthesised({ SITE: 'home,cabin', METRICS_OF: 'barn' });
    assert.notEqual(status, 0);
    assert.match(stderr, /^METRICS_OF names barn, which SITE does not: name homes of SITE\.$/m);
  });
});
