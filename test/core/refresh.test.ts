import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { learnRefresh, nextPollAt, type Pace, Refresh } from '../../functions/push-solar-data/core/refresh.ts';
import { type Cloud, type Course, follow } from '../support/renewing-cloud.ts';

const at = (time: string) => Date.parse(`2026-05-01T${time}Z`);
const after = (moment: number, seconds: number) => moment + seconds * 1000;
const paceOf = (pollSeconds: number, floorSeconds = pollSeconds, counted = false): Pace => ({
  pollSeconds,
  floorSeconds,
  counted,
});
const usual = paceOf(300, 60);
const everyFiveMinutes: Cloud = { seconds: 300, phase: 200, delay: 30 };

/** By how much older the told figures are than what the cloud shows, on average. */
const lateness = ({ age, shownAge }: Course) => age - shownAge;
const isAt = (polledAt: number, refresh: Refresh | undefined, pace = usual) =>
  (nextPollAt({ polledAt }, refresh, pace) - polledAt) / 1000;

describe('a source is asked as often as usual', () => {
  const cases: [what: string, cloud: Partial<Cloud>, pace: Pace][] = [
    ['whose cloud gives no times', { times: 'none' }, usual],
    ['whose times are those of asking', { times: 'of asking' }, usual],
    ['whose calls are counted, without times', { times: 'none' }, paceOf(2700, 60, true)],
  ];
  for (const [what, cloud, pace] of cases)
    it(what, () => {
      const { gaps, refresh } = follow({ ...everyFiveMinutes, ...cloud }, pace, { days: 2 });
      assert.equal(isAt(at('12:00:00'), refresh, pace), pace.pollSeconds);
      for (const gap of gaps) assert.ok(gap >= pace.pollSeconds && gap < pace.pollSeconds + 65, `${gap} s`);
    });

  it('before anything is known', () => {
    assert.equal(isAt(at('12:00:00'), undefined), 300);
    const once = learnRefresh(undefined, { tsms: at('11:58:00'), askedAt: at('12:00:00') }, usual);
    assert.equal(isAt(at('12:00:00'), once), 300);
  });

  it('after a poll that failed', () => {
    const { refresh } = follow(everyFiveMinutes, usual, { days: 1 });
    assert.ok(refresh);
    assert.equal(isAt(after(refresh.askedAt, 60), refresh), 300);
  });

  it('at every tick, if that is each minute', () => {
    const { gaps } = follow({ ...everyFiveMinutes, seconds: 60 }, paceOf(60), { days: 1 });
    for (const gap of gaps) assert.ok(gap < 65, `${gap} s`);
  });

  it('if its cloud renews its figures each minute', () => {
    const { gaps } = follow({ ...everyFiveMinutes, seconds: 60 }, usual, { days: 1 });
    const unusual = gaps.filter((gap) => gap < 295 || gap > 305);
    assert.ok(unusual.length < 10, `${unusual}`);
  });
});

