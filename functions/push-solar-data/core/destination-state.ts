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
  /** When one was last taken. */
  deliveredAt: z.optional(time),
  /** What its module remembers for long, and what for minutes. */
  kept: z.optional(z.record(z.string(), z.unknown())),
  running: z.optional(z.record(z.string(), z.unknown())),
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

export type DestinationLimits = {
  title: string;
  settingsHash: string;
  /** Never two messages within so many seconds, whatever became of the first. */
  minSecondsBetween: number;
  /** The owner's interval, counted from what arrived. */
  intervalSeconds?: number | undefined;
  /** However long it asks to be left alone, s. */
  longestWaitSeconds: number;
  /** It is given every message and every tick, and keeps by itself what is not sent yet. */
  gathers: boolean;
  /** What is wrong with its settings, a sentence each: it is told nothing, and the others are. */
  problems: readonly string[];
};

/** What its module remembers, after a push. */
export type Memory = Pick<DestinationState, 'kept' | 'running'>;

/** After so many messages in a row that found no such service, it counts as gone. */
export const goneAfter = 3;
/** How long a destination is left alone at most, s, if it says nothing else of itself: a load balancer's page must not silence a home for a day. */
export const usualLongestWaitSeconds = 900;
/** One that is gone is tried again after so many seconds. */
export const goneWaitSeconds = 900;
/** A tick may come some seconds early. */
const earlyMs = 5_000;

/** What holds with these settings: a changed one ends every wait, but not the time between two messages. */
export function currentState(
  state: DestinationState | undefined,
  limits: Pick<DestinationLimits, 'settingsHash'>,
): DestinationState {
  if (!state || state.settingsHash === undefined || state.settingsHash === limits.settingsHash) return state ?? {};
  return state.sentAt === undefined ? {} : { sentAt: state.sentAt };
}

/** Why it may not be told anything at `now`, whatever there is to tell; undefined if it may. */
export function whyLeftAlone(
  state: DestinationState,
  { title, longestWaitSeconds }: Pick<DestinationLimits, 'title' | 'longestWaitSeconds'>,
  now: number,
): string | undefined {
  const { retryAt } = state.failure ?? {};
  if (retryAt === undefined || now >= retryAt) return undefined;
  const longest = Math.max(longestWaitSeconds, authWaitSeconds);
  if (retryAt > now + longest * 1000) return undefined; // a clock that was ahead once promised nothing
  const until = new Date(retryAt).toISOString().slice(11, 16);
  return plainText(`${title} is left alone until ${until} UTC: ${state.failure?.message}`);
}

/** How long to wait until the least time between two messages is over, ms; 0 if it is. */
export function msUntilNext(
  { sentAt }: DestinationState,
  { minSecondsBetween }: Pick<DestinationLimits, 'minSecondsBetween'>,
  now: number,
): number {
  // A message of the future is a clock that was set back.
  if (sentAt === undefined || sentAt > now) return 0;
  return Math.max(0, sentAt + minSecondsBetween * 1000 - now);
}

/** Whether the owner's interval has not passed since the last message that was taken. */
export function isWithinInterval(
  { deliveredAt }: DestinationState,
  { intervalSeconds }: Pick<DestinationLimits, 'intervalSeconds'>,
  now: number,
): boolean {
  if (deliveredAt === undefined || intervalSeconds === undefined || deliveredAt > now) return false;
  return now < deliveredAt + intervalSeconds * 1000 - earlyMs;
}

/** The reading that waits, if it may still be told. */
export function pendingMessage({ pending }: DestinationState, now: number): Message | undefined {
  return pending && now <= pending.freshUntil ? pending : undefined;
}

export function afterDelivery(limits: DestinationLimits, sentAt: number, memory: Memory = {}): DestinationState {
  return {
    settingsHash: limits.settingsHash,
    sentAt,
    ...(limits.intervalSeconds === undefined ? {} : { deliveredAt: sentAt }),
    ...memory,
  };
}

/** After a message that was not for it, or was only gathered: nothing was sent, and nothing waits. */
export function afterNothing(
  before: DestinationState,
  limits: DestinationLimits,
  memory: Memory = {},
): DestinationState {
  const { pending: _notForIt, ...state } = before;
  return { ...state, settingsHash: limits.settingsHash, ...memory };
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
  message: Message | undefined,
  failure: { kind: ErrorKind; message: string; retryAfterSeconds?: number | undefined },
  memory: Memory = {},
): DestinationState {
  const { kind } = failure;
  const consecutive = before.failure?.kind === kind ? before.failure.consecutive + 1 : 1;
  const seconds = waitSeconds(kind, consecutive, failure.retryAfterSeconds, limits.longestWaitSeconds);
  return {
    settingsHash: limits.settingsHash,
    sentAt,
    ...(before.deliveredAt === undefined ? {} : { deliveredAt: before.deliveredAt }),
    ...memory,
    ...(message && 'reading' in message && !limits.gathers ? { pending: storable(message) } : {}),
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

/** No log-in storms at anybody's door. */
const authWaitSeconds = 1_800;
/** What the receiver says of a setting may be mended there. */
const settingsWaitSeconds = 300;

function waitSeconds(kind: ErrorKind, consecutive: number, told: number | undefined, longest: number): number {
  if (kind === 'auth') return authWaitSeconds;
  if (kind === 'gone' && consecutive > goneAfter) return goneWaitSeconds;
  if (told !== undefined) return Math.min(told, longest);
  if (kind === 'settings') return settingsWaitSeconds;
  return kind === 'rate-limited' ? Math.min(60 * 2 ** Math.min(consecutive - 1, 10), longest) : 0;
}
