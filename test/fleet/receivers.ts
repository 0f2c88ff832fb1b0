/** The destinations of a fleet, in a process of their own: they take every message, and tally how old is what they know of each home. */
import type { Push } from '../support/conversation.ts';
import { chanceOf, type Waiting, waitingMs } from './chances.ts';
import { type FleetRequest, received, serveFleet } from './serving.ts';

export type ReceiversOptions = {
  seed: number;
  waiting: Waiting;
  /** Of what is counted, ms since the epoch; what came before is only known. */
  begins: number;
};
export type ReceiverUrls = { chargeHq: string; webhook: string; pvoutput: string };

/** What Charge HQ has heard, when it is asked at the end. */
export type Heard = {
  /** How many of them had figures. */
  messages: number;
  readings: number;
  /** Seconds of all homes together in which what is known was so many seconds old, by that age: with quick clouds, and with slow ones. */
  secondsByAge: Record<Pace, number[]>;
  /** From the event to the message, s, each. */
  toldSeconds: number[];
  /** Messages of a home that carried the key of another. */
  mixedUp: number;
  further: number;
  /** That have come. */
  bytes: number;
};

export type Pace = 'quick' | 'slow';
type Known = { pace: Pace; key: string; toldAt: number; measuredAt?: number };
const known = new Map<string, Known>();
const oldest_s = 4 * 3_600;
const heard: Heard = {
  ...{
    messages: 0,
    readings: 0,
    secondsByAge: { quick: [], slow: [] },
    toldSeconds: [],
    mixedUp: 0,
    further: 0,
    bytes: 0,
  },
};

/** Until `at` it has known what it knows. */
function age({ pace, toldAt, measuredAt }: Known, at: number): void {
  if (measuredAt === undefined) return;
  const seconds = heard.secondsByAge[pace];
  for (let moment = toldAt; moment < at; moment += 1_000) {
    const old = Math.min(oldest_s, Math.max(0, Math.floor((moment - measuredAt) / 1_000)));
    seconds[old] = (seconds[old] ?? 0) + 1;
  }
}

function hearPush({ home, path, at, eventAt, body }: FleetRequest, begins: number): void {
  const pace = path.startsWith('/slow/') ? 'slow' : 'quick';
  const { apiKey, tsms, siteMeters } = body as Push;
  const before = known.get(home);
  if (before && before.key !== apiKey) heard.mixedUp += 1;
  if (at >= begins) {
    heard.messages += 1;
    heard.toldSeconds.push((at - eventAt) / 1_000);
    if (before) age({ ...before, toldAt: Math.max(begins, before.toldAt) }, at);
    if (siteMeters) heard.readings += 1;
  }
  const measuredAt = siteMeters ? (tsms ?? at) : before?.measuredAt;
  known.set(home, { pace, key: apiKey, toldAt: at, ...(measuredAt === undefined ? {} : { measuredAt }) });
}

if (process.send) {
  process.once('message', async ({ seed, waiting, begins }: ReceiversOptions) => {
    const serve = (what: string, hear: (request: FleetRequest) => void, text?: string) =>
      serveFleet((request) => {
        hear(request);
        const random = chanceOf(seed, what, request.home, request.eventAt);
        return { answer: text === undefined ? { json: {} } : { text }, afterMs: waitingMs(random, waiting) };
      });
    const count = ({ at }: FleetRequest) => {
      if (at >= begins) heard.further += 1;
    };
    const urls: ReceiverUrls = {
      chargeHq: await serve('charge-hq', (request) => hearPush(request, begins)),
      webhook: await serve('webhook', count),
      pvoutput: await serve('pvoutput', count, 'OK 200: Added Status'),
    };
    process.on('message', ({ endsAt }: { endsAt: number }) => {
      for (const each of known.values()) age(each, endsAt);
      process.send?.({ ...heard, bytes: received.bytes });
    });
    process.send?.(urls);
  });
}
