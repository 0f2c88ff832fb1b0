/** `npm run logs`: the last ticks of the deployed function, each on a line. `-- --minutes 240` looks further back. */
import { parseArgs } from 'node:util';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { type Account, accountOf, answered } from '../../functions/push-solar-data/local/aws-account.ts';
import { localSettings } from '../../functions/push-solar-data/local/environment.ts';
import { type Output, sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { printReport, printTrouble } from '../../functions/push-solar-data/local/print.ts';
import { deployedTicks } from './deployed-ticks.ts';

export type LogsPorts = { logs: CloudWatchLogsClient; output: Output; now: number };

/** How far back it looks if not told otherwise. */
const usualMinutes = 30;

/** @returns 0. @throws Failure */
export async function showLogs(
  { site }: Account,
  args: readonly string[],
  { logs, output, now }: LogsPorts,
): Promise<number> {
  const minutes = minutesFrom(args);
  const entries = await deployedTicks(logs, site, now - minutes * 60_000);
  for (const entry of entries) {
    if ('report' in entry) printReport(entry.report, output, entry.at, { everyRow: true });
    else if (output.isTTY) printTrouble(entry.trouble, output, entry.at);
    else output.write(`${JSON.stringify({ time: entry.at.toISOString(), trouble: entry.trouble })}\n`);
  }
  if (entries.length === 0)
    throw new Failure('unavailable', `The deployed function has logged no tick in the last ${minutes} minutes.`);
  return 0;
}

function minutesFrom(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], strict: false, options: { minutes: { type: 'string' } } });
  if (values.minutes === undefined) return usualMinutes;
  const minutes = Number(values.minutes);
  if (Number.isFinite(minutes) && minutes > 0) return minutes;
  throw new Failure('settings', '--minutes must be a number above zero, such as --minutes 240.');
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  const account = accountOf(localSettings(process.env), args);
  const ports = { logs: new CloudWatchLogsClient(account.client), output: process.stdout, now: Date.now() };
  process.exitCode = await answered(() => showLogs(account, args, ports), sayOn(process.stderr));
}
