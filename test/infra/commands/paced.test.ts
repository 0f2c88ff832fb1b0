import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { paced } from '../../../infra/commands/paced.ts';

describe('work for many homes', () => {
  it('gives the results in the order of the homes', async () => {
    const results = await paced([20, 10, 0], 50, (ms) => wait(ms, ms));
    assert.deepEqual(results, [20, 10, 0]);
  });

  it('begins none any more once one has failed: nothing is stored after the command has said that it failed', async () => {
    const begun: number[] = [];
    const work = async (home: number) => {
      begun.push(home);
      if (home === 0) throw new Error('denied');
    };
    await assert.rejects(paced([0, 1, 2, 3, 4, 5, 6, 7], 10 / 3, work), /denied/);
    const before = begun.length;
    await wait(700);
    assert.equal(begun.length, before);
    assert.ok(before < 8);
  });
});
