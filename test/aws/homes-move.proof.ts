/**
 * From a stack per home into one for all, and back, by the owner's own commands and with the functions that they deploy:
 * no log-in is renewed on the way, and the owner's policy allows all of it.
 */
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { StatusReport } from '../../infra/commands/status-report.ts';
import { type SignedCall, signedCallOf } from './aws-calls.ts';
import { aheadBy, type SharedClock, sharedClock } from './clock.ts';
import { projectFolder } from './commands.ts';
import { bootstrap, fetchFunction } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { type Invoked, startInstance } from './instance.ts';
import {
  type Clouds,
  figuresOf,
  keyOf,
  playClouds,
  settingsOf,
  slowPollMinutes,
  slowSites,
} from './neighbour-homes.ts';
import { type Ended, type OwnerShell, openOwnerShell } from './owner-shell.ts';
import { ownersParameters } from './parameters.ts';
import { allows, type Statement, type Witness, witnessCalls } from './rights.ts';
import { type StoodUp, stoodUp } from './stood-up.ts';

const skip = process.platform === 'linux' ? false : "Lambda's runtime client can be built on Linux only";
const policy: { Statement: Statement[] } = JSON.parse(
  readFileSync(join(projectFolder, 'infra/owner-policy.json'), 'utf8'),
);
const unasked = ['--require-approval', 'never', '--', '--no-notices'];
/** Of a slow cloud with a log-in each: two that have stacks of their own, and one that is new. */
const [first = '', second = '', added = ''] = slowSites;
const several = { SITE: `${first},${second},${added}`, STATE_STORE: 'dynamodb' };

