/** The function of 25 homes that was deployed, run by Lambda's own runtime client: what each is told, and with one of them in trouble. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { leaks } from '../support/leaks.ts';
import { type DeployedShard, deployShard, type StateIn } from './deployed-shard.ts';
import type { Instance, Invoked, LogLine } from './instance.ts';
import { others, secretsOf, sites, slowPollMinutes, slowSites, troubled } from './neighbour-homes.ts';
import { shardRights } from './shard-rights.ts';
import { shardTroubles } from './shard-troubles.ts';

const skip = process.platform === 'linux' ? false : "Lambda's runtime client can be built on Linux only";
const allWell = { homes: 25, pushed: 25, reported: 0, idle: 0, failed: 0, bugs: 0, unfinished: 0 };
/** Of what CloudWatch is paid for, bytes. */
const longestLine = 700;
const warmMinutes = 10;

const homeLines = ({ lines }: Invoked): LogLine[] => lines.filter((line) => 'outcome' in line);
const lineOf = (invoked: Invoked, site: string): LogLine | undefined =>
  homeLines(invoked).find((line) => line['site'] === site);
const bytesOf = (line: LogLine): number => Buffer.byteLength(JSON.stringify(line));
const medianOf = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('the deployed function of 25 homes', { skip, timeout: 580_000 }, () => {
  let shard: DeployedShard;
  before(async () => {
    shard = await deployShard();
  });
  after(() => shard?.close());

  /** What must hold of each invocation, whatever one home does. */
  function assertDiscreet(invoked: Invoked) {
    const metrics = invoked.lines.filter((line) => '_aws' in line);
    assert.deepEqual([metrics.length, homeLines(invoked).length], [1, invoked.lines.length - 1]);
    for (const site of others) {
      const line = lineOf(invoked, site);
      assert.ok(line && bytesOf(line) <= longestLine, JSON.stringify(line));
    }
    assert.deepEqual(leaks(JSON.stringify(invoked.lines), sites.flatMap(secretsOf)), []);
    for (const [site, pushes] of shard.clouds.pushes) {
      const strangers = sites.filter((other) => other !== site).flatMap(secretsOf);
      assert.deepEqual(leaks(JSON.stringify(pushes), strangers), [], site);
    }
  }
  function assertFits(t: TestContext, instance: Instance) {
    const peak = instance.peakMegabytes();
    t.diagnostic(`at most ${Math.round(peak)} MB`);
    assert.ok(peak < (shard.functions.parameters.configuration.MemorySize ?? 0), `${peak} MB`);
  }

  it('tells each home’s figures to its own Charge HQ at the first tick of all', async (t) => {
    const instance = await shard.coldStart();
    const first = await shard.tick(instance);
    assert.deepEqual(first.result, { value: allWell });
    assert.deepEqual(shard.untold(sites), []);
    assertDiscreet(first);
    t.diagnostic(
      `start ${Math.round(instance.startMs)} ms, first tick ${Math.round(first.ms)} ms with all state to be written`,
    );
  });

  for (const homes of [sites, sites.slice(2, 3)])
    it(`ticks ${homes.length} of them each minute, and starts anew`, async (t) => {
      const instance = await shard.coldStart('parameters', slowPollMinutes + 1);
      const asked = shard.witnesses.parameters.calls.length;
      const first = await shard.tick(instance, { homes });
      assert.deepEqual(shard.untold(homes), []);
      const atStart = shard.witnesses.parameters.calls.length - asked;
      const warm: Invoked[] = [];
      for (let minute = 0; minute < warmMinutes; minute++) warm.push(await shard.nextTick(instance, homes));
      const bytes = warm.flatMap(homeLines).map(bytesOf);
      for (const { lines } of warm) assert.equal(lines.length, homes.length + 1);
      assert.ok(Math.max(...bytes) <= longestLine);
      assertFits(t, instance);
      t.diagnostic(
        `start ${Math.round(instance.startMs)} ms, first tick ${Math.round(first.ms)} ms with ${atStart} calls to AWS; ` +
          `warm: median ${Math.round(medianOf(warm.map(({ ms }) => ms)))} ms, ` +
          `${shard.witnesses.parameters.calls.length - asked - atStart} calls in ${warmMinutes} minutes, ` +
          `lines of ${Math.min(...bytes)} to ${Math.max(...bytes)} bytes, metrics ${Math.max(...warm.map(({ lines }) => Math.max(...lines.filter((line) => '_aws' in line).map(bytesOf))))}`,
      );
    });

  describe('with one in trouble', () => {
    for (const { name, settings, vendor, chargeHq, ends, says, endless, seconds } of shardTroubles)
      it(`tells the 24 others as if nothing were wrong: ${name}`, async (t) => {
        await shard.trouble(settings);
        Object.assign(shard.clouds.trouble, { vendor, chargeHq });
        const instance = await shard.coldStart('parameters', slowPollMinutes + 1);
        const invoked = await shard.tick(instance, seconds === undefined ? {} : { seconds });
        const line = lineOf(invoked, troubled);
        assert.deepEqual(shard.untold(others), []);
        assert.equal(line?.['outcome'], ends, JSON.stringify(line));
        assert.match(JSON.stringify(line), says);
        assertDiscreet(invoked);
        assert.deepEqual((invoked.result as { value: { homes: number; unfinished: number } }).value.unfinished, 0);
        const told_ms = Math.max(...others.map((site) => Number(lineOf(invoked, site)?.['ms'])));
        if (endless) assert.ok(told_ms < Number(line?.['ms']) / 2, `${told_ms} ms`);
        assertFits(t, instance);
        t.diagnostic(`${Math.round(invoked.ms)} ms in all, ${told_ms} ms until the others were told`);
      });
  });

  for (const stateIn of ['parameters', 'table'] as const)
    it(`renews no log-in and asks no slow cloud too early after a cold start, with its state in ${stateIn}`, async (t) => {
      await shard.trouble();
      await shard.forgetState(slowSites);
      const callsAfter = async (minutes: number, where: StateIn = stateIn) => {
        const instance = await shard.coldStart(where, minutes);
        const { ms } = await shard.tick(instance);
        t.diagnostic(`state in ${where}: start ${Math.round(instance.startMs)} ms, first tick ${Math.round(ms)} ms`);
        return slowSites.map((site) => shard.clouds.callsOf(site));
      };
      const each = (...calls: string[]) => slowSites.map(() => calls);
      assert.deepEqual(await callsAfter(1), each('token', 'realTime'));
      assert.deepEqual(await callsAfter(1), each());
      assert.deepEqual(await callsAfter(slowPollMinutes), each('realTime'));
      assert.deepEqual(shard.untold(sites), []);
      if (stateIn === 'parameters') assert.deepEqual(await callsAfter(slowPollMinutes, 'table'), each('realTime'));
    });

  it('mails once which home is without figures, and once that they are back', async () => {
    await shard.trouble();
    shard.clouds.trouble.vendor = () => ({ json: { pv: 'none' } });
    const instance = await shard.coldStart();
    shard.mails.length = 0;
    for (let minute = 0; minute < 20; minute++) await shard.nextTick(instance);
    const [bad, ...more] = shard.mails;
    assert.match(`${bad}`, new RegExp(`^${troubled}: no figures have reached its first destination since`));
    assert.deepEqual([more, leaks(`${bad}`, sites.flatMap(secretsOf))], [[], []]);
    const later = await shard.coldStart();
    shard.clouds.trouble.vendor = undefined;
    for (let minute = 0; minute < 32; minute++) await shard.nextTick(later);
    assert.match(`${shard.mails[1]}`, new RegExp(`^${troubled}: figures arrive again`));
    assert.equal(shard.mails.length, 2);
  });

  for (const stateIn of ['parameters', 'table'] as const)
    it(`has asked of AWS only what its role allows, with its state in ${stateIn}`, async () => {
      const { Role, Environment, FunctionName = '' } = shard.functions[stateIn].configuration;
      const topic = `${Environment?.Variables?.['MAIL_TOPIC']}`;
      const { isAllowed } = await shardRights(shard.emulator, `${Role}`, { name: FunctionName, topic });
      const { calls } = shard.witnesses[stateIn];
      assert.deepEqual(
        calls.filter((call) => !isAllowed(call)),
        [],
      );
      const further =
        stateIn === 'table' ? ['dynamodb:GetItem', 'dynamodb:UpdateItem'] : ['sns:Publish', 'ssm:PutParameter'];
      const actions = [...new Set(calls.map(({ action }) => action))].toSorted();
      assert.deepEqual(actions, [...further, 'ssm:GetParametersByPath'].toSorted());
    });
});
