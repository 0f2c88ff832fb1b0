/** What `npm start` shows in a terminal, as a picture. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Browser } from 'playwright-core';
import { commandFile } from '../support/terminal.ts';

const patienceMs = 60_000;
/** Of the simulated day. */
const halfHours = 5;

export async function terminalPicture(browser: Browser): Promise<Buffer> {
  const text = `$ npm start\n\n${await shownByStart()}`;
  const page = await browser.newPage({ viewport: { width: 1080, height: 400 } });
  try {
    await page.setContent(`<style>${looks}</style><pre></pre>`);
    // As text: whatever the terminal shows is no markup.
    await page.locator('pre').evaluate((pre, shown) => {
      pre.textContent = shown;
    }, text);
    return await page.locator('pre').screenshot();
  } finally {
    await page.close();
  }
}

const looks = `
  body { margin: 0; }
  pre { margin: 0; padding: 26px 30px; width: 1080px; box-sizing: border-box; white-space: pre-wrap;
    background: #171d23; color: #e9eef2; font: 14px/1.6 ui-monospace, 'DejaVu Sans Mono', monospace; }`;

/** The simulated home, in a pseudo-terminal, until some of its day has passed. */
async function shownByStart(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  const child = spawn('script', ['-qec', `"${process.execPath}" "${commandFile('start')}"`, '/dev/null'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      TERM: 'dumb',
      COLUMNS: '110',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`npm start shows no tick:\n${shown}`)), patienceMs);
    child.stdout.on('data', (text) => {
      shown += String(text);
      if ((shown.match(/^\d\d:\d\d {2}sun/gm) ?? []).length < halfHours) return;
      clearTimeout(late);
      setTimeout(resolve, 300);
    });
  });
  child.stdin.write('\u0003');
  await ended;
  rmSync(folder, { recursive: true });
  return stripVTControlCharacters(shown).replaceAll('\r', '').replaceAll('^C', '').trim();
}