describe('a move of homes', { skip, timeout: 590_000 }, () => {
  let emulator: Emulator;
  let witness: Witness<SignedCall>;
  let clock: SharedClock;
  let clouds: Clouds;
  let shell: OwnerShell;
  let there: StoodUp;
  before(async () => {
    clock = sharedClock();
    clouds = await playClouds(() => clock.now());
    emulator = await startEmulator();
    there = stoodUp(emulator);
    witness = await witnessCalls(emulator, signedCallOf);
    shell = openOwnerShell({ ...emulator.environment, AWS_ENDPOINT_URL: witness.url });
    await bootstrap(emulator);
  });
  after(async () => {
    shell?.close();
    witness?.close();
    await Promise.all([emulator?.stop(), clouds?.close()]);
    clock?.close();
  });

  const places = () => ({ vendors: clouds.vendors.url, receivers: clouds.receivers.url });
  const succeeded = ({ code, output, complaints }: Ended) => assert.equal(code, 0, `${output}\n${complaints}`);
  const command = (name: string, args: string[] = [], settings: Record<string, string> = {}) =>
    shell.run(`infra/commands/${name}.ts`, args, settings);

  /** A cold start of the function that lies there, when its clouds have renewed their figures. */
  async function tickOf(name: string, homes: readonly string[]): Promise<Invoked> {
    const deployed = await fetchFunction(emulator, name);
    clock.advance((slowPollMinutes + 1) * 60);
    clouds.forget();
    const instance = await startInstance(deployed, emulator.environment, clock);
    try {
      return await instance.invoke({ sites: homes });
    } finally {
      await instance.stop();
      rmSync(join(deployed.folder, '..'), { recursive: true });
    }
  }
  /** What a home was told, and what its cloud was asked for it. */
  const outcomeOf = (site: string) => {
    const [push] = clouds.pushes.get(site) ?? [];
    return { key: push?.apiKey, figures: push?.siteMeters, asked: clouds.callsOf(site) };
  };
  const told = (site: string, ...asked: string[]) => ({ key: keyOf(site), figures: figuresOf(site), asked });

  it('begins with homes in stacks of their own, which have logged in', async () => {
    for (const site of [first, second]) {
      const { open, secret } = settingsOf(site, places());
      for (const [name, value] of Object.entries(secret)) await ownersParameters(emulator, site).putSecret(name, value);
      succeeded(await command('deploy', unasked, { SITE: site, ...open }));
      await tickOf(`solar-cloud-bridge-${site}`, []);
      assert.deepEqual(outcomeOf(site), told(site, 'token', 'realTime'));
    }
  });

  it('says of a home that has no settings yet what to do, and deploys nothing', async () => {
    const { code, complaints } = await command('deploy', unasked, several);
    assert.equal(code, 2);
    assert.match(complaints, new RegExp(`^- ${added} has no settings yet \\(VENDOR\\): .*--site ${added}`, 'm'));
    assert.deepEqual(await functionNames(), [`solar-cloud-bridge-${first}`, `solar-cloud-bridge-${second}`]);
  });

  it('takes the settings of that home into its parameters, after a first read with a log-in', async () => {
    const { open, secret } = settingsOf(added, places());
    const shown = Object.entries(open).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const hidden = Object.keys(secret).flatMap((name) => ['--set', `${name}=-`]);
    const configure = 'functions/push-solar-data/local/configure.ts';
    const settings = { ...several, ...aheadBy(clock) };
    const args = ['--site', added, ...shown, ...hidden];
    succeeded(await shell.run(configure, args, settings, Object.values(secret)));
    const { state } = ownersParameters(emulator, added);
    assert.equal((await state())['session/solarman']?.type, 'SecureString');
  });

  it('moves into one stack: the function of all tells all, with the log-ins that were there', async () => {
    shell.write(`SITE=${several.SITE}\nSTATE_STORE=dynamodb\n`);
    const moved = await command('deploy', unasked, several);
    succeeded(moved);
    assert.match(moved.output, new RegExp(`^Moved: ${first}, ${second}\\.$`, 'm'));
    assert.deepEqual(await functionNames(), ['solar-cloud-bridge-homes']);
    const homes = several.SITE.split(',');
    await logged(await tickOf('solar-cloud-bridge-homes', homes));
    for (const site of homes) assert.deepEqual(outcomeOf(site), told(site, 'realTime'));
  });

  it('shows all homes, and one of them', async () => {
    const status = await command('status', ['--json']);
    succeeded(status);
    const reports = status.output
      .trim()
      .split('\n')
      .map((line) => StatusReport.parse(JSON.parse(line)));
    assert.deepEqual(
      reports.map(({ site, well, stack }) => [site, well, stack]).toSorted(),
      several.SITE.split(',')
        .map((site) => [site, true, 'homes'])
        .toSorted(),
    );
    const logs = await command('logs', ['--site', second]);
    succeeded(logs);
    assert.deepEqual(
      logs.output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).site),
      [second],
    );
  });

  it('refuses a stack of its own to a home that the one of all serves', async () => {
    const { code, complaints } = await command('deploy', unasked, { SITE: first });
    assert.equal(code, 2);
    assert.match(complaints, new RegExp(`"${first}" is served by the stack "homes" of several homes`));
  });

  it('goes back with a log-in that was renewed meanwhile, in the table', async () => {
    clouds.endSession(first);
    await tickOf('solar-cloud-bridge-homes', several.SITE.split(','));
    assert.deepEqual(outcomeOf(first), told(first, 'realTime', 'token', 'realTime'));
    const destroyed = await command('destroy', ['--force']);
    succeeded(destroyed);
    assert.match(destroyed.output, new RegExp(`^- /solar-cloud-bridge/${first}/: \\d+$`, 'm'));
    assert.deepEqual(await there.rest(), []);
    succeeded(await command('deploy', unasked, { SITE: first }));
    await tickOf(`solar-cloud-bridge-${first}`, []);
    assert.deepEqual(outcomeOf(first), told(first, 'realTime'));
  });

  it('needs nothing that the owner’s policy does not allow', () => {
    const byOwner = witness.calls.filter(({ keyId }) => keyId === emulator.client.credentials.accessKeyId);
    const refused = byOwner.filter(
      (call) => call.action !== 'sts:GetCallerIdentity' && !allows(policy.Statement, call),
    );
    assert.deepEqual([...new Set(refused.map(({ action, resource }) => `${action} ${resource}`))], []);
    const actions = new Set(byOwner.map(({ action }) => action));
    for (const action of ['cloudformation:GetTemplate', 'dynamodb:GetItem', 'lambda:GetFunctionConfiguration'])
      assert.ok(actions.has(action), action);
  });

  const functionNames = async () => (await there.functions()).map(({ FunctionName }) => FunctionName).toSorted();

  /** The emulator runs no function: its lines are put where they would lie. */
  async function logged({ lines }: Invoked): Promise<void> {
    const logs = new CloudWatchLogsClient(emulator.client);
    const stream = { logGroupName: '/solar-cloud-bridge/homes', logStreamName: 'one' };
    await logs.send(new CreateLogStreamCommand(stream));
    const logEvents = lines.map((line) => ({ timestamp: Date.now(), message: JSON.stringify(line) }));
    await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
  }
});
