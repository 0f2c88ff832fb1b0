/** All homes of a stack in a terminal: a line each, or two where it is narrow, and below it what is wrong. */
import stringWidth from 'fast-string-width';
import { inWords as duration } from '../../functions/push-solar-data/core/freshness.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type Paint, paintOn, type Style } from '../../functions/push-solar-data/local/colours.ts';
import { columnsOf, type Output, table, wrapped } from '../../functions/push-solar-data/local/layout.ts';
import { inWords, unnamed } from '../../functions/push-solar-data/local/print.ts';
import type { Condition, HomeCondition } from './home-condition.ts';

const looks: Record<Condition, readonly [mark: string, style: Style]> = {
  stopped: ['✗', 'error'],
  silent: ['✗', 'error'],
  failing: ['✗', 'error'],
  waiting: ['!', 'warning'],
  doubtful: ['!', 'warning'],
  partly: ['!', 'warning'],
  well: ['✓', 'good'],
};

/** @param homes in the order in which they are shown. */
export function homesTable(homes: readonly HomeCondition[], output: Output): string {
  const [columns, paint] = [columnsOf(output), paintOn(output)];
  const wide = linesOf([
    ['  home', '', 'age', 'solar', 'grid', 'battery'],
    ...homes.map((home) => [...headOf(home, paint), ...figuresOf(home, paint)]),
  ]);
  const isWide = wide.every((line) => stringWidth(line) <= columns);
  const lines = isWide ? wide : linesOf([['  home', '', 'age'], ...homes.map((home) => headOf(home, paint))]);
  const [head = '', ...rows] = lines;
  const below = homes.map((home) => [...(isWide ? [] : figuresBelow(home, paint)), ...(home.says ? [home.says] : [])]);
  return [head, ...rows.flatMap((row, nth) => [row, ...(below[nth] ?? []).map((text) => `  ${text}`)])]
    .map((line) => wrapped(line, columns))
    .join('\n');
}

const linesOf = (rows: readonly (readonly string[])[]): string[] => table(rows, Number.POSITIVE_INFINITY).split('\n');

function headOf({ site, is, age_s }: HomeCondition, paint: Paint): string[] {
  const [mark, style] = looks[is];
  return [`${paint(style, mark)} ${site}`, paint(style, is), age_s === undefined ? '–' : duration(age_s)];
}

/** What a home told that is silent or fails now is not of now. */
const currentFigures = ({ is, reading }: HomeCondition): TickReport['figures'] =>
  is === 'doubtful' || is === 'partly' || is === 'well' ? reading?.report.figures : undefined;

function figuresOf(home: HomeCondition, paint: Paint): string[] {
  const figures = currentFigures(home);
  if (!figures) return [];
  const { production_kw, net_import_kw } = figures;
  return [
    production_kw === undefined ? '–' : unnamed('production_kw', production_kw, paint),
    net_import_kw === undefined ? '–' : unnamed('net_import_kw', net_import_kw, paint),
    batteryOf(figures, paint).join(', '),
  ];
}

function figuresBelow(home: HomeCondition, paint: Paint): string[] {
  const figures = currentFigures(home);
  if (!figures) return [];
  const powers = (['production_kw', 'net_import_kw'] as const).flatMap((field) => {
    const value = figures[field];
    return value === undefined ? [] : inWords(field, value, paint);
  });
  const [first, ...more] = batteryOf(figures, paint);
  return [[...powers, ...(first === undefined ? [] : [`battery ${first}`]), ...more].join(', ')];
}

const batteryOf = (
  { battery_discharge_kw, battery_soc }: NonNullable<TickReport['figures']>,
  paint: Paint,
): string[] => [
  ...(battery_discharge_kw === undefined ? [] : [unnamed('battery_discharge_kw', battery_discharge_kw, paint)]),
  ...(battery_soc === undefined ? [] : [`${Math.round(battery_soc * 100)} %`]),
];
