/** A log-in that is kept from one read to the next: renewed before it runs out, and once when it is refused. */
import * as z from 'zod/mini';
import type { CallDefaults } from '../platform/http.ts';
import { Failure, type Http, type SessionKeeper } from './adapter.ts';

/** What is kept of a log-in; an adapter adds what its cloud needs besides. Times are in ms since the epoch. */
export const Session = z.object({
  token: z.string(),
  /** Set by {@link withToken}. */
  issuedAt: z.optional(z.number()),
  /** Absent if the vendor does not say. */
  expiresAt: z.optional(z.number()),
});
export type Session = z.output<typeof Session>;

/** What {@link withToken} needs of a read's context. */
export type SessionContext<Kept extends Session> = {
  session: SessionKeeper<Kept>;
  sleep(ms: number): Promise<void>;
  now: number;
};

export type SessionOptions = {
  /** Whether a failure of a call means that the session is no longer good. Default: status 401. */
  isRefusal?: (failure: Failure) => boolean;
  /** How long before its end a session is renewed, s; but never more than a tenth of its life. */
  marginSeconds?: number;
};

/**
 * One way to a session: a refresh, a log-in. undefined where this way is not open, as a refresh without refresh token.
 *
 * @param previous what is kept, if anything; it may be at its end, or refused.
 * @throws Failure: `rate-limited` and `unavailable` end the read, after any other the next way is tried.
 */
export type Way<Kept extends Session> = (previous: Kept | undefined) => Promise<Kept | undefined>;

export type TokenOptions<Kept extends Session> = SessionOptions & {
  /** What the calls carry. Default: `Authorization: Bearer …`. */
  client?: (session: Kept) => CallDefaults;
};

/**
 * Runs `read` with a client that is logged in: by the kept session, else by one of the first way that gives one, cheapest
 * first. Each way is gone once at most, so there is one log-in per read at most. A new session is saved before it is used,
 * so that a rotating refresh token is never lost; where another invocation has renewed it meanwhile, its session is taken
 * over instead.
 *
 * @throws Failure of the last way, or of `read`.
 *
 * @example
 * const ways = [byRefreshToken(context, (refresh_token) => …), () => logIn(context)];
 * return withToken(context, ways, (http) => http.get('/live', { schema: Live }));
 */
export function withToken<Kept extends Session, Result>(
  context: SessionContext<Kept> & { http: Http },
  ways: readonly Way<Kept>[],
  read: (http: Http, session: Kept) => Promise<Result>,
  { client = (session) => ({ headers: bearer(session) }), ...options }: TokenOptions<Kept> = {},
): Promise<Result> {
  return openSession(context, ways, options)((session) => read(context.http.extend(client(session)), session));
}

/**
 * What {@link withToken} does, for several calls, each of which is repeated by itself when its token is refused, also side by side; each
 * way is gone once in all of them together.
 *
 * @example
 * const call = openSession(context, [() => logIn(context)]);
 * const plants = await call((session) => listPlants(session));
 * const live = await call((session) => readLive(session, plants));
 */
