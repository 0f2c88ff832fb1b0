/** What many homes cost: nothing for a few, and pennies for each of many, by calculation. */
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { simulator } from '../../functions/push-solar-data/adapters/simulator.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { createHomeLines } from '../../functions/push-solar-data/platform/home-lines.ts';
import { createStackMetrics } from '../../functions/push-solar-data/platform/stack-metrics.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { monthlyDollars, prices, typicalSite, usageOf } from '../../infra/cost.ts';
import { assumed, fleetRows, measuredFleet } from '../../infra/fleet-measured.ts';
import { dollarsOfHomes, homesPrices, storeFor, usageOfHomes } from '../../infra/homes-cost.ts';
import { playChargeHq } from '../support/conversation.ts';
import { openHome } from '../support/home.ts';

const totalOf = (homes: number) => dollarsOfHomes(usageOfHomes(homes)).total;

const minute = 60_000;

/** What lines are written while something runs, bytes each. */
async function bytesWritten(work: () => void): Promise<number[]> {
  const lines: number[] = [];
  const written = mock.method(process.stdout, 'write', (chunk: string) => lines.push(Buffer.byteLength(chunk)));
  work();
  written.mock.restore();
  return lines;
}

/** The reports of two ticks of a home, of which the second repeats nothing that was told. */
async function ticksOf(texts: SettingTexts): Promise<TickReport[]> {
  const chargeHq = await playChargeHq();
  const environment = { ...texts, CHARGE_HQ_URL: `${chargeHq.url}/push` };
  const home = openHome({ adapters: [simulator], texts: environment, now: '2026-06-01T10:00:00Z' });
  const reports = [await home.tick()];
  home.clock.advance(60);
  reports.push(await home.tick());
  await home.close();
  await chargeHq.close();
  for (const { outcome } of reports) assert.equal(outcome, 'pushed');
  return reports;
}

describe('a minute of several homes', () => {
  it('writes no more log than was measured: a line for each home, and one of metrics', async () => {
    const simple = await ticksOf({ VENDOR: 'simulator' });
    const large = await ticksOf({
      VENDOR: 'roof:simulator,meter:simulator',
      ROOF_GIVES: 'inverter',
      METER_GIVES: 'meter',
    });
    const lines = createHomeLines((line) => process.stdout.write(line));
    const secondLine = async (reports: TickReport[]) => {
      const [, bytes = 0] = await bytesWritten(() => {
        for (const [nth, report] of reports.entries()) lines.tell(report, nth * minute);
      });
      return bytes;
    };
    const ofHomes = [await secondLine(simple), await secondLine(large)];
    const mean = ofHomes.reduce((sum, bytes) => sum + bytes, 0) / ofHomes.length;
    const measured = Math.max(...fleetRows.map(({ lineBytes }) => lineBytes));
    assert.ok(Math.min(...ofHomes) > 250 && mean <= measured, `${ofHomes} of ${measured}`);

    const figures = { homes: 25, silent: 1, failing: 1, doubtful: 1, bugs: 1, oldestAge_s: 123.456, told_s: 12.345 };
    const metrics = createStackMetrics('village');
    const [ofMetrics = 0, ...others] = await bytesWritten(() =>
      metrics.publish({ ...figures, destinationFailures: 1 }, []),
    );
    assert.deepEqual(others, []);
    assert.ok(ofMetrics > 500 && ofMetrics <= 1.05 * measuredFleet(50, 'parameters').metricsBytes, `${ofMetrics}`);
  });
});

describe('several homes in one stack', () => {
  for (const [homes, most] of [
    [2, 0],
    [5, 0],
    [50, 3],
    [500, 30],
    [10_000, 600],
  ] as const)
    it(`cost ${most === 0 ? 'nothing' : `at most ${most} dollars a month`} where they are ${homes}`, (t) => {
      const total = totalOf(homes);
      t.diagnostic(`${total.toFixed(2)} dollars`);
      assert.ok(total <= most, `${total}`);
    });

  it('cost less than a stack for each of them', () => {
    for (const homes of [5, 50, 500])
      assert.ok(totalOf(homes) < monthlyDollars(usageOf(typicalSite), homes).total / 10, `${homes}`);
  });

  it('keep their state in a table where parameters do not hold it, which costs by its writes', () => {
    assert.deepEqual([100, 101, 10_000].map(storeFor), ['parameters', 'dynamodb', 'dynamodb']);
    assert.equal(usageOfHomes(100).tableWrites, 0);
    const { tableWriteUnits } = measuredFleet(10_000, 'dynamodb').anHourOfAHome;
    assert.ok(tableWriteUnits > 1, `${tableWriteUnits}`);
    assert.equal(usageOfHomes(10_000).tableWrites, 10_000 * 24 * 30.5 * tableWriteUnits);
  });

  it('read their secrets at every cold start', () => {
    const row = { ...measuredFleet(50, 'parameters'), secureStrings: 3 };
    const hour = { ...row.anHourOfAHome, kmsRequests: 0 };
    const { kmsRequests } = usageOfHomes(50, { ...row, anHourOfAHome: hour });
    assert.equal(kmsRequests, 50 * assumed.coldStartsADay * 30.5 * 3);
  });

  it('share one invocation, and its time', () => {
    const row = measuredFleet(50, 'parameters');
    const [one, full, more] = [1, 25, 26].map((homes) => usageOfHomes(homes, row));
    assert.equal(full?.invocations, one?.invocations);
    assert.equal(more?.invocations, 2 * Number(full?.invocations));
    assert.ok(Number(full?.gigabyteSeconds) < 3 * Number(one?.gigabyteSeconds));
  });

  it('are billed for a processor that is slower than the one that played them', () => {
    const row = { ...measuredFleet(50, 'parameters'), billedSeconds: { mean: 2, percentile99: 4 }, processorMs: 4 };
    const { invocations, gigabyteSeconds } = usageOfHomes(25, row);
    const seconds = gigabyteSeconds / invocations / (256 / 1024);
    assert.ok(Math.abs(seconds - (2 + 0.1 * (1769 / 256 - 1))) < 1e-9, `${seconds}`);
  });

  it('pay for kept and queried log only what the new lines leave of the 5 GB that are free', () => {
    const usage = { ...usageOfHomes(1), logGigabytes: 3, keptLogGigabytes: 1.5, queriedGigabytes: 1 };
    const { logGigabytes, keptLogGigabytes, queriedGigabytes } = dollarsOfHomes(usage);
    assert.deepEqual([logGigabytes, keptLogGigabytes], [0, 0]);
    assert.equal(queriedGigabytes, 0.5 * homesPrices.queriedGigabytes.dollars);
    const full = dollarsOfHomes({ ...usage, logGigabytes: 6 });
    assert.equal(full.keptLogGigabytes, 1.5 * homesPrices.keptLogGigabytes.dollars);
  });

  it('have metrics, alarms and a dashboard for each stack, and no more of them with more homes', () => {
    for (const kind of ['customMetrics', 'alarms', 'dashboards'] as const) {
      assert.equal(usageOfHomes(1_000)[kind], usageOfHomes(2)[kind]);
      assert.ok(usageOfHomes(1_000)[kind] <= prices[kind].free, kind);
      assert.equal(usageOfHomes(10_000)[kind], 10 * usageOfHomes(2)[kind]);
    }
  });
});
