/** The site's stack as AWS has it: whether it is there, and since when it is as it is. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, asked, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';

/** `changedAt` in ms since the epoch. */
export type DeployedStack = { changedAt: number };

/** undefined if it is not there. @throws Failure */
export type LookUpStack = () => Promise<DeployedStack | undefined>;

export const stackAt =
  ({ site, client }: Account, api = new CloudFormationClient(client)): LookUpStack =>
  () =>
    asked(async () => {
      try {
        const { Stacks = [] } = await api.send(new DescribeStacksCommand({ StackName: stackName(site) }));
        const stack = Stacks.find(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
        return stack && { changedAt: (stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0)).getTime() };
      } catch (error) {
        // the name of this error is shared by others, and AWS tells this one by its words alone
        if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
          return undefined;
        throw error;
      }
    });

/** A sentence for a site that has no stack. */
export const notDeployed = ({ site, texts }: Account, region: string): Failure =>
  new Failure(
    'settings',
    `No bridge is deployed for the site "${site}" in ${region}: deploy it (${suggested('npm run deploy', texts)}), ` +
      'or name another with SITE and AWS_REGION.',
  );
