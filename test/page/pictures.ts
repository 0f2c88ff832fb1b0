/** `npm run pictures`: the pictures for the documents, of the simulated home, made by a browser. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Looks, openBrowser, openPage, serve } from './browser.ts';
import { dashboardPicture } from './dashboard-picture.ts';
import { moments } from './simulated-moments.ts';
import { terminalPicture } from './terminal-picture.ts';

export const pictureFolder = join(import.meta.dirname, '../../docs/images');

export const pictures = {
  'page-wide': { moment: 'sunny', looks: { viewport: { width: 1120, height: 1200 } } },
  'page-dark': { moment: 'sunny', looks: { viewport: { width: 1120, height: 1200 }, colorScheme: 'dark' } },
  'page-phone': { moment: 'sunny', looks: { viewport: { width: 390, height: 1300 } } },
  'page-error': { moment: 'error', looks: { viewport: { width: 1120, height: 1180 } } },
  'page-lacking': { moment: 'lacking', looks: { viewport: { width: 1120, height: 1180 } } },
} as const satisfies Record<string, { moment: keyof typeof moments; looks: Looks }>;

export type PictureName = keyof typeof pictures;

/** What it looks like now, as PNG. */
export async function pictureOf(browser: Browser, name: PictureName): Promise<Buffer> {
  const { moment, looks } = pictures[name];
  const home = await moments[moment]();
  const server = await serve({ homes: [home], origin: 'demo' });
  const page = await openPage(browser, server.address, home.state.now, { reducedMotion: 'no-preference', ...looks });
  try {
    await page.locator('.chart canvas').first().waitFor();
    return await page.screenshot({ animations: 'disabled' });
  } finally {
    await page.context().close();
    await server.close();
  }
}

if (import.meta.main) {
  const browser = await openBrowser();
  mkdirSync(pictureFolder, { recursive: true });
  const keep = (name: string, picture: Buffer) => {
    writeFileSync(join(pictureFolder, `${name}.png`), picture);
    console.log(`docs/images/${name}.png ${Math.round(picture.length / 1000)} KB`);
  };
  try {
    for (const name of Object.keys(pictures) as PictureName[]) keep(name, await pictureOf(browser, name));
    keep('terminal', await terminalPicture(browser));
    keep('dashboard', await dashboardPicture(browser));
  } finally {
    await browser.close();
  }
}
