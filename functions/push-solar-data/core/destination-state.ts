/** What is remembered of one destination, and the one place where it changes. Pure. */
import * as z from 'zod/mini';
import { type ErrorKind, errorKinds } from './failure.ts';
import { plainText } from './plain-text.ts';
import { type PowerField, powerFields, type Reading } from './reading.ts';

/** What a tick has to tell: figures that balance, or one sentence about why there are none. */
export type Message =
  | {
      reading: Reading;
      derived: readonly PowerField[];
      /** Until when it may be told, ms since the epoch. */
      freshUntil: number;
    }
  | { error: string; kind: ErrorKind };

const time = z.number();

/** All times in ms since the epoch. */
export const DestinationState = z.object({
  /** Of its settings when it was last told something. */
  settingsHash: z.optional(z.string()),
  /** When a message was last sent, whatever became of it. */
  sentAt: z.optional(time),
  /** A reading that it did not take, to be told while it is fresh. */
  pending: z.optional(
    z.object({
      reading: z.record(z.string(), z.number()) as z.ZodMiniType<Reading>,
      derived: z.array(z.enum(powerFields)),
      freshUntil: time,
    }),
  ),
  failure: z.optional(
    z.object({
      kind: z.enum(errorKinds),
      message: z.string(),
      retryAt: z.optional(time),
      consecutive: z.number(),
    }),
  ),
});
export type DestinationState = z.output<typeof DestinationState>;

export type DestinationLimits = { title: string; settingsHash: string; minSecondsBetween: number };

/** After so many messages in a row that found no such service, it counts as gone. */
export const goneAfter = 3;
/** However long a destination asks to be left alone, s: a load balancer's page must not silence a home for a day. */
export const longestWaitSeconds = 900;

/** What holds with these settings: a changed one ends every wait, but not the time between two messages. */
export function currentState(state: DestinationState | undefined, limits: DestinationLimits): DestinationState {
  if (!state || state.settingsHash === undefined || state.settingsHash === limits.settingsHash) return state ?? {};
  return state.sentAt === undefined ? {} : { sentAt: state.sentAt };
}

/** Why it may not be told anything at `now`, whatever there is to tell; undefined if it may. */
export function whyLeftAlone(state: DestinationState, { title }: DestinationLimits, now: number): string | undefined {
  const { retryAt } = state.failure ?? {};
  if (retryAt === undefined || now >= retryAt) return undefined;
  if (retryAt > now + longestWaitSeconds * 1000 * 2) return undefined; // a clock that was ahead once promised nothing
  return `${title} is left alone until ${new Date(retryAt).toISOString().slice(11, 16)} UTC: ${state.failure?.message}`;
}

/** How long to wait until the least time between two messages is over, ms; 0 if it is. */
export function msUntilNext(state: DestinationState, { minSecondsBetween }: DestinationLimits, now: number): number {
  // A message of the future is a clock that was set back.
  if (state.sentAt === undefined || state.sentAt > now) return 0;
  return Math.max(0, state.sentAt + minSecondsBetween * 1000 - now);
}

/** The reading that waits, if it may still be told. */
export function pendingMessage({ pending }: DestinationState, now: number): Message | undefined {
  return pending && now <= pending.freshUntil ? pending : undefined;
}

export function afterDelivery(limits: DestinationLimits, sentAt: number): DestinationState {
  return { settingsHash: limits.settingsHash, sentAt };
}

/** A reading that could not be told at all (too soon after the last message) waits for the next tick. */
export function afterWaiting(before: DestinationState, message: Message): DestinationState {
  const { pending: _replaced, ...state } = before;
  return 'reading' in message ? { ...state, pending: storable(message) } : state;
}

/** After a message that was not taken: the reading waits, and the destination is left alone as it says, or by the kind. */
export function afterRefusal(
  before: DestinationState,
  limits: DestinationLimits,
  sentAt: number,
  message: Message,
  failure: { kind: ErrorKind; message: string; retryAfterSeconds?: number | undefined },
): DestinationState {
  const { kind } = failure;
  const consecutive = before.failure?.kind === kind ? before.failure.consecutive + 1 : 1;
  const seconds = waitSeconds(kind, consecutive, failure.retryAfterSeconds);
  return {
    settingsHash: limits.settingsHash,
    sentAt,
    ...('reading' in message ? { pending: storable(message) } : {}),
    failure: {
      kind,
      message: plainText(failure.message),
      consecutive,
      ...(seconds > 0 ? { retryAt: sentAt + seconds * 1000 } : {}),
    },
  };
}

const storable = ({ reading, derived, freshUntil }: Extract<Message, { reading: Reading }>) => ({
  reading,
  derived: [...derived],
  freshUntil,
});

function waitSeconds(kind: ErrorKind, consecutive: number, told: number | undefined): number {
  if (kind === 'gone' && consecutive > goneAfter) return longestWaitSeconds;
  const usual = kind === 'auth' ? 1800 : kind === 'rate-limited' ? 60 : 0;
  return told === undefined || kind === 'auth' ? usual : Math.min(told, longestWaitSeconds);
}
