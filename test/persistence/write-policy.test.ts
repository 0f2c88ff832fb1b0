import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DestinationState } from '../../functions/push-solar-data/core/destination-state.ts';
import { emptySiteState, type SiteState, siteStateFrom } from '../../functions/push-solar-data/core/site-state.ts';
import type { SourceState } from '../../functions/push-solar-data/core/source-state.ts';
import {
  countedWrites,
  described,
  documentOf,
  freeWrites,
  isWorthWriting,
  mostBytes,
} from '../../functions/push-solar-data/persistence/write-policy.ts';
import { sourceOf } from '../support/sources.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const agoMs = (seconds: number) => now - seconds * 1000;
const inMs = (seconds: number) => now + seconds * 1000;

const shape = { terms: { production: now }, devices: {} };
const last = { reading: { production_kw: 4.2 }, lacking: [], at: now };
type Failure = NonNullable<SourceState['failure']>;
const trouble: Failure = { kind: 'unavailable', message: 'Example Cloud has trouble', consecutive: 1 };
const refused: Failure = { kind: 'auth', message: 'refused', consecutive: 1, retryAt: inMs(1_800) };
const stateOf = (source: Partial<SourceState>, rest: Partial<SiteState> = {}): SiteState => ({
  ...emptySiteState(),
  sources: { roof: { settingsHash: 'settings', shape, ...source } },
  ...rest,
});
/** What is written of the source `roof`, as a cold start reads it. */
const written = (state: SiteState, pollSeconds = 60, policy = countedWrites): SiteState =>
  siteStateFrom(JSON.parse(JSON.stringify(documentOf(state, [sourceOf({ pollSeconds })], policy, now))));
const roofOf = ({ sources }: SiteState) => sources['roof'];

describe('where writes are counted, a document holds', () => {
  for (const pollSeconds of [60, 120, 299])
    it(`of a source of ${pollSeconds} s what lasts, not its polls nor its last answer`, () => {
      const counters = { imported_kwh: { kwh: 100, at: now } };
      const state = stateOf({ polledAt: now, last, counters, unchanged: { since: now, answers: 2 }, failure: trouble });
      assert.deepEqual(roofOf(written(state, pollSeconds)), { settingsHash: 'settings', shape, counters });
    });

  it('of a slow source everything', () => {
    const state = stateOf({ polledAt: now, last });
    assert.deepEqual(written(state, 300), state);
  });

  for (const pollSeconds of [60, 300])
    it(`the back-off of a source of ${pollSeconds} s`, () => {
      assert.deepEqual(roofOf(written(stateOf({ polledAt: now, failure: refused }), pollSeconds))?.failure, refused);
    });

  it('nothing of a source that was never asked or is no more', () => {
    assert.deepEqual(documentOf(stateOf({}), [sourceOf({ label: 'grid' })], countedWrites, now).sources, {});
  });

  it('what the home has shown', () => {
    const baseline = { contradictions: 3, usual_kw: 1, ticks: 30, highest_kw: 9 };
    assert.deepEqual(written(stateOf({}, { baseline })).baseline, baseline);
  });

  it('of a destination only that it is left alone', () => {
    const keptOf = (destination: DestinationState) =>
      written({ ...emptySiteState(), destinations: { 'charge-hq': destination } }).destinations['charge-hq'];
    const pending = { reading: { production_kw: 1 }, derived: [], freshUntil: now };
    const failure = { kind: 'gone', message: 'HTTP 410', consecutive: 4, retryAt: inMs(900) } as const;
    const { retryAt: _, ...passing } = failure;
    assert.equal(keptOf({ settingsHash: 'settings', sentAt: now, pending, failure: passing }), undefined);
    assert.deepEqual(keptOf({ settingsHash: 'settings', sentAt: now, pending, failure }), {
      settingsHash: 'settings',
      failure,
    });
  });

  it('a poll that the next write may follow as done: no cold start repeats it too early', () => {
    const state = stateOf({ polledAt: agoMs(100), last });
    // a tick's delay later than due at the earliest, and what it will have given is not known
    assert.deepEqual(roofOf(written(state, 300)), { settingsHash: 'settings', shape, polledAt: inMs(270) });
    assert.equal(roofOf(state)?.polledAt, agoMs(100), 'what is known is not changed');
    const alone = roofOf(written(stateOf({ polledAt: agoMs(100), failure: refused }), 300));
    assert.deepEqual([alone?.failure, alone?.polledAt], [refused, agoMs(100)], 'a back-off forbids it anyway');
    assert.equal(roofOf(written(stateOf({ polledAt: agoMs(100), failure: trouble }), 300))?.failure, undefined);
  });

  it('a poll as it was where the next write precedes the one after it', () => {
    const justBefore = stateOf({ polledAt: now + countedWrites.steadySpacingMs - 300_000, last });
    assert.deepEqual(written(justBefore, 300), justBefore);
  });
});

