/** The two charts of the past, drawn by uPlot: powers, and below them the battery's charge. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ColumnName, History } from '../page-state.ts';
import { curves, isTold, powerNames } from './curves.ts';
import { dayOf, minuteOf } from './wording.ts';

/** px, of both charts, so that their times stand one below the other; the strip of marks keeps to it. */
export const margins = { left: 46, right: 22 };
const heights = { powers: 280, soc: 96 };
const font = '12px system-ui, sans-serif';

export type Charts = {
  setHidden(hidden: ReadonlySet<ColumnName>): void;
  showRow(row: number | undefined): void;
  destroy(): void;
};

/** @param pointed is told over which row the pointer is; undefined for none. */
export function drawCharts(target: HTMLElement, history: History, pointed: (row: number | undefined) => void): Charts {
  const shared = { target, history, pointed };
  const powers = drawChart(
    shared,
    powerNames.filter((name) => isTold(history, name)),
    heights.powers,
  );
  const soc = isTold(history, 'soc') ? [drawChart(shared, ['soc'], heights.soc)] : [];
  const charts = [powers, ...soc];
  const redraw = () => {
    for (const { plot } of charts) plot.redraw(false);
  };
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', redraw);
  const observer = new ResizeObserver(() => {
    for (const { plot } of charts)
      if (plot.width !== target.clientWidth) plot.setSize({ width: target.clientWidth, height: plot.height });
  });
  observer.observe(target);
  return {
    setHidden(hidden) {
      for (const { plot, names } of charts)
        for (const [index, name] of names.entries())
          if (plot.series[index + 1]?.show === hidden.has(name)) plot.setSeries(index + 1, { show: !hidden.has(name) });
    },
    showRow(row) {
      const left = row === undefined ? -10 : powers.plot.valToPos(history.times[row] ?? 0, 'x');
      for (const { plot } of charts) plot.setCursor({ left, top: 0 }, plot === powers.plot);
    },
    destroy() {
      observer.disconnect();
      scheme.removeEventListener('change', redraw);
      for (const { plot } of charts) plot.destroy();
    },
  };
}

type Shared = { target: HTMLElement; history: History; pointed: (row: number | undefined) => void };

function drawChart({ target, history, pointed }: Shared, names: readonly ColumnName[], height: number) {
  const { from, until, times, columns, marks } = history;
  const isCharge = names[0] === 'soc';
  const colour = (name: string) => getComputedStyle(target).getPropertyValue(`--${name}`);
  const axis: uPlot.Axis = {
    stroke: () => colour('muted'),
    font,
    grid: { stroke: () => colour('line'), width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height,
      padding: [10, margins.right, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: 'past' },
        points: { size: 8 },
      },
      scales: {
        x: { time: true, range: () => [from / 1000, until / 1000] },
        y: { range: isCharge ? () => [0, 100] : (_, least, most) => powerRange(least, most) },
      },
      axes: [
        {
          ...axis,
          values: (_, splits) => splits.map(timeInWords),
          space: 64,
          size: 28,
        },
        {
          ...axis,
          size: margins.left,
          space: 36,
          values: (_, splits) => splits.map((value) => (isCharge ? `${value} %` : `${value}`)),
          ...(isCharge ? { splits: () => [0, 50, 100] } : {}),
        },
      ],
      series: [{}, ...names.map((name) => seriesOf(name, colour))],
      hooks: {
        drawClear: [(self) => shadeMarks(self, marks, colour('error'))],
        drawAxes: [(self) => (isCharge ? undefined : zeroLine(self, colour('muted')))],
        setCursor: [
          ({ cursor: { idx, left } }) => pointed(left === undefined || left < 0 ? undefined : (idx ?? undefined)),
        ],
      },
    },
    [times, ...names.map((name) => columns[name])],
    target,
  );
  return { plot, names };
}

function seriesOf(name: ColumnName, colour: (name: string) => string): uPlot.Series {
  const { colour: of, dash, title } = curves[name];
  const isFilled = name === 'production' || name === 'soc';
  return {
    label: title,
    stroke: () => colour(of),
    width: 1.75,
    dash,
    spanGaps: false,
    points: { show: false },
    ...(isFilled ? { fill: () => colour(`${of}-fill`) } : {}),
  };
}

/** Zero always, and room for what a small home uses. */
const powerRange = (least: number | null, most: number | null): [number, number] => {
  const [low, high] = [Math.min(0, least ?? 0), Math.max(0.5, most ?? 0)];
  const room = (high - low) * 0.06;
  return [low < 0 ? low - room : 0, high + room];
};

function timeInWords(at: number): string {
  const text = minuteOf(at * 1000);
  return text === '00:00' ? dayOf(at * 1000) : text;
}

/** px of the canvas. */
function zeroLine({ ctx, bbox, valToPos }: uPlot, stroke: string): void {
  const y = Math.round(valToPos(0, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function shadeMarks({ ctx, bbox, valToPos }: uPlot, marks: History['marks'], fill: string): void {
  ctx.save();
  ctx.fillStyle = fill;
  ctx.globalAlpha = 0.14;
  for (const { from, until } of marks) {
    const [begin, end] = [valToPos(from / 1000, 'x', true), valToPos(until / 1000, 'x', true)];
    ctx.fillRect(begin, bbox.top, Math.max(devicePixelRatio, end - begin), bbox.height);
  }
  ctx.restore();
}