describe('a source is asked right after its cloud has renewed its figures', () => {
  const cases: [what: string, cloud: Partial<Cloud>, pace: Pace][] = [
    ['every 5 minutes', {}, usual],
    ['every 5 minutes, as soon as they are there', { delay: 0 }, usual],
    ['every 5 minutes, asked no sooner than after 2', {}, paceOf(300, 120)],
    ['every 5 minutes, asked no sooner than after 5, less a tick that comes early', {}, paceOf(300, 295)],
    ['every 5 minutes, asked no sooner than after 5, for which an early tick waits', {}, paceOf(300)],
    ['every 15 minutes, asked every 5', { seconds: 900, phase: 640 }, usual],
    ['every 15 minutes, asked as often', { seconds: 900, phase: 640 }, paceOf(900, 60)],
    ['every 12 minutes, asked every 5', { seconds: 700 }, usual],
    ['every 400 s, asked every 300', { seconds: 400 }, usual],
    ['every 200 s, asked every 300', { seconds: 200 }, usual],
    ['by a clock of its own', { seconds: 300.2 }, usual],
    ['stamped by a clock that is minutes ahead', { clock: { ahead: 150, gained: 3 } }, usual],
    ['with calls that are counted', {}, paceOf(300, 60, true)],
  ];
  for (const [what, cloud, pace] of cases)
    it(what, () => {
      const course = follow({ ...everyFiveMinutes, ...cloud }, pace, { days: 7 });
      const between = Math.max(0, pace.pollSeconds - (cloud.seconds ?? 300)) / 2;
      assert.ok(lateness(course) - between < 75, `${lateness(course) - between} s`);
      assert.equal(Math.round(course.refresh?.seconds ?? 0), Math.round(cloud.seconds ?? 300));
      assert.ok(
        lateness(course) < lateness(follow({ ...everyFiveMinutes, ...cloud }, pace, { days: 7, rule: 'fixed' })),
      );
    });

  it('though it is asked far less often, and never more', () => {
    const pace = paceOf(2700, 60, true);
    const course = follow(everyFiveMinutes, pace, { days: 14 });
    const betweenRenewals = (2700 - 300) / 2;
    assert.ok(lateness(course) - betweenRenewals < 75, `${lateness(course) - betweenRenewals} s`);
    assert.ok(course.polls <= (14 * 86_400) / 2700 + 1, `${course.polls} polls`);
  });

  for (const counted of [false, true])
    it(`at once after a night in which its equipment was off and lost its phase${counted ? ', with counted calls' : ''}`, () => {
      const pace = paceOf(300, 60, counted);
      const { refresh } = follow(everyFiveMinutes, pace, { days: 1 });
      assert.ok(refresh);
      const dawn = after(refresh.phase, 36_137);
      const foundAt = after(dawn, 40);
      const morning = learnRefresh({ ...refresh, sure: 2 }, { tsms: dawn, askedAt: foundAt }, pace);
      const untilShown = (after(dawn, 300 + everyFiveMinutes.delay) - foundAt) / 1000;
      assert.equal(morning?.seconds, refresh.seconds);
      const gap = isAt(foundAt, morning, pace);
      assert.ok(gap !== 300 && Math.abs(gap - untilShown) < 60, `${gap} s instead of ${untilShown}`);
    });

  it('and again at the next tick if that was too early', () => {
    const { gaps, refresh } = follow(everyFiveMinutes, usual, { days: 1 });
    assert.ok(gaps.some((gap) => gap < 65));
    assert.ok(refresh);
    const tooEarly = after(refresh.phase, 300 + refresh.lag + 5);
    const old = learnRefresh(refresh, { tsms: refresh.phase, askedAt: tooEarly }, usual);
    assert.equal(isAt(tooEarly, old), 55);
  });

  it('but not again and again where an upload is missed', () => {
    const { refresh } = follow(everyFiveMinutes, usual, { days: 1 });
    assert.ok(refresh);
    let known: Refresh | undefined = refresh;
    let now = after(refresh.phase, 300 + refresh.lag + 5);
    const gaps = Array.from({ length: 4 }, () => {
      known = learnRefresh(known, { tsms: refresh.phase, askedAt: now }, usual);
      const gap = isAt(now, known);
      now = after(now, 60 * Math.ceil(gap / 60));
      return gap;
    });
    assert.equal(gaps.filter((gap) => gap < 65).length, 1, `${gaps}`);
  });
});

describe('the interval of renewals is what the steps between them have in common:', () => {
  const cases: [first: number, second: number, seconds: number][] = [
    [600, 300, 300],
    [2700, 2400, 300],
    [2700, 3590, 900],
    [400, 600, 200],
    [300, 240, 60],
  ];
  for (const [first, second, seconds] of cases)
    it(`${first} s and ${second} s`, () => {
      const times = [0, first, first + second].map((sum) => after(at('06:00:00'), sum));
      const refresh = times.reduce<Refresh | undefined>(
        (before, tsms) => learnRefresh(before, { tsms, askedAt: after(tsms, 40) }, usual),
        undefined,
      );
      assert.ok(refresh && Math.abs(refresh.seconds - seconds) < 5, `${refresh?.seconds} s`);
    });
});

/** Whatever a broken or a foreign document may hold. */
const anyNumber = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: at('00:00:00'), max: at('23:59:59') }),
  fc.constant(0),
);
const garbage = fc.record({
  seconds: anyNumber,
  phase: anyNumber,
  lag: anyNumber,
  askedAt: anyNumber,
  spare: anyNumber,
  sure: anyNumber,
  stride: anyNumber,
});
/** What may have been learnt of another cloud within the hour before. */
const mislearnt = fc
  .record({
    askedAt: fc.integer({ min: at('00:00:00') - 3_600_000, max: at('00:00:00') - 1 }),
    seconds: fc.integer({ min: 0, max: 4_000 }),
    age: fc.integer({ min: -2_000, max: 4_000 }),
    lag: fc.integer({ min: -2_000, max: 2_000 }),
    spare: fc.integer({ min: -2_000, max: 2_000 }),
    sure: fc.integer({ min: -100, max: 4 }),
    stride: fc.double({ min: 0.05, max: 75, noNaN: true }),
  })
  .map(({ age, ...rest }) => ({ ...rest, phase: rest.askedAt - age * 1000 }));
