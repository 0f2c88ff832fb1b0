/** A log-in that is kept from one read to the next: renewed before it runs out, and once when it is refused. */
import { Failure } from './adapter.ts';

export type Session = {
  token: string;
  /** ms since the epoch; absent if the vendor does not say. */
  expiresAt?: number;
};

/** What `withSession` needs of a read's context. */
export type SessionKeeper<Kept extends Session> = {
  state: { session?: Kept };
  saveState(): Promise<void>;
  reloadState(): Promise<void>;
  sleep(ms: number): Promise<void>;
  now: number;
};

export type SessionOptions = {
  /** Whether a failure of a call means that the session is no longer good. Default: kind `auth`. */
  isRefusal?: (failure: Failure) => boolean;
  /** How long before its end a session is renewed, s. */
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
  keeper: SessionKeeper<Kept>,
  renew: (previous: Kept | undefined) => Promise<Kept>,
  use: (session: Kept) => Promise<Result>,
  options: SessionOptions = {},
): Promise<Result> {
  const { isRefusal = ({ kind }) => kind === 'auth', marginSeconds = 60 } = options;
  const { session } = keeper.state;
  if (!session || hasEnded(session, keeper.now, marginSeconds)) return use(await renewed(keeper, renew));
  try {
    return await use(session);
  } catch (error) {
    if (!(error instanceof Failure && isRefusal(error))) throw error;
  }
  await keeper.reloadState();
  const stored = keeper.state.session;
  return use(stored && stored.token !== session.token ? stored : await renewed(keeper, renew));
}

const hasEnded = ({ expiresAt }: Session, now: number, marginSeconds: number): boolean =>
  expiresAt !== undefined && now >= expiresAt - marginSeconds * 1000;

async function renewed<Kept extends Session>(
  keeper: SessionKeeper<Kept>,
  renew: (previous: Kept | undefined) => Promise<Kept>,
): Promise<Kept> {
  const previous = keeper.state.session;
  try {
    keeper.state.session = await renew(previous);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'auth' || !previous) throw error;
    const stored = await renewedElsewhere(keeper, previous);
    if (!stored) throw error;
    return stored;
  }
  await keeper.saveState();
  return keeper.state.session;
}

/** How long another invocation may take from its new session to having stored it. */
const storingMs = 2_000;

/** The session that another invocation has got with the same refresh token, which for us was used up. */
async function renewedElsewhere<Kept extends Session>(
  keeper: SessionKeeper<Kept>,
  previous: Kept,
): Promise<Kept | undefined> {
  for (const waitMs of [0, storingMs]) {
    if (waitMs > 0) await keeper.sleep(waitMs);
    await keeper.reloadState();
    const { session } = keeper.state;
    if (session && session.token !== previous.token) return session;
  }
  return undefined;
}

/** `Authorization: Bearer …` for a session. */
export const bearer = ({ token }: Session): { authorization: string } => ({ authorization: `Bearer ${token}` });
