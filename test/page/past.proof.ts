/** The last hours on the page: their curves and gaps, their errors, and the same for whoever does not see a chart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { minutes, noon, pageCases } from '../support/page-states.ts';
import { open } from './opened.ts';

/** How many points of the first chart have the colour of the sun's curve, in a part of its width. */
const sunnyPoints = (page: Page, from: number, until: number): Promise<number> =>
  page.locator('.chart canvas').first().evaluate(sunnyPointsOf, { from, until });

type Canvas = {
  width: number;
  height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
};

function sunnyPointsOf(element: unknown, { from, until }: { from: number; until: number }): number {
  const canvas = element as Canvas;
  const left = Math.round(canvas.width * from);
  const { data } = canvas
    .getContext('2d')
    .getImageData(left, 0, Math.round(canvas.width * (until - from)), canvas.height);
  let points = 0;
  for (let at = 0; at < data.length; at += 4)
    if ((data[at] ?? 0) > 215 && Math.abs((data[at + 1] ?? 0) - 154) < 12 && (data[at + 2] ?? 0) < 40) points++;
  return points;
}

const legend = (page: Page) => page.getByRole('group', { name: 'Curves to show' });

describe('the past on the page', () => {
  it('is drawn for 1, 6 and 24 hours and for 7 days', async (t) => {
    const { page, asked } = await open(t, [pageCases.sevenDays]);
    for (const [words, hours] of [
      ['1 h', 1],
      ['6 h', 6],
      ['7 days', 168],
      ['24 h', 24],
    ] as const) {
      const button = page.getByRole('button', { name: words, exact: true });
      await button.click();
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      await page.locator('.chart canvas').first().waitFor();
      assert.ok(
        asked.some((address) => address.includes(`hours=${hours}&`)),
        words,
      );
      assert.ok((await sunnyPoints(page, 0, 1)) > 50, words);
    }
  });

  it('leaves a gap where nothing was told', async (t) => {
    // From 14:00 to 16:00 of the day before: the chart begins at noon, right of the figures at its side.
    const history = minutes(24, (minute) => minute >= 120 && minute < 240);
    const { page } = await open(t, [{ ...pageCases.sunnyDay, history }]);
    await page.locator('.chart canvas').first().waitFor();
    assert.equal(await sunnyPoints(page, 0.14, 0.185), 0);
    assert.ok((await sunnyPoints(page, 0.05, 0.11)) > 10);
    assert.ok((await sunnyPoints(page, 0.21, 0.27)) > 10);
  });

  it('hides a curve and shows it again', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay]);
    const sun = legend(page).getByRole('button', { name: 'Sun' });
    await sun.click();
    assert.equal(await sun.getAttribute('aria-pressed'), 'false');
    assert.equal(await sunnyPoints(page, 0, 1), 0);
    await sun.click();
    assert.ok((await sunnyPoints(page, 0, 1)) > 50);
  });

  it('says the figures of the moment under the pointer, in words', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay]);
    await page
      .locator('.u-over')
      .first()
      .hover({ position: { x: 40, y: 60 } });
    await legend(page).getByText('exporting').waitFor();
    assert.match(
      await legend(page).innerText(),
      /Sun\s*\d\.\d\d kW[\s\S]*Battery\s*takes \d\.\d\d kW[\s\S]*Tue 19, 1[23]:/,
    );
  });

  it('marks errors, each saying when, what and why to a pointer, to keys and in a list', async (t) => {
    const { page } = await open(t, [pageCases.error]);
    const mark = page.locator('.mark').last();
    const says = mark.getByRole('tooltip');
    assert.equal(await says.isVisible(), false);
    await mark.getByRole('button').hover();
    assert.equal(await says.isVisible(), true);
    assert.match(await says.innerText(), /11:49–12:00 Simulated home: it refuses the API key \(401\)/);
    await page.mouse.move(0, 0);
    await mark.getByRole('button').focus();
    assert.equal(await says.isVisible(), true);
    await page.getByText('2 errors in this time').click();
    assert.equal(await page.locator('.list li').count(), 2);
    assert.match(await page.locator('.list').innerText(), /03:00 Simulated home does not answer in time/);
  });

  it('is a table as well, in which nothing is a number that was not told', async (t) => {
    const history = minutes(24, (minute) => minute < 60);
    const { page } = await open(t, [{ ...pageCases.sunnyDay, history }]);
    await page.getByText('The same as a table').click();
    const rows = page.getByRole('row');
    assert.equal(await rows.count(), 25);
    assert.match(await rows.nth(1).innerText(), /^Tue 19, 12:00(\s+unknown){5}$/);
    assert.match(await rows.nth(2).innerText(), /13:00\s+\d\.\d\d kW\s+\d\.\d\d kW\s+exporting/);
    assert.match(
      await page.locator('.past details').last().innerText(),
      /Sun up to 5\.00 kW, Home up to 1\.00 kW, no errors/,
    );
  });

  it('grows with each tick', async (t) => {
    const { page, server, asked } = await open(t, [pageCases.sunnyDay]);
    const before = asked.filter((address) => address.includes('/api/history')).length;
    const answered = page.waitForResponse(/\/api\/history/);
    server.tick({ ...pageCases.sunnyDay.state, tickAt: noon + 60_000 });
    await answered;
    assert.equal(asked.filter((address) => address.includes('/api/history')).length, before + 1);
    assert.ok((await sunnyPoints(page, 0, 1)) > 50);
  });
});
