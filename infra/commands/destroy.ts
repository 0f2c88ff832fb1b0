/** `npm run destroy`: removes the site's stack with `cdk`, and says which parameters stay and how to delete them. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, regionOf, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { parameterPath } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { stackNamed } from '../../functions/push-solar-data/settings/sites.ts';
import { cdkFor } from './cdk.ts';
import { type DestroyHomesPorts, destroyHomes } from './destroy-homes.ts';
import { tablesOf } from './homes-state.ts';
import { refuseStackOfSeveral } from './out-of-shared-stack.ts';
import { deleteCommands, parametersOf } from './parameters.ts';
import { type LookUpStack, stackAt } from './site-stack-at-aws.ts';
import { stacksAt } from './stacks-at-aws.ts';

export type DestroyPorts = DestroyHomesPorts & { lookUpStack: LookUpStack };

/** @param args for `cdk destroy` as they stand. @returns 0 if it was there and is gone, 2 if it was not there, else 1 or the exit code of `cdk`. @throws Failure */
export async function destroy(account: Account, args: readonly string[], ports: DestroyPorts): Promise<number> {
  const { site, stack, texts } = account;
  if (stack !== undefined) return destroyHomes({ ...account, stack }, args, ports);
  const { ssm, lookUpStack, runCdk, say } = ports;
  const region = await regionOf(ssm);
  const parameters = await parametersOf(ssm, site);
  const isThere = await lookUpStack();
  if (isThere) await refuseStackOfSeveral(account, ports, 'removed');
  else await refuseShared(account, ports);
  const code = isThere ? await removed() : nothingThere();
  if (code === 0 || code === 2) for (const sentence of left()) say(sentence);
  return code;

  function nothingThere(): number {
    say(
      `Nothing was removed: no bridge is deployed for the site "${site}" in ${region}. If it runs elsewhere, name it with SITE and AWS_REGION.`,
    );
    return 2;
  }

  async function removed(): Promise<number> {
    const code = await runCdk(['destroy', stackName(site), ...args], region);
    if (code !== 0) {
      say('The stack was not removed: the lines above say why.');
      return code;
    }
    if (await lookUpStack()) {
      say(`The bridge of the site "${site}" still runs in ${region}: nothing was removed.`);
      return 1;
    }
    say(`The bridge of the site "${site}" is gone from ${region}.`);
    return 0;
  }

  function left(): string[] {
    const paths = parameters.map(({ path }) => path).sort();
    if (paths.length === 0) return [`No parameters lie below ${parameterPath(site)}/ in ${region}.`];
    return [
      `These parameters belong to you and stay in ${region} (they cost nothing):`,
      ...paths.map((path) => `- ${path}`),
      'To delete them, the secrets among them for good:',
      ...deleteCommands(region, paths, texts).map((command) => `    ${command}`),
    ];
  }
}

/** @throws Failure `settings` for a home of a stack of several, whose parameters are in use. */
async function refuseShared({ site, texts }: Account, { stacks }: DestroyPorts): Promise<void> {
  const stack = stackNamed(texts);
  const served = await stacks.served(stack);
  if (!served?.sites.includes(site)) return;
  throw new Failure(
    'settings',
    `Nothing was removed: "${site}" has no stack of its own, but is served by the stack "${stack}" of several homes. Take it out of SITE there, and deploy.`,
  );
}

if (import.meta.main) {
  const { line, account } = await openAwsCommand('destroy');
  const ports: DestroyPorts = {
    ssm: new SSMClient(account.client),
    lookUpStack: stackAt(account),
    stacks: stacksAt(account),
    openTable: tablesOf(account),
    runCdk: cdkFor(account, process.env),
    say: sayOn(process.stdout),
  };
  process.exitCode = await answered(() => destroy(account, line.forCdk, ports), process.stderr);
}
