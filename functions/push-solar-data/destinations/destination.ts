/** The contract between the tick and where its result goes. */
import type { DestinationLimits, Message } from '../core/destination-state.ts';
import type { ErrorKind } from '../core/failure.ts';
import type { Http } from '../platform/http.ts';

export type { Message } from '../core/destination-state.ts';

/**
 * - `auth`: the credentials are refused.
 * - `bad-response`: it will not take this message, or its answer makes no sense; the next one may be fine.
 * - `settings`: something that a setting names is not there, as the receiver says.
 * - `gone`: there is no such service at this address any more.
 * - `rate-limited`: told to slow down.
 * - `unavailable`: trouble that may pass.
 */
export type DestinationErrorKind = Exclude<ErrorKind, 'bug' | 'offline' | 'stale'>;

/** Why a message was not taken, in a sentence for the owner. */
export class DestinationError extends Error {
  readonly kind: DestinationErrorKind;
  readonly retryAfterSeconds: number | undefined;
  readonly excerpt: string | undefined;

  constructor(
    kind: DestinationErrorKind,
    message: string,
    details: { retryAfterSeconds?: number | undefined; excerpt?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DestinationError';
    this.kind = kind;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.excerpt = details.excerpt;
  }
}

export type Destination = DestinationLimits & {
  /** The name of its row, and the prefix of its settings. */
  label: string;
  /** The setting that gives it another address, for the sentence when it is gone. */
  addressSetting: string;
  /** Delivers one message, once. @throws DestinationError */
  push(message: Message, http: Http): Promise<void>;
};
