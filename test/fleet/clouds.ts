/**
 * The makers' clouds of a fleet, in a process of their own: the conversation of each adapter, with every home that asks, at
 * the fleet's time. Their tokens are each home's own and live an hour; a refresh token works once.
 */
import { conversations, type NamedConversation } from '../conversations/all.ts';
import { answerOf, fittest, isDark, isLogIn, moved } from '../conversations/replay.ts';
import { rewritten } from '../faults/figures.ts';
import type { Answer, ReceivedRequest } from '../support/conversation.ts';
import { secretsOfRequest } from '../support/leaks.ts';
import { chanceOf, type Waiting, waitingMs } from './chances.ts';
import { isSlow } from './homes.ts';
import { type FleetRequest, never, received, serveFleet } from './serving.ts';

/** From the fleet, at the start of the process. */
export type CloudsOptions = {
  seed: number;
  /** Of the conversations that are played. */
  names: readonly string[];
  /** Of the first tick, ms since the epoch. */
  begins: number;
  waiting: Waiting;
  /** Whether anything goes wrong at random, and one cloud after the other fails for all its homes. */
  hasTrouble: boolean;
};

/** What the clouds have seen, when they are asked at the end. */
export type CloudsSeen = {
  requests: number;
  /** That have come. */
  bytes: number;
  /** Refresh tokens that came although they had been used up. */
  deadRefreshes: number;
  /** The one that is good now, by home. */
  refreshTokens: Record<string, string>;
};

const tokenSeconds = 3_600;
const minute = 60_000;

/** Minutes from the beginning, for all homes of a cloud. */
export const outages = [
  { name: 'foxess', how: 'maintenance', from: 12, minutes: 5 },
  { name: 'growatt', how: 'hangs', from: 40, minutes: 2 },
] as const;

const shares = { maintenance: 0.004, tooMany: 0.001, echo: 0.001, hangs: 0.000_05 };

const seen: CloudsSeen = { requests: 0, bytes: 0, deadRefreshes: 0, refreshTokens: {} };

if (process.send) {
  process.once('message', async (options: CloudsOptions) => {
    const chosen = conversations.filter(({ name }) => options.names.includes(name));
    const urls: Record<string, string> = {};
    for (const each of chosen) urls[each.name] = await playForAll(each, options);
    process.on('message', () => process.send?.({ ...seen, bytes: received.bytes }));
    process.send?.(urls);
  });
}

function playForAll(talk: NamedConversation, options: CloudsOptions): Promise<string> {
  const { name, conversation } = talk;
  const { exchanges, dark } = conversation;
  const now = Date.parse(conversation.now);
  const logIns = new Set(exchanges.slice(0, -1).filter(isLogIn));
  /** Figures are renewed at this interval. */
  const renewalMs = isSlow(talk) ? 5 * minute : minute;
  const grants = new Map<string, number>();
  const grantOf = (home: string) => `${home}-grant-${grants.get(home) ?? 0}`;

  const goodAnswer = (request: FleetRequest): Answer => {
    const exchange = fittest(exchanges, request);
    if (!exchange) return { status: 404, json: {} };
    const laterMs = Math.floor((request.at - now) / renewalMs) * renewalMs;
    const answer = moved(answerOf(exchange, request), isDark(request.eventAt) ? dark : {}, now, laterMs);
    if (!logIns.has(exchange)) return answer;
    const sent = refreshTokenIn(request);
    if (sent?.startsWith(request.home) && !sent.endsWith(grantOf(request.home))) {
      seen.deadRefreshes += 1;
      return { status: 401, json: {} };
    }
    grants.set(request.home, (grants.get(request.home) ?? 0) + 1);
    return withOwnTokens(answer, request.home, grantOf(request.home));
  };
  return serveFleet((request) => {
    seen.requests += 1;
    const random = chanceOf(options.seed, name, request.home, request.path, nthOf(request));
    const afterMs = waitingMs(random, options.waiting);
    const at = (request.eventAt - options.begins) / minute;
    const trouble = options.hasTrouble && at >= 0 ? troubleAt(name, at, random) : undefined;
    if (trouble === 'hangs') return { answer: {}, afterMs: never };
    if (trouble) return { answer: troubles[trouble](request), afterMs };
    return { answer: goodAnswer(request), afterMs };
  });
}

/** Which request of this home to this path it is, so that each has chances of its own. */
const counts = new Map<string, number>();
function nthOf({ home, path }: FleetRequest): number {
  const key = `${home}${path}`;
  const nth = (counts.get(key) ?? 0) + 1;
  counts.set(key, nth);
  return nth;
}

type Trouble = keyof typeof shares;

function troubleAt(name: string, at: number, random: ReturnType<typeof chanceOf>): Trouble | undefined {
  const out = outages.find((each) => each.name === name && at >= each.from && at < each.from + each.minutes);
  if (out) return out.how;
  let chance = random.next();
  for (const [trouble, share] of Object.entries(shares) as [Trouble, number][]) {
    if (chance < share) return trouble;
    chance -= share;
  }
  return undefined;
}

const troubles: Record<Exclude<Trouble, 'hangs'>, (request: ReceivedRequest) => Answer> = {
  maintenance: () => ({ status: 503, text: '<html>maintenance</html>' }),
  tooMany: () => ({ status: 429, json: {} }),
  echo: (request) => ({ status: 400, text: `<p>no user has ${secretsOfRequest(request).join(' or ')}</p>` }),
};

/** As a form or as JSON. */
function refreshTokenIn({ body }: ReceivedRequest): string | undefined {
  if (body === null || typeof body !== 'object') return undefined;
  const [, sent] = Object.entries(body).find(([name]) => /^refresh_?token$/i.test(name)) ?? [];
  return typeof sent === 'string' ? sent : undefined;
}

/** Tokens that no other home has, and that end after an hour. */
function withOwnTokens(answer: Answer, home: string, grant: string): Answer {
  const own = rewritten(answer, (value, name) => {
    if (/^(access|refresh)_?token$/i.test(name)) {
      const token = `${home}-${name.slice(0, 3)}-${value}-${grant}`;
      if (/^refresh/i.test(name)) seen.refreshTokens[home] = token;
      return token;
    }
    return /^expires_?in$/i.test(name) ? tokenSeconds : value;
  });
  return own ?? answer;
}
