/** OAuth 2 as vendors do it: every grant, both places for the client's credentials, and refusals told from trouble. */
import * as z from 'zod/mini';
import type { Answer, Failure, Http } from './adapter.ts';
import { numberOf } from './quantities.ts';
import { Session, type Way } from './session.ts';
import { basic } from './tunnel.ts';

/** What is kept of an OAuth log-in. */
export const TokenSession = z.extend(Session, {
  /** As the cloud writes it. */
  tokenType: z.optional(z.string()),
  refreshToken: z.optional(z.string()),
  refreshExpiresAt: z.optional(z.number()),
});
export type TokenSession = z.output<typeof TokenSession>;

/** In the words of RFC 6749 and 7636. */
export type Grant = (
  | { grant_type: 'client_credentials' }
  | { grant_type: 'password'; username: string; password: string }
  | { grant_type: 'refresh_token'; refresh_token: string }
  | { grant_type: 'authorization_code'; code: string; redirect_uri: string; code_verifier?: string }
) & { scope?: string };

export type TokenRequest = {
  /** Of the token endpoint, or its whole address. */
  path: string;
  /** Default: the host of the log-in. */
  host?: 'base' | 'auth';
  grant: Grant;
  /** `in`: where its id and secret stand; a client without secret has its id in the body. Default: body. */
  client?: { id: string; secret?: string | undefined; in?: 'body' | 'basic' };
  /** What this cloud wants besides; undefined takes a field away. */
  form?: Record<string, string | undefined>;
  /** How the body is written. Default: as a form, which is what RFC 6749 says. */
  body?: 'form' | 'json';
  headers?: Record<string, string>;
  /**
   * Said of a refusal, after the product's title: `refused {clientId} and {clientSecret}: check both`.
   *
   * @param error OAuth's word, such as `invalid_grant`, or of the vendor's own; undefined if there is none.
   */
  refused(error: string | undefined): string;
  /** How long to leave the cloud alone after a refusal, where wrong passwords lock the account. */
  holdSeconds?: number;
  /** The life of a token, where the cloud does not tell. */
  lifeSeconds?: number;
};

const seconds = z.pipe(
  z.optional(z.unknown()),
  z.transform((value): number | undefined => {
    const number = numberOf(value);
    return number === 'unreadable' ? undefined : number;
  }),
);
const Token = z.object({
  access_token: z.string().check(z.minLength(1)),
  token_type: z.nullish(z.string()),
  expires_in: seconds,
  refresh_token: z.nullish(z.string()),
  refresh_expires_in: seconds,
});
const TokenError = z.object({ error: z.string() });

/**
 * Asks for a token.
 *
 * @throws Failure `auth` if the cloud refuses the grant or the client, `unavailable` for a web page in place of an answer
 *   (maintenance, a guard against robots) and for what OAuth calls trouble, else by the status.
 *
 * @example
 * requestToken(context, {
 *   path: '/oauth/token',
 *   grant: { grant_type: 'client_credentials' },
 *   client: { id: settings.clientId, secret: settings.clientSecret },
 *   refused: () => 'refused {clientId} and {clientSecret}: check both',
 * });
 */
export async function requestToken(
  { http, now }: { http: Http; now: number },
  request: TokenRequest,
): Promise<TokenSession> {
  const { path, host = 'auth', grant, client, form, body = 'form', headers, lifeSeconds } = request;
  const inBody = client && client.in !== 'basic' ? { client_id: client.id, client_secret: client.secret } : {};
  const authorization = client?.in === 'basic' ? basic(client.id, client.secret ?? '') : undefined;
  const answer = await http.send('POST', path, {
    host,
    [body]: withoutUndefined({ ...grant, ...inBody, ...form }),
    headers: { authorization, ...headers },
    accept: [400, 401, 403, 404],
  });
  const failure = failureOf(answer, request);
  if (failure) throw failure;
  const token = answer.json(Token);
  const after = (life: number | undefined) => (life === undefined ? undefined : now + life * 1000);
  return {
    token: token.access_token,
    tokenType: token.token_type ?? undefined,
    expiresAt: after(token.expires_in ?? lifeSeconds),
    // One that does not rotate stays good.
    refreshToken: token.refresh_token ?? (grant.grant_type === 'refresh_token' ? grant.refresh_token : undefined),
    refreshExpiresAt: after(token.refresh_expires_in || undefined), // 0: no end
  };
}

function failureOf(answer: Answer, { refused, holdSeconds }: TokenRequest): Failure | undefined {
  const { status, isWebPage } = answer;
  const error = answer.tryJson(TokenError)?.error;
  if (error === 'server_error' || error === 'temporarily_unavailable')
    return answer.failure('unavailable', 'has trouble with the log-in');
  if (isWebPage && status !== 401)
    return answer.failure('unavailable', 'shows a web page in place of its log-in: perhaps maintenance', {
      retryAfterSeconds: 300,
    });
  if ([400, 401, 403].includes(status) || refusals.has(error ?? ''))
    return answer.failure('auth', refused(error?.slice(0, 60)), {
      retryAfterSeconds: holdSeconds ?? answer.retryAfterSeconds,
    });
  return status === 404
    ? answer.failure('bad-response', 'has no log-in at this address (HTTP 404): check region and address')
    : undefined;
}

/** What has to do with who asks; `unauthorized_client` is also a grant that was closed to this client. */
const refusals = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'access_denied']);

const withoutUndefined = (form: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined));

/**
 * The way by the refresh token that is kept; not open where there is none, or it has ended.
 *
 * @param first the one that the owner got, for as long as none is kept.
 *
 * @example
 * byRefreshToken(context, (refresh_token) => requestToken(context, { path, grant: { grant_type: 'refresh_token', refresh_token }, refused }))
 */
export const byRefreshToken =
  <Kept extends TokenSession>(
    { now }: { now: number },
    ask: (refreshToken: string) => Promise<Kept>,
    first?: string,
  ): Way<Kept> =>
  async (previous) => {
    const { refreshToken = first, refreshExpiresAt = Number.POSITIVE_INFINITY } = previous ?? {};
    return refreshToken === undefined || now >= refreshExpiresAt ? undefined : ask(refreshToken);
  };
