/**
 * The one log of several homes, for who looks at some of them at once: what is new of them is asked for together, and all
 * else of each alone, so that AWS sends no line of a home that nobody looks at.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';
import { deployedPages, type LogEntry, type Span } from './deployed-ticks.ts';
import { entriesOfHome, homePages, withTicksBefore } from './home-in-log.ts';
import { patternsOf } from './log-filter.ts';
import type { ReadHome } from './logged-home.ts';

/** What goes back no further is new: more than a minute and what may come late. */
const newMs = 10 * 60_000;
/** So long is waited for others that look at the same moment. */
const togetherMs = 50;

/** Homes whose new lines are on their way. */
type Look = { sites: Set<string>; since: number; entries: Promise<LogEntry[]> };

export type StackLogPorts = { logs: CloudWatchLogsClient; now(): number };

/** @returns how a home of the stack is read. */
export function stackLog(account: Account, { logs, now }: StackLogPorts): (site: string) => ReadHome {
  let next: Look | undefined;

  const lookTogether = async (look: Pick<Look, 'sites' | 'since'>): Promise<LogEntry[]> => {
    await pause(togetherMs);
    next = undefined;
    const entries: LogEntry[] = [];
    for (const pattern of patternsOf([...look.sites]))
      for await (const page of deployedPages(logs, account, withTicksBefore(look), pattern)) entries.push(...page);
    return entries;
  };
  const newEntries = (site: string, since: number): Promise<LogEntry[]> => {
    if (!next) {
      const look = { sites: new Set<string>(), since };
      next = Object.assign(look, { entries: lookTogether(look) });
    }
    next.sites.add(site);
    next.since = Math.min(next.since, since);
    return next.entries;
  };

  return (site) =>
    async function* read(span: Span) {
      if (span.until !== undefined || now() - span.since > newMs) {
        yield* homePages(logs, { ...account, site }, span);
        return;
      }
      const entries = await newEntries(site, span.since);
      yield entries.filter(entriesOfHome({ ...account, site }, span.since));
    };
}
