/** The contract between the tick and where its result goes. */

import type { Reading } from '../core/reading.ts';
import type { Http } from '../platform/http.ts';

/** What a tick has to tell: figures that balance, or one sentence about why there are none. */
export type Message = { reading: Reading } | { error: string };

/**
 * - `refused`: it will not take this message; trying again cannot help (wrong key).
 * - `gone`: there is no such service at this address any more.
 * - `rate-limited`: told to slow down.
 * - `unavailable`: trouble that may pass.
 */
export type DestinationErrorKind = 'refused' | 'gone' | 'rate-limited' | 'unavailable';

export class DestinationError extends Error {
  readonly reason: DestinationErrorKind;
  readonly retryAfterSeconds: number | undefined;
  readonly excerpt: string | undefined;

  constructor(
    reason: DestinationErrorKind,
    message: string,
    details: { retryAfterSeconds?: number | undefined; excerpt?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DestinationError';
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
  /** Delivers one message, once. @throws DestinationError */
  push(message: Message, http: Http): Promise<void>;
};
