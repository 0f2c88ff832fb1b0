/** What an answer of a source is worth, now and until the next. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { Reading } from '../../functions/push-solar-data/core/reading.ts';
import type { AdapterAnswer } from '../../functions/push-solar-data/core/shape.ts';
import {
  afterAnswer,
  afterFailure,
  type SourceLimits,
  type SourceState,
  standing,
} from '../../functions/push-solar-data/core/source-state.ts';
import { sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const unavailable = new Failure('unavailable', 'Example Cloud has trouble');

/** How a source stands after the last of some answers and failures, so many minutes apart. */
function answersOf(
  answers: readonly (AdapterAnswer | Failure)[],
  { everyMinutes = 1, limits = sourceOf() }: { everyMinutes?: number; limits?: SourceLimits } = {},
) {
  let state: SourceState | undefined;
  let last: ReturnType<typeof afterAnswer> | undefined;
  answers.forEach((answer, nth) => {
    const at = now + nth * everyMinutes * minute;
    last = answer instanceof Failure ? undefined : afterAnswer(state, limits, at, answer);
    state = answer instanceof Failure ? afterFailure(state, limits, at, answer) : last?.state;
  });
  assert.ok(last, 'the last one is an answer');
  return last;
}

describe('an answer', () => {
  it('is a reading, and ends what failed before', () => {
    const { standing: told, state, notes } = answersOf([unavailable, { production_kw: 4.2, net_import_kw: 1 }]);
    assert.deepEqual(told.reading, { production_kw: 4.2, net_import_kw: 1 });
    assert.deepEqual([told.failure, told.lacking, told.cached, notes], [undefined, [], undefined, []]);
    assert.equal(state.failure, undefined);
    assert.equal(state.polledAt, now + minute);
  });

  it('is wrong where one device measured in the future, however old the others are', () => {
    const [first, second] = [
      { device: 'A', production_kw: 1, net_import_kw: 1, tsms: now - minute },
      { device: 'B', production_kw: 2, tsms: now + hour },
    ];
    assert.match(answersOf([[first, second]]).standing.failure?.message ?? '', /in the future/);
    assert.equal(answersOf([[first, { ...second, tsms: now }]]).standing.failure, undefined);
  });

  it('tells what the home has and it does not give', () => {
    const { standing: told } = answersOf([{ production_kw: 4, net_import_kw: 1 }, { production_kw: 4 }]);
    assert.deepEqual(told.lacking, [{ what: 'grid' }]);
  });

  it('of other settings knows nothing of the home before', () => {
    const { state } = answersOf([{ production_kw: 4, net_import_kw: 1 }]);
    const after = afterAnswer(state, sourceOf({ settingsHash: 'changed' }), now, { production_kw: 4 });
    assert.deepEqual(after.standing.lacking, []);
  });

  it('gives no figure that cannot be, and says so', () => {
    const { standing: told, notes } = answersOf([{ production_kw: 4, imported_kwh: -1 }]);
    assert.deepEqual(told.reading, { production_kw: 4 });
    assert.match(notes.join(), /^imported_kwh is left out/);
  });

  it('whose state of charge cannot be lacks it: another battery alone is not the home’s', () => {
    const { standing: told } = answersOf([{ battery_discharge_kw: 1, battery_soc: 55 }]);
    assert.deepEqual([told.reading, told.lacking], [{ battery_discharge_kw: 1 }, [{ what: 'charge' }]]);
  });

  it('says once that something is not there any more', () => {
    const meterless = { production_kw: 4 };
    const { notes } = answersOf([{ ...meterless, net_import_kw: 1 }, meterless], { everyMinutes: 25 * 60 });
    assert.deepEqual(notes, ['the grid power has not been given for 24 hours: from now on it counts as not there']);
  });

  const broken: [string, AdapterAnswer, string, RegExp][] = [
    ['a power that is no number', { production_kw: Number.NaN }, 'bad-response', /no number for production_kw$/],
    ['a time that is no number', { production_kw: 1, tsms: Number.NaN }, 'bad-response', /no number for tsms$/],
    ['a time in the future', { production_kw: 1, tsms: now + hour }, 'bad-response', /in the future/],
    ['a time long ago', { production_kw: 1, tsms: now - hour }, 'stale', /60 min old \(limit 15 min\)/],
  ];
  for (const [what, answer, kind, sentence] of broken)
    it(`with ${what} is a failure that names the product, and shows nothing of the home`, () => {
      const { standing: told, state } = answersOf([answer]);
      assert.deepEqual(Object.keys(told), ['failure']);
      assert.equal(told.failure?.kind, kind);
      assert.match(told.failure?.message ?? '', /^Example Cloud: /);
      assert.match(told.failure?.message ?? '', sentence);
      assert.deepEqual(state.failure, { kind, message: told.failure?.message, consecutive: 1 });
      assert.deepEqual(state.shape, { terms: {}, devices: {} });
    });

  it('that makes no sense leaves the counters to be held against the ones before', () => {
    const [good, next] = [
      { production_kw: 1, imported_kwh: 100 },
      { production_kw: 1, imported_kwh: 101 },
    ];
    const nonsense = { production_kw: Number.NaN, imported_kwh: 180 };
    assert.equal(answersOf([good, nonsense, next]).standing.reading?.imported_kwh, 101);
  });
});

