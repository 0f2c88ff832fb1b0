/** The log-in to an account on the platform of SOLARMAN. Sources: SOLARMAN OpenAPI v1.1.6, swagger of the DeyeCloud OpenAPI v1.0. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { figure } from '../quantities.ts';
import type { Session } from '../session.ts';
import type { AccountContext, Cloud } from './account.ts';
import { failureOf, post, quoted, refusalOf, succeeded } from './answer.ts';

const Token = z.object({
  accessToken: z.nullish(z.string()),
  access_token: z.nullish(z.string()),
  token: z.nullish(z.string()),
  /** s */
  expiresIn: figure,
  expires_in: figure,
});

/**
 * @param business what the account acts for, in the cloud's own word; undefined for a home.
 * @throws Failure `auth` for every refusal, but `rate-limited` for too many calls.
 */
export async function logIn(
  cloud: Cloud,
  context: AccountContext,
  business: Record<string, string | undefined>,
): Promise<Session> {
  const { appId, appSecret, email, username, mobile, countryCode, password } = context.settings;
  const name = email ? { email } : username ? { username } : { mobile, countryCode };
  const hashed = createHash('sha256').update(password, 'utf8').digest('hex');
  const { answer, envelope } = await post(cloud, context, cloud.paths.token, {
    query: { appId },
    json: { appSecret, ...name, password: hashed, ...business },
  });
  if (!succeeded(envelope)) {
    const refusal = refusalOf(cloud, context, answer, envelope);
    if (refusal.kind === 'rate-limited') throw refusal;
    throw failureOf('auth', `${cloud.title} refused the log-in${quoted(envelope)}. ${cloud.advice}`, answer);
  }
  const { accessToken, access_token, token, expiresIn, expires_in } = answer.json(Token);
  const issued = accessToken ?? access_token ?? token;
  if (!issued) throw failureOf('bad-response', `${cloud.title} answered the log-in without a token`, answer);
  const seconds = expiresIn ?? expires_in;
  return {
    token: issued.replace(/^bearer\s+/i, ''),
    ...(seconds === undefined ? {} : { expiresAt: context.now + seconds * 1000 }),
  };
}