export function openSession<Kept extends Session>(
  context: SessionContext<Kept>,
  ways: readonly Way<Kept>[],
  { isRefusal = ({ status }) => status === 401, marginSeconds = 60 }: SessionOptions = {},
): <Result>(use: (session: Kept) => Promise<Result>) => Promise<Result> {
  const left = [...ways];
  /** Tokens that were refused, or renewed because they end. */
  const spent = new Set<string>();
  const unspent = () => {
    const { value } = context.session;
    return value && !spent.has(value.token) ? value : undefined;
  };

  /** The kept one, after a refusal that of another invocation; its log-in is as good as ours would be. */
  const kept = async (isRefused: boolean): Promise<Kept | undefined> => {
    const session = unspent();
    if (!isRefused) return session && !endsSoon(session, context.now, marginSeconds) ? session : undefined;
    if (session) return session;
    await context.session.reload();
    const stored = unspent();
    if (stored) left.length = 0;
    return stored;
  };
  let failure: Failure | undefined;
  const renewed = async (refusal: Failure | undefined): Promise<Kept> => {
    failure = refusal ?? failure;
    for (let way = left.shift(); way; way = left.shift()) {
      const session = await gone(way, context, left.length > 0);
      if (session && !(session instanceof Failure)) {
        spent.delete(session.token); // a cloud may give the same one again, good anew
        return session;
      }
      failure = session ?? failure;
    }
    throw failure ?? new Failure('auth', 'There is no way to log in: check the settings');
  };

  const good = async (refusal: Failure | undefined): Promise<Kept> =>
    (await kept(refusal !== undefined)) ?? renewed(refusal);
  /** One after the other: calls side by side share a log-in. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (refusal: Failure | undefined): Promise<Kept> => {
    const mine = turn.then(() => good(refusal));
    turn = mine.catch(() => {}); // told to whom it belongs
    return mine;
  };

  return async (use) => {
    let refusal: Failure | undefined;
    for (;;) {
      const session = await inTurn(refusal);
      try {
        return await use(session);
      } catch (error) {
        if (!(error instanceof Failure && isRefusal(error))) throw error;
        spent.add(session.token);
        refusal = error;
      }
    }
  };
}

/**
 * Whether a session is at its end, or nearer to it than the margin and than a tenth of its life: a margin as long as the
 * life would mean a log-in at every read. A session that ended when it began has no end that anybody knows.
 */
export function endsSoon({ issuedAt, expiresAt }: Session, now: number, marginSeconds: number): boolean {
  if (expiresAt === undefined) return false;
  const lifeMs = issuedAt === undefined ? Number.POSITIVE_INFINITY : expiresAt - issuedAt;
  return lifeMs > 0 && now >= expiresAt - Math.min(marginSeconds * 1000, lifeMs / 10);
}

/**
 * The session to which a way leads, saved; or why it leads nowhere, for the next way.
 *
 * @throws Failure that has nothing to do with the credentials, or that is told by the last way.
 */
async function gone<Kept extends Session>(
  way: Way<Kept>,
  context: SessionContext<Kept>,
  isAnotherLeft: boolean,
): Promise<Kept | Failure | undefined> {
  const previous = context.session.value;
  let session: Kept;
  try {
    const renewed = await way(previous);
    if (!renewed) return undefined;
    session = { ...usable(renewed), issuedAt: context.now };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'rate-limited' || error.kind === 'unavailable') throw error;
    const stored = error.kind === 'auth' && previous && (await renewedElsewhere(context, previous, isAnotherLeft));
    if (stored) return stored;
    if (isAnotherLeft) return error;
    throw error;
  }
  await context.session.save(session);
  return session;
}

/** Of all that is kept of a log-in, in characters; tokens have up to some 2,000. */
const longestSession = 8_000;

/** What no header can carry. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;

/** @throws Failure `bad-response` for a session that nobody could send or store. */
function usable<Kept extends Session>(session: Kept): Kept {
  if (JSON.stringify(session).length > longestSession)
    throw new Failure('bad-response', 'The log-in was answered with a token that is too long to be one');
  if (Object.values(session).some((value) => typeof value === 'string' && unsendable.test(value)))
    throw new Failure('bad-response', 'The log-in was answered with a token that no request can carry');
  return session;
}

/** How long another invocation may take from its new session to having stored it. */
const storingMs = 2_000;

/** The session that another invocation has got with the same refresh token, which for us was used up. */
async function renewedElsewhere<Kept extends Session>(
  context: SessionContext<Kept>,
  previous: Kept,
  isAnotherLeft: boolean,
): Promise<Kept | undefined> {
  for (const waitMs of isAnotherLeft ? [0] : [0, storingMs]) {
    if (waitMs > 0) await context.sleep(waitMs);
    await context.session.reload();
    const session = context.session.value;
    if (session && session.token !== previous.token) return session;
  }
  return undefined;
}

/** `Authorization: Bearer …` for a session. */
export const bearer = ({ token }: Session): { authorization: string } => ({ authorization: `Bearer ${token}` });
