/** A log-in that is kept from one read to the next: renewed before it runs out, and once when it is refused. */
import * as z from 'zod/mini';
import { Failure, type SessionKeeper } from './adapter.ts';

/** What is kept of a log-in; an adapter adds what its cloud needs besides. Times are in ms since the epoch. */
export const Session = z.object({
  token: z.string(),
  /** Set by `withSession`. */
  issuedAt: z.optional(z.number()),
  /** Absent if the vendor does not say. */
  expiresAt: z.optional(z.number()),
});
export type Session = z.output<typeof Session>;

/** What `withSession` needs of a read's context. */
export type SessionContext<Kept extends Session> = {
  session: SessionKeeper<Kept>;
  sleep(ms: number): Promise<void>;
  now: number;
};

export type SessionOptions = {
  /** Whether a failure of a call means that the session is no longer good. Default: kind `auth`. */
  isRefusal?: (failure: Failure) => boolean;
  /** How long before its end a session is renewed, s; but never more than a tenth of its life. */
  marginSeconds?: number;
};

/**
 * Runs `use` with a good session, logging in at most once per read. The new session is saved before it is used, so that
 * a rotating refresh token is never lost; if the old one was refused because another invocation has renewed it
 * meanwhile, that one's session is taken over instead.
 *
 * @param renew logs in, or refreshes with what the previous session holds.
 * @throws Failure of `renew` or `use`.
 *
 * @example
 * return withSession(context, () => logIn(context), (session) => http.get('/live', { headers: bearer(session), schema: Live }));
 */
export async function withSession<Kept extends Session, Result>(
  context: SessionContext<Kept>,
  renew: (previous: Kept | undefined) => Promise<Kept>,
  use: (session: Kept) => Promise<Result>,
  options: SessionOptions = {},
): Promise<Result> {
  const { isRefusal = ({ kind }) => kind === 'auth', marginSeconds = 60 } = options;
  const session = context.session.value;
  if (!session || endsSoon(session, context.now, marginSeconds)) return use(await renewed(context, renew));
  try {
    return await use(session);
  } catch (error) {
    if (!(error instanceof Failure && isRefusal(error))) throw error;
  }
  await context.session.reload();
  const stored = context.session.value;
  return use(stored && stored.token !== session.token ? stored : await renewed(context, renew));
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

async function renewed<Kept extends Session>(
  context: SessionContext<Kept>,
  renew: (previous: Kept | undefined) => Promise<Kept>,
): Promise<Kept> {
  const previous = context.session.value;
  let session: Kept;
  try {
    session = { ...bounded(await renew(previous)), issuedAt: context.now };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'auth' || !previous) throw error;
    const stored = await renewedElsewhere(context, previous);
    if (!stored) throw error;
    return stored;
  }
  await context.session.save(session);
  return session;
}

/** Of all that is kept of a log-in, in characters; tokens have up to some 2,000. */
const longestSession = 8_000;

/** @throws Failure `bad-response` for a session that nobody could send or store. */
function bounded<Kept extends Session>(session: Kept): Kept {
  if (JSON.stringify(session).length <= longestSession) return session;
  throw new Failure('bad-response', 'The log-in was answered with a token that is too long to be one');
}

/** How long another invocation may take from its new session to having stored it. */
const storingMs = 2_000;

/** The session that another invocation has got with the same refresh token, which for us was used up. */
async function renewedElsewhere<Kept extends Session>(
  context: SessionContext<Kept>,
  previous: Kept,
): Promise<Kept | undefined> {
  for (const waitMs of [0, storingMs]) {
    if (waitMs > 0) await context.sleep(waitMs);
    await context.session.reload();
    const session = context.session.value;
    if (session && session.token !== previous.token) return session;
  }
  return undefined;
}

/** `Authorization: Bearer …` for a session. */
export const bearer = ({ token }: Session): { authorization: string } => ({ authorization: `Bearer ${token}` });
