/** The states that the page is tested with are such as a server may answer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { History, HomeState, Homes, mostRows } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { beachHouse, pageCases } from '../../support/page-states.ts';

describe('the states of the page for its tests', () => {
  for (const [name, { homes, state, history }] of Object.entries({ ...pageCases, beachHouse }))
    test(`${name} keeps to the contract`, () => {
      assert.deepEqual(Homes.parse(homes), homes);
      assert.deepEqual(HomeState.parse(state), state);
      assert.deepEqual(History.parse(history), history);
      for (const column of Object.values(history.columns)) assert.equal(column.length, history.times.length);
      assert.ok(history.times.length <= mostRows);
    });
});
