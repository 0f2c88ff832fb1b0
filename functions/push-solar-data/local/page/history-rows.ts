/** The past of a home as columns for a chart, with gaps where nothing was told and marks for what went wrong. Pure. */
import type { MeterField } from '../../core/reading.ts';
import { type ColumnName, columnNames, type History, mostRows } from './page-state.ts';
import { holdsUntil, type Sample, type Trouble, tells } from './sample.ts';

type Row = { time: number } & Record<ColumnName, number | null>;
type Mark = History['marks'][number];

const fields: Record<ColumnName, MeterField> = {
  production: 'production_kw',
  consumption: 'consumption_kw',
  net_import: 'net_import_kw',
  battery: 'battery_discharge_kw',
  soc: 'battery_soc',
};

/** The steps of a row, s: the finest that the rows have room for. */
const steps_s = [60, 300, 900];
const mostMarks = 200;
/** So long a destination that did not take a message is left alone at most, and a tick more. */
const refusalPauseMs = 16 * 60_000;

/** @param samples oldest first. */
export function historyOf(samples: readonly Sample[], { from, until }: { from: number; until: number }): History {
  const within = samples.filter(({ at }) => at >= from && at <= until);
  const rows = rowsOf(within.filter(tells));
  const step_s = steps_s.find((step) => (until - from) / 1000 / step <= mostRows) ?? 3600;
  const fitting = step_s > 60 || rows.length > mostRows ? averaged(rows, step_s) : rows;
  const columnOf = (name: ColumnName) => fitting.map((row) => row[name]);
  return {
    from,
    until,
    step_s,
    times: fitting.map(({ time }) => time),
    columns: Object.fromEntries(columnNames.map((name) => [name, columnOf(name)])) as History['columns'],
    marks: marksOf(within),
  };
}

/** A row for each tick that told or tried to (of one second, one that told), and one of nulls where figures ended without another tick. */
function rowsOf(samples: readonly Sample[]): Row[] {
  const rows = new Map<number, Row>();
  const put = (row: Row, isTold = false) => {
    if (isTold || !rows.has(row.time)) rows.set(row.time, row);
  };
  for (const [index, sample] of samples.entries()) {
    put(rowOf(sample), sample.figures !== undefined);
    const next = samples[index + 1];
    if (sample.figures && next && next.at > holdsUntil(sample)) put(emptyRow(sample.at + sample.intervalMs));
  }
  return [...rows.values()];
}

const seconds = (ms: number): number => Math.round(ms / 1000);
const emptyRow = (at: number): Row => ({ time: seconds(at), ...noFigures });
const isEmpty = (row: Row): boolean => columnNames.every((name) => row[name] === null);
const noFigures = Object.fromEntries(columnNames.map((name) => [name, null])) as Record<ColumnName, null>;

function rowOf({ at, figures = {} }: Sample): Row {
  const row = emptyRow(at);
  for (const name of columnNames) {
    const value = figures[fields[name]];
    if (value !== undefined)
      row[name] = name === 'soc' ? Math.round(value * 1000) / 10 : Math.round(value * 1000) / 1000;
  }
  return row;
}

/** The mean of what is known in each step, and a row of nulls where nothing follows on the end of figures. */
function averaged(rows: readonly Row[], step_s: number): Row[] {
  const steps = Map.groupBy(rows, ({ time }) => Math.floor(time / step_s) * step_s);
  return [...steps].flatMap(([time, together]) => {
    const row = emptyRow(time * 1000);
    for (const name of columnNames) {
      const known = together.flatMap((each) => each[name] ?? []);
      const sum = known.reduce((total, value) => total + value, 0);
      if (known.length > 0) row[name] = Math.round((sum / known.length) * 1000) / 1000;
    }
    const endsInGap = together.slice(-1).every(isEmpty) && !steps.has(time + step_s);
    return endsInGap ? [row, emptyRow((time + step_s) * 1000)] : [row];
  });
}

/** What says the same is one mark: an error until there are figures again, a refusal until a longer pause. */
function marksOf(samples: readonly Sample[]): Mark[] {
  const marks: Mark[] = [];
  const open = new Map<string, Mark>();
  const note = ({ kind, says }: Trouble, at: number, isSame: (mark: Mark) => boolean) => {
    const before = open.get(says);
    if (before && isSame(before)) before.until = at;
    else {
      const mark = { from: at, until: at, ...(kind ? { kind } : {}), says };
      marks.push(mark);
      open.set(says, mark);
    }
  };
  let figuresAt = 0;
  for (const { at, figures, error, refusals } of samples) {
    if (figures) figuresAt = at;
    if (error) note(error, at, (mark) => mark.until > figuresAt);
    for (const refusal of refusals) note(refusal, at, (mark) => at - mark.until <= refusalPauseMs);
  }
  return marks.slice(-mostMarks);
}