const wrong = fc.oneof(garbage, mislearnt);
const paces = fc
  .record({
    pollSeconds: fc.integer({ min: 60, max: 6_000 }),
    share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    counted: fc.boolean(),
  })
  .map(({ pollSeconds, share, counted }) =>
    paceOf(pollSeconds, Math.max(30, Math.floor(pollSeconds * share)), counted),
  );

describe('whatever has been learnt,', () => {
  it('a cloud is asked neither before its least gap nor later than one tick after its usual gap', () => {
    fc.assert(
      fc.property(wrong, paces, fc.integer({ min: 0, max: 40 }), (refresh, pace, answerSeconds) => {
        const polledAt = after(Math.abs(refresh.askedAt) < 1e13 ? refresh.askedAt : at('12:00:00'), -answerSeconds);
        const gap = isAt(polledAt, refresh, pace);
        // A tick may come 5 s early: what may be asked each minute is asked at each.
        const least = pace.floorSeconds <= 60 ? pace.floorSeconds - 5 : pace.floorSeconds;
        assert.ok(gap >= least - 0.001 && gap <= pace.pollSeconds + 60.001, `${gap} s`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('it heals', () => {
    fc.assert(
      fc.property(wrong, fc.integer({ min: 0, max: 299 }), (refresh, phase) => {
        const course = follow({ ...everyFiveMinutes, phase }, usual, { days: 7, refresh });
        assert.ok(lateness(course) < 75, `${lateness(course)} s`);
      }),
      { numRuns: 200 },
    );
  });

  it('its calls stay within the allowance', () => {
    const clouds = fc.record({
      seconds: fc.integer({ min: 20, max: 2_000 }),
      phase: fc.integer({ min: 0, max: 2_000 }),
      delay: fc.integer({ min: 0, max: 120 }),
      jitter: fc.integer({ min: 0, max: 120 }),
      missed: fc.double({ min: 0, max: 0.6, noNaN: true }),
    });
    fc.assert(
      fc.property(clouds, paces, fc.integer(), (cloud, pace, seed) => {
        fc.pre(pace.pollSeconds > 60);
        const { gaps } = follow(cloud, pace, { days: 3, seed });
        const seconds = gaps.reduce((sum, gap) => sum + gap, 0);
        const most = (seconds / pace.pollSeconds) * (pace.counted ? 1 : 1.5);
        assert.ok(gaps.length <= most + 0.01, `${gaps.length} calls instead of ${most}`);
      }),
      { numRuns: 100 },
    );
  });

  it('it is a small document', () => {
    const { refresh } = follow({ ...everyFiveMinutes, jitter: 20, clock: { ahead: -7, gained: 4 } }, usual, {
      days: 2,
    });
    const text = JSON.stringify(refresh);
    assert.ok(text.length < 150, text);
    assert.deepEqual(Refresh.parse(JSON.parse(text)), refresh);
  });
});

describe('a time of measurement', () => {
  for (const days of [5, 365])
    it(`that was ${days} days ahead once is not waited for`, () => {
      const { refresh } = follow(everyFiveMinutes, usual, { days: 1 });
      assert.ok(refresh);
      const askedAt = at('00:00:00') - 300_000;
      const ahead = { ...refresh, askedAt, phase: after(askedAt, days * 86_400) };
      const { gaps, ...healed } = follow({ ...everyFiveMinutes, phase: 170 }, usual, { days: 3, refresh: ahead });
      assert.ok(healed.age - healed.shownAge < 75, `${healed.age - healed.shownAge} s`);
    });

  it('seen by a clock that was set back begins anew', () => {
    const { refresh } = follow(everyFiveMinutes, usual, { days: 1 });
    assert.ok(refresh);
    const askedAt = refresh.askedAt - 60_000;
    assert.equal(learnRefresh(refresh, { tsms: askedAt - 90_000, askedAt }, usual)?.seconds, 0);
  });

  it('after a long pause finds no allowance saved up in it, and is kept to the ms', () => {
    const { refresh } = follow(everyFiveMinutes, usual, { days: 1 });
    assert.ok(refresh);
    const later = learnRefresh({ ...refresh, spare: 0 }, { askedAt: after(refresh.askedAt, 36_000) }, usual);
    assert.equal(later?.spare, Number((360 - 300 / 1.45).toFixed(3)));
  });

  it('that is missing in one answer changes nothing of what was learnt', () => {
    const { refresh } = follow(everyFiveMinutes, usual, { days: 1 });
    assert.ok(refresh);
    const later = learnRefresh(refresh, { askedAt: after(refresh.askedAt, 300) }, usual);
    assert.deepEqual({ ...later, askedAt: 0, spare: 0 }, { ...refresh, askedAt: 0, spare: 0 });
  });
});
