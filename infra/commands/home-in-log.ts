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
  const isAboutHome = entriesOfHome(account, span.since);
  for (const pattern of patternsOf([account.site]))
    for await (const page of deployedPages(client, account, withTicksBefore(span), pattern))
      yield page.filter(isAboutHome);
}

/** Oldest first. @throws Failure, `settings` if no bridge is deployed there. */
export async function homeTicks(client: CloudWatchLogsClient, account: Account, since: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const page of homePages(client, account, { since })) entries.push(...page);
  return entries;
}

/** A tick of just before tells whether an invocation that broke off has anything of the home. */
export const withTicksBefore = (span: Span): Span => ({ ...span, since: span.since - longestInvocationMs });

/**
 * For entries in their order: whether each is of that time and about the home. One that had ticked when its function broke
 * off has nothing of it.
 */
export function entriesOfHome(account: Account, since: number): (entry: LogEntry) => boolean {
  const { site } = account;
  const shard = shardOfHome(account);
  let tickedAt = Number.NEGATIVE_INFINITY;
  const isAbout = (entry: LogEntry, at: number) => {
    if ('report' in entry) return entry.report.site === site;
    return isOfHome(entry, site, shard) && (entry.site === site || at - tickedAt > longestInvocationMs);
  };
  return (entry) => {
    const at = entry.at.getTime();
    const isOwn = isAbout(entry, at);
    if (isOwn && 'report' in entry) tickedAt = at;
    return isOwn && at >= since;
  };
}
