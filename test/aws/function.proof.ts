/** The function that was home.deployed, run by Lambda's own runtime client, with its settings and its state in AWS's protocols. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { apiKey } from '../support/home.ts';
import { figures } from './clouds.ts';
import { type DeployedHome, deployHome, token } from './deployed-home.ts';
import { allows, statementsOf } from './rights.ts';

const skip = process.platform === 'linux' ? false : "Lambda's runtime client can be built on Linux only";

describe('the deployed function', { skip, timeout: 300_000 }, () => {
  let home: DeployedHome;
  before(async () => {
    home = await deployHome();
  });
  after(() => home?.close());
  beforeEach(() => home.reset());
  afterEach(() => home?.stopInstances());

  it('pushes the right figures at its first tick after a cold start', async (t) => {
    const instance = await home.coldStart();
    const { result, lines, ms } = await instance.invoke();
    assert.deepEqual(result, { value: 'pushed' });
    assert.deepEqual(
      home.chargeHq.pushes.map(({ apiKey: key, siteMeters }) => [key, siteMeters]),
      [[apiKey, figures]],
    );
    assert.equal(lines[0]?.['outcome'], 'pushed');
    assert.deepEqual(lines[0]?.['figures'], figures);
    assert.equal(lines[0]?.['cold_start'], true);
    assert.equal(lines[1]?.['Pushed'], 1);
    t.diagnostic(`start ${Math.round(instance.startMs)} ms, first tick ${Math.round(ms)} ms`);
  });

  it('writes what it learnt to its parameters, and a later instance asks for it no more', async () => {
    await (await home.coldStart()).invoke();
    const state = await home.parameters.state();
    const types = Object.fromEntries(Object.entries(state).map(([name, { type }]) => [name, type]));
    assert.deepEqual(types, { 'adapter/victron-vrm': 'String', site: 'String' });
    assert.match(JSON.stringify(state['adapter/victron-vrm']?.document['value']), /"idUser":"?815\b/);
    await (await home.coldStart()).invoke();
    const paths = home.victron.received.map(({ path }) => path);
    assert.deepEqual(paths, ['/v2/users/me', '/v2/users/815/installations', '/v2/users/815/installations']);
    assert.equal(home.chargeHq.pushes.length, 2);
  });

  it('pushes in each of ten warm minutes over the connections it has, with one look at its parameters', async (t) => {
    const [towardsVictron, towardsChargeHq] = [home.victron.connections(), home.chargeHq.connections()];
    const instance = await home.coldStart();
    const durations: number[] = [];
    await instance.invoke();
    for (let minute = 1; minute <= 10; minute++) {
      home.clock.advance(60);
      const { result, lines, ms } = await instance.invoke();
      assert.deepEqual(result, { value: 'pushed' });
      assert.equal(lines.length, 2, 'a line for the tick and one for its metrics');
      durations.push(ms);
    }
    const gaps = home.chargeHq.pushes
      .slice(1)
      .map(({ tsms = 0 }, nth) => tsms - (home.chargeHq.pushes[nth]?.tsms ?? 0));
    assert.equal(gaps.length, 10);
    assert.ok(
      gaps.every((gap) => gap >= 60_000 && gap < 75_000),
      `times between measurements, ms: ${gaps}`,
    );
    assert.equal(home.victron.connections() - towardsVictron, 1);
    assert.equal(home.chargeHq.connections() - towardsChargeHq, 1);
    assert.equal(home.witness.calls.filter(({ action }) => action !== 'ssm:PutParameter').length, 1);
    const peak = instance.peakMegabytes();
    assert.ok(peak < (home.deployed.configuration.MemorySize ?? 0), `${peak} MB`);
    t.diagnostic(
      `median tick ${Math.round(durations.sort((a, b) => a - b)[5] ?? 0)} ms, at most ${Math.round(peak)} MB`,
    );
  });

  it('sends nothing twice within Charge HQ’s 30 seconds', async () => {
    const instance = await home.coldStart();
    await instance.invoke();
    home.clock.advance(20);
    assert.deepEqual((await instance.invoke()).result, { value: 'idle' });
    assert.equal(home.chargeHq.pushes.length, 1);
  });

  it('reports a vendor in trouble to Charge HQ, and pushes again in the minute after it', async () => {
    const instance = await home.coldStart();
    home.victron.mode = 'has trouble';
    const { result, lines } = await instance.invoke();
    assert.deepEqual(result, { value: 'reported' });
    assert.equal(lines[0]?.['level'], 'WARN');
    assert.equal(lines[0]?.['kind'], 'unavailable');
    assert.match(`${home.chargeHq.pushes[0]?.error}`, /^Victron VRM/);
    assert.equal(home.chargeHq.pushes[0]?.siteMeters, undefined);
    home.victron.mode = 'works';
    assert.equal((await home.nextMinute(instance))?.['outcome'], 'pushed');
  });

  it('reports a vendor that never answers before Lambda would end the tick', async (t) => {
    const instance = await home.coldStart();
    home.victron.mode = 'hangs';
    const { result, ms } = await instance.invoke();
    assert.deepEqual(result, { value: 'reported' });
    assert.match(`${home.chargeHq.pushes[0]?.error}`, /Victron VRM .*does not answer in time/);
    home.victron.mode = 'works';
    assert.equal((await home.nextMinute(instance))?.['outcome'], 'pushed');
    t.diagnostic(`reported after ${(ms / 1000).toFixed(1)} s of ${home.deployed.configuration.Timeout} s`);
  });

  it('pushes after a minute in the freezer during which both clouds closed its connections', async () => {
    const { victron, chargeHq } = home;
    const instance = await home.coldStart();
    await instance.invoke();
    const opened = [victron.connections(), chargeHq.connections()];
    for (const cloud of [victron, chargeHq]) cloud.closeIdle();
    await wait(60_000);
    const { result, lines } = await instance.invoke();
    assert.deepEqual(result, { value: 'pushed' });
    assert.equal(lines[0]?.['warnings'], undefined);
    assert.equal(chargeHq.pushes.length, 2);
    assert.deepEqual(
      [victron.connections(), chargeHq.connections()],
      opened.map((count) => count + 1),
    );
  });

  it('pushes once, and at once, over new connections when both clouds have forgotten the old ones', async () => {
    const { victron, chargeHq } = home;
    const instance = await home.coldStart();
    await instance.invoke();
    for (const cloud of [victron, chargeHq]) cloud.forgetIdle();
    home.clock.advance(60);
    const { result, ms } = await instance.invoke();
    assert.deepEqual(result, { value: 'pushed' });
    assert.equal(chargeHq.pushes.length, 2);
    assert.ok(ms < 1_000, `${ms} ms: a second read after a pause, as for a vendor that was unavailable`);
  });

  it('uses a rotated secret in the minute after the old one was refused', async () => {
    const instance = await home.coldStart();
    await instance.invoke();
    home.victron.token = 'token-after-the-rotation';
    const refused = await home.nextMinute(instance);
    assert.equal(refused?.['outcome'], 'reported');
    assert.equal(refused?.['kind'], 'auth');
    await home.parameters.putSecret('VICTRON_VRM_ACCESS_TOKEN', home.victron.token);
    assert.equal((await home.nextMinute(instance))?.['outcome'], 'pushed');
    assert.deepEqual(
      home.chargeHq.pushes.map(({ error }) => error !== undefined),
      [false, true, false],
    );
  });

  it('reads another make of equipment after VENDOR was changed in the console', async () => {
    const client = new LambdaClient(home.emulator.client);
    const Variables = { ...home.deployed.configuration.Environment?.Variables, VENDOR: 'simulator' };
    const FunctionName = home.deployed.configuration.FunctionName;
    const changed = await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    );
    const instance = await home.coldStart({ ...home.deployed, configuration: changed });
    assert.deepEqual((await instance.invoke()).result, { value: 'pushed' });
    assert.equal(home.victron.received.length, 0);
    assert.equal(typeof home.chargeHq.pushes[0]?.siteMeters?.['production_kw'], 'number');
  });

  it('leaves a vendor alone that refused it, also after a cold start', async () => {
    home.victron.token = 'another-token';
    await (await home.coldStart()).invoke();
    const calls = home.victron.received.length;
    const later = await home.coldStart();
    assert.equal((await later.invoke()).lines[0]?.['kind'], 'auth');
    assert.equal(home.victron.received.length, calls);
  });

  it('says in its log which parameters are missing when none has been put yet', async () => {
    await home.parameters.clear();
    const { result, lines } = await (await home.coldStart()).invoke();
    assert.deepEqual(result, { value: 'failed' });
    const problems = lines[0]?.['problems'] as string[];
    assert.match(problems.join('\n'), /CHARGE_HQ_API_KEY is missing[\s\S]*VICTRON_VRM_ACCESS_TOKEN is missing/);
    assert.match(problems.join('\n'), /\/solar-cloud-bridge\/home\//);
  });

  it('asks of AWS only what its role allows, and writes no secret to its log', async () => {
    const statements = await statementsOf(home.emulator, `${home.deployed.configuration.Role}`.split('/').at(-1) ?? '');
    const instance = await home.coldStart();
    await instance.invoke();
    home.victron.token = 'another-token';
    await home.nextMinute(instance);
    await home.nextMinute(instance);
    assert.deepEqual(
      home.witness.calls.filter((call) => !allows(statements, call)),
      [],
    );
    const actions = new Set(home.witness.calls.map(({ action }) => action));
    assert.deepEqual([...actions].sort(), ['ssm:GetParametersByPath', 'ssm:PutParameter']);
    for (const secret of [token, apiKey]) assert.equal(instance.log().includes(secret), false);
  });
});
