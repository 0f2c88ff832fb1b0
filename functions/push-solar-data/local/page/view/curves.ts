/** The columns of the past as curves: their names, their looks, and what they say at a moment. Pure. */
import type { ColumnName, FlowName, History } from '../page-state.ts';

/** Apart by dashes as well as by colour. */
export const curves: Record<ColumnName, { title: string; colour: FlowName; dash: number[] }> = {
  production: { title: 'Sun', colour: 'sun', dash: [] },
  consumption: { title: 'Home', colour: 'home', dash: [] },
  net_import: { title: 'Grid', colour: 'grid', dash: [8, 4] },
  battery: { title: 'Battery', colour: 'battery', dash: [2, 3] },
  soc: { title: 'Charge', colour: 'battery', dash: [] },
};
export const powerNames = ['production', 'consumption', 'net_import', 'battery'] as const;
export type PowerName = (typeof powerNames)[number];

/** Whether anything is told of it in this time. */
export const isTold = ({ columns }: History, name: ColumnName): boolean =>
  columns[name].some((value) => value !== null);

/** What a figure above zero and one below it mean. */
export const signs = {
  net_import: ['+ importing', '− exporting'],
  battery: ['+ giving', '− taking'],
} as const;

const directions: Partial<Record<ColumnName, [above: string, below: string]>> = {
  net_import: ['importing ', 'exporting '],
  battery: ['gives ', 'takes '],
};

/** `exporting 1.50 kW`, as it is said of now. */
export function valueInWords(name: ColumnName, value: number | null | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  if (name === 'soc') return `${value.toFixed(1)} %`;
  const [above, below] = directions[name] ?? [];
  if (above === undefined || value === 0) return `${value.toFixed(2)} kW`;
  return `${value > 0 ? above : below}${Math.abs(value).toFixed(2)} kW`;
}

export type TableRow = { from: number; values: Partial<Record<ColumnName, number | null>> };

/** The means of what was told in each of so many equal parts; null where nothing was. */
export function tableOf(history: History, names: readonly ColumnName[], parts: number): TableRow[] {
  const { from, until, times, columns } = history;
  const part_s = (until - from) / 1000 / parts;
  return Array.from({ length: parts }, (_, part) => {
    const begin = from / 1000 + part * part_s;
    const rows = times.flatMap((time, row) => (time >= begin && time < begin + part_s ? row : []));
    const meanOf = (name: ColumnName) => {
      const told = rows.flatMap((row) => columns[name][row] ?? []);
      return told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0) / told.length;
    };
    return { from: begin * 1000, values: Object.fromEntries(names.map((name) => [name, meanOf(name)])) };
  });
}

/** The row nearest to a moment, in s; undefined where there is none. */
export function rowAt(times: readonly number[], at: number): number | undefined {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < at) low = middle;
    else high = middle;
  }
  if (high < 0) return undefined;
  return Math.abs((times[low] ?? 0) - at) <= Math.abs((times[high] ?? 0) - at) ? low : high;
}
