/** The ticks of the deployed function, read back from its log at AWS. */
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';
import { outcomes, TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type Account, asked, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { onOneLine } from '../../functions/push-solar-data/local/on-terminal.ts';
import { notDeployed } from './site-stack-at-aws.ts';

/** What stands in the log at a moment: a tick, or an invocation that ended without one. */
export type LogEntry = { at: Date; report: TickReport } | { at: Date; trouble: string };

/** Lambda's own account of an invocation. */
const Invocation = z.object({ type: z.literal('platform.report'), record: z.object({ status: z.string() }) });

type Span = { since: number; until?: number };

/**
 * Oldest first.
 *
 * @param since ms since the epoch.
 * @throws Failure, `settings` if no bridge is deployed for this site and region.
 */
export async function deployedTicks(
  client: CloudWatchLogsClient,
  account: Account,
  since: number,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const page of deployedPages(client, account, { since })) entries.push(...page);
  return entries;
}

/**
 * The same as AWS gives it, a call at a time, and of each call only what is a tick or broke off.
 *
 * @param span ms since the epoch; to the end of the log if `until` is left out.
 */
export async function* deployedPages(
  client: CloudWatchLogsClient,
  account: Account,
  span: Span,
): AsyncGenerator<LogEntry[]> {
  const region = await regionOf(client);
  let nextToken: string | undefined;
  do {
    const page = await asked(() => eventsOf(client, account, region, span, nextToken));
    yield (page.events ?? []).flatMap(({ timestamp = 0, message = '' }) => entryOf(new Date(timestamp), message) ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
}

const logGroups = '/solar-cloud-bridge/';

/** The sites that have a bridge in this account and region. @throws Failure */
export async function deployedSites(client: CloudWatchLogsClient): Promise<string[]> {
  const sites: string[] = [];
  let nextToken: string | undefined;
  do {
    const next = nextToken ? { nextToken } : {};
    const page = await asked(() =>
      client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroups, ...next })),
    );
    for (const { logGroupName = '' } of page.logGroups ?? []) {
      const site = logGroupName.slice(logGroups.length);
      if (/^[a-z0-9-]+$/.test(site)) sites.push(site); // deeper ones are those of feeds
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return sites.sort();
}

/** What AWS sends of a log: ticks, and what Lambda says of invocations that did not succeed. */
const filterPattern = `{ ${[
  ...outcomes.map((outcome) => `($.outcome = "${outcome}")`),
  '(($.type = "platform.report") && ($.record.status != "success"))',
].join(' || ')} }`;

async function eventsOf(
  client: CloudWatchLogsClient,
  account: Account,
  region: string,
  { since, until }: Span,
  nextToken: string | undefined,
) {
  try {
    return await client.send(
      new FilterLogEventsCommand({
        logGroupName: `${logGroups}${account.site}`,
        filterPattern,
        startTime: since,
        ...(until === undefined ? {} : { endTime: until }),
        ...(nextToken ? { nextToken } : {}),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw notDeployed(account, region);
  }
}

/** undefined for what is neither a tick nor an invocation that broke off. */
function entryOf(at: Date, message: string): LogEntry | undefined {
  const line = parsed(message);
  const tick = TickReport.safeParse(line);
  if (tick.success) return { at, report: tick.data };
  const invocation = Invocation.safeParse(line);
  if (invocation.success && invocation.data.record.status !== 'success')
    return { at, trouble: `the invocation ended with ${invocation.data.record.status}` };
  if (hasOutcome(line))
    return { at, trouble: 'a tick in another form: another version of the bridge is deployed than lies here' };
  return undefined;
}

const hasOutcome = (line: unknown): boolean => typeof line === 'object' && line !== null && 'outcome' in line;

/** Texts of a vendor may hold what steers a terminal or begins a line of its own. */
function parsed(message: string): unknown {
  try {
    return onOneLine(JSON.parse(message));
  } catch {
    return undefined;
  }
}
