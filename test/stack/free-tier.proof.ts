/** That the template of a site is what the calculation of its costs assumes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { metricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { typicalSite, withDestinations } from '../../infra/cost.ts';
import type { StackDestination } from '../../infra/destinations.ts';
import { SiteStack } from '../../infra/site-stack.ts';

const chargeHq: StackDestination = { label: 'charge-hq', slug: 'charge-hq', title: 'Charge HQ' };

function template(destinations: StackDestination[]): Template {
  const code = mkdtempSync(join(tmpdir(), 'code-'));
  writeFileSync(join(code, 'handler.mjs'), '');
  const stack = new SiteStack(new App(), 'S', {
    site: 'home',
    code,
    settings: {},
    destinations,
    slowestPollSeconds: 300,
    alarmEmail: 'a@b.example',
  });
  const synthesised = Template.fromStack(stack);
  rmSync(code, { recursive: true });
  return synthesised;
}

describe('one site on AWS', () => {
  const stack = template([chargeHq]);
  const count = (type: string) => Object.keys(stack.findResources(type)).length;

  it('has the memory, alarms, dashboards and metrics that the calculation assumes', () => {
    const [fn] = Object.values(stack.findResources('AWS::Lambda::Function'));
    assert.equal(fn?.Properties.MemorySize, typicalSite.memoryMegabytes);
    assert.equal(count('AWS::CloudWatch::Alarm'), typicalSite.alarms);
    assert.equal(count('AWS::CloudWatch::Dashboard'), typicalSite.dashboards);
    assert.equal(Object.keys(metricNames).length, typicalSite.customMetrics);
  });

  it('has an alarm more for each further destination, as the calculation assumes', () => {
    const other = template([chargeHq, { label: 'mqtt', slug: 'mqtt', title: 'MQTT broker' }]);
    const alarms = Object.keys(other.findResources('AWS::CloudWatch::Alarm')).length;
    assert.equal(alarms, withDestinations(typicalSite, 2).alarms);
  });

  it('has nothing that costs without being counted', () => {
    const counted = ['Lambda', 'CloudWatch', 'Logs', 'Events', 'SNS', 'IAM'];
    const types = Object.values(stack.toJSON()['Resources']).map((resource) => (resource as { Type: string }).Type);
    for (const type of types) assert.ok(counted.includes(type.split('::')[1] ?? ''), type);
  });
});
