/** A tick's report for people in a terminal, and as a JSON line for everything else. */
import type { WriteStream } from 'node:tty';
import { inWords as duration } from '../core/freshness.ts';
import type { MeterField } from '../core/reading.ts';
import type { DestinationReport, TickReport } from '../core/report.ts';
import { onOneLine } from './on-terminal.ts';

export type Output = Pick<WriteStream, 'write'> & { isTTY?: boolean };

/** For people. */
type Wording = {
  /** Whether each of several destinations has its line, not only one with an error. */
  everyRow?: boolean;
  /** What comes next, where nothing was due: the figures are the last ones. */
  waitingFor?: readonly string[];
};

export function printReport(told: TickReport, output: Output, at = new Date(), wording: Wording = {}): void {
  const report = onOneLine(told);
  output.write(
    `${output.isTTY ? sentence(report, at, wording) : JSON.stringify({ time: at.toISOString(), ...report })}\n`,
  );
}

/** 0: figures pushed, or nothing due. 1: an error was reported, or could not be. 2: the settings are wrong. */
export function exitCode({ outcome, kind }: TickReport): 0 | 1 | 2 {
  if (kind === 'settings') return 2;
  return outcome === 'pushed' || outcome === 'idle' ? 0 : 1;
}

/** `12:03:00  pushed    sun 4.2 kW, exporting 1.5 kW, …`, with what needs attention on lines of their own. */
function sentence(report: TickReport, at: Date, { everyRow = false, waitingFor }: Wording): string {
  const {
    outcome,
    figures = {},
    derived = [],
    problems,
    error,
    destinations,
    age_s,
    warnings = [],
    remarks = [],
  } = report;
  const what = problems ? 'these settings must be mended:' : (error ?? '');
  const entries = Object.entries(figures) as [MeterField, number][];
  const told = entries.map(
    ([field, value]) => inWords(field, value) + (derived.includes(field as never) ? ' (derived)' : ''),
  );
  const age = age_s === undefined ? [] : [`${duration(age_s)} old`];
  const known = [...told, ...age].join(', ') || what;
  const word = waitingFor ? 'waiting' : outcome;
  const lines = [
    `${at.toTimeString().slice(0, 8)}  ${word.padEnd(8)}  ${[known, ...(waitingFor ?? [])].filter(Boolean).join('; ')}`,
  ];
  for (const problem of problems ?? []) lines.push(`          - ${problem}`);
  // Wrong settings of a destination are among the problems already.
  const rows = problems ? destinations.filter(({ kind }) => kind !== 'settings') : destinations;
  for (const line of rowLines(rows, everyRow)) lines.push(`          ${line}`);
  return [...lines, ...[...warnings, ...remarks].map((warning) => `          ! ${warning}`)].join('\n');
}

/** One destination is the tick's own outcome; of several each is named by its label. */
function rowLines(rows: readonly DestinationReport[], everyRow: boolean): string[] {
  if (rows.length < 2) return rows.flatMap(({ error }) => error ?? []);
  const isWorthIt = everyRow && rows.some(({ outcome }) => outcome !== 'idle');
  return rows.filter(({ error }) => isWorthIt || error).map((row) => `${row.label}: ${rowInWords(row)}`);
}

/** `pushed`, or `failed: MQTT broker does not answer in time`. */
export const rowInWords = ({ outcome, error }: DestinationReport): string => (error ? `${outcome}: ${error}` : outcome);

/** A figure with its unit and its direction in words. */
export function inWords(field: MeterField, value: number): string {
  const power = `${Math.abs(value).toFixed(2)} kW`;
  switch (field) {
    case 'production_kw':
      return `solar ${value.toFixed(2)} kW`;
    case 'net_import_kw':
      return value === 0 ? 'no grid flow' : value > 0 ? `importing ${power}` : `exporting ${power}`;
    case 'consumption_kw':
      return `home uses ${value.toFixed(2)} kW`;
    case 'battery_discharge_kw':
      return value === 0 ? 'battery idle' : value > 0 ? `battery gives ${power}` : `battery takes ${power}`;
    case 'battery_soc':
      return `battery ${(value * 100).toFixed(1)} %`;
    case 'battery_energy_kwh':
      return `${value.toFixed(1)} kWh in the battery`;
    case 'imported_kwh':
      return `${value.toFixed(1)} kWh imported so far`;
    case 'exported_kwh':
      return `${value.toFixed(1)} kWh exported so far`;
  }
}
