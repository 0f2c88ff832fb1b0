/** The owner's commands as processes against an emulated AWS: before a deployment, with a deployed home, and after it is gone. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { StatusReport } from '../../infra/commands/status-report.ts';
import { playVictron, token } from '../local/victron-cloud.ts';
import { bootstrap } from './deployment.ts';
import { type Emulator, region, startEmulator } from './emulator.ts';
import { type OwnerShell, openOwnerShell } from './owner-shell.ts';

const path = '/solar-cloud-bridge/cabin';
const figures = { production_kw: 4.2, net_import_kw: -1.5 };
const pushed = { outcome: 'pushed', site: 'cabin', figures, sources: [], destinations: [], ms: 5 };

describe('the commands of an owner', { timeout: 290_000 }, () => {
  let emulator: Emulator;
  let ssm: SSMClient;
  let shell: OwnerShell;
  before(async () => {
    emulator = await startEmulator();
    ssm = new SSMClient(emulator.client);
    shell = openOwnerShell(emulator.environment);
    await bootstrap(emulator);
  });
  after(async () => {
    shell?.close();
    await emulator?.stop();
  });

  /** CDK reads the `.env` of the project's folder, so that it is given settings by the environment. */
  const run = (file: string, args: string[] = [], settings: Record<string, string> = {}) =>
    shell.run(file, args, { SITE: 'cabin', ...settings });

  it('say before a deployment where they looked, and that nothing is there', async () => {
    const status = await run('infra/commands/status.ts');
    assert.equal(status.code, 2);
    assert.match(
      status.complaints,
      new RegExp(
        `^No bridge is deployed for the site "cabin" in ${region}: deploy it \\(SITE=cabin AWS_REGION=${region} npm run deploy\\)`,
      ),
    );
    const destroyed = await run('infra/commands/destroy.ts', ['--force']);
    assert.equal(destroyed.code, 2);
    assert.match(destroyed.output, new RegExp(`^Nothing was removed: no bridge is deployed .* in ${region}\\.`));
  });

  it('deploy, look with the settings and log-ins of the deployed home, tell how it is, and remove it', async (t) => {
    const cloud = await playVictron(t);
    const settings = { VENDOR: 'victron-vrm', VICTRON_VRM_ID_SITE: '4711', VICTRON_VRM_BASE_URL: cloud.url };
    shell.write('\ufeffVICTRON_VRM_IDSITE=1\n');
    const secrets = { VICTRON_VRM_ACCESS_TOKEN: token, CHARGE_HQ_API_KEY: 'a-key-of-charge-hq', FOXESS_API_KEY: 'old' };
    for (const [name, Value] of Object.entries(secrets))
      await ssm.send(new PutParameterCommand({ Name: `${path}/${name}`, Value, Type: 'SecureString' }));

    const deployed = await run(
      'infra/commands/deploy.ts',
      ['--require-approval', 'never', '--', '--no-notices'],
      settings,
    );
    assert.equal(deployed.code, 0, deployed.complaints);
    assert.match(deployed.complaints, /^! VICTRON_VRM_IDSITE is not a setting; did you mean VICTRON_VRM_ID_SITE\?$/m);
    assert.match(deployed.output, /^! FOXESS_API_KEY: not used/m);

    shell.write('VENDOR=sma\n'); // the deployed home knows better
    const looked = await run('functions/push-solar-data/local/doctor.ts', ['--aws']);
    assert.equal(looked.code, 0, looked.complaints);
    assert.deepEqual(JSON.parse(looked.output).figures, { ...figures, consumption_kw: 2.7 });
    assert.match(looked.complaints, new RegExp(`^With the settings .* AWS \\(site cabin, ${region}\\):$`, 'm'));
    const { Parameters = [] } = await ssm.send(
      new GetParametersByPathCommand({ Path: `${path}/state`, Recursive: true }),
    );
    assert.deepEqual(Parameters, []);

    await logTick();
    const { code, output } = await run('infra/commands/status.ts', ['--json']);
    const { well, reading } = StatusReport.parse(JSON.parse(output));
    assert.deepEqual([code, well, reading?.report.figures], [0, true, figures]);

    const destroyed = await run('infra/commands/destroy.ts', ['--force']);
    assert.equal(destroyed.code, 0, destroyed.complaints);
    assert.match(destroyed.output, new RegExp(`^The bridge of the site "cabin" is gone from ${region}\\.$`, 'm'));
    assert.match(destroyed.output, new RegExp(`^- ${path}/CHARGE_HQ_API_KEY$`, 'm'));
    assert.equal((await run('infra/commands/destroy.ts', ['--force'])).code, 2);
  });

  /** The emulator runs no function. */
  async function logTick(): Promise<void> {
    const logs = new CloudWatchLogsClient(emulator.client);
    const stream = { logGroupName: '/solar-cloud-bridge/cabin', logStreamName: 'one' };
    await logs.send(new CreateLogStreamCommand(stream));
    const logEvents = [{ timestamp: Date.now(), message: JSON.stringify(pushed) }];
    await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
  }
});
