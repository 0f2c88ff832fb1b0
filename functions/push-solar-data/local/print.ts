/** A tick's report for people in a terminal, and as a JSON line for everything else. */
import { inWords as duration } from '../core/freshness.ts';
import type { MeterField } from '../core/reading.ts';
import type { DestinationReport, TickReport } from '../core/report.ts';
import { type Paint, paintOn, plain, type Style, withMarks } from './colours.ts';
import { beside, columnsOf, hasRoomBeside, type Output, wrapped } from './layout.ts';
import { onOneLine } from './on-terminal.ts';

/** For people. */
type Wording = {
  /** Whether each of several destinations has its line, not only one with an error. */
  everyRow?: boolean;
  /** What comes next, where nothing was due: the figures are the last ones. */
  waitingFor?: readonly string[];
  /** What stands before the time: the home, where there are several. */
  before?: string;
};

export function printReport(told: TickReport, output: Output, at = new Date(), wording: Wording = {}): void {
  const report = onOneLine(told);
  if (!output.isTTY) output.write(`${JSON.stringify({ time: at.toISOString(), ...report })}\n`);
  else output.write(`${sentence(report, output, at, wording)}\n`);
}

/** 0: figures pushed, or nothing due. 1: an error was reported, or could not be. 2: the settings are wrong. */
export function exitCode({ outcome, kind }: TickReport): 0 | 1 | 2 {
  if (kind === 'settings') return 2;
  return outcome === 'pushed' || outcome === 'idle' ? 0 : 1;
}

const outcomeStyles: Partial<Record<TickReport['outcome'], Style>> = {
  pushed: 'good',
  reported: 'warning',
  failed: 'error',
};

/** `12:03:00  pushed    solar 4.20 kW, exporting 1.50 kW, …`, with what needs attention on lines of their own. */
function sentence(report: TickReport, output: Output, at: Date, wording: Wording): string {
  const { everyRow = false, waitingFor, before = '' } = wording;
  const { outcome, figures = {}, derived = [], problems, error, destinations, age_s } = report;
  const { warnings = [], remarks = [] } = report;
  const [columns, paint] = [columnsOf(output), paintOn(output)];
  const what = problems ? 'these settings must be mended:' : (error ?? '');
  const entries = Object.entries(figures) as [MeterField, number][];
  const told = entries.map(
    ([field, value]) => inWords(field, value, paint) + (derived.includes(field as never) ? ' (derived)' : ''),
  );
  const age = age_s === undefined ? [] : [`${duration(age_s)} old`];
  const known = [...told, ...age].join(', ') || what;
  const style = outcomeStyles[outcome];
  const word = waitingFor ? 'waiting' : outcome;
  const head = before + headAt(at, style ? paint(style, word) : word, 8 - word.length);
  // Wrong settings of a destination are among the problems already.
  const rows = problems ? destinations.filter(({ kind }) => kind !== 'settings') : destinations;
  const below = [
    ...(problems ?? []).map((problem) => `- ${problem}`),
    ...rowLines(rows, everyRow),
    ...[...warnings, ...remarks].map((warning) => `! ${warning}`),
  ];
  const indent = ' '.repeat(hasRoomBeside(head, columns) ? before.length + 10 : 2);
  const lines = below.map((line) => withMarks(wrapped(`${indent}${line}`, columns), paint));
  return [beside(head, [known, ...(waitingFor ?? [])].filter(Boolean).join('; '), columns), ...lines].join('\n');
}

/** `12:03:00  pushed    `. @param fill spaces behind the outcome. */
const headAt = (at: Date, outcome: string, fill: number): string =>
  `${at.toTimeString().slice(0, 8)}  ${outcome}${' '.repeat(fill)}  `;

/** What became of an invocation that told no report. */
export const printTrouble = (trouble: string, output: Output, at: Date, before = ''): void => {
  const time = `${before}${at.toTimeString().slice(0, 8)}  `;
  output.write(`${beside(time, trouble, columnsOf(output))}\n`);
};

/** One destination is the tick's own outcome; of several each is named by its label. */
function rowLines(rows: readonly DestinationReport[], everyRow: boolean): string[] {
  if (rows.length < 2) return rows.flatMap(({ error }) => error ?? []);
  const isWorthIt = everyRow && rows.some(({ outcome }) => outcome !== 'idle');
  return rows.filter(({ error }) => isWorthIt || error).map((row) => `${row.label}: ${rowInWords(row)}`);
}

/** `pushed`, or `failed: MQTT broker does not answer in time`. */
export const rowInWords = ({ outcome, error }: DestinationReport): string => (error ? `${outcome}: ${error}` : outcome);

/** A figure with its name, its unit and its direction in words. */
export function inWords(field: MeterField, value: number, paint: Paint = plain): string {
  const figure = unnamed(field, value, paint);
  switch (field) {
    case 'production_kw':
      return `solar ${figure}`;
    case 'net_import_kw':
      return value === 0 ? 'no grid flow' : figure;
    case 'consumption_kw':
      return `home uses ${figure}`;
    case 'battery_discharge_kw':
    case 'battery_soc':
      return `battery ${figure}`;
    case 'battery_energy_kwh':
      return `${figure} in the battery`;
    case 'imported_kwh':
      return `${figure} imported so far`;
    case 'exported_kwh':
      return `${figure} exported so far`;
  }
}

/** The same beside its name: with its unit and its direction. */
export function unnamed(field: MeterField, value: number, paint: Paint = plain): string {
  const power = `${Math.abs(value).toFixed(2)} kW`;
  switch (field) {
    case 'production_kw':
    case 'consumption_kw':
      return `${value.toFixed(2)} kW`;
    case 'net_import_kw':
      if (value === 0) return 'no flow';
      return `${value > 0 ? paint('inwards', 'importing') : paint('outwards', 'exporting')} ${power}`;
    case 'battery_discharge_kw':
      if (value === 0) return 'idle';
      return `${value > 0 ? paint('inwards', 'gives') : paint('outwards', 'takes')} ${power}`;
    case 'battery_soc':
      return `${(value * 100).toFixed(1)} %`;
    case 'battery_energy_kwh':
    case 'imported_kwh':
    case 'exported_kwh':
      return `${value.toFixed(1)} kWh`;
  }
}
