/** What the page takes for the present, while the bridge tells it nothing new. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asOfNow, silenceMs } from '../../../../functions/push-solar-data/local/page/view/as-of-now.ts';
import { pageCases } from '../../../support/page-states.ts';

const { state } = pageCases.sunnyDay;

it('what was just told is the present', () => assert.equal(asOfNow(state, silenceMs - 1), state));

it('what was told before a long silence is unknown, with when it was known; what is absent stays absent', () => {
  const { flows, charge } = asOfNow(state, silenceMs);
  const lastAt = state.now - 5_000;
  assert.deepEqual(flows, {
    sun: { is: 'lacking', words: 'solar power unknown', lastAt },
    home: { is: 'lacking', words: 'consumption unknown', lastAt },
    grid: { is: 'lacking', words: 'grid power unknown', lastAt },
    battery: { is: 'lacking', words: 'battery power unknown', lastAt },
    car: { is: 'absent' },
  });
  assert.deepEqual(charge, { is: 'lacking', words: 'charge unknown' });
});
