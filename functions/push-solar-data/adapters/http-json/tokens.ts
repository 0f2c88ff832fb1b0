/** OAuth2 client credentials for http-json: tokens that are kept between reads, and shared by the requests of one. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Failure, type Http, type SessionKeeper } from '../adapter.ts';
import { figure } from '../quantities.ts';
import { endsSoon, Session } from '../session.ts';
import { basic } from '../tunnel.ts';
import { bodyOf } from './call.ts';
import type { Grant } from './request.ts';

const Token = z.extend(Session, {
  /** The word before it in the `Authorization` header. */
  scheme: z.string(),
});
type Token = z.output<typeof Token>;

export const KeptTokens = z.object({ tokens: z.record(z.string(), Token) });
type KeptTokens = z.output<typeof KeptTokens>;

/** Tokens for one read. */
export type Tokens = {
  /** The kept one until shortly before its end, else a new one. */
  current(grant: Grant): Promise<Token>;
  /** A new one after a refusal. */
  another(grant: Grant): Promise<Token>;
};

/** Each client asks for at most one `current` and one `another` token, however many requests share them. */
export function openTokens(http: Http, session: SessionKeeper<KeptTokens>, now: number): Tokens {
  const asked = new Map<string, Promise<Token>>();
  const fetched = async (key: string, grant: Grant): Promise<Token> => {
    try {
      const token = await fetchToken(http, grant, now);
      await session.save({ tokens: { ...session.value?.tokens, [key]: token } });
      return token;
    } catch (error) {
      const { [key]: refused, ...others } = session.value?.tokens ?? {};
      if (refused) await session.save({ tokens: others }); // not to be tried again
      throw error;
    }
  };
  const once = (round: string, grant: Grant): Promise<Token> => {
    const key = keyOf(grant);
    const token = asked.get(round + key) ?? fetched(key, grant);
    asked.set(round + key, token);
    return token;
  };
  return {
    async current(grant) {
      const kept = session.value?.tokens[keyOf(grant)];
      return kept && !endsSoon(kept, now, 60) ? kept : once('current', grant);
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
  access_token: z.string().check(z.minLength(1), z.maxLength(8_000)),
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
  const { json } = await bodyOf(http, who, 'POST', tokenUrl, { form, headers, kinds: { 400: 'auth' } });
  const granted = Granted.safeParse(json);
  if (!granted.success) throw new Failure('bad-response', `${who} gave no access token`);
  const { access_token, token_type, expires_in = 300 } = granted.data;
  const scheme = !token_type || token_type.toLowerCase() === 'bearer' ? 'Bearer' : token_type;
  return { token: access_token, scheme, issuedAt: now, expiresAt: now + expires_in * 1000 };
}
