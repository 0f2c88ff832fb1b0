import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shardName, shardsOf } from '../../functions/push-solar-data/settings/shards.ts';

describe('the shards of a stack', () => {
  for (const [homes, sizes] of [
    [1, [1]],
    [25, [25]],
    [26, [25, 1]],
    [60, [25, 25, 10]],
  ] as const)
    it(`of ${homes} homes have ${sizes.join(', ')}, in their order`, () => {
      const sites = Array.from({ length: homes }, (_, nth) => `home-${nth}`);
      const shards = shardsOf(sites);
      assert.deepEqual(
        shards.map(({ length }) => length),
        sizes,
      );
      assert.deepEqual(shards.flat(), sites);
    });

  it('are named by the stack, the first by that alone', () =>
    assert.deepEqual(
      [1, 2, 3].map((nth) => shardName('homes', nth)),
      ['solar-cloud-bridge-homes', 'solar-cloud-bridge-homes-2', 'solar-cloud-bridge-homes-3'],
    ));
});
