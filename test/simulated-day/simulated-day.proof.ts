import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Day, outages, runDay } from './simulated-day.ts';

for (const [name, options] of [
  ['a day of a home with two inverters in two portals', {}],
  ['the same day with a cold start every seven minutes', { coldStartEvery: 7 }],
] as const)
  describe(name, () => {
    let day: Day;
    it('never pushes a figure that is wrong by more than rounding', async () => {
      day = await runDay(options);
      assert.ok(day.worstError_kw < 0.002, `${day.worstError_kw} kW`);
      assert.equal(day.importedEverFell, false);
    });
    it('pushes each minute, but for the outages', () => {
      const { pushed, reported, idle, failed } = day.outcomes;
      assert.equal(failed, outages.chargeHq.minutes);
      assert.equal(idle, 0);
      assert.equal(pushed + reported + failed, 24 * 60);
      // the cloud's outage, half an hour after the refused key, and the gateway once its last record is five minutes old
      const expected = outages.foxess.minutes + 30 + (outages.gateway.minutes - 5);
      assert.ok(Math.abs(reported - expected) <= 10, `${reported} reported, about ${expected} expected`);
    });
    it('has no gap longer than the half hour after a refused key, and one poll', () => {
      assert.ok(day.largestGapSeconds <= 36 * 60, `${day.largestGapSeconds} s`);
    });
    it('asks once with a refused key, and leaves the cloud alone', () => assert.equal(day.callsWithRefusedKey, 1));
    it('pushes nothing older than the clouds allow', () => {
      assert.ok(day.oldestSeconds <= 900, `${day.oldestSeconds} s`);
    });
    it('tells the outage instead of old figures', () => {
      assert.equal(day.figuresDuringFoxessOutage, 0);
    });
    it('never pushes twice within 30 s', () => assert.ok(day.shortestGapSeconds >= 30));
    it('asks no cloud oftener than it allows', () => {
      assert.ok(day.foxess.shortestSeconds >= 120, `${day.foxess.shortestSeconds} s`);
      assert.ok(day.foxess.calls <= 1.5 * 288, `${day.foxess.calls} calls`);
      assert.ok(day.victron.shortestSeconds >= 60);
    });
    it('writes its state fewer than 10,000 times a month', () =>
      assert.ok(day.writes * 31 < 10_000, `${day.writes} a day`));
  });

describe('the same day with parts of the answers missing at random', () => {
  let day: Day;
  it('never counts a part that has vanished as 0, and pushes what is known without it', async () => {
    day = await runDay({ vanishing: true });
    assert.equal(day.untrue, 0, 'figures that nobody can know');
    assert.ok(day.worstError_kw < 0.002, `${day.worstError_kw} kW`);
    assert.ok(day.withLackingPart > 50, `${day.withLackingPart} pushes without a part`);
  });
  it('tells each minute something, but for the outages', () => {
    const { idle, failed } = day.outcomes;
    assert.equal(idle, 0);
    assert.equal(failed, outages.chargeHq.minutes);
  });
});

describe('the same day of a home that tells a broker too, with Charge HQ gone from the morning on', () => {
  const goneFrom = 18 * 60;
  let day: Day;
  it('loses no minute at the broker: each reading and each error arrives there within its tick', async () => {
    day = await runDay({ goneFrom });
    assert.equal(day.lostAtBroker, 0);
    assert.ok(day.outcomes.failed >= 4, `${day.outcomes.failed} failed`);
  });
  it('knocks at the empty place every 15 minutes, once it knows', () => {
    const knocks = (24 * 60 - goneFrom) / 15;
    const before = goneFrom;
    assert.ok(Math.abs(day.chargeHqTries - before - knocks) <= 6, `${day.chargeHqTries} tries`);
  });
});
