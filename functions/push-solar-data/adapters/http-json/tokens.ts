/** OAuth2 client credentials for http-json: tokens that are kept between reads, and shared by the requests of one. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Failure, type Http } from '../adapter.ts';
import { figure } from '../quantities.ts';
import { basic } from '../tunnel.ts';
import { bodyOf } from './call.ts';
import type { Grant } from './settings.ts';

const Token = z.object({
  token: z.string(),
  /** The word before it in the `Authorization` header. */
  scheme: z.string(),
  /** ms since the epoch. */
  expiresAt: z.number(),
});
type Token = z.output<typeof Token>;

export const KeptTokens = z.object({ tokens: z.record(z.string(), Token) });

/** Tokens for one read. */
export type Tokens = {
  /** The kept one while it is good for another minute, else a new one. */
  current(grant: Grant): Promise<Token>;
  /** A new one after a refusal. */
  another(grant: Grant): Promise<Token>;
};

/** Each client asks for at most one `current` and one `another` token, however many requests share them. */
export function openTokens(http: Http, state: Partial<z.output<typeof KeptTokens>>, now: number): Tokens {
  const asked = new Map<string, Promise<Token>>();
  const fetched = async (key: string, grant: Grant): Promise<Token> => {
    delete state.tokens?.[key];
    const token = await fetchToken(http, grant, now);
    state.tokens = { ...state.tokens, [key]: token };
    return token;
  };
  const once = (round: string, grant: Grant): Promise<Token> => {
    const key = keyOf(grant);
    const token = asked.get(round + key) ?? fetched(key, grant);
    asked.set(round + key, token);
    return token;
  };
  return {
    async current(grant) {
      const kept = state.tokens?.[keyOf(grant)];
      return kept && now <= kept.expiresAt - 60_000 ? kept : once('current', grant);
    },
    another: (grant) => once('another', grant),
  };
}

/** A digest, because the address may hold a secret. */
const keyOf = ({ tokenUrl, clientId, scope, audience }: Grant): string =>
  createHash('sha256')
    .update(JSON.stringify([tokenUrl, clientId, scope, audience]))
    .digest('hex')
    .slice(0, 16);

const Granted = z.object({
  access_token: z.string().check(z.minLength(1)),
  token_type: z.optional(z.nullable(z.string())),
  expires_in: figure, // seconds
});

/** RFC 6749, section 4.4. */
async function fetchToken(http: Http, grant: Grant, now: number): Promise<Token> {
  const { tokenUrl, clientId, clientSecret, scope, audience, clientAuth } = grant;
  const form = {
    grant_type: 'client_credentials',
    ...(clientAuth === 'body' ? { client_id: clientId, client_secret: clientSecret } : {}),
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
  };
  const headers = clientAuth === 'basic' ? { authorization: basic(clientId, clientSecret) } : {};
  const who = `The log-in at ${new URL(tokenUrl).host}`;
  const answer = await bodyOf(http, who, 'POST', tokenUrl, { form, headers, kinds: { 400: 'auth' } });
  const granted = Granted.safeParse(answer);
  if (!granted.success) throw new Failure('bad-response', `${who} gave no access token`);
  const { access_token, token_type, expires_in = 300 } = granted.data;
  const scheme = !token_type || token_type.toLowerCase() === 'bearer' ? 'Bearer' : token_type;
  return { token: access_token, scheme, expiresAt: now + expires_in * 1000 };
}
