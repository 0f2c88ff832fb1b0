/** The page in a real browser, served as `npm start` serves it: with homes whose states a test chooses. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { bundledAssets } from '../../functions/push-solar-data/local/page/assets.ts';
import {
  openPageServer,
  type PageHome,
  type PageServer,
} from '../../functions/push-solar-data/local/page/page-server.ts';
import type { History, HomeState, Homes } from '../../functions/push-solar-data/local/page/page-state.ts';

export type ShownHome = { state: HomeState; history: History };
type Shown = { homes: readonly ShownHome[]; origin?: Homes['origin']; port?: number };

/** Built once for all. */
const built = bundledAssets();

export const openBrowser = (): Promise<Browser> => {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`There is no browser at ${executablePath}: apt-get install chromium, or set CHROMIUM_PATH.`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--font-render-hinting=none'] });
};

export type ServedHomes = PageServer & {
  address: string;
  /** A tick of the first home that ended in this state, or why it cannot be looked at any more. */
  tick(state: HomeState | Failure): void;
};

export async function serve({ homes, origin = 'here', port = 0 }: Shown): Promise<ServedHomes> {
  const watchers = new Set<() => void>();
  let now: HomeState | Failure | undefined = homes[0]?.state;
  const pageHomes = homes.map(
    ({ state, history }, index): PageHome => ({
      site: state.site,
      state: async () => {
        if (index > 0 || now === undefined) return state;
        if (now instanceof Failure) throw now;
        return now;
      },
      history: async (hours) => lastHours(history, hours),
      watch(changed) {
        watchers.add(changed);
        return () => watchers.delete(changed);
      },
    }),
  );
  const [first, ...others] = pageHomes;
  if (!first) throw new Error('There is no home.');
  const server = await openPageServer({ origin, homes: [first, ...others], assets: built, port });
  return {
    ...server,
    address: `http://127.0.0.1:${server.port}/`,
    tick(state) {
      now = state;
      for (const changed of watchers) changed();
    },
  };
}

function lastHours(history: History, hours: number): History {
  const from = Math.max(history.until - hours * 3_600_000, Math.min(history.from, history.until - 3_600_000));
  const first = history.times.findIndex((time) => time * 1000 >= from);
  const cut = <Value>(values: Value[]) => (first < 0 ? [] : values.slice(first));
  const { production, consumption, net_import, battery, soc } = history.columns;
  return {
    ...history,
    from,
    times: cut(history.times),
    columns: {
      production: cut(production),
      consumption: cut(consumption),
      net_import: cut(net_import),
      battery: cut(battery),
      soc: cut(soc),
    },
    marks: history.marks.filter(({ until }) => until >= from),
  };
}

export const sizes = {
  wide: { width: 1280, height: 1280 },
  phone: { width: 360, height: 780 },
} as const;

export type Looks = Pick<BrowserContextOptions, 'colorScheme' | 'reducedMotion' | 'viewport' | 'deviceScaleFactor'>;

/** A page whose clock stands at the moment of its home's state, so that each look at it is the same. */
export async function openPage(browser: Browser, address: string, at: number, looks: Looks = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: sizes.wide,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...looks,
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(at);
  await page.goto(address);
  return page;
}
