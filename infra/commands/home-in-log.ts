/** What the log of several homes tells of one of them: its ticks, and the invocations of its function that broke off before them. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';
import { shardName, shardsOf } from '../../functions/push-solar-data/settings/shards.ts';
import { sitesNamed } from '../../functions/push-solar-data/settings/sites.ts';
import { deployedPages, type LogEntry, type Span, type Trouble } from './deployed-ticks.ts';
import { patternsOf } from './log-filter.ts';

/** A home's tick comes before the end of the invocation that it is part of, by less than this. */
export const longestInvocationMs = 60_000;

/** A function of the stack with the homes that it ticks for. */
export type ShardOfHomes = { name: string; sites: readonly string[] };

/** Of the stack that SITE names. */
export const shardsOfStack = ({ texts, stack = '' }: Account): ShardOfHomes[] =>
  shardsOf(sitesNamed(texts['SITE'])).map((sites, index) => ({ name: shardName(stack, index + 1), sites }));

export const shardOfHome = (account: Account): ShardOfHomes | undefined =>
  shardsOfStack(account).find(({ sites }) => sites.includes(account.site));

/** Of a log that does not tell whose it was, everybody's. */
export const isOfHome = ({ site, function: of }: Trouble, home: string, shard: ShardOfHomes | undefined): boolean =>
  site === undefined ? of === undefined || of === shard?.name : site === home;

/**
 * Of the one home that the account is about, a call at a time, oldest first; in a stack of its own, all of the log.
 *
 * @throws Failure, `settings` if no bridge is deployed there.
 */
export async function* homePages(
  client: CloudWatchLogsClient,
  account: Account,
  span: Span,
): AsyncGenerator<LogEntry[]> {
  if (account.stack === undefined) {
    yield* deployedPages(client, account, span);
    return;
  }
  const isAboutHome = entriesOfHome(account.site, shardOfHome(account));
  for (const pattern of patternsOf([account.site]))
    for await (const page of deployedPages(client, account, span, pattern)) yield page.filter(isAboutHome);
}

/** Oldest first. @throws Failure, `settings` if no bridge is deployed there. */
export async function homeTicks(client: CloudWatchLogsClient, account: Account, since: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const page of homePages(client, account, { since })) entries.push(...page);
  return entries;
}

/** For entries in their order: whether each is about the home. One that had ticked when its function broke off has nothing of it. */
export function entriesOfHome(home: string, shard: ShardOfHomes | undefined): (entry: LogEntry) => boolean {
  let tickedAt = Number.NEGATIVE_INFINITY;
  return (entry) => {
    if ('report' in entry) {
      if (entry.report.site !== home) return false;
      tickedAt = entry.at.getTime();
      return true;
    }
    return isOfHome(entry, home, shard) && (entry.site === home || entry.at.getTime() - tickedAt > longestInvocationMs);
  };
}
