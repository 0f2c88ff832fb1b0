/** `npm run status`: the last reading of the deployed function in the doctor's words, how its last tick ended, and how each of several destinations fared. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { inWords } from '../../functions/push-solar-data/core/freshness.ts';
import type { DestinationReport, TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type Account, accountOf, answered } from '../../functions/push-solar-data/local/aws-account.ts';
import { diagnosisTable } from '../../functions/push-solar-data/local/diagnosis.ts';
import { localSettings } from '../../functions/push-solar-data/local/environment.ts';
import { type Output, printReport, rowInWords } from '../../functions/push-solar-data/local/print.ts';
import { deployedTicks, type LogEntry } from './deployed-ticks.ts';
import { destinationTitle } from './titles.ts';

export type StatusPorts = { logs: CloudWatchLogsClient; output: Output; now: number };

/** Longer than two polls of the slowest cloud. */
const lookBackMs = 2 * 3_600_000;
/** The rule triggers each minute; a function that has been silent for longer does not run. */
const silentMs = 5 * 60_000;

type Tick = { at: Date; report: TickReport };

/** @returns 0 if the last tick that told anything pushed figures, and the function runs; else 1. @throws Failure */
export async function showStatus({ site, texts }: Account, { logs, output, now }: StatusPorts): Promise<number> {
  const entries = await deployedTicks(logs, site, now - lookBackMs);
  const last = entries.at(-1);
  if (!last)
    throw new Failure(
      'unavailable',
      'The deployed function has logged nothing for two hours: is its rule enabled (console → EventBridge → Rules)?',
    );
  const ticks = entries.flatMap((entry) => ('report' in entry ? [entry] : []));
  const reading = ticks.findLast(({ report }) => report.outcome === 'pushed');
  const told = entries.findLast((entry) => !('report' in entry) || entry.report.outcome !== 'idle');
  const isSilent = now - last.at.getTime() > silentMs;
  const isWell = told !== undefined && 'report' in told && told.report.outcome === 'pushed' && !isSilent;

  if (!output.isTTY) output.write(`${JSON.stringify({ site, well: isWell, reading, told, lastAt: last.at })}\n`);
  else {
    const title = await destinationTitle(reading?.report.destinations[0]?.label, texts);
    const lines = [...readingLines(reading, title, now), ...rowLines(ticks, now), ...silence(last, now, isSilent)];
    output.write(`${lines.join('\n')}\n`);
  }
  if (output.isTTY && told && !isWell && told !== reading) explain(told, output);
  return isWell ? 0 : 1;
}

/** Of several destinations, each with the last that became of it. */
function rowLines(ticks: readonly Tick[], now: number): string[] {
  const rows = ticks.at(-1)?.report.destinations ?? [];
  if (rows.length < 2) return [];
  const width = Math.max(...rows.map(({ label }) => label.length));
  return rows.map(({ label }) => `${label.padEnd(width)}  ${lastOf(label, ticks, now)}`);
}

function lastOf(label: string, ticks: readonly Tick[], now: number): string {
  const rowIn = ({ report }: Tick): DestinationReport | undefined =>
    report.destinations.find((row) => row.label === label && row.outcome !== 'idle');
  const tick = ticks.findLast(rowIn);
  const row = tick && rowIn(tick);
  return row ? `${inWords((now - tick.at.getTime()) / 1000)} ago ${rowInWords(row)}` : 'told nothing in two hours';
}

function readingLines(reading: Tick | undefined, title: string, now: number): string[] {
  if (!reading) return ['No figures were pushed in the last two hours.'];
  const { at, report } = reading;
  const sincePush_s = (now - at.getTime()) / 1000;
  const age = report.age_s === undefined ? {} : { age_s: Math.round(report.age_s + sincePush_s) };
  const remarks = report.sources.flatMap(({ label, notes = [] }) => notes.map((note) => `${label}: ${note}`));
  const sources = report.sources.map(({ label, vendor }) => (label === vendor ? vendor : `${label} (${vendor})`));
  return [
    `Pushed to ${title} ${inWords(sincePush_s)} ago, from ${sources.join(', ')}:`,
    diagnosisTable({ ...report, ...age, sources: [], remarks }, now),
  ];
}

const silence = ({ at }: LogEntry, now: number, isSilent: boolean): string[] =>
  isSilent
    ? [
        `✗ The function has not run for ${inWords((now - at.getTime()) / 1000)}: is its rule enabled (console → EventBridge → Rules)?`,
      ]
    : [];

function explain(told: LogEntry, output: Output): void {
  output.write('Since then:\n');
  if ('report' in told) printReport(told.report, output, told.at);
  else output.write(`${told.at.toTimeString().slice(0, 8)}  ${told.trouble}\n`);
}

if (import.meta.main) {
  const account = accountOf(localSettings(process.env), process.argv.slice(2));
  const ports = { logs: new CloudWatchLogsClient(account.client), output: process.stdout, now: Date.now() };
  process.exitCode = await answered(() => showStatus(account, ports), console.error);
}