it('where writes are free, a document holds everything as it is', () => {
  const state = stateOf(
    { polledAt: agoMs(100), last, failure: trouble },
    { destinations: { 'charge-hq': { settingsHash: 'settings', sentAt: now } } },
  );
  assert.deepEqual(written(state, 60, freeWrites), state);
});

describe('a write', () => {
  const [minute, hour] = [60_000, 3_600_000];
  const usual = stateOf({ polledAt: now, last });
  const slow = [sourceOf({ pollSeconds: 300 })];
  /** How long after the last write this state is worth one, ms; undefined: not within a day. */
  function waits(state: SiteState, { sources = slow, policy = countedWrites } = {}): number | undefined {
    const before = described(usual, sources, policy, now);
    return [0, 4 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 24 * hour].find((ms) =>
      isWorthWriting(before, described(state, sources, policy, now + ms), policy),
    );
  }
  const another = { ...last, reading: { production_kw: 1 } };
  const devices = { '66S3': { terms: { production: now } } };
  const gone = { kind: 'gone', message: 'HTTP 410', consecutive: 4, retryAt: inMs(900) } as const;
  const rows: [string, SiteState, number | undefined][] = [
    ['comes never where nothing has changed', usual, undefined],
    ['of another poll can wait', stateOf({ polledAt: inMs(300), last: another }), 5 * minute],
    ['of a failure that passes can wait', stateOf({ polledAt: now, failure: trouble }), 5 * minute],
    ['of what the home shows can wait for an hour', { ...usual, baseline: { ticks: 5 } }, hour],
    ['of counters can wait for an hour', stateOf({ polledAt: now, last, counters: {} }), hour],
    ['of a back-off cannot wait', stateOf({ polledAt: now, failure: refused }), 0],
    ['of a changed setting cannot wait', stateOf({ settingsHash: 'changed', polledAt: now, last }), 0],
    ['of another term cannot wait', stateOf({ shape: { ...shape, terms: { production: now, grid: now } } }), 0],
    ['of a state of charge cannot wait', stateOf({ shape: { ...shape, soc: now } }), 0],
    ['of another device cannot wait', stateOf({ shape: { ...shape, devices } }), 0],
    [
      'of when a term was last given can wait for an hour',
      stateOf({ polledAt: now, last, shape: { ...shape, terms: { production: inMs(60) } } }),
      hour,
    ],
    [
      'of a destination that is left alone cannot wait',
      { ...usual, destinations: { 'charge-hq': { failure: gone } } },
      0,
    ],
    ['of a message that waits comes never', { ...usual, destinations: { 'charge-hq': { sentAt: now } } }, undefined],
  ];
  for (const [what, state, ms] of rows)
    it(what, () => {
      assert.equal(waits(state), ms);
    });

  it('of a longer back-off cannot wait either', () => {
    const before = described(stateOf({ failure: refused }), slow, countedWrites, now);
    const longer = stateOf({ failure: { ...refused, retryAt: inMs(3_600) } });
    assert.equal(isWorthWriting(before, described(longer, slow, countedWrites, now), countedWrites), true);
  });

  it('of a poll of a source of a minute comes never: it is in no document', () => {
    const sources = [sourceOf()];
    assert.equal(waits(stateOf({ polledAt: inMs(60), last: another }), { sources }), undefined);
  });

  it('comes at once on one’s own disk, but for what is only of use after a while', () => {
    assert.equal(waits(stateOf({ polledAt: inMs(300), last: another }), { policy: freeWrites }), 0);
    assert.equal(waits({ ...usual, baseline: { ticks: 5 } }, { policy: freeWrites }), 30 * minute);
  });

  it('waits from when the state was read, where nobody knows when it was written', () => {
    const before = described(usual, slow, countedWrites, 0, now);
    const worthAfter = (ms: number) =>
      isWorthWriting(
        before,
        described({ ...usual, baseline: { ticks: 5 } }, slow, countedWrites, now + ms),
        countedWrites,
      );
    assert.deepEqual([worthAfter(hour - 1), worthAfter(hour)], [false, true]);
  });

  it('does not wait for a clock that was set back', () => {
    const before = described(usual, slow, countedWrites, inMs(86_400));
    const next = described({ ...usual, baseline: { ticks: 5 } }, slow, countedWrites, now);
    assert.equal(isWorthWriting(before, next, countedWrites), true);
  });

  it('of nothing at all comes never, where nothing was written before', () => {
    assert.equal(isWorthWriting(undefined, described(emptySiteState(), [], countedWrites, now), countedWrites), false);
    assert.equal(isWorthWriting(undefined, described(usual, slow, countedWrites, now), countedWrites), true);
  });
});

