/** What a tick leaves in the log and among the metrics of CloudWatch. */
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { Context } from 'aws-lambda';
import type { DestinationReport, Outcome } from '../../functions/push-solar-data/core/report.ts';
import { createTelemetry } from '../../functions/push-solar-data/platform/telemetry.ts';

const context = { functionName: 'f', memoryLimitInMB: '256', invokedFunctionArn: 'arn', awsRequestId: 'r' };

type Written = Record<string, unknown> & { _aws?: { CloudWatchMetrics: { Dimensions: string[][] }[] } };

/** The tick's line, and the metrics that it left. */
function recorded(outcomes: readonly Outcome[], tick: Outcome = outcomes[0] ?? 'idle') {
  const labels = ['charge-hq', 'car', 'log'];
  const destinations = outcomes.map((outcome, nth): DestinationReport => ({ label: labels[nth] ?? '', outcome }));
  const written: Written[] = [];
  const write = (chunk: string) => {
    written.push(
      ...String(chunk)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    return true;
  };
  const streams = [mock.method(process.stdout, 'write', write), mock.method(process.stderr, 'write', write)];
  createTelemetry('home').record(
    { outcome: tick, site: 'home', sources: [], destinations, ms: 1 },
    context as unknown as Context,
  );
  for (const stream of streams) stream.mock.restore();
  const metrics = written.filter((line) => '_aws' in line);
  return { level: written.find((line) => !('_aws' in line))?.['level'], metrics };
}

const failures = ({ metrics }: ReturnType<typeof recorded>) =>
  metrics.flatMap((metric) => ('DestinationFailed' in metric ? [[metric['label'], metric['DestinationFailed']]] : []));

describe('the telemetry of a tick', () => {
  for (const [outcomes, expected] of [
    [['pushed'], []],
    [['failed'], []],
    [['pushed', 'pushed'], [['car', 0]]],
    [['reported', 'reported'], [['car', 0]]],
    [['pushed', 'failed', 'idle'], [['car', 1]]],
    [
      ['idle', 'failed', 'pushed'],
      [
        ['car', 1],
        ['log', 0],
      ],
    ],
  ] as const)
    it(`counts the failures of destinations after the first: ${outcomes.join(', ')}`, () => {
      assert.deepEqual(failures(recorded(outcomes)), expected);
    });

  it('gives that metric the label besides the site, and no other', () => {
    const [, metric] = recorded(['pushed', 'failed']).metrics;
    assert.equal(metric?.['service'], 'home');
    assert.deepEqual(
      metric?._aws?.CloudWatchMetrics[0]?.Dimensions.map((names) => names.toSorted()),
      [['label', 'service']],
    );
    const [usual] = recorded(['pushed', 'failed']).metrics;
    assert.deepEqual(usual?._aws?.CloudWatchMetrics[0]?.Dimensions, [['service']]);
  });

  for (const [outcomes, level] of [
    [['pushed', 'pushed'], 'INFO'],
    [['pushed', 'failed'], 'WARN'],
    [['reported', 'pushed'], 'WARN'],
    [['failed', 'pushed'], 'ERROR'],
    [['idle', 'idle'], 'INFO'],
  ] as const)
    it(`has the level ${level} for ${outcomes.join(', ')}`, () => {
      assert.equal(recorded(outcomes).level, level);
    });
});
