/** The one error class of the bridge: what went wrong, in a sentence for the owner, and what it means for the next ticks. */

/**
 * - `settings`: a setting is missing or malformed; no call was made.
 * - `auth`: the credentials were refused.
 * - `rate-limited`: told to slow down.
 * - `offline`: the vendor says that the device is not connected.
 * - `stale`: the newest measurement is too old.
 * - `bad-response`: an answer that cannot be understood.
 * - `unavailable`: network, time-out, server error.
 */
export const failureKinds = [
  'settings',
  'auth',
  'rate-limited',
  'offline',
  'stale',
  'bad-response',
  'unavailable',
] as const;
export type FailureKind = (typeof failureKinds)[number];

export type FailureDetails = {
  /** Seconds to leave the vendor alone, where it demands so. */
  retryAfterSeconds?: number;
  /** The beginning of the answer that was not understood, for the log. */
  excerpt?: string;
  /** HTTP status of the answer, if there was one. */
  status?: number;
  cause?: unknown;
};

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly retryAfterSeconds: number | undefined;
  readonly excerpt: string | undefined;
  readonly status: number | undefined;

  /** @param message one sentence for the owner: what happened and what to do. */
  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.excerpt = details.excerpt;
    this.status = details.status;
  }
}

/** What the log needs of a bug: its stack, or what there is instead. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
