import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { wayChoices } from '../../functions/push-solar-data/local/ways.ts';

describe('the list of the equipment', async () => {
  const choices = await wayChoices(adapters);
  const waysOf = (vendor: string) =>
    choices.filter(({ value }) => value.adapter.vendor === vendor).map(({ value }) => value.by?.word);

  it('holds each adapter, but for the simulated home', () => {
    const vendors = new Set(choices.map(({ value }) => value.adapter.vendor));
    assert.deepEqual(
      [...vendors].sort(),
      Object.keys(adapters)
        .filter((vendor) => vendor !== 'simulator')
        .sort(),
    );
  });

  for (const [vendor, words] of [
    ['victron-vrm', [undefined]],
    ['fusionsolar', [undefined]],
    ['enphase', ['v4', 'enlighten']],
    ['sonnen', ['local', 'cloud']],
    ['sigenergy', ['openapi-account', 'openapi-key', 'app']],
    ['solaredge', ['v2', 'v1']],
  ] as const)
    it(`has ${vendor} once for each way in, a last resort last`, () => assert.deepEqual(waysOf(vendor), words));

  it('says of each way what it is', () => {
    for (const { value, description } of choices)
      if (value.by) assert.match(description ?? '', new RegExp(`^${value.by.word}: `));
  });
});
