import { deepEqual, equal, rejects } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { allPages, type Page } from '../../functions/push-solar-data/adapters/pages.ts';

/** Reads a list of numbers from these pages; tells also how many were asked for. */
async function read(page: (nth: number) => Page<number> | undefined) {
  let asked = 0;
  const list = allPages(
    'Example Cloud',
    async (nth) => {
      asked += 1;
      return page(nth) ?? { entries: [] };
    },
    (entry) => entry,
  );
  return { entries: await list.catch((error: unknown) => error), asked };
}

for (const [what, pages, asked] of [
  ['that does not say how long it is', [{ entries: [1, 2] }], 1],
  [
    'that tells the number of its entries',
    [
      { entries: [1], total: 2 },
      { entries: [2], total: 2 },
    ],
    2,
  ],
  [
    'that tells the number of its pages',
    [
      { entries: [1], pages: 3 },
      { entries: [], pages: 3 },
      { entries: [2], pages: 3 },
    ],
    3,
  ],
  [
    'that promises more entries than it has',
    [
      { entries: [1, 2], total: 9 },
      { entries: [], total: 9 },
    ],
    2,
  ],
  [
    'that gives its only page again and again',
    [
      { entries: [1, 2], total: 9 },
      { entries: [2, 1], total: 9 },
    ],
    2,
  ],
  ['with less than no page', [{ entries: [1, 2], pages: -1 }], 1],
] as const)
  test(`A list ${what} is read to its end`, async () => {
    deepEqual(await read((nth) => pages[nth]), { entries: [1, 2], asked });
  });

for (const [what, page] of [
  ['that promises a thousand million pages', (nth: number) => ({ entries: [nth], pages: 1e9 })],
  ['that promises them and gives the same one', () => ({ entries: [1], pages: 1e9 })],
  ['that promises as many entries', (nth: number) => ({ entries: [nth], total: 1e9 })],
] as const)
  test(`A list ${what} is given up after 50 pages`, async () => {
    const { entries, asked } = await read(page);
    equal(asked, 50);
    equal((entries as { kind?: string }).kind, 'bad-response');
  });

test('A list of long pages is given up after 5,000 entries', async () => {
  const { asked } = await read((nth) => ({
    entries: Array.from({ length: 1_000 }, (_, n) => nth * 1_000 + n),
    total: 1e9,
  }));
  equal(asked, 6);
});

test('A list that takes long is given up after ten seconds', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const list = allPages(
    'Example Cloud',
    () => new Promise<Page<number>>(() => {}),
    (entry) => entry,
  );
  t.mock.timers.tick(10_000);
  await rejects(list, { kind: 'unavailable', message: 'Example Cloud takes more than 10 s for a list' });
});
