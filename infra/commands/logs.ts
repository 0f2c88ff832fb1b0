/**
 * `npm run logs`: the last ticks of the deployed function, each on a line; of several homes behind their names.
 * `-- --minutes 240` looks further back, `-- --site cabin` at one of them.
 */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import type { Output } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { printReport, printTrouble } from '../../functions/push-solar-data/local/print.ts';
import { deployedPages, type LogEntry } from './deployed-ticks.ts';
import { homePages } from './home-in-log.ts';

export type LogsPorts = { logs: CloudWatchLogsClient; output: Output; now: number };

/** How far back it looks if not told otherwise. */
const usualMinutes = 30;

/** @param given minutes to look back, as the owner wrote them. @returns 0. @throws Failure */
export async function showLogs(
  account: Account,
  given: string | undefined,
  { logs, output, now }: LogsPorts,
): Promise<number> {
  const minutes = minutesFrom(given);
  const { site, sites, stack } = account;
  const isOfSeveral = sites.length > 1;
  const span = { since: now - minutes * 60_000 };
  const nameWidth = isOfSeveral ? Math.max(...sites.map((name) => name.length)) : 0;
  let shown = 0;
  // Of many homes there is much: each call is shown as it comes.
  for await (const page of isOfSeveral ? deployedPages(logs, account, span) : homePages(logs, account, span)) {
    for (const entry of page) show(entry, output, nameWidth);
    shown += page.length;
  }
  if (shown > 0) return 0;
  const whose = isOfSeveral ? `of the stack "${stack}"` : `of the site "${site}"`;
  throw new Failure(
    'unavailable',
    `The bridge ${whose} in ${await regionOf(logs)} has logged no tick in the last ${minutes} minutes.`,
  );
}

/** @param nameWidth of the longest name of a home, where each stands before its line. */
function show(entry: LogEntry, output: Output, nameWidth: number): void {
  const before = (name: string) => (nameWidth === 0 ? '' : `${name.padEnd(nameWidth)}  `);
  if ('report' in entry) {
    printReport(entry.report, output, entry.at, { everyRow: true, before: before(entry.report.site) });
    return;
  }
  const { at, trouble, site, function: name } = entry;
  const whose = { ...(site === undefined ? {} : { site }), ...(name === undefined ? {} : { function: name }) };
  if (output.isTTY)
    printTrouble(nameWidth > 0 && name ? `${trouble} (${name})` : trouble, output, at, before(site ?? ''));
  else output.write(`${JSON.stringify({ time: at.toISOString(), trouble, ...whose })}\n`);
}

function minutesFrom(given: string | undefined): number {
  if (given === undefined) return usualMinutes;
  const minutes = Number(given);
  if (Number.isFinite(minutes) && minutes > 0) return minutes;
  throw new Failure('settings', '--minutes must be a number above zero, such as --minutes 240.');
}

if (import.meta.main) {
  const { line, account } = await openAwsCommand('logs');
  const ports = { logs: new CloudWatchLogsClient(account.client), output: process.stdout, now: Date.now() };
  process.exitCode = await answered(() => showLogs(account, line.values.minutes, ports), process.stderr);
}
