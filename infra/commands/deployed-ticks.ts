/** The ticks of the deployed function, read back from its log at AWS. */
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';
import { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type Account, asked, deployedName, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { onOneLine } from '../../functions/push-solar-data/local/on-terminal.ts';
import { patternOfAll } from './log-filter.ts';
import { notDeployed } from './site-stack-at-aws.ts';

export type Tick = { at: Date; report: TickReport };
/** An invocation that ended without a tick, or a tick that cannot be read; and whose it was, as far as the log tells. */
export type Trouble = { at: Date; trouble: string; function?: string; site?: string };
/** What stands in the log at a moment. */
export type LogEntry = Tick | Trouble;

/** Lambda's own account of an invocation. */
const Invocation = z.object({ type: z.literal('platform.report'), record: z.object({ status: z.string() }) });

/** ms since the epoch; to the end of the log if `until` is left out. */
export type Span = { since: number; until?: number };

/**
 * Of the log of a home, or of that of several, oldest first as AWS gives it, a call at a time: of each call only what is a
 * tick or broke off.
 *
 * @param filterPattern what AWS shall send of it.
 * @throws Failure, `settings` if no bridge is deployed for this site and region.
 */
export async function* deployedPages(
  client: CloudWatchLogsClient,
  account: Account,
  span: Span,
  filterPattern = patternOfAll(),
): AsyncGenerator<LogEntry[]> {
  const region = await regionOf(client);
  let nextToken: string | undefined;
  do {
    const page = await asked(() => eventsOf(client, account, region, { ...span, filterPattern }, nextToken));
    yield (page.events ?? []).flatMap((event) => entryOf(event) ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
}

const logGroups = '/solar-cloud-bridge/';

/** The homes with a bridge of their own, and the stacks of several, in this account and region. @throws Failure */
export async function deployedNames(client: CloudWatchLogsClient): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const next = nextToken ? { nextToken } : {};
    const page = await asked(() =>
      client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroups, ...next })),
    );
    for (const { logGroupName = '' } of page.logGroups ?? []) {
      const name = logGroupName.slice(logGroups.length);
      if (/^[a-z0-9-]+$/.test(name)) names.push(name); // deeper ones are those of feeds
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return names.sort();
}

async function eventsOf(
  client: CloudWatchLogsClient,
  account: Account,
  region: string,
  { since, until, filterPattern }: Span & { filterPattern: string },
  nextToken: string | undefined,
) {
  try {
    return await client.send(
      new FilterLogEventsCommand({
        logGroupName: `${logGroups}${deployedName(account)}`,
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
function entryOf({ timestamp = 0, message = '', logStreamName = '' }: FilteredLogEvent): LogEntry | undefined {
  const at = new Date(timestamp);
  const line = parsed(message);
  const tick = TickReport.safeParse(line);
  if (tick.success) return { at, report: tick.data };
  const invocation = Invocation.safeParse(line);
  if (invocation.success && invocation.data.record.status !== 'success') {
    const name = functionIn.exec(logStreamName)?.[1];
    const whose = name === undefined ? {} : { function: name };
    return { at, trouble: `the invocation ended with ${invocation.data.record.status}`, ...whose };
  }
  const other = OtherTick.safeParse(line);
  if (!other.success) return undefined;
  const whose = other.data.site === undefined ? {} : { site: other.data.site };
  return { at, trouble: 'a tick in another form: another version of the bridge is deployed than lies here', ...whose };
}

/** In a log of several functions the stream is `2026/05/01/solar-cloud-bridge-homes-2[$LATEST]0123…`. */
const functionIn = /^\d{4}\/\d\d\/\d\d\/([\w-]+)\[/;

const OtherTick = z.object({ outcome: z.unknown(), site: z.catch(z.optional(z.string()), undefined) });

/** Texts of a vendor may hold what steers a terminal or begins a line of its own. */
function parsed(message: string): unknown {
  try {
    return onOneLine(JSON.parse(message));
  } catch {
    return undefined;
  }
}
