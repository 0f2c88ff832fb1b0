/** From a stack per home into one for both, and back, by the owner's own commands against an emulated AWS. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { accountOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { stacksAt } from '../../infra/commands/stacks-at-aws.ts';
import { playVictron, token } from '../local/victron-cloud.ts';
import { projectFolder } from './commands.ts';
import { bootstrap } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';

const agreed = ['--require-approval', 'never', '--', '--no-notices'];

describe('a move of homes', { timeout: 590_000 }, () => {
  let emulator: Emulator;
  let ssm: SSMClient;
  const folder = mkdtempSync(join(tmpdir(), 'owner-'));
  before(async () => {
    emulator = await startEmulator();
    ssm = new SSMClient(emulator.client);
    await bootstrap(emulator);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await emulator?.stop();
  });

  async function run(file: string, args: string[], settings: Record<string, string>) {
    const child = spawn(process.execPath, [join(projectFolder, file), ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, ...emulator.environment, ...settings },
    });
    child.stdin.end();
    const [output, complaints, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    return { code, output, complaints };
  }
  const put = (site: string, name: string, Value: string) =>
    ssm.send(
      new PutParameterCommand({
        Name: `/solar-cloud-bridge/${site}/${name}`,
        Value,
        Type: 'SecureString',
        Overwrite: true,
      }),
    );
  async function parameters(site: string) {
    const Path = `/solar-cloud-bridge/${site}`;
    const { Parameters = [] } = await ssm.send(
      new GetParametersByPathCommand({ Path, Recursive: true, WithDecryption: true }),
    );
    return Object.fromEntries(
      Parameters.map(({ Name = '', Type, Value }) => [Name.slice(Path.length + 1), [Value, Type]]),
    );
  }
  async function variables(FunctionName: string) {
    const client = new LambdaClient(emulator.client);
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return Environment?.Variables;
  }

  it('keeps settings and log-ins, leaves one stack at a time, and works from the parameters afterwards', async (t) => {
    const cloud = await playVictron(t);
    const ofHome = { VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711', VICTRON_VRM_BASE_URL: cloud.url };
    const stacks = stacksAt(accountOf({}), new CloudFormationClient(emulator.client));
    for (const site of ['home', 'cabin']) {
      await put(site, 'VICTRON_VRM_ACCESS_TOKEN', token);
      await put(site, 'CHARGE_HQ_API_KEY', 'a-key-of-charge-hq');
      await put(site, 'state/session/victron-vrm', `{"of":"${site}"}`);
    }
    const alone = await run('infra/commands/deploy.ts', agreed, { SITE: 'cabin', ...ofHome });
    assert.equal(alone.code, 0, alone.output + alone.complaints);
    const lacking = await run('infra/commands/deploy.ts', agreed, { SITE: 'home,cabin' });
    assert.match(lacking.complaints, /^- home has no settings yet \(VENDOR\): .*npm run configure -- --site home/m);

    const set = Object.entries(ofHome).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const configured = await run('functions/push-solar-data/local/configure.ts', ['--site', 'home', ...set], {
      SITE: 'home,cabin',
    });
    assert.equal(configured.code, 0, configured.complaints);
    writeFileSync(join(folder, '.env'), 'SITE=home,cabin\n');
    const moved = await run('infra/commands/deploy.ts', agreed, { SITE: 'home,cabin' });
    assert.equal(moved.code, 0, moved.output + moved.complaints);
    assert.match(moved.output, /^Moved: cabin\.$/m);
    assert.deepEqual(await stacks.served('homes'), { sites: ['home', 'cabin'] });
    assert.equal(await stacks.has('cabin'), false);
    const kept = await parameters('cabin');
    assert.deepEqual(kept['VENDOR'], ['victron-vrm', 'String']);
    assert.deepEqual(kept['state/session/victron-vrm'], ['{"of":"cabin"}', 'SecureString']);
    const shared = (await variables('solar-cloud-bridge-homes')) ?? {};
    assert.equal(shared['STACK'], 'homes');
    assert.ok(!('VENDOR' in shared));

    const looked = await run('functions/push-solar-data/local/doctor.ts', ['--site', 'cabin'], {});
    assert.equal(looked.code, 0, looked.complaints);
    assert.match(looked.complaints, /^With the settings .* AWS \(home cabin of the stack homes, /m);

    const tooEarly = await run('infra/commands/deploy.ts', agreed, { SITE: 'cabin' });
    assert.equal(tooEarly.code, 2);
    assert.match(tooEarly.complaints, /"cabin" is served by the stack "homes" of several homes/);

    const destroyed = await run('infra/commands/destroy.ts', ['--force'], {});
    assert.equal(destroyed.code, 0, destroyed.output + destroyed.complaints);
    assert.match(destroyed.output, /^- \/solar-cloud-bridge\/cabin\/: \d+$/m);
    const back = await run('infra/commands/deploy.ts', agreed, { SITE: 'cabin' });
    assert.equal(back.code, 0, back.output + back.complaints);
    assert.deepEqual(await variables('solar-cloud-bridge-cabin'), { SITE: 'cabin' });
    assert.deepEqual((await parameters('cabin'))['state/session/victron-vrm'], ['{"of":"cabin"}', 'SecureString']);
  });
});
