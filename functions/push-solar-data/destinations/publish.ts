/** Brings a message to the destination, and remembers how it stands with it. */

import type { TickReport } from '../core/report.ts';
import { type DestinationRecord, longestBackOffSeconds } from '../core/source-state.ts';
import type { Http } from '../platform/http.ts';
import { type Destination, DestinationError, type Message } from './destination.ts';

/** After so many messages in a row that found no such service, it counts as gone. */
const goneAfter = 3;
/** How often a destination that is gone is tried, s; the vendors are asked no oftener. */
const goneRetrySeconds = 900;

export type Delivery = Pick<TickReport, 'outcome' | 'delivery' | 'delivery_error' | 'delivery_excerpt' | 'warnings'>;

/** Why nothing may be sent at `now`; undefined if it may. */
export function whyNotYet(destination: Destination, record: DestinationRecord, now: number): string | undefined {
  const { pushedAt, notBefore } = record;
  // A message of the future is a clock that was set back, and so is what was promised then.
  if (pushedAt !== undefined && pushedAt > now) return undefined;
  if (notBefore !== undefined && now < notBefore) return `${destination.name} is left alone for a while`;
  const since = pushedAt === undefined ? undefined : (now - pushedAt) / 1000;
  if (since === undefined || since >= destination.minSecondsBetween) return undefined;
  return `the last message to ${destination.name} is less than ${destination.minSecondsBetween} s old`;
}

/** Sends once. Changes `record` in place. */
export async function deliver(
  destination: Destination,
  message: Message,
  record: DestinationRecord,
  http: Http,
  now: number,
): Promise<Delivery> {
  record.pushedAt = now;
  try {
    await destination.push(message, http);
    const back = (record.goneInARow ?? 0) > goneAfter ? [`${destination.name} answers again`] : undefined;
    delete record.goneInARow;
    delete record.notBefore;
    return { outcome: 'error' in message ? 'reported' : 'pushed', ...(back ? { warnings: back } : {}) };
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    const warnings = remember(error, destination, record, now);
    return {
      outcome: 'failed',
      delivery: error.reason,
      delivery_error: error.message,
      ...(error.excerpt ? { delivery_excerpt: error.excerpt } : {}),
      ...(warnings.length > 0 ? { warnings } : {}),
    };
  }
}

function remember(error: DestinationError, { name }: Destination, record: DestinationRecord, now: number): string[] {
  record.goneInARow = error.reason === 'gone' ? (record.goneInARow ?? 0) + 1 : 0;
  const wait = (seconds: number) => {
    record.notBefore = now + Math.min(seconds, longestBackOffSeconds) * 1000;
  };
  delete record.notBefore;
  if (record.goneInARow > goneAfter) wait(goneRetrySeconds);
  else if (error.reason === 'rate-limited') wait(error.retryAfterSeconds ?? 60);
  else if (error.retryAfterSeconds !== undefined) wait(error.retryAfterSeconds);
  if (record.goneInARow !== goneAfter + 1) return [];
  return [
    `${name} is not at its address any more (${error.message}). The bridge now tries every ${goneRetrySeconds / 60} minutes ` +
      'and asks your equipment no oftener. See whether the service has moved or closed; CHARGE_HQ_URL sets another address.',
  ];
}
