/** Brings a message to a destination, in time, and says how it went. */
import {
  afterDelivery,
  afterRefusal,
  type DestinationState,
  goneAfter,
  longestWaitSeconds,
} from '../core/destination-state.ts';
import { stackOf } from '../core/failure.ts';
import type { DestinationReport } from '../core/report.ts';
import { untilAborted } from '../core/time.ts';
import type { Clock } from '../platform/clock.ts';
import type { Connections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import type { Redactor } from '../platform/redaction.ts';
import { type Destination, DestinationError, type Message } from './destination.ts';

export type PublishPorts = {
  connections: Connections;
  clock: Clock;
  redactor: Redactor;
  signal: AbortSignal;
};

/** Sends once. Never throws: a bug of a destination is its row's kind. */
export async function publish(
  destination: Destination,
  before: DestinationState,
  message: Message,
  { connections, clock, redactor, signal }: PublishPorts,
): Promise<{ row: DestinationReport; state: DestinationState; remarks: string[] }> {
  const { label, title } = destination;
  const sentAt = clock.now(); // not the tick's begin: a slow read may lie between
  const begun = clock.stopwatch();
  const ms = () => Math.round(clock.stopwatch() - begun);
  const http = createHttp({ connections, name: title, signal, now: sentAt, redactor });
  const told = 'error' in message ? { ...message, error: redactor.text(message.error) } : message;
  const late = () => new DestinationError('unavailable', `${title} does not answer in time`);
  try {
    await untilAborted(destination.push(told, http), signal, late);
    const isBack = before.failure?.kind === 'gone' && before.failure.consecutive > goneAfter;
    return {
      row: { label, outcome: 'error' in message ? 'reported' : 'pushed', ms: ms() },
      state: afterDelivery(destination, sentAt),
      remarks: isBack ? [`${title} answers again`] : [],
    };
  } catch (error) {
    const known = error instanceof DestinationError;
    const failure = known
      ? { kind: error.kind, message: redactor.text(error.message), retryAfterSeconds: error.retryAfterSeconds }
      : ({
          kind: 'bug',
          message: `The bridge itself made an error while telling ${title}; it has been logged`,
        } as const);
    const state = afterRefusal(before, destination, sentAt, message, failure);
    const hasGone = failure.kind === 'gone' && state.failure?.consecutive === goneAfter + 1;
    return {
      row: {
        label,
        outcome: 'failed',
        kind: failure.kind,
        error: failure.message,
        ...(known && error.excerpt ? { excerpt: redactor.text(error.excerpt) } : {}),
        ...(known ? {} : { stack: redactor.text(stackOf(error)) }),
        ms: ms(),
      },
      state,
      remarks: hasGone ? [goneSentence(destination, failure.message)] : [],
    };
  }
}

const goneSentence = ({ title, addressSetting }: Destination, why: string): string =>
  `${title} is not at its address any more (${why}). The bridge now tries every ${longestWaitSeconds / 60} minutes ` +
  `and asks your equipment no oftener. See whether the service has moved or closed; ${addressSetting} sets another address.`;
