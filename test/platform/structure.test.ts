import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { nameShown, structureOf } from '../../functions/push-solar-data/platform/structure.ts';

const token = 'eyJhbGciOiJIUzI1NiJ9.made-up.c2lnbmF0dXJl';

describe('of an answer the structure is', () => {
  const rows: [string, string, string][] = [
    [
      'names, kinds and lengths',
      '{"result":[{"value":12,"token":"abcd"}]}',
      '{"result":[{"value":12,"token":text(4)}]}',
    ],
    ['numbers, booleans and null', '{"a":1.5,"b":true,"c":null}', '{"a":1.5,"b":true,"c":null}'],
    [
      'no number that may be a credential',
      '{"pin_token":4711,"session":{"id":[1]}}',
      '{"pin_token":number,"session":{"id":[number]}}',
    ],
    ['two members of a list, and how many more', '[1,2,3,4]', '[1,2,+2]'],
    [
      'what JSON in a text holds',
      JSON.stringify({ data: JSON.stringify({ accessToken: token }) }),
      '{"data":text({"accessToken":text(41)})}',
    ],
    [
      'no name that may be a credential',
      JSON.stringify({ [token]: 1, xKJhsdGhqPzLw: 2, '0123456789ab': 3 }),
      '{name(41):1,name(13):2,name(12):3}',
    ],
    [
      'names of makers',
      '{"ActiveImportedPowerInstantaneouskW":1,"pv_power_2":2,"X-Total":3}',
      '{"ActiveImportedPowerInstantaneouskW":1,"pv_power_2":2,"X-Total":3}',
    ],
    ['empty', '{"a":{},"b":[]}', '{"a":{},"b":[]}'],
    ['a text alone', '"maintenance"', 'text(11)'],
    ['nothing', ' \n', 'nothing'],
    ['that it is a web page', `<!doctype html><title>${token}</title>`, 'web page, 71 characters'],
    ['that it is a script', `<script>window.token = '${token}';</script>`, 'web page, 76 characters'],
    ['that it is XML', `<r><accessToken>${token}</accessToken></r>`, 'XML, 75 characters'],
    ['that it is a form', `access_token=${token}&expires_in=43199`, 'form, 71 characters'],
    ['that it breaks off', '{"token":"made-up', 'JSON that breaks off or is wrong, 17 characters'],
    ['that it is a text', `your token is ${'x'.repeat(2_000)}`, 'text, 2,014 characters'],
  ];
  for (const [what, text, structure] of rows)
    it(what, () => {
      assert.equal(structureOf(text), structure);
    });

  it('of at most 300 characters, however large the answer is', () => {
    const names = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, nth) => [`name_${nth % 9999}_${nth > 9998}`, nth]),
    );
    const begun = performance.now();
    for (const text of [
      JSON.stringify(names),
      '['.repeat(100_000) + ']'.repeat(100_000),
      `[${'{"a":1},'.repeat(9)}{}]`,
    ]) {
      const structure = structureOf(text);
      assert.ok(structure.length <= 300, structure);
    }
    assert.ok(performance.now() - begun < 1_000);
    assert.match(structureOf(JSON.stringify(names)), /^\{"name_0_false":0,.*…$/);
  });

  it('without any text of it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.stringMatching(/^[a-z0-9]{20}$/), (json, secret) => {
        const text = JSON.stringify({ a: JSON.parse(json), b: [secret, { c: secret, d: JSON.stringify([secret]) }] });
        assert.equal(structureOf(text).includes(secret), false);
      }),
    );
  });
});

it('a name is shown as it is only if it looks like one', () => {
  assert.equal(nameShown('pvPower'), 'pvPower');
  assert.equal(nameShown(0), '0');
  assert.equal(nameShown('4711'), 'name(4)');
  assert.equal(nameShown(token), 'name(41)');
});
