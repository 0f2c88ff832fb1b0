/** That the template of several homes is what the calculation of their costs assumes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ofEachStack, usageOfHomes } from '../../infra/homes-cost.ts';
import { homesTemplateOf, namesOf } from '../support/several-homes.ts';
import { Body, dashboardBodyOf } from '../support/stack-dashboard.ts';

for (const stateStore of ['parameters', 'dynamodb'] as const)
  describe(`several homes on AWS, with their state in ${stateStore}`, () => {
    const stack = homesTemplateOf({ sites: namesOf(60), stateStore, alarmEmail: 'a@b.example' });
    const propertiesOf = (type: string) => Object.values(stack.findResources(type)).map(({ Properties }) => Properties);

    it('have the memory, functions, alarms, dashboards and table that the calculation assumes', () => {
      const functions = propertiesOf('AWS::Lambda::Function');
      assert.equal(functions.length * 24 * 60 * 30.5, usageOfHomes(60).invocations);
      for (const { MemorySize } of functions) assert.equal(MemorySize, ofEachStack.memoryMegabytes);
      assert.equal(propertiesOf('AWS::CloudWatch::Alarm').length, ofEachStack.alarms);
      assert.equal(propertiesOf('AWS::CloudWatch::Dashboard').length, ofEachStack.dashboards);
      assert.equal(propertiesOf('AWS::Logs::LogGroup').length, 1);
      for (const { BillingMode, SSESpecification } of propertiesOf('AWS::DynamoDB::Table'))
        assert.deepEqual(
          [BillingMode, SSESpecification],
          ['PAY_PER_REQUEST', undefined],
          'a key of its own would cost',
        );
    });

    it('have as many queries on the dashboard that read all of the log', () => {
      const queries = Body.parse(dashboardBodyOf(stack)).widgets.flatMap((each) =>
        each.type === 'log' ? [each.properties.query] : [],
      );
      assert.equal(queries.filter((query) => !/filter site = /.test(query)).length, ofEachStack.queries);
    });

    it('have nothing that costs without being counted', () => {
      const counted = ['Lambda', 'CloudWatch', 'Logs', 'Events', 'SNS', 'IAM', 'DynamoDB'];
      for (const resource of Object.values(stack.toJSON()['Resources'])) {
        const { Type } = resource as { Type: string };
        assert.ok(counted.includes(Type.split('::')[1] ?? ''), Type);
      }
    });
  });
