/**
 * `npm run status`: the last reading of the deployed function in the doctor's words, how its last tick ended, and how each
 * of several destinations fared. Of several homes all in short, or one with `-- --site cabin`.
 */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { inWords } from '../../functions/push-solar-data/core/freshness.ts';
import type { DestinationReport } from '../../functions/push-solar-data/core/report.ts';
import { type Account, regionOf } from '../../functions/push-solar-data/local/aws-account.ts';
import { paintOn, withMarks } from '../../functions/push-solar-data/local/colours.ts';
import { answered } from '../../functions/push-solar-data/local/command.ts';
import { diagnosisTable } from '../../functions/push-solar-data/local/diagnosis.ts';
import { columnsOf, type Output, pairs, sayOn, wrapped } from '../../functions/push-solar-data/local/layout.ts';
import { openAwsCommand } from '../../functions/push-solar-data/local/own-command.ts';
import { printReport, printTrouble, rowInWords } from '../../functions/push-solar-data/local/print.ts';
import { systemClock } from '../../functions/push-solar-data/platform/clock.ts';
import { deployedPages, type LogEntry, type Tick } from './deployed-ticks.ts';
import { freshTicks } from './fresh-ticks.ts';
import { ageOf, isSilent, isWell, silence, silentMs } from './home-condition.ts';
import { isOfHome, shardOfHome } from './home-in-log.ts';
import { type StatusPorts, showHomesStatus } from './homes-status.ts';
import { patternsOf } from './log-filter.ts';
import { stackAt } from './site-stack-at-aws.ts';
import { reportOf } from './status-report.ts';
import { destinationTitle } from './titles.ts';

/** Longer than two polls of the slowest cloud. */
const lookBackMs = 2 * 3_600_000;
const neverRan = 'has logged nothing since it was deployed, or for two hours';
const whatToDo = 'is its rule enabled (console → EventBridge → Rules)?';

/** @returns 0 if the last tick that told anything pushed figures, and the function runs; else 1. @throws Failure */
export async function showStatus(account: Account, ports: StatusPorts, { json = false } = {}): Promise<number> {
  if (account.sites.length > 1) return showHomesStatus(account, ports, { json });
  const { logs, output, clock } = ports;
  const { site, stack } = account;
  const entries = await freshTicks(account, lookBackMs, ports);
  const now = clock.now();
  const last = entries.at(-1);
  const runs = !isSilent(last, now) || (await isShardRunning(account, logs, now));
  if (!last && !runs)
    throw new Failure(
      'unavailable',
      `The bridge of the site "${site}" in ${await regionOf(logs)} ${neverRan}: ${whatToDo}`,
    );
  const ticks = entries.flatMap((entry) => ('report' in entry ? [entry] : []));
  const reading = ticks.findLast(({ report }) => report.outcome === 'pushed');
  const told = entries.findLast((entry) => !('report' in entry) || entry.report.outcome !== 'idle');
  const code = isWell({ last, told }, now) ? 0 : 1;
  if (json || !output.isTTY) {
    const place = { region: await regionOf(logs), stack, runs };
    output.write(`${JSON.stringify(reportOf({ site, last, reading, told }, place, now))}\n`);
    return code;
  }
  const title = await destinationTitle(reading?.report.destinations[0]?.label, account.texts);
  const lines = [
    ...readingLines(reading, { title, notes: notesOf(account, ticks, reading), now }, output),
    ...rowLines(ticks, now, output),
    ...silenceLines(last, now, runs).map((line) => withMarks(wrapped(line, columnsOf(output)), paintOn(output))),
  ];
  output.write(`${lines.join('\n')}\n`);
  if (told && code === 1 && told !== reading) explain(told, output);
  return code;
}

/** Of a silent home in a stack of several: whether its function ticks for others. A home alone is all that its function ticks for. */
async function isShardRunning(account: Account, logs: CloudWatchLogsClient, now: number): Promise<boolean> {
  const shard = account.stack === undefined ? undefined : shardOfHome(account);
  for (const pattern of patternsOf(shard?.sites ?? []))
    for await (const page of deployedPages(logs, account, { since: now - silentMs }, pattern))
      if (page.some((entry) => 'report' in entry || isOfHome(entry, account.site, shard))) return true;
  return false;
}

/** Of several destinations, each with the last that became of it. */
function rowLines(ticks: readonly Tick[], now: number, output: Output): string[] {
  const rows = ticks.at(-1)?.report.destinations ?? [];
  if (rows.length < 2) return [];
  const lasts = rows.map(({ label }) => [label, lastOf(label, ticks, now)] as const);
  return [pairs(lasts, columnsOf(output))];
}

function lastOf(label: string, ticks: readonly Tick[], now: number): string {
  const rowIn = ({ report }: Tick): DestinationReport | undefined =>
    report.destinations.find((row) => row.label === label && row.outcome !== 'idle');
  const tick = ticks.findLast(rowIn);
  const row = tick && rowIn(tick);
  return row ? `${inWords((now - tick.at.getTime()) / 1000)} ago ${rowInWords(row)}` : 'told nothing in two hours';
}

/** The lines of several homes say a note once an hour. */
const notedMs = 3_600_000;

function notesOf({ stack }: Account, ticks: readonly Tick[], reading: Tick | undefined): string[] {
  const since = reading && reading.at.getTime() - notedMs;
  const noted = ticks.filter((tick) =>
    stack === undefined || since === undefined ? tick === reading : tick.at.getTime() > since,
  );
  const notes = noted.flatMap(({ report }) =>
    report.sources.flatMap((source) => (source.notes ?? []).map((note) => `${source.label}: ${note}`)),
  );
  return [...new Set(notes)];
}

type About = { title: string; notes: readonly string[]; now: number };

function readingLines(reading: Tick | undefined, { title, notes, now }: About, output: Output): string[] {
  if (!reading) return ['No figures were pushed in the last two hours.'];
  const { at, report } = reading;
  const sincePush_s = (now - at.getTime()) / 1000;
  const age = report.age_s === undefined ? {} : { age_s: Math.round(ageOf(reading, now)) };
  const sources = report.sources.map(({ label, vendor }) => (label === vendor ? vendor : `${label} (${vendor})`));
  return [
    wrapped(`Pushed to ${title} ${inWords(sincePush_s)} ago, from ${sources.join(', ')}:`, columnsOf(output)),
    diagnosisTable({ ...report, ...age, sources: [], remarks: notes }, now, output),
  ];
}

function silenceLines(last: LogEntry | undefined, now: number, runs: boolean): string[] {
  if (last && !isSilent(last, now)) return [];
  if (runs) return [`✗ ${silence(last, now)}`];
  const ran = last ? `has not run for ${inWords((now - last.at.getTime()) / 1000)}` : neverRan;
  return [`✗ The function ${ran}: ${whatToDo}`];
}

function explain(told: LogEntry, output: Output): void {
  output.write('Since then:\n');
  if ('report' in told) printReport(told.report, output, told.at);
  else printTrouble(told.trouble, output, told.at);
}

if (import.meta.main) {
  const { line, account } = await openAwsCommand('status');
  const ports: StatusPorts = {
    logs: new CloudWatchLogsClient(account.client),
    lookUpStack: stackAt(account),
    clock: systemClock,
    say: sayOn(process.stderr),
    output: process.stdout,
  };
  process.exitCode = await answered(() => showStatus(account, ports, line.values), process.stderr);
}
