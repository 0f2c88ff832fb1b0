/** Reads a feed's record at most every few seconds, however many ask. */
import { type FeedRecord, recordFrom } from '../push-solar-data/destinations/feed/record.ts';
import type { Clock } from '../push-solar-data/platform/clock.ts';

/** A new one comes once a minute. */
const keptMs = 5_000;

export type LastRecord = {
  record: FeedRecord | undefined;
  /** Why it could not be read just now, in a sentence. */
  problem?: string;
};

/** The last record stays where it cannot be read anew: it says itself how long it is good. */
export function keepRecord(read: () => Promise<unknown>, clock: Pick<Clock, 'now'>): () => Promise<LastRecord> {
  let record: FeedRecord | undefined;
  let readAt: number | undefined;
  return async () => {
    const now = clock.now();
    if (readAt !== undefined && now >= readAt && now - readAt < keptMs) return { record };
    readAt = now;
    try {
      record = recordFrom(await read());
      return { record };
    } catch (error) {
      return { record, problem: error instanceof Error ? error.message : String(error) };
    }
  };
}
