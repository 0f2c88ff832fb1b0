/** The stack of a site as the README deploys it, towards the emulator; and the function's code as it lies there. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionConfiguration, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { projectFolder, python, run } from './commands.ts';
import { account, type Emulator, region } from './emulator.ts';

/** Settings as the owner has them in the environment or in `.env`. */
export type OwnersSettings = Record<string, string>;

const cdkProgram = join(projectFolder, 'node_modules/.bin/cdk');

export const bootstrap = (emulator: Emulator): Promise<string> => cdk(emulator, ['bootstrap'], {});

/** @returns what the command wrote. */
export const deploy = (emulator: Emulator, settings: OwnersSettings): Promise<string> =>
  cdk(emulator, ['deploy', '--require-approval', 'never'], settings);

export const destroy = (emulator: Emulator, settings: OwnersSettings): Promise<string> =>
  cdk(emulator, ['destroy', '--force'], settings);

/** Folder and environment are made anew: neither a `.env` nor an account of this machine's owner can be meant. */
async function cdk(emulator: Emulator, parameters: string[], settings: OwnersSettings): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-'));
  try {
    for (const name of ['cdk.json', 'infra', 'functions', 'node_modules'])
      symlinkSync(join(projectFolder, name), join(folder, name));
    return await run(cdkProgram, [...parameters, '--no-notices'], {
      folder,
      environment: {
        PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`,
        HOME: folder,
        CDK_HOME: join(folder, 'cdk'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CI: 'true',
        ...emulator.environment,
        ...settings,
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export type DeployedFunction = {
  configuration: FunctionConfiguration;
  /** The code, unpacked. */
  folder: string;
};

/**
 * Fetches a function back from where it was deployed, into the system's folder for temporary files.
 *
 * @throws Error if its code is not what it was deployed with
 */
export async function fetchFunction(emulator: Emulator, name: string): Promise<DeployedFunction> {
  const client = new LambdaClient(emulator.client);
  const { Configuration = {}, Code } = await client.send(new GetFunctionCommand({ FunctionName: name }));
  // The address that AWS gives would work there; here the archive lies where the deployment has put it.
  const archiveName = `${Code?.Location}`.split('/').at(-1);
  const archive = await fetch(`${emulator.url}/cdk-hnb659fds-assets-${account}-${region}/${archiveName}`, {
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${emulator.client.credentials.accessKeyId}/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=unchecked`,
    },
  });
  const bytes = Buffer.from(await archive.arrayBuffer());
  const digest = createHash('sha256').update(bytes).digest('base64');
  if (digest !== Configuration.CodeSha256)
    throw new Error(`The archive (HTTP ${archive.status}, ${bytes.length} bytes) is not the code of ${name}`);
  const scratch = mkdtempSync(join(tmpdir(), 'function-'));
  const [packed, folder] = [join(scratch, 'code.zip'), join(scratch, 'task')];
  writeFileSync(packed, bytes);
  await run(python, ['-m', 'zipfile', '-e', packed, folder]);
  return { configuration: Configuration, folder };
}
