/** The contract between the tick and where its result goes. */
import type { Http } from '../platform/http.ts';
import type { Reading } from '../site-meters/reading.ts';

/** What a tick has to tell: figures that balance, or one sentence about why there are none. */
export type Message = { reading: Reading } | { error: string };

/**
 * - `refused`: it will not take this message; trying again cannot help (wrong key).
 * - `gone`: there is no such service at this address any more.
 * - `rate-limited`: told to slow down.
 * - `unavailable`: trouble that may pass.
 */
export type NotDeliveredReason = 'refused' | 'gone' | 'rate-limited' | 'unavailable';

export class NotDelivered extends Error {
  readonly reason: NotDeliveredReason;
  readonly retryAfterSeconds: number | undefined;
  readonly excerpt: string | undefined;

  constructor(
    reason: NotDeliveredReason,
    message: string,
    details: { retryAfterSeconds?: number | undefined; excerpt?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'NotDelivered';
    this.reason = reason;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.excerpt = details.excerpt;
  }
}

export type Destination = {
  name: string;
  /** The whole address. */
  url: string;
  /** Least time between two messages. */
  minSecondsBetween: number;
  /** Delivers one message, once. @throws NotDelivered */
  push(message: Message, http: Http): Promise<void>;
};