describe('a document that would outgrow a free parameter', () => {
  const labels = Array.from({ length: 8 }, (_, nth) => `source-${nth}`);
  const sources = labels.map((label) => sourceOf({ label, pollSeconds: 300 }));
  const message = 'é'.repeat(299);
  const reading = { production_kw: 1.234, net_import_kw: -1.234, consumption_kw: 2.345, battery_soc: 0.5, tsms: now };
  const devicesOf = (count: number, seenAt = (nth: number) => now - nth) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, nth) => [`device-${nth}`, { terms: { production: seenAt(nth) } }]),
    );
  const siteOf = (source: (nth: number) => Partial<SourceState>): SiteState => ({
    ...emptySiteState(),
    sources: Object.fromEntries(
      labels.map((label, nth) => [label, { settingsHash: 'settings', polledAt: now, shape, ...source(nth) }]),
    ),
  });
  const writtenOf = (state: SiteState) => {
    const document = documentOf(state, sources, countedWrites, now);
    assert.ok(Buffer.byteLength(JSON.stringify(document)) <= mostBytes);
    return Object.values(siteStateFrom(document).sources);
  };
  const deviceCount = (written: SourceState[]) =>
    written.reduce((count, each) => count + Object.keys(each.shape?.devices ?? {}).length, 0);

  it('loses nothing while it fits', () => {
    const state = siteOf((nth) => ({
      ...(nth < 3 ? { last: { reading, lacking: [], at: now } } : { failure: trouble }),
    }));
    assert.deepEqual(writtenOf(state), Object.values(state.sources));
  });

  it('loses the last readings first', () => {
    const devices = devicesOf(3);
    const state = siteOf((nth) => ({
      last: { reading, lacking: [], at: now },
      shape: { ...shape, devices },
      failure: { ...refused, message: `${nth}`.repeat(120) },
    }));
    const kept = writtenOf(state);
    assert.ok(kept.every(({ last: reading }) => reading === undefined));
    assert.ok(kept.every(({ failure }) => failure?.message.length === 120));
    assert.equal(deviceCount(kept), 24);
  });

  it('then what error sentences have beyond 100 characters', () => {
    const kept = writtenOf(
      siteOf(() => ({ failure: { ...refused, message }, shape: { ...shape, devices: devicesOf(1) } })),
    );
    assert.ok(kept.every(({ failure }) => failure?.message.length === 100 && failure.retryAt === refused.retryAt));
    assert.equal(deviceCount(kept), 8);
  });

  it('and of a destination too', () => {
    const failure = { kind: 'auth', message, consecutive: 1, retryAt: inMs(1_800) } as const;
    const state = siteOf(() => ({ failure: { ...refused, message } }));
    const document = documentOf({ ...state, destinations: { 'charge-hq': { failure } } }, sources, countedWrites, now);
    assert.equal(document.destinations['charge-hq']?.failure?.message.length, 100);
  });

  it('then the devices that were not seen for the longest time, no more than it must', () => {
    const state = siteOf((nth) => ({
      shape: { ...shape, devices: nth === 0 ? devicesOf(200) : devicesOf(1, () => 5) },
    }));
    const kept = writtenOf(state);
    const names = Object.keys(kept[0]?.shape?.devices ?? {});
    assert.ok(names.length > 20 && names.length < 80, `${names.length}`);
    assert.deepEqual(
      names,
      Array.from({ length: names.length }, (_, nth) => `device-${nth}`),
    );
    assert.equal(deviceCount(kept), names.length, 'those of the others are older');
    assert.equal(
      Object.keys(state.sources['source-0']?.shape?.devices ?? {}).length,
      200,
      'what is known is not changed',
    );
  });
});
