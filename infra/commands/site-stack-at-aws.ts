/** The site's stack as AWS has it: whether it is there, and since when it is as it is. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, asked, deployedName, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';

/** `changedAt` in ms since the epoch. */
export type DeployedStack = { changedAt: number };

/** undefined if it is not there. @throws Failure */
export type LookUpStack = () => Promise<DeployedStack | undefined>;

export const stackAt =
  (account: Account, api = new CloudFormationClient(account.client)): LookUpStack =>
  () =>
    unlessMissing(async () => {
      const { Stacks = [] } = await api.send(
        new DescribeStacksCommand({ StackName: stackName(deployedName(account)) }),
      );
      const stack = Stacks.find(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
      return stack && { changedAt: (stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0)).getTime() };
    });

/** What is asked of a stack; undefined if it is not there. @throws Failure */
export const unlessMissing = <Result>(work: () => Promise<Result>): Promise<Result | undefined> =>
  asked(async () => {
    try {
      return await work();
    } catch (error) {
      // the name of this error is shared by others, and AWS tells this one by its words alone
      if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
        return undefined;
      throw error;
    }
  });

/** A sentence for a site, or several, without a stack. */
export function notDeployed({ site, stack, texts }: Account, region: string): Failure {
  const deploy = `deploy it (${suggested('npm run deploy', texts)})`;
  return new Failure(
    'settings',
    stack === undefined
      ? `No bridge is deployed for the site "${site}" in ${region}: ${deploy}, or name another with SITE and AWS_REGION.`
      : `No bridge is deployed for the homes of SITE, as the stack "${stack}" in ${region}: ${deploy}, or name another with STACK and AWS_REGION.`,
  );
}
