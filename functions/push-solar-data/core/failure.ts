/** The one error class of the bridge: what went wrong, in a sentence for the owner, and what it means for the next ticks. */

import { plainText } from './plain-text.ts';

/**
 * - `settings`: a setting is missing or malformed; no call was made.
 * - `auth`: the credentials were refused.
 * - `rate-limited`: told to slow down.
 * - `offline`: the vendor says that the device is not connected, or the grid flow is lacking.
 * - `stale`: the newest measurement is too old, or the figures stand still.
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

/**
 * What can be told of a tick, a source or a destination besides:
 * - `gone`: a destination is not at its address any more.
 * - `bug`: any other exception, an error of the bridge itself.
 */
export const errorKinds = [...failureKinds, 'gone', 'bug'] as const;
export type ErrorKind = (typeof errorKinds)[number];

export type FailureDetails = {
  /** Seconds to leave the vendor alone, where it demands so. */
  retryAfterSeconds?: number | undefined;
  /** The structure of the answer that was not understood, for the log. */
  excerpt?: string | undefined;
  /** The answer's beginning, for the adapter that asked: it may hold what nobody else may see. */
  answer?: string | undefined;
  /** HTTP status of the answer, if there was one. */
  status?: number | undefined;
  cause?: unknown;
};

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly retryAfterSeconds: number | undefined;
  readonly excerpt: string | undefined;
  readonly answer: string | undefined;
  readonly status: number | undefined;

  /**
   * @param message one sentence for the owner: what happened and what to do. It and the excerpt are made plain and short,
   *   but for the kind `settings`: there no vendor has a word, and a command shows its whole usage.
   */
  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(
      kind === 'settings' ? message : plainText(message),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'Failure';
    this.kind = kind;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.excerpt = details.excerpt === undefined ? undefined : plainText(details.excerpt);
    this.answer = details.answer?.slice(0, 2_000);
    this.status = details.status;
  }
}

/** What the log needs of a bug: its stack, or what there is instead. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** The same for what no redactor has seen: without the message, which may quote anything. */
export function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const { message, stack = '' } = error;
  // a line of the message may look like a frame; where it was changed since, what is message cannot be told
  const rest = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : '';
  const frames = rest.split('\n').filter((line) => /^\s{1,8}at /.test(line));
  return [error.name, ...frames.map((frame) => frame.trim())].join(' ');
}
