/** The doctor's table: each field by source and for the whole home, with directions in words. */
import type { Evaluation } from '../core/evaluate.ts';
import { inWords as duration } from '../core/freshness.ts';
import { type MeterField, meterFields, type Reading } from '../core/reading.ts';
import type { SourceResult } from '../core/source-state.ts';
import { paintOn, withMarks } from './colours.ts';
import { columnsOf, type Output, table, wrapped } from './layout.ts';
import { onOneLine } from './on-terminal.ts';
import { unnamed } from './print.ts';

export type Diagnosis = Evaluation['report'] & {
  site: string;
  sources: readonly SourceResult[];
  remarks: readonly string[];
};

const names: Record<MeterField, string> = {
  production_kw: 'solar',
  net_import_kw: 'grid',
  consumption_kw: 'consumption',
  battery_discharge_kw: 'battery',
  battery_soc: 'state of charge',
  battery_energy_kwh: 'stored energy',
  imported_kwh: 'imported so far',
  exported_kwh: 'exported so far',
};

/** @param now ms since the epoch, for the ages. @param output where it is shown. */
export function diagnosisTable(told: Diagnosis, now: number, output: Output): string {
  const diagnosis = onOneLine(told);
  const [columns, paint] = [columnsOf(output), paintOn(output)];
  const { sources, figures = {}, derived = [] } = diagnosis;
  const fields = meterFields.filter(
    (field) => figures[field] !== undefined || sources.some(({ reading }) => reading?.[field] !== undefined),
  );
  const cell = (reading: Reading | undefined, field: MeterField) => {
    const value = reading?.[field];
    return value === undefined ? '–' : unnamed(field, value, paint);
  };
  const isDerived = (field: MeterField) => derived.some((name) => name === field);
  const rows = [
    ['', ...sources.map(({ label }) => label), `home (${diagnosis.site})`, ''],
    ...fields.map((field) => [
      names[field],
      ...sources.map(({ reading }) => cell(reading, field)),
      cell(figures, field),
      figures[field] === undefined ? '' : isDerived(field) ? 'derived' : 'measured',
    ]),
    ['age', ...sources.map(({ reading }) => age(reading?.tsms, now)), age(oldest(diagnosis, now), now), ''],
  ];
  const figuresTable = fields.length === 0 ? [] : [table(rows, columns), ''];
  const sentences = [...balanceLines(diagnosis), ...troubles(diagnosis)].join('\n');
  return [...figuresTable, withMarks(wrapped(sentences, columns), paint)].join('\n');
}

/** Each on a line of its own: what is wrong with the settings, or with the sources. */
function failuresOf({ sources, error, problems }: Diagnosis): string[] {
  if (problems) return ['These settings must be mended:', ...problems.map((problem) => `✗ ${problem}`)];
  if (!error) return [];
  const failed = sources.flatMap(({ label, failure }) => (failure ? [{ label, ...failure }] : []));
  if (failed.length === 0) return [`✗ ${error}`];
  return failed.map(({ label, message }) => (sources.length > 1 ? `✗ ${label}: ${message}` : `✗ ${message}`));
}

const age = (tsms: number | undefined, now: number): string =>
  tsms === undefined ? 'not told' : duration((now - tsms) / 1000);

const oldest = ({ age_s }: Diagnosis, now: number): number | undefined =>
  age_s === undefined ? undefined : now - age_s * 1000;

function balanceLines({ figures, residual_kw, meter, sources }: Diagnosis): string[] {
  if (!figures) return [];
  const { production_kw: p, net_import_kw: n, consumption_kw: c, battery_discharge_kw: b } = figures;
  const lines: string[] = [];
  if (p !== undefined && n !== undefined && c !== undefined) {
    const terms = [p, n, ...(b === undefined ? [] : [b])]
      .map((value) => value.toFixed(3))
      .join(' + ')
      .replaceAll('+ -', '− ');
    lines.push(`Balance: consumption ${c.toFixed(3)} = ${terms}`);
  } else lines.push('Balance: not all terms are known, so none was derived. Is a grid meter missing?');
  if (residual_kw !== undefined)
    lines.push(`The measured consumption misses the balance by ${residual_kw.toFixed(3)} kW.`);
  if (meter !== undefined && sources.length > 1) lines.push(`The grid meter is that of ${meter}.`);
  return lines;
}

function troubles(diagnosis: Diagnosis): string[] {
  const { sources, remarks, warnings = [] } = diagnosis;
  const notes = sources.flatMap(({ label, notes }) => notes.map((note) => `! ${label}: ${note}`));
  return [...failuresOf(diagnosis), ...notes, ...[...remarks, ...warnings].map((remark) => `! ${remark}`)];
}
