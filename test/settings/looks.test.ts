/** Keys that do not look like keys: a remark, never a refusal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import {
  jsonWebToken,
  type Look,
  looksLike,
  secret,
  text,
  unusualLook,
  uuid,
} from '../../functions/push-solar-data/settings/setting.ts';
import { openSite } from '../../functions/push-solar-data/settings/site.ts';

const key = '0f8fad5b-d9cb-469f-a165-70867728950e';
const remarksOf = async (texts: Record<string, string>) => {
  const { remarks, problems } = await openSite(
    { VENDOR: 'foxess', CHARGE_HQ_API_KEY: key, FOXESS_API_KEY: key, ...texts },
    adapters,
    destinations,
  );
  assert.deepEqual(problems, []);
  return remarks;
};

describe('A key that looks otherwise than its vendor makes them', () => {
  it('is remarked on by its variable, without being told or refused', async () => {
    const half = key.slice(0, 20);
    assert.deepEqual(await remarksOf({ FOXESS_API_KEY: half }), [
      'FOXESS_API_KEY does not look like those of FoxESS Cloud (36 characters with hyphens: 8-4-4-4-12): was all of it copied, and nothing else?',
    ]);
  });

  it('is none that has the usual form, nor one of which no form is known', async () => {
    assert.deepEqual(await remarksOf({}), []);
    assert.deepEqual(
      await remarksOf({ VENDOR: 'victron-vrm', VICTRON_VRM_ACCESS_TOKEN: 'a-token', VICTRON_VRM_ID_SITE: '1' }),
      [],
    );
  });

  const looks: [string, Look, string, boolean][] = [
    ['a UUID', uuid, key.toUpperCase(), true],
    ['a UUID without hyphens', uuid, key.replaceAll('-', ''), false],
    ['a token with three parts', jsonWebToken, 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJlX2E', true],
    ['a token cut off', jsonWebToken, 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0', false],
  ];
  for (const [what, look, written, isUsual] of looks)
    it(`${isUsual ? 'is not' : 'is'} ${what}`, () => {
      const entry = looksLike(look, secret(text, 'Key'));
      assert.equal(unusualLook('A_KEY', entry, 'Example', written) === undefined, isUsual);
    });
});
