import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepRecord } from '../../functions/feed/record-reader.ts';
import { fakeClock } from '../support/home.ts';

const clockAt = () => fakeClock('2026-05-01T12:00:00Z');
const recordAt = (sent_ms: number) => ({
  document: { type: 'reading', version: 1, site: 'home', sent_ms, derived: [] },
  freshUntil: sent_ms + 180_000,
});

describe('the record of a feed', () => {
  it('is read once in five seconds, however many ask', async () => {
    const clock = clockAt();
    let reads = 0;
    const lastRecord = keepRecord(async () => recordAt(++reads), clock);
    const sentAt = async () => (await lastRecord()).record?.document.sent_ms;
    assert.deepEqual([await sentAt(), await sentAt()], [1, 1]);
    clock.advance(4.9);
    assert.equal(await sentAt(), 1);
    clock.advance(0.1);
    assert.equal(await sentAt(), 2);
    clock.advance(-3_600);
    assert.equal(await sentAt(), 3);
  });

  it('stays, with a sentence, while it cannot be read, and nobody is asked oftener for that', async () => {
    const clock = clockAt();
    let reads = 0;
    const lastRecord = keepRecord(async () => {
      reads += 1;
      if (reads > 1) throw new Error('the store does not answer');
      return recordAt(1);
    }, clock);
    await lastRecord();
    clock.advance(5);
    assert.deepEqual(await lastRecord(), { record: recordAt(1), problem: 'the store does not answer' });
    assert.deepEqual(await lastRecord(), { record: recordAt(1) });
    assert.equal(reads, 2);
  });

  it('is none where there is none', async () => {
    const lastRecord = keepRecord(async () => undefined, clockAt());
    assert.deepEqual(await lastRecord(), { record: undefined });
  });
});
