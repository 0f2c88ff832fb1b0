/** The home in a few lines of a terminal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { homeInLines } from '../../../functions/push-solar-data/local/page/home-in-lines.ts';
import type { History, SourceView } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { noon, pageCases } from '../../support/page-states.ts';

const { state } = pageCases.sunnyDay;
const minuteMs = 60_000;

function lastHour(sunAt: (minute: number) => number | null, home: number | null): History {
  const rows = Array.from({ length: 60 }, (_, minute) => minute);
  const from = noon - 60 * minuteMs;
  const nothing = rows.map(() => null);
  return {
    from,
    until: noon,
    step_s: 60,
    times: rows.map((minute) => (from + minute * minuteMs) / 1000),
    columns: {
      production: rows.map(sunAt),
      consumption: rows.map(() => home),
      net_import: nothing,
      battery: nothing,
      soc: nothing,
    },
    marks: [],
  };
}

describe('the home in lines', () => {
  it('draws the last hour, and says when it is read next and why then', () => {
    const rising = lastHour((minute) => Math.floor(minute / 3) / 5, 0.5);
    assert.deepEqual(homeInLines(state, rising), [
      'last hour: sun ▁▁▂▂▂▃▃▄▄▄▅▅▅▆▆▇▇▇██ up to 3.80 kW, home ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂ up to 0.50 kW',
      'next reading in 55 s: it is asked each minute',
    ]);
  });

  it('leaves a gap where nothing was told, and a term out that nobody tells', () => {
    const broken = lastHour((minute) => (minute < 30 ? null : 4), null);
    assert.equal(homeInLines(state, broken)[0], 'last hour: sun ··········██████████ up to 4.00 kW');
  });

  it('is no mountain range at night', () => {
    assert.match(
      homeInLines(
        state,
        lastHour(() => 0, 0.1),
      )[0] ?? '',
      /^last hour: sun ▁{20} up to 0\.00 kW, home ▂{20} /,
    );
  });

  it('says nothing of which nothing is known, and which of several sources is next', () => {
    const [simulator] = state.sources as [SourceView];
    const later: SourceView = {
      ...simulator,
      title: 'Garage',
      next: { at: noon + 90_000, why: 'it is asked each minute' },
    };
    assert.deepEqual(
      homeInLines(
        { ...state, sources: [] },
        lastHour(() => null, null),
      ),
      [],
    );
    assert.deepEqual(
      homeInLines(
        { ...state, sources: [later, simulator] },
        lastHour(() => null, null),
      ),
      ['next reading of Simulated home in 55 s: it is asked each minute'],
    );
  });
});
