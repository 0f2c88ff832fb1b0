/** The dashboard at AWS as a picture: what its template defines, drawn here with the figures of a simulated day. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import type uPlot from 'uplot';
import { measurements } from '../../functions/push-solar-data/platform/measurements.ts';
import { type DrawnMetric, dashboardOf, metricsOf, type Widget } from '../support/stack-dashboard.ts';
import { shownAt, simulatedTicks, type ToldTick } from './simulated-moments.ts';

const shownMs = 24 * 3_600_000;
/** A place on the dashboard is counted in these, px. */
const unit = { width: 50, height: 46 };
const shownRows = 9;
/** Of metrics without a colour of their own, as CloudWatch has them. */
const usualColours = ['#1f77b4', '#ff7f0e', '#2ca02c'];

type Metrics = Extract<Widget, { type: 'metric' }>;
type Query = Extract<Widget, { type: 'log' }>;
type Axes = NonNullable<Metrics['properties']['yAxis']>;
type Curve = { color: string; axis: keyof Axes; values: (number | null)[] };
type Box = { clientWidth: number; clientHeight: number };
type Chart = { times: number[]; curves: Curve[]; axes: Axes };

/** Newest first. */
type Ticks = readonly ToldTick[];

export async function dashboardPicture(browser: Browser): Promise<Buffer> {
  const ticks: ToldTick[] = [];
  for await (const tick of simulatedTicks()) if (tick.at > shownAt - shownMs) ticks.push(tick);
  const widgets = dashboardOf([{ label: 'charge-hq', slug: 'charge-hq', title: 'Charge HQ' }]);
  const size = {
    width: unit.width * Math.max(...widgets.map(({ x, width }) => x + width)),
    height: unit.height * Math.max(...widgets.map(({ y, height }) => y + height)),
  };
  const context = await browser.newContext({ viewport: size, locale: 'en-GB', timezoneId: 'UTC' });
  try {
    const page = await context.newPage();
    await page.setContent(`<style>${looks}</style>${widgets.map((widget) => boxOf(widget, ticks)).join('')}`);
    await page.addStyleTag({ path: fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')) });
    await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('uplot/dist/uPlot.iife.min.js')) });
    const drawn = widgets.flatMap((widget) => chartOf(widget, ticks) ?? []);
    for (const [nth, chart] of drawn.entries()) await page.locator('.chart').nth(nth).evaluate(draw, chart);
    // uPlot draws in the next microtask, the browser in the next frame.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
    return await page.screenshot();
  } finally {
    await context.close();
  }
}

function boxOf(widget: Widget, ticks: Ticks): string {
  const { x, y, width, height } = widget;
  const place = [
    ['left', x * unit.width],
    ['top', y * unit.height],
    ['width', width * unit.width],
    ['height', height * unit.height],
  ].map(([side, px]) => `${side}:${px}px`);
  return `<div class="place" style="${place.join(';')}"><section>${contentOf(widget, ticks)}</section></div>`;
}

function contentOf(widget: Widget, ticks: Ticks): string {
  if (widget.type === 'text') {
    const [title = '', ...lines] = widget.properties.markdown.split('\n');
    return `<h1>${asText(title.replace('# ', ''))}</h1><p>${asText(lines.join(' '))}</p>`;
  }
  const title = `<h2>${asText(widget.properties.title)}</h2>`;
  if (widget.type === 'log') return title + tableOf(widget, ticks);
  const metrics = metricsOf(widget);
  if (widget.properties.view === 'singleValue') return `${title}<dl>${metrics.map(figureOf(ticks)).join('')}</dl>`;
  const { left, right } = widget.properties.yAxis ?? {};
  const named = metrics.map((metric, nth) => {
    const isKnown = ticks.some((tick) => measuredOf(tick, metric.name) !== undefined);
    return `<li>${keyOf(colourOf(metric, nth))}${asText(metric.label)}${isKnown ? '' : '<em>nothing</em>'}</li>`;
  });
  const axes = `<div class="axes"><span>${asText(left?.label ?? '')}</span><span>${asText(right?.label ?? '')}</span></div>`;
  return `${title}${axes}<div class="chart"></div><ul>${named.join('')}</ul>`;
}

const figureOf =
  (ticks: Ticks) =>
  (metric: DrawnMetric, nth: number): string => {
    const value = ticks[0] && measuredOf(ticks[0], metric.name);
    return `<div><dd>${value?.toFixed(Number.isInteger(value) ? 0 : 2) ?? '–'}</dd><dt>${keyOf(colourOf(metric, nth))}${asText(metric.label)}</dt></div>`;
  };

