/** A page of its own for each test of a file, in one browser. */
import { after, before, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noon } from '../support/page-states.ts';
import { type Looks, openBrowser, openPage, type ServedHomes, type ShownHome, serve } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

export const theBrowser = (): Browser => browser;

export type Opened = {
  page: Page;
  server: ServedHomes;
  /** Addresses of everything that the page asked for. */
  asked: string[];
  /** What the browser says of it, such as what its policy forbids. */
  complaints: string[];
};

/** Loads it twice, so that whatever the browser says of it is heard from the beginning. */
export async function open(t: TestContext, homes: ShownHome[], looks: Looks = {}): Promise<Opened> {
  const server = await serve({ homes });
  const page = await openPage(browser, server.address, noon, looks);
  t.after(async () => {
    await page.context().close();
    await server.close();
  });
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.reload();
  await page.locator('.past .chart, .past .waiting:not([role])').first().waitFor();
  return { page, server, asked, complaints };
}
