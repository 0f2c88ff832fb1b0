/** The alarms of several homes: as few for a thousand as for two, and none for what is no trouble. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { stackMetricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { fewestTicks } from '../../infra/homes-watching.ts';
import { homesTemplateOf, namesOf } from '../support/several-homes.ts';

type Alarm = {
  AlarmName: string;
  AlarmDescription: unknown;
  MetricName: string;
  Dimensions: { Name: string; Value: string }[];
  AlarmActions?: unknown[];
};
const alarmsOf = (template: Template): Alarm[] =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

describe('what watches several homes', () => {
  it('has five alarms for any number of homes', () => {
    for (const count of [2, 200])
      assert.deepEqual(
        alarmsOf(homesTemplateOf({ sites: namesOf(count) })).map(({ AlarmName }) => AlarmName),
        ['homes-missing', 'silent-homes', 'bug', 'doubtful-figures', 'destinations'].map(
          (name) => `solar-cloud-bridge-village-${name}`,
        ),
      );
  });

  it('watches metrics of the stack alone', () => {
    for (const { MetricName, Dimensions } of alarmsOf(homesTemplateOf())) {
      assert.ok(Object.values<string>(stackMetricNames).includes(MetricName), MetricName);
      assert.deepEqual(Dimensions, [{ Name: 'service', Value: 'village' }]);
    }
  });

  it('names the dashboard and the command that names the homes in every alarm', () => {
    for (const { AlarmDescription } of alarmsOf(homesTemplateOf())) {
      const text = JSON.stringify(AlarmDescription);
      assert.match(text, /dashboards\/dashboard\/solar-cloud-bridge-village/);
      assert.match(text, /npm run status/);
      assert.ok(text.length < 1_024, 'CloudWatch takes no longer one');
    }
  });

  for (const [name, properties] of Object.entries({
    'homes-missing': {
      MetricName: 'Homes',
      Statistic: 'Sum',
      Period: 900,
      EvaluationPeriods: 2,
      Threshold: fewestTicks(['home', 'cabin']),
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
    'silent-homes': {
      MetricName: 'SilentHomes',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
    },
    bug: { MetricName: 'Bugs', Statistic: 'Sum', Period: 300, EvaluationPeriods: 3, Threshold: 1 },
    'doubtful-figures': { MetricName: 'DoubtfulHomes', Statistic: 'Maximum', Period: 300, EvaluationPeriods: 24 },
    destinations: { MetricName: 'DestinationFailures', Statistic: 'Maximum', Period: 1_800, EvaluationPeriods: 2 },
  }))
    it(`alarms of ${name} as it is worded`, () => {
      homesTemplateOf().hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName: `solar-cloud-bridge-village-${name}`,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        ...properties,
      });
    });

  it('mails only when told where to: alarms of all homes, and what the functions themselves tell of single ones', () => {
    homesTemplateOf().resourceCountIs('AWS::SNS::Topic', 0);
    const template = homesTemplateOf({ alarmEmail: 'owner@example.com' });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'owner@example.com' });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sns:Publish', Effect: 'Allow' })]) },
    });
    const mailed = alarmsOf(template).filter(({ AlarmActions = [] }) => AlarmActions.length > 0);
    assert.deepEqual(mailed.map(({ AlarmName }) => AlarmName).sort(), [
      'solar-cloud-bridge-village-bug',
      'solar-cloud-bridge-village-homes-missing',
    ]);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MAIL_TOPIC: Match.anyValue() } },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: Match.arrayWith([
        Match.objectLike({
          PolicyName: 'ownMail',
          PolicyDocument: { Statement: [{ Action: 'sns:Publish', Effect: 'Allow', Resource: Match.anyValue() }] },
        }),
      ]),
    });
  });

  it('links to dashboard and log', () => {
    assert.deepEqual(Object.keys(homesTemplateOf().findOutputs('*')).sort(), ['Dashboard', 'Logs']);
  });
});

describe('the fewest ticks of a quarter of an hour', () => {
  for (const [homes, missing] of [
    [2, 2],
    [25, 25],
    [26, 1],
    [60, 10],
    [500, 25],
    [1_000, 25],
  ] as const)
    it(`tell that ${missing} of ${homes} homes are missing, and bear a tenth of the runs on the other side of its end`, () => {
      const fewest = fewestTicks(namesOf(homes));
      assert.ok(15 * (homes - missing) < fewest, `${fewest}`);
      assert.ok(15 * homes - homes / 10 >= fewest, `${fewest}`);
    });
});