/** The last rows that the query would find; a column without any value is not there. */
function tableOf({ properties }: Query, ticks: Ticks): string {
  const [fields = '', filter = ''] = properties.query.split(' | ').slice(1).join(' | ').split('\n| ');
  const conditions = filter.replace('filter ', '').split(' or ').map(conditionOf);
  const found = ticks.filter((tick) => conditions.some((holds) => holds(tick))).slice(0, shownRows);
  if (found.length === 0) return '<p class="nothing">nothing</p>';
  const columns = fields
    .replace('fields ', '')
    .split(', ')
    .filter((path) => found.some((tick) => fieldOf(tick, path) !== undefined));
  const head = columns.map((path) => `<th>${asText(path)}</th>`).join('');
  const cells = (tick: ToldTick) =>
    columns.map((path) => `<td>${asText(String(fieldOf(tick, path) ?? ''))}</td>`).join('');
  return `<table><tr>${head}</tr>${found.map((tick) => `<tr>${cells(tick)}</tr>`).join('')}</table>`;
}

function conditionOf(text: string): (tick: ToldTick) => boolean {
  const present = /^ispresent\((\S+)\)$/.exec(text)?.[1];
  if (present) return (tick) => fieldOf(tick, present) !== undefined;
  const [, path, values] = /^(\S+) (?:in|=) (.+)$/.exec(text) ?? [];
  if (!path || !values) throw new Error(`A condition that the picture cannot follow: ${text}`);
  const wanted: unknown[] = [JSON.parse(values)].flat();
  return (tick) => wanted.includes(fieldOf(tick, path));
}

function fieldOf({ at, report }: ToldTick, path: string): unknown {
  if (path === '@timestamp') return new Date(at).toISOString().replace('T', ' ').slice(0, 19);
  return path
    .split('.')
    .reduce<unknown>((part, key) => (part instanceof Object ? Reflect.get(part, key) : undefined), report);
}

const measuredOf = ({ report }: ToldTick, metric: string): number | undefined =>
  measurements(report).find(([name]) => name === metric)?.[2];

function chartOf(widget: Widget, ticks: Ticks): Chart | undefined {
  if (widget.type !== 'metric' || !widget.properties.yAxis) return;
  const inTime = ticks.toReversed();
  return {
    axes: widget.properties.yAxis,
    times: inTime.map(({ at }) => at / 1000),
    curves: metricsOf(widget).map((metric, nth) => ({
      color: colourOf(metric, nth),
      axis: metric.yAxis ?? 'left',
      values: inTime.map((tick) => measuredOf(tick, metric.name) ?? null),
    })),
  };
}

/** In the browser, where uPlot is a global. */
function draw(box: Box, { times, curves, axes }: Chart): void {
  const { uPlot: Plot } = globalThis as unknown as { uPlot: typeof uPlot };
  const looks = { grid: { stroke: '#e6eaed', width: 1 }, ticks: { show: false }, stroke: '#59646d' };
  const range =
    ({ min, max }: { min?: number; max?: number } = {}): uPlot.Scale.Range =>
    (_, least, most) => {
      const [low, high] = Plot.rangeNum(least ?? 0, most || 1, 0.1, true);
      return [min ?? low ?? 0, max ?? high ?? 1];
    };
  const clock: uPlot.Axis.DynamicValues = (_, splits) =>
    splits.map((time) => new Date(time * 1000).toISOString().slice(11, 16));
  const font = '12px system-ui, sans-serif';
  const options: uPlot.Options = {
    width: box.clientWidth,
    height: box.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: { left: { range: range(axes.left) }, right: { range: range(axes.right) } },
    axes: [
      { ...looks, font, values: clock, space: 70, size: 26 },
      { ...looks, font, scale: 'left', space: 24, size: 44 },
      ...(axes.right ? [{ ...looks, font, scale: 'right', side: 1, grid: { show: false }, space: 24, size: 44 }] : []),
    ],
    series: [
      {},
      ...curves.map(({ color, axis }) => ({ stroke: color, scale: axis, width: 1.5, points: { show: false } })),
    ],
  };
  new Plot(options, [times, ...curves.map(({ values }) => values)], box);
}

const colourOf = ({ color }: DrawnMetric, nth: number): string =>
  color ?? usualColours[nth % usualColours.length] ?? '';
const keyOf = (color: string): string => `<i style="background:${color}"></i>`;
const asText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const looks = `
  * { box-sizing: border-box; margin: 0; padding: 0; }
  body { background: #f2f4f5; color: #16191f; font: 13px/1.35 system-ui, sans-serif; }
  .place { position: absolute; padding: 4px; }
  section { height: 100%; padding: 8px 14px; background: #fff; border: 1px solid #d5dbdb; border-radius: 8px;
    display: flex; flex-direction: column; overflow: hidden; }
  h1 { font-size: 22px; } h2 { font-size: 15px; }
  i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
  dl { flex: 1; display: flex; align-items: center; gap: 14px; } dl div { flex: auto; align-self: start; padding-top: 10px; }
  dd { font-size: 30px; line-height: 1.25; } dt { font-size: 12px; }
  .axes { display: flex; justify-content: space-between; padding: 2px 6px 0; color: #59646d; font-size: 12px; }
  .chart { flex: 1; min-height: 0; }
  ul { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 12px; }
  table { margin-top: 8px; border-collapse: collapse; font-size: 12px; } th { text-align: left; }
  th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid #e6eaed; }
  em { margin-left: 8px; color: #59646d; }
  .nothing { margin: auto; color: #59646d; font-style: italic; }`;
