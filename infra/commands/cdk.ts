/** The CDK command-line tool, for the site or sites and in the region of the command that starts it. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';

/**
 * Runs `cdk` with the terminal as it is, so that its questions reach the owner.
 *
 * @param settings that were found out besides those at hand. @returns its exit code.
 */
export type RunCdk = (args: readonly string[], region: string, settings?: Record<string, string>) => Promise<number>;

const root = join(import.meta.dirname, '../..');

export function cdkFor({ site, stack, texts, client }: Account, environment: NodeJS.ProcessEnv): RunCdk {
  const tool = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
  return (args, region, settings = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [tool, ...args], {
        cwd: root,
        stdio: 'inherit',
        env: {
          ...environment,
          SITE: stack === undefined ? site : texts['SITE'],
          ...settings,
          AWS_REGION: region,
          CDK_DISABLE_CLI_TELEMETRY: 'true',
          ...(client.profile ? { AWS_PROFILE: client.profile } : {}),
        },
      });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
}
