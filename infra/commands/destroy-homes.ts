/** `npm run destroy` with several homes in SITE: removes their stack, and says in short what stays. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import { type Account, regionOf, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { inShort } from '../../functions/push-solar-data/local/home-at-hand.ts';
import { parameterPath } from '../../functions/push-solar-data/settings/settings-reader.ts';
import type { RunCdk } from './cdk.ts';
import { fewOf } from './homes-sentences.ts';
import { copied, type OpenTable } from './homes-state.ts';
import { paced, readsPerSecond } from './paced.ts';
import { inAccount, parametersOf } from './parameters.ts';
import type { Stacks } from './stacks-at-aws.ts';

export type DestroyHomesPorts = {
  ssm: SSMClient;
  stacks: Stacks;
  openTable: OpenTable;
  runCdk: RunCdk;
  say(sentence: string): void;
};

/** @param args for `cdk destroy` as they stand. @returns 0 if it was there and is gone, 2 if it was not there, else 1 or the exit code of `cdk`. @throws Failure */
export async function destroyHomes(
  account: Account & { stack: string },
  args: readonly string[],
  { ssm, stacks, openTable, runCdk, say }: DestroyHomesPorts,
): Promise<number> {
  const { stack, texts } = account;
  const region = await regionOf(ssm);
  const served = await stacks.served(stack);
  const homes = [...new Set([...(served?.sites ?? []), ...account.sites])];
  if (!served) {
    say(
      `Nothing was removed: no stack "${stack}" is deployed in ${region}. If it runs elsewhere, name it with STACK and AWS_REGION.`,
    );
    for (const sentence of await left()) say(sentence);
    return 2;
  }
  if (served.table) await copied(served.sites, served.table, { openTable, say });
  const code = await runCdk(['destroy', stackName(stack), ...args], region);
  if (code !== 0) {
    say('The stack was not removed: the lines above say why.');
    return code;
  }
  if (await stacks.has(stack)) {
    say(`The stack "${stack}" still runs in ${region}: nothing was removed.`);
    return 1;
  }
  say(`The stack "${stack}" of ${inShort(served.sites)} is gone from ${region}.`);
  for (const sentence of await left()) say(sentence);
  return 0;

  async function left(): Promise<string[]> {
    const counts = await paced(homes, readsPerSecond, async (site) => ({
      site,
      count: (await parametersOf(ssm, site)).length,
    }));
    const some = counts.filter(({ count }) => count > 0);
    const [first] = some;
    if (!first) return [`No parameters of these homes lie in ${region}.`];
    const place = inAccount(region, texts);
    const path = parameterPath(first.site);
    return [
      `The parameters of these homes belong to you and stay in ${region} (they cost nothing):`,
      ...fewOf(some.map(({ site, count }) => `- ${parameterPath(site)}/: ${count}`)),
      `To delete those of a home, the secrets among them for good, in a shell of macOS or Linux (${first.site}):`,
      `    aws ssm get-parameters-by-path ${place} --recursive --path ${path} --query 'Parameters[].Name' --output text | ` +
        `tr '\\t' '\\n' | xargs -n 10 aws ssm delete-parameters ${place} --names`,
    ];
  }
}
