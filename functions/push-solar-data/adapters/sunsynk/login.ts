/** The log-in of Sunsynk Connect: signed, with an encrypted password (the scheme since November 2025); plain at Sol-Ark. */
import { constants, createHash, createPublicKey, publicEncrypt } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, Failure, type Http } from '../adapter.ts';
import { figure } from '../quantities.ts';
import type { Session } from '../session.ts';
import { dataOf, type Envelope, envelopeOf, failureOf, refusalOf, succeeded, wordsOf } from './answer.ts';

/** By region: host, and the name under which the cloud knows the app; Sol-Ark has none, its log-in is plain. */
export const regions = {
  sunsynk: { baseUrl: 'https://api.sunsynk.net', source: 'sunsynk' },
  inteless: { baseUrl: 'https://pv.inteless.com', source: 'elinter' },
  solark: { baseUrl: 'https://p2.api.solarkcloud.com', source: undefined },
} as const;

type LogIn = {
  settings: { username: string; password: string; region: keyof typeof regions };
  http: Http;
  now: number;
  clock(): number;
};

const Token = z.object({ access_token: z.string(), expires_in: figure });

/** The refresh token is not used: no client of this cloud does, all log in again. */
export async function logIn(context: LogIn): Promise<Session> {
  const { settings, now } = context;
  const { source } = regions[settings.region];
  const answer = source ? await signedLogIn(context, source) : await plainLogIn(context);
  const { access_token, expires_in } = loginDataOf(answer, 'token', Token);
  return {
    token: access_token,
    ...(expires_in === undefined ? {} : { expiresAt: now + expires_in * 1000 }),
  };
}

async function signedLogIn({ settings, http, clock }: LogIn, source: string): Promise<Answer> {
  const { username, password } = settings;
  const nonce = clock();
  const keyAnswer = await loginStep('public key', () =>
    http.send('GET', '/anonymous/publicKey', {
      query: { source, nonce, sign: signatureOf(nonce, source, 'POWER_VIEW') },
    }),
  );
  const key = loginDataOf(keyAnswer, 'public key', z.string());
  const encrypted = encryptedPassword(password, key);
  const askToken = (signer: string) => {
    const nonce = clock();
    const sign = signatureOf(nonce, signer, key.slice(0, 10));
    return loginStep('token', () =>
      http.send('POST', '/oauth/token/new', {
        json: { client_id: 'csp-web', grant_type: 'password', username, password: encrypted, source, nonce, sign },
      }),
    );
  };
  return source === 'sunsynk' ? askToken(source) : eitherSigner(askToken, source);
}

/** Clients disagree whether other clouds sign with the literal `sunsynk` or with their own name: the literal first. */
async function eitherSigner(askToken: (signer: string) => Promise<Answer>, source: string): Promise<Answer> {
  try {
    const answer = await askToken('sunsynk');
    const envelope = envelopeOf(answer);
    if (succeeded(envelope) || envelope.code === wrongPassword) return answer;
  } catch (error) {
    if (!(error instanceof Failure && (error.status ?? 0) >= 500)) throw error;
  }
  return askToken(source);
}

function plainLogIn({ settings: { username, password }, http }: LogIn): Promise<Answer> {
  const portal = 'https://www.solarkcloud.com';
  return loginStep('token', () =>
    http.send('POST', '/oauth/token', {
      headers: { origin: portal, referer: `${portal}/` },
      json: { client_id: 'csp-web', grant_type: 'password', username, password },
    }),
  );
}

const wrongPassword = 102;
/** A refusal that nobody knows may count towards a lock of the account. */
const unknownRefusalHoldSeconds = 900;

/**
 * A server error means a signature it does not like as often as trouble: not asked twice in one tick, but again in the
 * next (which is what `retryAfterSeconds: 0` says).
 */
async function loginStep(step: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Failure) || (error.status ?? 0) < 500) throw error;
    throw serverTrouble(step, `HTTP ${error.status}`, error);
  }
}

const serverTrouble = (step: string, what: string, { status, excerpt }: Failure): Failure =>
  new Failure(
    'unavailable',
    `Sunsynk Connect has trouble with the log-in (step "${step}": ${what}); if this lasts for days, the maker has changed the log-in`,
    { status: status ?? 500, excerpt: excerpt ?? '', retryAfterSeconds: 0 },
  );

function loginDataOf<Schema extends z.ZodMiniType>(answer: Answer, step: string, schema: Schema): z.output<Schema> {
  const envelope = envelopeOf(answer);
  if (succeeded(envelope)) return dataOf(answer, schema);
  throw loginRefusalOf(answer, step, envelope);
}

function loginRefusalOf(answer: Answer, step: string, envelope: Envelope): Failure {
  const { code, msg } = envelope;
  const refusal = refusalOf(answer, envelope);
  if (code === wrongPassword)
    return failureOf(answer, 'auth', 'refused the e-mail address and password: check them, and the region');
  if (/internal server error/i.test(msg ?? '')) return serverTrouble(step, wordsOf(msg), refusal);
  if (refusal.kind === 'auth') return refusal;
  return new Failure(
    refusal.kind,
    `Sunsynk Connect refused the log-in (step "${step}") with the code ${code ?? '(none)'}: ${wordsOf(msg)}; it is tried again in ${unknownRefusalHoldSeconds / 60} minutes`,
    { status: answer.status, excerpt: refusal.excerpt ?? '', retryAfterSeconds: unknownRefusalHoldSeconds },
  );
}

/** Lower-case hex MD5, as the web portal computes it. */
const signatureOf = (nonce: number, source: string, end: string): string =>
  createHash('md5').update(`nonce=${nonce}&source=${source}${end}`).digest('hex');

/** Base64 of RSA with PKCS#1 v1.5; `key` is base64 of a DER SubjectPublicKeyInfo of whatever length. */
function encryptedPassword(password: string, key: string): string {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password)).toString(
      'base64',
    );
  } catch (cause) {
    throw new Failure('bad-response', 'Sunsynk Connect gave a key with which the password cannot be encrypted', {
      cause,
    });
  }
}
