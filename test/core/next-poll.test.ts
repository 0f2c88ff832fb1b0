/** When a source is asked next, and why not earlier. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import { nextPoll } from '../../functions/push-solar-data/core/next-poll.ts';
import type { SourceState } from '../../functions/push-solar-data/core/source-state.ts';
import { sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const secondsAgo = (seconds: number) => now - seconds * 1000;

/** @param seconds since its last answer. */
const answered = (seconds: number, more: Partial<SourceState> = {}): SourceState => ({
  settingsHash: 'settings',
  polledAt: secondsAgo(seconds),
  last: { reading: { production_kw: 1 }, lacking: [], at: secondsAgo(seconds) },
  ...more,
});
const failed = (kind: FailureKind, retryInSeconds?: number): SourceState => ({
  settingsHash: 'settings',
  polledAt: now,
  failure: {
    kind,
    message: 'Example Cloud has trouble',
    consecutive: 1,
    ...(retryInSeconds === undefined ? {} : { retryAt: now + retryInSeconds * 1000 }),
  },
});
const everyMinute = sourceOf({ pollSeconds: 60, floorSeconds: 60 });
const slow = sourceOf({ pollSeconds: 300, floorSeconds: 60 });
const renewed = {
  seconds: 300,
  phase: secondsAgo(30),
  lag: 20,
  askedAt: now,
  spare: 0,
  sure: 3,
  stride: 5,
};

describe('the next poll', () => {
  const rows: [what: string, state: SourceState, limits: typeof slow, in_s: number, why: RegExp][] = [
    ['of a source of the minute', answered(0), everyMinute, 60, /^it is asked each minute$/],
    ['of a slow source', answered(0), slow, 300, /^it is asked every 5 min$/],
    ['of one that a tick waits a moment for', answered(235), slow, 60, /^it is asked every 5 min$/],
    ['of one that is due', answered(400), slow, 60, /^it is asked every 5 min$/],
    ['of one that was asked earlier', answered(130), slow, 180, /^it is asked every 5 min$/],
    [
      'of one whose calls are counted',
      answered(0),
      { ...slow, callsAreCounted: true },
      300,
      /because its cloud counts the calls$/,
    ],
    ['of one whose rhythm is known', answered(0, { refresh: renewed }), slow, 300, /renews its figures every 5 min$/],
    [
      'of one whose figures come just after a tick, which does not wait for them',
      answered(0, { refresh: { ...renewed, lag: 35 } }),
      slow,
      360,
      /renews its figures every 5 min$/,
    ],
    ['after a failure', failed('unavailable'), slow, 300, /^it has failed, and is tried again .* 5 min$/],
    ['after refused credentials', failed('auth', 1800), slow, 1800, /^it refused the credentials/],
    ['of one that is left alone past a tick', failed('auth', 1805), slow, 1860, /^it refused the credentials/],
    ['after a demand to wait', failed('rate-limited', 600), everyMinute, 600, /^it asked to be left alone/],
  ];
  for (const [what, state, limits, in_s, why] of rows)
    it(`${what} is told by whole minutes, with its reason`, () => {
      const next = nextPoll(state, limits, now);
      assert.equal(next?.in_s, in_s);
      assert.match(next?.why ?? '', why);
    });

  it('is not known of a source that was never asked, or has other settings now', () => {
    assert.equal(nextPoll(undefined, slow, now), undefined);
    assert.equal(nextPoll(answered(0), { ...slow, settingsHash: 'others' }, now), undefined);
  });
});
