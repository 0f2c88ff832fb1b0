import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { knownNames } from '../../functions/push-solar-data/adapters/names.ts';
import { found, meantBy } from '../../functions/push-solar-data/settings/search.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';

const slugs = Object.keys(adapters);

describe('equipment is found', () => {
  const rows: [what: string, word: string, slug: string][] = [
    ['its maker', 'huawei', 'fusionsolar'],
    ['its app', 'ShinePhone', 'growatt'],
    ['a host of its portal', 'vrm.victronenergy.com', 'victron-vrm'],
    ['a longer host', 'eu5.fusionsolar.huawei.com', 'fusionsolar'],
    ['a brand in its cloud', 'sol-ark', 'sunsynk'],
    ['a beginning', 'sunny', 'sma'],
    ['words in other spelling', 'SOLAR EDGE', 'solaredge'],
    ['its own slug first', 'sma', 'sma'],
  ];
  for (const [what, word, slug] of rows)
    it(`by ${what}: ${word}`, () => assert.equal(found(word, slugs, knownNames)[0], slug));

  it('by nothing that nobody is called', () => {
    for (const word of ['', '  ', 'xyzzy']) assert.deepEqual(found(word, slugs, knownNames), []);
  });
});

it('a misspelt name of any kind leads to the equipment', () => {
  for (const [word, slug] of [
    ['victronvrn', 'victron-vrm'],
    ['huwaei', 'fusionsolar'],
    ['shinefone', 'growatt'],
  ] as const)
    assert.equal(meantBy(word, slugs, knownNames), slug);
});

it('a word that is like none leads nowhere', async () => {
  for (const word of ['xyzzy', 'my-own-box']) assert.equal(meantBy(word, slugs, knownNames), undefined);
  const { problems } = await openSite({ VENDOR: 'xyzzy', CHARGE_HQ_API_KEY: 'made-up-key' }, adapters);
  assert.match(problems.join(), /^VENDOR names "xyzzy", which is not known\. Known: alphaess, /);
});

it('VENDOR with a maker is told the word that it understands', async () => {
  const { problems } = await openSite({ VENDOR: 'huawei', CHARGE_HQ_API_KEY: 'made-up-key' }, adapters);
  assert.match(problems.join(), /^VENDOR names "huawei", which is not known\. Did you mean fusionsolar\?/);
});

it('no name leads to two that are equally it, but a brand that two clouds hold', () => {
  const brands = new Map<string, string[]>();
  for (const [slug, names] of Object.entries(knownNames))
    for (const name of names) brands.set(name.toLowerCase(), [...(brands.get(name.toLowerCase()) ?? []), slug]);
  const twice = [...brands].filter(([name, all]) => all.length > 1 && !['sol-ark', 'jinko'].includes(name));
  assert.deepEqual(twice, []);
});
