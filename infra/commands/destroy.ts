/** `npm run destroy`: removes the site's stack with `cdk`, and says which parameters stay and how to delete them. */
import { SSMClient } from '@aws-sdk/client-ssm';
import {
  type Account,
  accountOf,
  answered,
  regionOf,
  stackName,
} from '../../functions/push-solar-data/local/aws-account.ts';
import { localSettings } from '../../functions/push-solar-data/local/environment.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { parameterPath } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { cdkFor, type RunCdk } from './cdk.ts';
import { deleteCommands, parametersOf } from './parameters.ts';

export type DestroyPorts = { ssm: SSMClient; runCdk: RunCdk; say(sentence: string): void };

/** @param args for `cdk destroy` as they stand. @returns the exit code of `cdk`. @throws Failure */
export async function destroy(
  { site }: Account,
  args: readonly string[],
  { ssm, runCdk, say }: DestroyPorts,
): Promise<number> {
  const region = await regionOf(ssm);
  const parameters = await parametersOf(ssm, site);
  const code = await runCdk(['destroy', stackName(site), ...args], region);
  if (code !== 0) {
    say('The stack was not removed: the lines above say why.');
    return code;
  }
  const paths = parameters.map(({ path }) => path).sort();
  if (paths.length === 0) {
    say(`No parameters lie below ${parameterPath(site)}/ in ${region}.`);
    return 0;
  }
  say(`These parameters belong to you and stay in ${region} (they cost nothing):`);
  for (const path of paths) say(`- ${path}`);
  say('To delete them, the secrets among them for good:');
  for (const command of deleteCommands(region, paths)) say(`    ${command}`);
  return 0;
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const account = accountOf(localSettings(process.env), args);
  const ports: DestroyPorts = {
    ssm: new SSMClient(account.client),
    runCdk: cdkFor(account, process.env),
    say: sayOn(process.stdout),
  };
  process.exitCode = await answered(() => destroy(account, args, ports), sayOn(process.stderr));
}
