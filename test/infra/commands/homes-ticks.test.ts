/** How much of the log of several homes `npm run status` reads. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { failingBy, type HomesLog, homeLine, idleBy, playHomesLog, pushedBy } from '../../support/homes-log.ts';
import { minuteMs, minutesAgo, now, refusal, statusIn } from '../../support/homes-status.ts';

let log: HomesLog;
beforeEach(async () => {
  log = await playHomesLog();
});
afterEach(() => log.close());

describe('npm run status of several homes looks back as little as it takes', () => {
  const homes = Array.from({ length: 500 }, (_, nth) => `home-${nth + 1}`);
  const SITE = homes.join();
  /** Two hours in which each home ticks at a second of its own. */
  const play = (reportOf: (site: string, minutes: number) => ReturnType<typeof pushedBy>) => {
    for (let minutes = 120; minutes >= 0; minutes--)
      for (const [nth, site] of homes.entries())
        log.events.push(homeLine(minutesAgo(minutes) - 30_000 + nth * 50, reportOf(site, minutes)));
  };
  const minutesAsked = () => log.asked.map(({ startTime }) => (now - startTime) / minuteMs);

  it('three minutes where all are well', async () => {
    play((site) => pushedBy(site));
    const { code, text } = await statusIn(log, SITE);
    assert.equal(code, 0);
    assert.match(text, /^500 homes .*: 500 well\.$/m);
    assert.ok(log.asked.length <= 2, `${log.asked.length} calls`);
    assert.deepEqual(new Set(minutesAsked()), new Set([3]));
  });

  it('further for those alone that tell seldom or fail, and only for what is not known of them', async () => {
    const failing = (site: string, minutes: number) => site === 'home-7' && minutes <= 90;
    const idle = (site: string, minutes: number) => site === 'home-8' && minutes % 15 !== 14;
    play((site, minutes) => {
      if (failing(site, minutes)) return failingBy(site, refusal);
      return idle(site, minutes) ? idleBy(site) : pushedBy(site);
    });
    const { text } = await statusIn(log, SITE);
    assert.match(text, /^✗ home-7 {4}failing {2}92 min$/m);
    assert.match(text, /^✓ home-8 {4}well {5}15 min/m);
    assert.match(text, /: 1 failing, 499 well\.$/m);
    assert.ok(log.asked.length <= 8, `${log.asked.length} calls`);
    assert.ok(log.sent() < 1_200_000, `${log.sent()} characters`);
    const further = log.asked.filter(({ startTime }) => startTime < minutesAgo(3));
    for (const { filterPattern } of further)
      assert.match(filterPattern, /^\{ \(\(\(\$\.site = "home-[78]"\)\) && \(\(\$\.outcome = "pushed"\)/);
    for (const { filterPattern } of further) assert.doesNotMatch(filterPattern, /"idle"/);
  });

  it('with few calls also where all fail', async () => {
    play((site, minutes) => (minutes > 90 ? pushedBy(site) : failingBy(site, refusal)));
    const { text } = await statusIn(log, SITE);
    assert.match(text, /: 500 failing\.$/m);
    assert.match(text, /^✗ home-500 {2}failing {2}9[12] min$/m);
    assert.ok(log.asked.length <= 70, `${log.asked.length} calls`);
  });

  it('not for longer than an owner waits, and says so', async () => {
    play((site, minutes) => (minutes > 90 ? pushedBy(site) : failingBy(site, refusal)));
    const { text } = await statusIn(log, SITE, { slowMs: 1_000 });
    assert.match(text, /^! AWS was slow: of homes without a reading only the last \d+ min were looked at\.$/m);
    assert.match(text, /: 500 failing\.$/m);
  });
});
