/** The page for everybody: by keys alone, by a screen reader, without movement, without colours, on a phone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beachHouse, manyHomes, type PageCase, pageCases } from '../support/page-states.ts';
import { type Looks, sizes } from './browser.ts';
import { open } from './opened.ts';

const looks: Record<string, Looks> = {
  'wide and light': {},
  'wide and dark': { colorScheme: 'dark' },
  'on a phone': { viewport: sizes.phone },
  'on a phone, dark': { viewport: sizes.phone, colorScheme: 'dark' },
};

/** What axe finds wrong, a line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<axe.AxeResults>('axe.run({ resultTypes: ["violations"] })');
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

describe('axe finds nothing wrong', () => {
  for (const [name, shown] of Object.entries<PageCase>(pageCases))
    it(`with ${name}`, async (t) => {
      const { page } = await open(t, name === 'twoHomes' ? [shown, beachHouse] : [shown]);
      for (const details of await page.locator('summary').all()) await details.click();
      assert.deepEqual(await violations(page), []);
    });

  for (const [how, look] of Object.entries(looks))
    it(`with many homes, ${how}`, async (t) => {
      const { page } = await open(t, manyHomes(60), look);
      assert.deepEqual(await violations(page), []);
    });

  for (const [how, look] of Object.entries(looks))
    it(how, async (t) => {
      const { page } = await open(t, [pageCases.error], look);
      await page.locator('.mark button').first().focus();
      assert.deepEqual(await violations(page), []);
    });
});

describe('by keys alone', () => {
  it('everything is reached, with the place shown', async (t) => {
    const { page } = await open(t, [pageCases.error]);
    const reached: string[] = [];
    for (let pressed = 0; pressed < 18; pressed++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      if ((await focused.count()) === 0) break;
      const name = (await focused.getAttribute('aria-label')) ?? (await focused.innerText());
      reached.push(name.trim());
      assert.notEqual(await focused.evaluate('(element) => getComputedStyle(element).outlineStyle'), 'none', name);
    }
    assert.deepEqual(reached, [
      ...['1 h', '6 h', '24 h', '7 days'],
      ...['Sun', 'Home', 'Grid', 'Battery', 'Charge'],
      ...['error', 'error'],
      'Moment in the chart',
      ...['2 errors in this time', 'The same as a table'],
    ]);
  });

  it('the moment in the chart moves, and is said in words', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay]);
    const slider = page.getByRole('slider', { name: 'Moment in the chart' });
    await slider.focus();
    for (let pressed = 0; pressed < 3; pressed++) await page.keyboard.press('ArrowLeft');
    assert.match(
      String(await slider.getAttribute('aria-valuetext')),
      /^11:4\d: Sun \d\.\d\d kW, Home 0\.\d\d kW, Grid exporting \d\.\d\d kW, Battery takes \d\.\d\d kW, Charge \d+\.\d %$/,
    );
    assert.match(await page.locator('.legend .moment').innerText(), /^11:4\d$/);
  });
});

describe('without movement', () => {
  const dots = (page: Page) => page.locator('.line .dots').first();

  it('nothing moves, and an arrow says the direction', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay], { reducedMotion: 'reduce' });
    assert.equal(await dots(page).isVisible(), false);
    assert.equal(await page.evaluate('document.getAnimations().length'), 0);
    assert.equal(await page.locator('.line .arrow').count(), 3);
  });

  it('others see the power move', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay], { reducedMotion: 'no-preference' });
    assert.equal(await page.evaluate('document.getAnimations().length'), 3);
  });
});

describe('on a phone', () => {
  for (const name of ['sunnyDay', 'lackingBattery', 'error', 'hostile', 'sevenDays'] as const)
    it(`${name} fits: nothing stands outside, no words run into others`, async (t) => {
      const { page } = await open(t, [pageCases[name]], { viewport: sizes.phone });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), sizes.phone.width);
      const boxes = await Promise.all(
        (await page.locator('.words > :not(.hidden)').all()).map((words) => words.evaluate(inkOf)),
      );
      assert.deepEqual(overlaps(boxes), []);
      for (const { left, right } of boxes) assert.ok(left >= 0 && right <= sizes.phone.width);
    });

  for (const count of [6, 60])
    it(`${count} homes with long names fit`, async (t) => {
      const { page } = await open(t, manyHomes(count, 'a-house-with-a-name-as-long-as-may-be-'), {
        viewport: sizes.phone,
      });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), sizes.phone.width);
    });

  it('a finger hits what can be pressed', async (t) => {
    const { page } = await open(t, [pageCases.error], { viewport: sizes.phone });
    for (const button of await page.getByRole('button').all()) {
      const box = await button.boundingBox();
      assert.ok(box && box.width >= 24 && box.height >= 24, await button.innerText());
    }
  });
});

type Box = { says: string; left: number; right: number; top: number; bottom: number };

/** What its letters cover, and not the room that it is given. */
function inkOf(element: unknown): Box {
  const range = new (
    globalThis as unknown as {
      Range: new () => { selectNodeContents(of: unknown): void; getBoundingClientRect(): Box };
    }
  ).Range();
  range.selectNodeContents(element);
  const { left, right, top, bottom } = range.getBoundingClientRect();
  return { says: (element as { textContent: string }).textContent, left, right, top, bottom };
}

const overlaps = (boxes: Box[]): string[] =>
  boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top + 1 < b.bottom && b.top + 1 < a.bottom)
      .map((b) => `${a.says} / ${b.says}`),
  );

describe('in the dark', () => {
  it('is dark without being told, and light again by day', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay], { colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    assert.equal(await ground(), 'rgb(14, 19, 23)');
    await page.emulateMedia({ colorScheme: 'light' });
    assert.equal(await ground(), 'rgb(245, 243, 238)');
  });
});
