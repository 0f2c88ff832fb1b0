import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Always, type Demanding, incompleteness } from '../../functions/push-solar-data/adapters/always.ts';
import type { Term } from '../../functions/push-solar-data/core/reading.ts';
import type { AdapterAnswer } from '../../functions/push-solar-data/core/shape.ts';

const judged = (always: NonNullable<Demanding['adapter']['always']>, answer: AdapterAnswer, take?: Term[]) => {
  const failure = incompleteness(
    { adapter: { title: 'Example Cloud', always }, settings: { meter: true }, take },
    answer,
  );
  return failure && `${failure.kind}: ${failure.message}`;
};
const both: Always = ['production_kw', 'net_import_kw'];

describe('what an answer must always hold', () => {
  const fine: [what: string, answer: AdapterAnswer, take?: Term[]][] = [
    ['is there', { production_kw: 0, net_import_kw: -1 }],
    ['is not demanded of a source that is not to give it', { production_kw: 1 }, ['production']],
    ['may be told lacking', { production_kw: 1, lacking: ['grid'] }],
    ['may be told unfitted', { net_import_kw: 1, unfitted: ['production'] }],
    [
      'may come from one of several devices',
      [
        { device: 'a', production_kw: 1 },
        { device: 'b', net_import_kw: 1 },
      ],
    ],
    ['may be lacking of one of several devices', [{ device: 'a', production_kw: 1, lacking: ['grid'] }]],
  ];
  for (const [what, answer, take] of fine) it(what, () => assert.equal(judged(both, answer, take), undefined));

  it('is named where it is missing', () => {
    assert.equal(judged(both, {}), 'bad-response: Example Cloud gives no figure of the solar power and the grid power');
    assert.equal(judged(both, []), 'bad-response: Example Cloud gives no figure of the solar power and the grid power');
    assert.equal(judged(both, { production_kw: 1 }), 'bad-response: Example Cloud gives no figure of the grid power');
    assert.equal(
      judged(['tsms'], {}, ['grid']),
      'bad-response: Example Cloud gives no figure of the time of measurement',
    );
  });

  it('may mean a device that is not connected', () => {
    assert.match(
      judged({ net_import_kw: 'offline', production_kw: 'bad-response' }, {}) ?? '',
      /^offline: Example Cloud has no live/,
    );
    assert.match(
      judged({ net_import_kw: 'offline', production_kw: 'bad-response' }, { net_import_kw: 1 }) ?? '',
      /^bad-response/,
    );
  });

  it('may depend on the settings', () => {
    const always = ({ meter }: Record<string, unknown>): Always => (meter ? ['net_import_kw'] : []);
    assert.match(judged(always, {}) ?? '', /the grid power/);
  });

  it('is nothing, where the adapter does not say', () => {
    assert.equal(incompleteness({ adapter: { title: 'Example Cloud' }, settings: {} }, {}), undefined);
  });
});
