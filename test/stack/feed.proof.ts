/** The template of a home with a feed: what its way in may do, and that a home without one has none of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle, bundleFeed } from '../../infra/bundle.ts';
import { feedsNamed } from '../../infra/feed.ts';
import { SiteStack } from '../../infra/site-stack.ts';

const code = mkdtempSync(join(tmpdir(), 'code-'));
writeFileSync(join(code, 'handler.mjs'), 'export const handler = () => {};\n');
after(() => rmSync(code, { recursive: true }));

function stackOf(destination: string | undefined, { reserveConcurrency = true, app = new App() } = {}): SiteStack {
  const feeds = feedsNamed(destination).map((label) => ({ label, code, reserveConcurrency }));
  const common = { site: 'cabin', code, settings: { VENDOR: 'foxess' }, destinations: [], slowestPollSeconds: 300 };
  return new SiteStack(app, 'SolarCloudBridge-cabin', { ...common, ...(destination === undefined ? {} : { feeds }) });
}
const templateOf = (...options: Parameters<typeof stackOf>) => Template.fromStack(stackOf(...options));
const withFeed = templateOf('charge-hq,feed');

const answering = { MemorySize: 128 };

describe('a home with a feed', () => {
  it('has a small function that knows no setting and no secret', () => {
    withFeed.hasResourceProperties('AWS::Lambda::Function', {
      ...answering,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'handler.handler',
      Timeout: 15,
      Environment: { Variables: { SITE: 'cabin', FEED_LABEL: 'feed' } },
      LoggingConfig: Match.objectLike({ LogFormat: 'JSON', SystemLogLevel: 'WARN' }),
    });
  });

  it('whose role may read the last document and write its own log, and nothing else', () => {
    const roles = withFeed.findResources('AWS::IAM::Role');
    const [id = ''] = Object.keys(roles).filter((name) => name.startsWith('Feed'));
    const properties = roles[id]?.Properties;
    assert.equal(properties.ManagedPolicyArns, undefined);
    const statements = properties.Policies.flatMap(
      ({ PolicyDocument }: { PolicyDocument: { Statement: object[] } }) => PolicyDocument.Statement,
    );
    assert.deepEqual(
      statements.map((statement: { Action: string | string[]; Resource: unknown }) => [
        [statement.Action].flat().sort().join(),
        JSON.stringify(statement.Resource).match(/parameter[^"]*|FeedfeedLog/g),
      ]),
      [
        ['ssm:GetParameter', ['parameter/solar-cloud-bridge/cabin/state/feed/feed']],
        ['logs:CreateLogStream,logs:PutLogEvents', ['FeedfeedLog']],
      ],
    );
    assert.doesNotMatch(JSON.stringify(statements), /\*/);
    withFeed.resourceCountIs('AWS::IAM::Policy', 0);
    withFeed.resourceCountIs('AWS::IAM::Role', 2);
  });

  it('has an address that all the world may ask, and only ask', () => {
    withFeed.resourceCountIs('AWS::Lambda::Url', 1);
    withFeed.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE', Cors: Match.absent() });
    const permissions = Object.values(withFeed.findResources('AWS::Lambda::Permission'));
    const toAll = permissions.filter(({ Properties }) => Properties.Principal === '*');
    for (const { Properties } of toAll) {
      assert.match(JSON.stringify(Properties.FunctionName), /FeedfeedAnswer/);
      assert.ok(Properties.FunctionUrlAuthType === 'NONE' || Properties.InvokedViaFunctionUrl === true);
    }
    assert.ok(toAll.length > 0);
  });

  it('says where it is', () => {
    const [output] = Object.values(withFeed.findOutputs('Feed'));
    assert.match(JSON.stringify(output?.Value), /FunctionUrl.*reading/);
    assert.deepEqual(Object.keys(templateOf('feed,my-car:feed').findOutputs('*')).sort(), [
      'Dashboard',
      'Feed',
      'FeedMyCar',
      'Function',
      'Logs',
    ]);
  });

  it('answers two requests at once and no more, unless the account cannot promise it', () => {
    withFeed.hasResourceProperties('AWS::Lambda::Function', { ...answering, ReservedConcurrentExecutions: 2 });
    templateOf('feed', { reserveConcurrency: false }).hasResourceProperties('AWS::Lambda::Function', {
      ...answering,
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it('has what every home has, unchanged', () => {
    const resourcesOf = (template: Template) => template.toJSON()['Resources'] as Record<string, unknown>;
    const more = Object.entries(resourcesOf(withFeed)).filter(([name]) => !name.startsWith('Feedfeed'));
    assert.deepEqual(Object.fromEntries(more), resourcesOf(templateOf(undefined)));
  });

  it('satisfies the AwsSolutions rules', () => {
    const app = new App();
    stackOf('charge-hq,feed', { app });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    assert.doesNotThrow(() => app.synth());
    assert.notEqual(process.exitCode, 1, 'a rule was violated');
  });
});

describe('a home without a feed', () => {
  it('has the same template as if there were none', () => {
    assert.deepEqual(templateOf('charge-hq,mqtt').toJSON(), templateOf(undefined).toJSON());
    templateOf('charge-hq').resourceCountIs('AWS::Lambda::Url', 0);
    templateOf('charge-hq').resourceCountIs('AWS::Lambda::Function', 1);
  });

  it('has nothing of its function in the bundle', () => {
    const inputs = Object.keys(bundle(join(code, 'push')).inputs);
    assert.deepEqual(
      inputs.filter((path) => path.startsWith('functions/feed/')),
      [],
    );
  });

  it('shares with it no adapter, no other destination and no tick', () => {
    const inputs = Object.keys(bundleFeed(join(code, 'feed')).inputs).filter((path) => path.startsWith('functions/'));
    const strange = inputs.filter((path) =>
      /\/(adapters|sources|local)\/|core\/(tick|evaluate)|destinations\/(?!feed\/|document|figures)/.test(path),
    );
    assert.deepEqual(strange, []);
  });
});

it('cdk synth builds the feed for the home that names it, and puts no token into the template', () => {
  const output = mkdtempSync(join(tmpdir(), 'cdk-'));
  const { status, stdout, stderr } = spawnSync('npx', ['cdk', 'synth', '--output', output], {
    encoding: 'utf8',
    env: {
      ...process.env,
      SITE: 'cabin',
      VENDOR: 'simulator',
      DESTINATION: 'charge-hq,feed',
      FEED_TOKEN: 'a-very-secret-token-of-a-reader',
      CHARGE_HQ_API_KEY: 'a-very-secret-key',
    },
  });
  const template = readFileSync(join(output, 'SolarCloudBridge-cabin.template.json'), 'utf8');
  rmSync(output, { recursive: true });
  assert.equal(status, 0, stderr);
  assert.match(template, /AWS::Lambda::Url/);
  assert.doesNotMatch(template + stdout + stderr, /a-very-secret/);
});
