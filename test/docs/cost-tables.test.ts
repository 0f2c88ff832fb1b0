/** The tables of costs say what the calculation comes to. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { costTable, homesCostTable } from '../../docs/cost-tables.ts';
import { dollarsOfHomes, homesPrices, usageOfHomes } from '../../infra/homes-cost.ts';

const rowsOf = (table: string): string[][] =>
  table.split('\n').map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

describe('the table of costs', () => {
  it('has a row for each kind of cost of many homes, what a few of them use, and dollars for each number of homes', () => {
    const [head, , ...rows] = rowsOf(homesCostTable());
    assert.deepEqual(head?.slice(2), ['5 homes', '50 homes', '500 homes', '10,000 homes']);
    assert.deepEqual(
      rows.map(([what]) => what),
      [...Object.values(homesPrices).map(({ what }) => what), '**all**', 'with a stack for each home'],
    );
    const all = rows.at(-2)?.slice(2);
    assert.deepEqual(all, [
      '0',
      dollarsOfHomes(usageOfHomes(50)).total.toFixed(2),
      dollarsOfHomes(usageOfHomes(500)).total.toFixed(2),
      dollarsOfHomes(usageOfHomes(10_000)).total.toFixed(0),
    ]);
    for (const row of rows) assert.equal(row.length, head?.length);
  });

  it('of one home says what several would cost with a stack each, and in one', () => {
    const [head, , ...rows] = rowsOf(costTable());
    assert.deepEqual(head?.slice(2), ['1 home', '5 homes, a stack each', '50 homes, a stack each']);
    const cents = Math.round(dollarsOfHomes(usageOfHomes(50)).total * 100);
    assert.deepEqual(rows.at(-1)?.slice(2), ['', '0', `${cents}`]);
  });
});
