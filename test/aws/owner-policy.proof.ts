/** The policy that owners are told to paste: each call that their commands make in their name is in it, and little beyond. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type SignedCall, signedCallOf } from './aws-calls.ts';
import { projectFolder, run } from './commands.ts';
import { bootstrap } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { allows, type Statement, type Witness, witnessCalls } from './rights.ts';

const policy: { Statement: Statement[] } = JSON.parse(
  readFileSync(join(projectFolder, 'infra/owner-policy.json'), 'utf8'),
);

/** What the commands below do not ask here, and who does. */
const askedElsewhere = [
  'iot:DescribeEndpoint', // deploy, for a destination at AWS IoT Core: test/infra/aws-iot-endpoint.test.ts
  'lambda:GetFunctionConfiguration', // doctor --aws
  'cloudformation:DescribeStacks', // status and destroy, of a stack that is not there
  'ssm:DeleteParameters', // the commands that destroy prints
  'cloudformation:GetTemplate', // deploy and destroy, of a stack of several homes: which homes it serves
  // of a home whose state lies in a table: configure and connect, moving it to another stack, and taking it away
  ...['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
];

/** Stores a secret, and takes it away again, as configure does with what the owner answers. */
const storing = `
  import { openOwnerParameters } from ${JSON.stringify(join(projectFolder, 'functions/push-solar-data/local/owner-parameters.ts'))};
  const { put, remove, state } = await openOwnerParameters('home', process.env);
  await put('VICTRON_VRM_ACCESS_TOKEN', 'a-token-of-a-test');
  await state.read('session/victron-vrm');
  await remove('VICTRON_VRM_ACCESS_TOKEN');`;

describe("the owner's policy", { timeout: 400_000 }, () => {
  let emulator: Emulator;
  let witness: Witness<SignedCall>;
  const home = mkdtempSync(join(tmpdir(), 'owner-'));

  const command = (file: string, ...args: string[]) => nodeRuns(join(projectFolder, 'infra/commands', file), ...args);
  const nodeRuns = (...args: string[]) => {
    const settings = { SITE: 'home', VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711' };
    const own = { PATH: process.env['PATH'] ?? '', HOME: home, CI: 'true', ...settings };
    const environment = { ...own, ...emulator.environment, AWS_ENDPOINT_URL: witness.url };
    return run(process.execPath, args, { environment });
  };

  /** As the function would have logged it. */
  async function logATick() {
    const logs = new CloudWatchLogsClient(emulator.client);
    const place = { logGroupName: '/solar-cloud-bridge/home', logStreamName: 'a-stream' };
    const message = JSON.stringify({
      ...{ outcome: 'pushed', site: 'home', figures: { production_kw: 4.2 }, sources: [], destinations: [], ms: 5 },
    });
    await logs.send(new CreateLogStreamCommand(place));
    await logs.send(new PutLogEventsCommand({ ...place, logEvents: [{ timestamp: Date.now() - 1_000, message }] }));
  }

  let byOwner: SignedCall[];
  before(async () => {
    emulator = await startEmulator();
    await bootstrap(emulator);
    witness = await witnessCalls(emulator, signedCallOf);
    await nodeRuns('--input-type=module', '--eval', storing);
    await command('deploy.ts', '--require-approval', 'never');
    await logATick();
    await command('status.ts');
    await command('logs.ts');
    await command('destroy.ts', '--force');
    byOwner = witness.calls.filter(({ keyId }) => keyId === emulator.client.credentials.accessKeyId);
  });
  after(async () => {
    rmSync(home, { recursive: true });
    witness?.close();
    await emulator?.stop();
  });

  it('allows all that the commands ask in the owner’s name', () => {
    assert.ok(byOwner.length > 10);
    const refused = byOwner.filter(
      (call) => call.action !== 'sts:GetCallerIdentity' && !allows(policy.Statement, call),
    );
    assert.deepEqual(
      refused.map(({ action, resource }) => `${action} ${resource}`),
      [],
    );
  });

  it('allows nothing that no command asks', () => {
    const asked = new Set([...byOwner.map(({ action }) => action), ...askedElsewhere]);
    const allowed = policy.Statement.flatMap(({ Action }) => Action);
    assert.deepEqual(
      allowed.filter((action) => !asked.has(action)),
      [],
    );
  });

  it('opens neither another program’s parameters nor another log', () => {
    for (const [action, resource] of [
      ['ssm:GetParameter', 'arn:aws:ssm:eu-central-1:123456789012:parameter/another/parameter'],
      ['ssm:PutParameter', 'arn:aws:ssm:eu-central-1:123456789012:parameter/cdk-bootstrap/hnb659fds/version'],
      ['logs:FilterLogEvents', 'arn:aws:logs:eu-central-1:123456789012:log-group:/another:log-stream:'],
      ['dynamodb:GetItem', 'arn:aws:dynamodb:eu-central-1:123456789012:table/another'],
      ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/another'],
    ] as const)
      assert.equal(allows(policy.Statement, { action, resource }), false, `${action} ${resource}`);
  });

  it('leaves what makes and removes resources to CDK’s roles', () => {
    const [others, own] = [new Set<string>(), new Set(byOwner.map(({ action }) => action.split(':')[0]))];
    for (const { keyId, action } of witness.calls)
      if (keyId !== emulator.client.credentials.accessKeyId) others.add(action.split(':')[0] ?? '');
    assert.ok(others.has('cloudformation') && others.has('s3'));
    assert.ok(!own.has('s3'));
  });
});
