import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DestinationRecord } from '../../functions/push-solar-data/core/source-state.ts';
import {
  type Destination,
  DestinationError,
  type DestinationErrorKind,
  type Message,
} from '../../functions/push-solar-data/destinations/destination.ts';
import { deliver, whyNotYet } from '../../functions/push-solar-data/destinations/publish.ts';
import type { Http } from '../../functions/push-solar-data/platform/http.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const figures: Message = { reading: { production_kw: 4.2 } };
const unused: Http = {
  send: async () => assert.fail('a call'),
  get: async () => assert.fail('a call'),
  post: async () => assert.fail('a call'),
};

/** A destination that takes one message after the other so: `ok`, or the reason why not. */
function destinationOf(...answers: ('ok' | DestinationError)[]): Destination & { taken: Message[] } {
  const taken: Message[] = [];
  return {
    name: 'Charge HQ',
    url: 'https://example.com/push',
    minSecondsBetween: 30,
    taken,
    async push(message) {
      const answer = answers[Math.min(taken.length, answers.length - 1)];
      taken.push(message);
      if (answer instanceof DestinationError) throw answer;
    },
  };
}
const not = (reason: DestinationErrorKind, retryAfterSeconds?: number) =>
  new DestinationError(reason, `Charge HQ: ${reason}`, { retryAfterSeconds });

describe('a message', () => {
  it('of figures is pushed', async () => {
    const destination = destinationOf('ok');
    assert.deepEqual(await deliver(destination, figures, {}, unused, now), { outcome: 'pushed' });
    assert.deepEqual(destination.taken, [figures]);
  });

  it('of an error is reported', async () => {
    const destination = destinationOf('ok');
    const error = { error: 'The vendor has trouble' };
    assert.deepEqual(await deliver(destination, error, {}, unused, now), { outcome: 'reported' });
    assert.deepEqual(destination.taken, [error]);
  });

  it('that is not taken is failed, with the reason, the sentence and the beginning of the answer', async () => {
    const error = new DestinationError('refused', 'Charge HQ refuses the message', { excerpt: 'bad key' });
    const destination = destinationOf(error);
    assert.deepEqual(await deliver(destination, figures, {}, unused, now), {
      outcome: 'failed',
      delivery: 'refused',
      delivery_error: 'Charge HQ refuses the message',
      delivery_excerpt: 'bad key',
    });
    assert.equal(destination.taken.length, 1, 'it is sent once and not again');
  });
});

describe('between two messages', () => {
  const rows: [secondsAgo: number, allowed: boolean][] = [
    [0, false],
    [29.9, false],
    [30, true],
    [60, true],
    [-10, true], // a clock that was set back
  ];
  for (const [secondsAgo, allowed] of rows)
    it(`${secondsAgo} s are ${allowed ? 'enough' : 'too few'}`, () => {
      const why = whyNotYet(destinationOf('ok'), { pushedAt: now - secondsAgo * 1000 }, now);
      if (allowed) assert.equal(why, undefined);
      else assert.equal(why, 'the last message to Charge HQ is less than 30 s old');
    });

  it('half a minute passes also where the first was not taken', async () => {
    const record: DestinationRecord = {};
    const destination = destinationOf(not('unavailable'));
    await deliver(destination, figures, record, unused, now);
    assert.match(whyNotYet(destination, record, now + 29_000) ?? '', /less than 30 s old/);
  });

  it('nothing is waited for before the first', () => {
    assert.equal(whyNotYet(destinationOf('ok'), {}, now), undefined);
  });
});

describe('a destination is left alone', () => {
  /** Seconds after the last of these answers in a row, a minute apart. */
  async function secondsAfter(...answers: ('ok' | DestinationError)[]): Promise<number> {
    const record: DestinationRecord = {};
    const destination = destinationOf(...answers);
    let at = now;
    for (const _ of answers) {
      at += 60_000;
      await deliver(destination, figures, record, unused, at);
    }
    return ((record.notBefore ?? at) - at) / 1000;
  }
  const gone = not('gone');
  const rows: [string, ('ok' | DestinationError)[], number][] = [
    ['not at all after a success', ['ok'], 0],
    ['not at all after trouble', [not('unavailable')], 0],
    ['as long as it says in trouble', [not('unavailable', 300)], 300],
    ['not at all after a refusal', [not('refused')], 0],
    ['a minute when it asks to slow down', [not('rate-limited')], 60],
    ['as long as it says when it asks to slow down', [not('rate-limited', 300)], 300],
    ['no longer than a day, whatever it says', [not('rate-limited', 1_777_636_800)], 86_400],
    ['not at all while it is not found up to three times', [gone, gone, gone], 0],
    ['15 min when it is not found a fourth time in a row', [gone, gone, gone, gone], 900],
    ['15 min each time from then on', [gone, gone, gone, gone, gone, gone], 900],
    ['not at all when it answers again', [gone, gone, gone, gone, 'ok'], 0],
    ['not at all when it was not found now and then', [gone, gone, gone, 'ok', gone, gone, gone], 0],
    ['not at all when other trouble came between', [gone, gone, gone, not('unavailable'), gone], 0],
  ];
  for (const [what, answers, seconds] of rows)
    it(what, async () => {
      assert.equal(await secondsAfter(...answers), seconds);
    });

  it('to the ms, and for a reason that is told', async () => {
    const record: DestinationRecord = {};
    const destination = destinationOf(not('rate-limited', 300));
    await deliver(destination, figures, record, unused, now);
    assert.equal(whyNotYet(destination, record, now + 299_999), 'Charge HQ is left alone for a while');
    assert.equal(whyNotYet(destination, record, now + 300_000), undefined);
  });

  it('but not by a clock that was set back', async () => {
    const record: DestinationRecord = {};
    const destination = destinationOf(not('rate-limited', 300));
    await deliver(destination, figures, record, unused, now);
    assert.equal(whyNotYet(destination, record, now - 86_400_000), undefined);
  });
});

describe('a destination that is gone', () => {
  /** What is told in each of some ticks, 15 minutes apart. */
  async function warningsOf(...answers: ('ok' | DestinationError)[]): Promise<string[]> {
    const record: DestinationRecord = {};
    const destination = destinationOf(...answers);
    const warnings: string[] = [];
    for (const [place] of answers.entries()) {
      const delivery = await deliver(destination, figures, record, unused, now + place * 900_000);
      warnings.push((delivery.warnings ?? []).join());
    }
    return warnings;
  }
  const gone = not('gone');

  it('is told once, with what to do', async () => {
    const warnings = await warningsOf(gone, gone, gone, gone, gone, gone, gone);
    assert.deepEqual(
      warnings.map((warning) => warning !== ''),
      [false, false, false, true, false, false, false],
    );
    assert.match(warnings[3] ?? '', /^Charge HQ is not at its address any more .*every 15 minutes.*CHARGE_HQ_URL/);
  });

  it('is told again after it was back', async () => {
    const warnings = await warningsOf(gone, gone, gone, gone, 'ok', gone, gone, gone, gone);
    assert.equal(warnings[4], 'Charge HQ answers again');
    assert.match(warnings[8] ?? '', /not at its address any more/);
  });

  it('is no word worth when it was away for a moment', async () => {
    assert.deepEqual(await warningsOf(gone, gone, gone, 'ok', 'ok'), ['', '', '', '', '']);
  });
});
