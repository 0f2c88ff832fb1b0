/** The ticks of the deployed function, read back from its log at AWS. */
import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type Account, asked, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { onOneLine } from '../../functions/push-solar-data/local/on-terminal.ts';
import { notDeployed } from './site-stack-at-aws.ts';

/** What stands in the log at a moment: a tick, or an invocation that ended without one. */
export type LogEntry = { at: Date; report: TickReport } | { at: Date; trouble: string };

/** Lambda's own account of an invocation. */
const Invocation = z.object({ type: z.literal('platform.report'), record: z.object({ status: z.string() }) });

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
  const region = await regionOf(client);
  const entries: LogEntry[] = [];
  let nextToken: string | undefined;
  do {
    const page = await asked(() => eventsOf(client, account, region, since, nextToken));
    for (const { timestamp = 0, message = '' } of page.events ?? []) {
      const entry = entryOf(new Date(timestamp), message);
      if (entry) entries.push(entry);
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return entries;
}

async function eventsOf(
  client: CloudWatchLogsClient,
  account: Account,
  region: string,
  startTime: number,
  nextToken: string | undefined,
) {
  try {
    return await client.send(
      new FilterLogEventsCommand({
        logGroupName: `/solar-cloud-bridge/${account.site}`,
        startTime,
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
