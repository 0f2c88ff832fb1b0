/** The last hour of a home in a line of a terminal. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastHourInLine } from '../../../functions/push-solar-data/local/page/last-hour.ts';
import type { History } from '../../../functions/push-solar-data/local/page/page-state.ts';
import { noon } from '../../support/page-states.ts';

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

describe('the last hour in a line', () => {
  it('draws sun and home, each as high as it was', () => {
    assert.equal(
      lastHourInLine(lastHour((minute) => Math.floor(minute / 5) / 2, 0.5)),
      'last hour: sun ▁▂▂▃▄▄▅▅▆▇▇█ up to 5.50 kW, home ▂▂▂▂▂▂▂▂▂▂▂▂ up to 0.50 kW',
    );
  });

  it('leaves a gap where nothing was told, and a term out that nobody tells', () => {
    const broken = lastHour((minute) => (minute < 30 ? null : 4), null);
    assert.equal(lastHourInLine(broken), 'last hour: sun ······██████ up to 4.00 kW');
    assert.equal(lastHourInLine(lastHour(() => null, null)), undefined);
  });

  it('is no mountain range at night', () => {
    assert.match(lastHourInLine(lastHour(() => 0, 0.1)) ?? '', /^last hour: sun ▁{12} up to 0\.00 kW, home ▂{12} /);
  });
});
