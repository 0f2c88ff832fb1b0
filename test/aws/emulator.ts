/** AWS on this machine: moto's server, which keeps real state behind the real protocols, but enforces no rights. */
import { spawn } from 'node:child_process';
import { emulatorProgram } from './commands.ts';

export const account = '123456789012';
export const region = 'eu-central-1';
const noConfiguration = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
const credentials = { accessKeyId: 'AKIAEMULATOR', secretAccessKey: 'nothing-to-protect' };

export type Emulator = {
  url: string;
  /** For clients of the SDK. */
  client: { endpoint: string; region: string; credentials: typeof credentials };
  /** For programs: it and no configuration of this machine decides which AWS they talk to. */
  environment: Record<string, string>;
  /** Types of resources that its CloudFormation was asked for and passed over. */
  unknownTypes(): string[];
  stop(): Promise<void>;
};

/** Starts with nothing in it, on a free port. @throws Error if it does not come up */
export async function startEmulator(): Promise<Emulator> {
  const env = { PATH: process.env['PATH'], ...noConfiguration }; // a profile of its owner's would break it
  const child = spawn(emulatorProgram, ['-p', '0'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  const port = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      written += chunk;
      const found = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(written)?.[1];
      if (found) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', listen);
    child.on('error', () => reject(new Error(`${emulatorProgram} is missing: run node test/aws/install.ts`)));
    child.on('exit', () => reject(new Error(`The emulator of AWS ended:\n${written}`)));
  });
  const url = `http://localhost:${port}`; // by this name only, its CloudFormation finds templates in its S3
  return {
    url,
    client: { endpoint: url, region, credentials },
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...noConfiguration,
    },
    unknownTypes: () => [
      ...new Set([...written.matchAll(/No Moto CloudFormation support for (\S+)/g)].map(([, type]) => `${type}`)),
    ],
    async stop() {
      child.removeAllListeners('exit');
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await gone;
    },
  };
}
