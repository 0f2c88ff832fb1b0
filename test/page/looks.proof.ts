/**
 * The page still looks as the documents show it. Machines have other letters, so pictures are compared in coarse cells;
 * what must be exact is asserted of the page itself, elsewhere.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { theBrowser } from './opened.ts';
import { type PictureName, pictureFolder, pictureOf, pictures } from './pictures.ts';

/** Share of cells that may look otherwise. */
const tolerance = 0.1;

const kept = (name: PictureName): Buffer => readFileSync(join(pictureFolder, `${name}.png`));
const names = Object.keys(pictures) as PictureName[];

/** The share of cells of 16 px whose mean brightness is another by more than a tenth; 1 for pictures of other sizes. */
async function difference(one: Buffer, other: Buffer): Promise<number> {
  const page = await theBrowser().newPage();
  try {
    const addresses = [one, other].map((picture) => `data:image/png;base64,${picture.toString('base64')}`);
    return await page.evaluate<number>(`(${compareInBrowser})(${JSON.stringify(addresses)})`);
  } finally {
    await page.close();
  }
}

const compareInBrowser = `async (addresses) => {
  const images = await Promise.all(addresses.map(async (src) => {
    const image = Object.assign(new Image(), { src });
    await image.decode();
    return image;
  }));
  const [one, other] = images;
  if (one.width !== other.width || one.height !== other.height) return 1;
  const [columns, rows] = [Math.ceil(one.width / 16), Math.ceil(one.height / 16)];
  const [a, b] = images.map((image) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data, width } = context.getImageData(0, 0, image.width, image.height);
    const cells = new Float64Array(columns * rows);
    const points = new Float64Array(columns * rows);
    for (let point = 0; point < data.length / 4; point++) {
      const cell = Math.floor(Math.floor(point / width) / 16) * columns + Math.floor((point % width) / 16);
      cells[cell] += (data[point * 4] + data[point * 4 + 1] + data[point * 4 + 2]) / 3;
      points[cell]++;
    }
    return cells.map((sum, cell) => sum / points[cell]);
  });
  return a.filter((value, cell) => Math.abs(value - b[cell]) > 25).length / a.length;
}`;

describe('the page looks as in the documents (npm run pictures makes them anew)', () => {
  for (const name of names)
    it(name, async () => {
      const share = await difference(await pictureOf(theBrowser(), name), kept(name));
      assert.ok(share <= tolerance, `${Math.round(share * 100)} % of it look otherwise`);
    });
});

describe('the comparison', () => {
  it('tells the pictures from each other', async () => {
    assert.ok((await difference(kept('page-wide'), kept('page-dark'))) > tolerance);
    assert.equal(await difference(kept('page-wide'), kept('page-phone')), 1);
    const troubled = await difference(kept('page-error'), kept('page-lacking'));
    assert.ok(troubled > tolerance / 2, `${troubled}`);
    assert.equal(await difference(kept('page-wide'), kept('page-wide')), 0);
  });
});
