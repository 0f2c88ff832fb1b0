/** Ticks as comma-separated values: times in ISO 8601, units in the heads, and nothing where nothing was told. */
import { type MeterField, meterFields } from '../core/reading.ts';
import type { Told } from '../persistence/tick-history.ts';
import { onOneLine } from './on-terminal.ts';
import { holdOn, holdsUntil, type Sample, sampleOf, tells } from './page/sample.ts';

type Cell = number | string | undefined;

const heads: Record<MeterField, string> = {
  production_kw: 'production_kw',
  net_import_kw: 'net_import_kw',
  consumption_kw: 'consumption_kw',
  battery_discharge_kw: 'battery_discharge_kw',
  battery_soc: 'battery_soc_percent',
  battery_energy_kwh: 'battery_energy_kwh',
  imported_kwh: 'imported_kwh',
  exported_kwh: 'exported_kwh',
};

export const spreadsheetHead = line(['time', ...meterFields.map((field) => heads[field]), 'derived', 'age_s', 'error']);

/**
 * A line for each tick that told figures or why there are none, and an empty one where figures ended without another
 * tick, so that no chart draws across it.
 */
export async function* spreadsheetLines(history: AsyncIterable<readonly Told[]>): AsyncGenerator<string> {
  let before: Sample | undefined;
  for await (const told of history)
    for (const sample of told.map(sampleOf)) {
      if (!tells(sample)) {
        if (before) holdOn(before, sample);
        continue;
      }
      if (before?.figures && sample.at > holdsUntil(before)) yield line([iso(before.at + before.intervalMs)]);
      yield line(cellsOf(sample));
      before = sample;
    }
}

const iso = (at: number): string => new Date(at).toISOString();

function cellsOf({ at, figures = {}, derived, measuredAt, error }: Sample): Cell[] {
  const cells = meterFields.map((field) => (field === 'battery_soc' ? percent(figures[field]) : figures[field]));
  const age_s = measuredAt === undefined ? undefined : Math.round((at - measuredAt) / 1000);
  return [iso(at), ...cells, derived.join(' ') || undefined, age_s, error?.says];
}

const percent = (share: number | undefined): number | undefined =>
  share === undefined ? undefined : Math.round(share * 1000) / 10;

/** All of one width, whatever is known. */
function line(cells: readonly Cell[]): string {
  const width = meterFields.length + 4;
  return `${Array.from({ length: width }, (_, nth) => written(cells[nth])).join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe; numbers may be negative. */
function written(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = onOneLine(cell);
  const safe = /^\s*[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",;'\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
