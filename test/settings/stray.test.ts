import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { strayNames, unusedRemark } from '../../functions/push-solar-data/settings/stray.ts';

const used = new Set([
  'VENDOR',
  'DESTINATION',
  'SITE',
  'CHARGE_HQ_API_KEY',
  'ROOF_DEVICE_SNS',
  'ROOF_API_KEY',
  'ROOF_TAKE',
]);
const prefixes = ['ROOF', 'CHARGE_HQ'];

describe('a name that is no setting', () => {
  for (const [name, remark] of [
    ['ROOF_DEVICE_SN', 'did you mean ROOF_DEVICE_SNS?'],
    ['ROOF_DEVICE_SERIALS', 'did you mean ROOF_DEVICE_SNS?'],
    ['roof_api_key', 'did you mean ROOF_API_KEY?'],
    ['roofApiKey', 'did you mean ROOF_API_KEY?'],
    ['ROOF_APIKEY', 'did you mean ROOF_API_KEY?'],
    ['ROFF_API_KEY', 'did you mean ROOF_API_KEY?'],
    ['CHARGEHQ_API_KEY', 'did you mean CHARGE_HQ_API_KEY?'],
    ['VENDORS', 'did you mean VENDOR?'],
    ['DESTINATIONS', 'did you mean DESTINATION?'],
  ] as const)
    it(`leads to the one that is near: ${name}`, () =>
      assert.deepEqual(strayNames([name], used, prefixes), {
        remarks: [`${name} is not a setting; ${remark}`],
        others: [],
      }));

  it('below a prefix of the home is told to be ignored where none is near', () =>
    assert.deepEqual(strayNames(['ROOF_HOUSE_COLOUR_AND_MORE'], used, prefixes).remarks, [
      'ROOF_HOUSE_COLOUR_AND_MORE is not a setting: it is ignored',
    ]));

  it('is left to others where that is allowed below a prefix', () =>
    assert.deepEqual(strayNames(['ROOF_HOUSE_COLOUR_AND_MORE'], used, prefixes, { onlyNear: true }).others, [
      'ROOF_HOUSE_COLOUR_AND_MORE',
    ]));

  for (const name of ['POSTGRES_URL', 'SENDER', 'HOME', 'TITLE', 'OPENAI_API_KEY', 'PATH', 'NODE_ENV', 'LIST'])
    it(`is taken for another program's: ${name}`, () =>
      assert.deepEqual(strayNames([name], used, prefixes), { remarks: [], others: [name] }));

  it('is none where it is a setting', () =>
    assert.deepEqual(strayNames(used, used, prefixes), { remarks: [], others: [] }));
});

it('what belongs to nothing at the home is told in one sentence', () => {
  const because = 'not used, because VENDOR and DESTINATION name nothing that';
  assert.deepEqual(unusedRemark(['A', 'B']), [`A, B: ${because} they belong to`]);
  assert.deepEqual(unusedRemark(['A']), [`A: ${because} it belongs to`]);
  assert.deepEqual(unusedRemark([]), []);
});
