/** That one site stays within what AWS gives for nothing, from the template and from measured ticks. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Context } from 'aws-lambda';
import { simulator } from '../../functions/push-solar-data/adapters/simulator.ts';
import { metricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { createTelemetry } from '../../functions/push-solar-data/platform/telemetry.ts';
import { monthlyDollars, prices, typicalSite, usageOf } from '../../infra/cost.ts';
import { SiteStack } from '../../infra/site-stack.ts';
import { playChargeHq } from '../support/conversation.ts';
import { openHome } from '../support/home.ts';

const context = {
  functionName: 'solar-cloud-bridge-home',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:solar-cloud-bridge-home',
  awsRequestId: 'b7b5a0a4-9d6f-4d4c-8a5e-000000000001',
} as unknown as Context;

function template(): Template {
  const code = mkdtempSync(join(tmpdir(), 'code-'));
  writeFileSync(join(code, 'handler.mjs'), '');
  const stack = new SiteStack(new App(), 'S', {
    site: 'home',
    code,
    settings: {},
    slowestPollSeconds: 300,
    alarmEmail: 'a@b.example',
  });
  const synthesised = Template.fromStack(stack);
  rmSync(code, { recursive: true });
  return synthesised;
}

/** Bytes that a tick of three sources leaves in the log, with all its figures. */
async function logBytesOfATick(): Promise<number> {
  const chargeHq = await playChargeHq();
  const texts = {
    VENDOR: 'roof:simulator,battery:simulator,meter:simulator',
    ROOF_GIVES: 'inverter',
    BATTERY_GIVES: 'battery',
    METER_GIVES: 'meter',
    CHARGE_HQ_URL: `${chargeHq.url}/push`,
  };
  const home = openHome({ adapters: [simulator], texts, now: '2026-06-01T10:00:00Z' });
  const report = await home.tick();
  await home.close();
  await chargeHq.close();
  assert.equal(report.outcome, 'pushed');
  let bytes = 0;
  const written = mock.method(process.stdout, 'write', (chunk: string) => {
    bytes += Buffer.byteLength(chunk);
    return true;
  });
  createTelemetry('home').record(report, context);
  written.mock.restore();
  return bytes;
}

describe('one site on AWS', () => {
  const stack = template();
  const count = (type: string) => Object.keys(stack.findResources(type)).length;

  it('has the memory, alarms, dashboards and metrics that the calculation assumes', () => {
    const [fn] = Object.values(stack.findResources('AWS::Lambda::Function'));
    assert.equal(fn?.Properties.MemorySize, typicalSite.memoryMegabytes);
    assert.equal(count('AWS::CloudWatch::Alarm'), typicalSite.alarms);
    assert.equal(count('AWS::CloudWatch::Dashboard'), typicalSite.dashboards);
    assert.equal(Object.keys(metricNames).length, typicalSite.customMetrics);
  });

  it('writes no more log than assumed', async () => {
    const bytes = await logBytesOfATick();
    assert.ok(bytes > 500 && bytes <= typicalSite.logBytesPerTick, `${bytes} bytes`);
  });

  it('lies within the always-free tier with everything', () => {
    const usage = usageOf(typicalSite);
    for (const [kind, { what, free }] of Object.entries(prices))
      assert.ok(usage[kind as keyof typeof usage] <= free, `${what}: ${usage[kind as keyof typeof usage]} of ${free}`);
    assert.equal(monthlyDollars(usage, 1).total, 0);
  });

  it('has nothing that costs without being counted', () => {
    const counted = ['Lambda', 'CloudWatch', 'Logs', 'Events', 'SNS', 'IAM'];
    const types = Object.values(stack.toJSON()['Resources']).map((resource) => (resource as { Type: string }).Type);
    for (const type of types) assert.ok(counted.includes(type.split('::')[1] ?? ''), type);
  });
});
