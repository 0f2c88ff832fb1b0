/** The owner's commands for AWS as processes of their own: their exit codes, and what they say without credentials or a network. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type ParameterStage, playParameterStore } from '../support/parameter-store.ts';

const commands = join(import.meta.dirname, '../../infra/commands');

let store: ParameterStage;
beforeEach(async () => {
  store = await playParameterStore({ '/cdk-bootstrap/hnb659fds/version': '28' });
});
afterEach(() => store.close());

describe('the commands of infra', () => {
  const folder = mkdtempSync(join(tmpdir(), 'owner-'));
  before(() => writeFileSync(join(folder, '.env'), 'VENDOR=victron-vrm\nCHARGE_HQ_API_KEY=a-very-secret-key\n'));
  after(() => rmSync(folder, { recursive: true }));

  const keys = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'a-very-secret-aws-key' };

  /** In a folder with a `.env`, without any configuration of AWS but what is given. */
  const start = (command: string, environment: Record<string, string>) =>
    startNode([join(commands, `${command}.ts`)], environment);

  async function startNode(args: string[], environment: Record<string, string>) {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ENDPOINT_URL: store.url,
        ...environment,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    const [code] = await once(child, 'close');
    assert.doesNotMatch(output, /a-very-secret|^ +at /m);
    return { code, output };
  }

  for (const command of ['deploy', 'destroy', 'logs', 'status']) {
    it(`${command} says in one sentence that the region is missing`, async () => {
      const { code, output } = await start(command, keys);
      assert.match(output, /^No AWS region is set: put AWS_REGION=.*\n$/);
      assert.equal(code, 2);
    });

    it(`${command} says in one sentence that there are no credentials`, async () => {
      const { code, output } = await start(command, { AWS_REGION: 'eu-central-1' });
      assert.match(output, /^No AWS credentials were found: run "aws configure".*\n$/);
      assert.equal(code, 2);
    });
  }

  it('start the CDK tool for their region, without its telemetry, and end as it does', async () => {
    const module = JSON.stringify(join(commands, 'cdk.ts'));
    const account = { site: 'cabin', texts: {}, client: { maxAttempts: 1 } };
    const script = (args: string[]) =>
      `const { cdkFor } = await import(${module});
       process.exitCode = await cdkFor(${JSON.stringify(account)}, process.env)(${JSON.stringify(args)}, 'eu-west-3');`;
    const doctor = await startNode(['--input-type=module', '--eval', script(['doctor'])], {});
    assert.match(doctor.output, /AWS_REGION = eu-west-3/);
    assert.match(doctor.output, /CDK_DISABLE_CLI_TELEMETRY = true/);
    assert.equal(doctor.code, 0);
    assert.equal((await startNode(['--input-type=module', '--eval', script(['no-such-command'])], {})).code, 1);
  });

  it('say when AWS cannot be reached', async () => {
    const { code, output } = await start('logs', { ...keys, AWS_REGION: 'x', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    assert.match(output, /^AWS cannot be reached \(ECONNREFUSED\): is this machine online.*\n$/);
    assert.equal(code, 1);
  });

  it('deploy says that the account is not bootstrapped', async () => {
    store.parameters.delete('/cdk-bootstrap/hnb659fds/version');
    const { code, output } = await start('deploy', { ...keys, AWS_REGION: 'eu-central-1' });
    assert.match(output, /^This AWS account is not yet prepared for CDK/);
    assert.equal(code, 2);
  });
});