describe('a reading is told', () => {
  const limitsOf = (limits: Partial<SourceLimits>) => sourceOf({ staleAfterSeconds: 900, ...limits });
  /** For how long after its answer, in seconds, by what `standing` says. */
  function secondsTold(limits: SourceLimits, ageSeconds: number | undefined): number {
    const reading: Reading = {
      production_kw: 1,
      ...(ageSeconds === undefined ? {} : { tsms: now - ageSeconds * 1000 }),
    };
    const { state, standing: told } = afterAnswer(undefined, limits, now, reading);
    const until = told.freshUntil ?? Number.NaN;
    assert.ok(standing(state, limits, until).reading, 'it holds until then');
    assert.equal(standing(state, limits, until).freshUntil, until, 'and is no younger when it is cached');
    const after = standing(state, limits, until + 1000);
    assert.deepEqual([after.cached, after.reading, after.failure?.kind], [true, undefined, 'stale']);
    return (until - now) / 1000;
  }

  const rows: [string, Partial<SourceLimits>, number | undefined, number][] = [
    ['as long as its age allows', { pollSeconds: 60 }, 100, 800],
    ['from its answer on where it has no time', { pollSeconds: 60 }, undefined, 900],
    ['until the next poll and one tick more, however old it was by nature', { pollSeconds: 300 }, 880, 360],
    ['until the next poll and one tick more, where that is later than any limit', { pollSeconds: 3_600 }, 600, 3_660],
    ['until then also without a time', { pollSeconds: 3_600 }, undefined, 3_660],
    ['no longer than the owner wants, as it stands', { pollSeconds: 300, staleAfterIsOwn: true }, 880, 20],
    ['as long as the owner wants', { pollSeconds: 60, staleAfterSeconds: 7_200, staleAfterIsOwn: true }, 100, 7_100],
    ['with a clock of the cloud that runs ahead from that time on', { pollSeconds: 60 }, -100, 1_000],
  ];
  for (const [what, limits, ageSeconds, seconds] of rows)
    it(what, () => {
      assert.equal(secondsTold(limitsOf(limits), ageSeconds), seconds);
    });

  it('with what was lacking of it', () => {
    const { state } = answersOf([{ production_kw: 4, net_import_kw: 1 }, { production_kw: 4 }]);
    assert.deepEqual(standing(state, sourceOf(), now + 2 * minute).lacking, [{ what: 'grid' }]);
  });

  it('no more once its source has failed', () => {
    const failed = afterFailure(answersOf([{ production_kw: 4 }]).state, sourceOf(), now + minute, unavailable);
    assert.deepEqual(standing(failed, sourceOf(), now + minute), {
      failure: { kind: 'unavailable', message: 'Example Cloud has trouble' },
    });
  });
});

describe('figures without a time of measurement', () => {
  const same = { production_kw: 3.217, net_import_kw: -1.204 };
  const kindAfter = (answers: readonly (AdapterAnswer | Failure)[], everyMinutes = 10) =>
    answersOf(answers, { everyMinutes, limits: sourceOf({ pollSeconds: 600 }) }).standing.failure?.kind;

  const rows: [string, AdapterAnswer[], string | undefined][] = [
    ['are stale when two powers stand still to the last digit for 30 minutes', [same, same, same, same], 'stale'],
    ['are not yet before', [same, same, same], undefined],
    ['are alive when one of them moves', [same, same, same, { ...same, net_import_kw: -1.205 }], undefined],
    ['are alive again when they move', [same, same, same, same, { ...same, production_kw: 3 }], undefined],
    ['may be one power at its limit: an inverter at its rated power', Array(9).fill({ production_kw: 5 }), undefined],
    ['may be one power beside others that rest at 0', Array(9).fill({ production_kw: 5, net_import_kw: 0 }), undefined],
    ['may all rest at 0', Array(9).fill({ production_kw: 0, net_import_kw: 0, battery_discharge_kw: 0 }), undefined],
    ['are alive when a term vanishes', [same, same, same, { production_kw: 3.217 }], undefined],
    [
      'are stale whatever the state of charge does',
      [1, 2, 3, 4].map((n) => ({ ...same, battery_soc: n / 10 })),
      'stale',
    ],
  ];
  for (const [what, answers, kind] of rows)
    it(what, () => {
      assert.equal(kindAfter(answers), kind);
    });

  it('with a time of measurement may stand still: that is judged by its age', () => {
    const dated = [0, 10, 20, 30, 40].map((minutes) => ({ ...same, tsms: now + minutes * minute }));
    assert.equal(kindAfter(dated), undefined);
  });

  it('may stand still as long as the owner says that they may be old', () => {
    const limits = sourceOf({ pollSeconds: 600, staleAfterSeconds: 3_600, staleAfterIsOwn: true });
    const kindAfter = (count: number) =>
      answersOf(Array(count).fill(same), { everyMinutes: 10, limits }).standing.failure?.kind;
    assert.deepEqual([kindAfter(6), kindAfter(7)], [undefined, 'stale']);
  });

  it('are told for what they are', () => {
    const { failure } = answersOf(Array(31).fill(same)).standing;
    assert.match(failure?.message ?? '', /^Example Cloud: the same figures to the last digit for 30 min/);
  });

  it('of two answers only, however far apart, may be chance', () => {
    assert.equal(kindAfter([same, same], 40), undefined);
    assert.equal(kindAfter([same, same, same], 40), 'stale');
  });

  it('stay stale while they stand still, and are no news of the home', () => {
    const { state, notes } = answersOf(Array(60).fill(same));
    assert.equal(state.failure?.kind, 'stale');
    assert.equal(state.failure?.consecutive, 30);
    assert.deepEqual(notes, []);
  });
});
