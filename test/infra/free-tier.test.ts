/** That one site stays within what AWS gives for nothing, from a calculation and a measured tick. */
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { Context } from 'aws-lambda';
import { simulator } from '../../functions/push-solar-data/adapters/simulator.ts';
import { createTelemetry } from '../../functions/push-solar-data/platform/telemetry.ts';
import { monthlyDollars, prices, typicalFeed, typicalSite, usageOf, withDestinations } from '../../infra/cost.ts';
import { playChargeHq } from '../support/conversation.ts';
import { openHome } from '../support/home.ts';

const context = {
  functionName: 'solar-cloud-bridge-home',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:solar-cloud-bridge-home',
  awsRequestId: 'b7b5a0a4-9d6f-4d4c-8a5e-000000000001',
} as unknown as Context;

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
  it('writes no more log than assumed', async () => {
    const bytes = await logBytesOfATick();
    assert.ok(bytes > 500 && bytes <= typicalSite.logBytesPerTick, `${bytes} bytes`);
  });

  for (const [what, usage] of [
    ['everything', usageOf(typicalSite)],
    ['a feed', usageOf(typicalSite, typicalFeed)],
  ] as const)
    it(`lies within the always-free tier with ${what}`, () => {
      for (const [kind, price] of Object.entries(prices)) {
        const used = usage[kind as keyof typeof usage];
        assert.ok(used <= price.free, `${price.what}: ${used} of ${price.free}`);
      }
      assert.equal(monthlyDollars(usage, 1).total, 0);
    });

  it('uses more with a feed, by its requests', () => {
    const more = usageOf(typicalSite, typicalFeed).invocations - usageOf(typicalSite).invocations;
    assert.equal(more, typicalFeed.requestsAMinute * 60 * 24 * 30.5);
  });

  it('pays for the metric of each destination after the first, whose alarm is free', () => {
    const dollars = monthlyDollars(usageOf(withDestinations(typicalSite, 3)), 1);
    assert.deepEqual([dollars.customMetrics, dollars.alarms], [2 * prices.customMetrics.dollars, 0]);
    assert.equal(dollars.total, dollars.customMetrics);
  });
});
