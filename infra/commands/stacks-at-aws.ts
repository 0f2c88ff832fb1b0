/** Which stacks of the bridge there are at AWS, and what one of several homes serves: its template says so. */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import * as z from 'zod/mini';
import { type Account, stackName } from '../../functions/push-solar-data/local/aws-account.ts';
import { unlessMissing } from './site-stack-at-aws.ts';

/** What a stack of several homes serves, and the table that keeps their state, if it has one. */
export type Served = { sites: string[]; table?: string };

export type Stacks = {
  /** Whether there is a stack of that home or of several. @throws Failure */
  has(name: string): Promise<boolean>;
  /** Of a stack of several homes; undefined if it is not there. @throws Failure */
  served(stack: string): Promise<Served | undefined>;
};

/** Of a stack that was never made, or is no more. */
const empty: ReadonlySet<string | undefined> = new Set([
  StackStatus.DELETE_COMPLETE,
  StackStatus.REVIEW_IN_PROGRESS,
  StackStatus.ROLLBACK_COMPLETE,
]);

export function stacksAt({ client }: Account, api = new CloudFormationClient(client)): Stacks {
  const has = (name: string) =>
    unlessMissing(async () => {
      const { Stacks = [] } = await api.send(new DescribeStacksCommand({ StackName: stackName(name) }));
      return Stacks.some((stack) => !empty.has(stack.StackStatus));
    });
  return {
    has: async (name) => (await has(name)) ?? false,
    async served(stack) {
      if (!(await has(stack))) return undefined;
      return unlessMissing(async () => {
        const { TemplateBody = '{}' } = await api.send(new GetTemplateCommand({ StackName: stackName(stack) }));
        return servedBy(TemplateBody);
      });
    },
  };
}

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.optional(
        z.object({
          Targets: z.optional(z.array(z.object({ Input: z.optional(z.unknown()) }))),
          TableName: z.optional(z.unknown()),
        }),
      ),
    }),
  ),
});
const Event = z.object({ sites: z.array(z.string()) });

/** The events of its rules name its homes. */
export function servedBy(template: string): Served {
  const { Resources } = Template.parse(JSON.parse(template));
  const resources = Object.values(Resources);
  const sites = resources
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .flatMap(({ Properties }) => (Properties?.Targets ?? []).flatMap(({ Input }) => sitesIn(Input)));
  const table = resources.find(({ Type }) => Type === 'AWS::DynamoDB::Table')?.Properties?.TableName;
  return { sites, ...(typeof table === 'string' ? { table } : {}) };
}

function sitesIn(input: unknown): string[] {
  if (typeof input !== 'string') return [];
  const event = Event.safeParse(JSON.parse(input));
  return event.success ? event.data.sites : [];
}
