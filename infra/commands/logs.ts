/** `npm run logs`: the last ticks of the deployed function, each on a line. `-- --minutes 240` looks further back. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import type { Output } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { printReport, printTrouble } from '../../functions/push-solar-data/local/print.ts';
import { deployedTicks } from './deployed-ticks.ts';

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
  const entries = await deployedTicks(logs, account, now - minutes * 60_000);
  for (const entry of entries) {
    if ('report' in entry) printReport(entry.report, output, entry.at, { everyRow: true });
    else if (output.isTTY) printTrouble(entry.trouble, output, entry.at);
    else output.write(`${JSON.stringify({ time: entry.at.toISOString(), trouble: entry.trouble })}\n`);
  }
  if (entries.length === 0)
    throw new Failure(
      'unavailable',
      `The bridge of the site "${account.site}" in ${await regionOf(logs)} has logged no tick in the last ${minutes} minutes.`,
    );
  return 0;
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
