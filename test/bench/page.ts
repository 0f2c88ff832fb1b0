/** `npm run bench:page`: what the page weighs on the wire, how soon it is painted, and what drawing a week costs. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { bundledAssets } from '../../functions/push-solar-data/local/page/assets.ts';
import { mostRows } from '../../functions/push-solar-data/local/page/page-state.ts';
import { openBrowser, serve } from '../page/browser.ts';
import { minutes, pageCases } from '../support/page-states.ts';

type Row = { what: string; value: number; unit: string; limit: number };

/** Of so many the median: what else the machine does only adds. */
const runs = 9;

const viewFolder = join(import.meta.dirname, '../../functions/push-solar-data/local/page/view');

const noteFigures = `new MutationObserver((_, observer) => {
  if (!document.querySelector('.scene .figures')) return;
  observer.disconnect();
  globalThis.figuresAt = performance.now();
}).observe(document, { childList: true, subtree: true });`;

const paintTimes = `new Promise((resolve) =>
  new PerformanceObserver((list) =>
    resolve([list.getEntriesByName('first-contentful-paint')[0].startTime, globalThis.figuresAt]),
  ).observe({ type: 'paint', buffered: true }),
);`;

const drawOnce = (history: string) => `(async () => {
  const history = ${history};
  const target = document.querySelector('#target');
  const begun = performance.now();
  const charts = chart.drawCharts(target, history, () => {});
  await undefined;
  for (const canvas of target.querySelectorAll('canvas')) canvas.getContext('2d').getImageData(0, 0, 1, 1);
  const ms = performance.now() - begun;
  charts.destroy();
  return ms;
})()`;

const browser = await openBrowser();
const rows = [...(await weights()), ...(await paints(browser)), await drawing(browser)];
await browser.close();
for (const { what, value, unit, limit } of rows) {
  const verdict = value <= limit ? 'ok' : 'TOO MUCH';
  console.log(`${what.padEnd(58)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(3)} limit ${limit}  ${verdict}`);
}
process.exitCode = rows.every(({ value, limit }) => value <= limit) ? 0 : 1;

async function weights(): Promise<Row[]> {
  const assets = [...(await bundledAssets()).values()];
  return (['br', 'gzip'] as const).map((encoding) => ({
    what: `whole page, ${encoding}`,
    value: assets.reduce((sum, asset) => sum + asset[encoding].length, 0) / 1000,
    unit: 'KB',
    limit: 120,
  }));
}

/** Without anything in the browser's cache. */
async function paints(of: Browser): Promise<Row[]> {
  const server = await serve({ homes: [pageCases.sunnyDay] });
  const first: number[] = [];
  const figures: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const context = await of.newContext();
    const page = await context.newPage();
    await page.addInitScript(noteFigures);
    await page.goto(server.address);
    await page.locator('.scene .figures').first().waitFor();
    const [painted, shown] = await page.evaluate<[number, number]>(paintTimes);
    if (run > 0) first.push(painted);
    if (run > 0) figures.push(shown);
    await context.close();
  }
  await server.close();
  return [
    { what: 'first paint on loopback', value: median(first), unit: 'ms', limit: 300 },
    { what: 'figures on the page on loopback', value: median(figures), unit: 'ms', limit: 500 },
  ];
}

/** From the answer in hand until the pixels can be read, by the page's own charts. */
async function drawing(of: Browser): Promise<Row> {
  const history = minutes(7 * 24);
  if (history.times.length !== mostRows) throw new Error(`A week has ${mostRows} minutes.`);
  const { outputFiles } = await build({
    stdin: { contents: "export { drawCharts } from './chart.ts';", resolveDir: viewFolder },
    bundle: true,
    write: false,
    outdir: viewFolder,
    format: 'iife',
    globalName: 'chart',
    logLevel: 'silent',
  });
  const page = await of.newPage({ viewport: { width: 1280, height: 900 } });
  await page.setContent('<div id="target"></div>');
  await page.evaluate(outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? '');
  const took: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const ms = await page.evaluate<number>(drawOnce(JSON.stringify(history)));
    if (run > 0) took.push(ms);
  }
  return { what: `${mostRows} rows of five curves drawn`, value: median(took), unit: 'ms', limit: 100 };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
