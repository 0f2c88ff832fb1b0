/** The log-in of Sunsynk Connect: signed, with an encrypted password (the scheme since November 2025); plain at Sol-Ark. */
import { constants, createHash, createPublicKey, publicEncrypt } from 'node:crypto';
import * as z from 'zod/mini';
import { type Answer, Failure, type Http } from '../adapter.ts';
import { figure } from '../quantities.ts';
import { isRefusal, Refusal, refusalOf } from '../refusals.ts';
import type { Session } from '../session.ts';
import { codes, wrongPassword } from './platform.ts';

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

const Key = z.object({ data: z.string() });
const Token = z.object({ data: z.object({ access_token: z.string(), expires_in: figure }) });
type Token = z.output<typeof Token>;

/** The refresh token is not used: no client of this cloud does, all log in again. */
export async function logIn(context: LogIn): Promise<Session> {
  const { source } = regions[context.settings.region];
  const { data } = await (source ? signedLogIn(context, source) : plainLogIn(context));
  const { access_token: token, expires_in } = data;
  return { token, ...(expires_in === undefined ? {} : { expiresAt: context.now + expires_in * 1000 }) };
}

/** Clients disagree whether other clouds sign with the literal `sunsynk` or with their own name: the literal first. */
async function signedLogIn({ settings, http, clock }: LogIn, source: string): Promise<Token> {
  const nonce = clock();
  const sign = signatureOf(nonce, source, 'POWER_VIEW');
  const keyStep = step(http, 'public key');
  const { data: key } = await keyStep.get('/anonymous/publicKey', { query: { source, nonce, sign }, schema: Key });
  const login = { ...loginOf(settings), password: encryptedPassword(settings.password, key), source };
  const askToken = (signer: string) => {
    const nonce = clock();
    const sign = signatureOf(nonce, signer, key.slice(0, 10));
    return step(http, 'token').post('/oauth/token/new', { json: { ...login, nonce, sign }, schema: Token });
  };
  return askToken('sunsynk').catch((error: unknown) => {
    if (source !== 'sunsynk' && mayBeSignature(error)) return askToken(source);
    throw error;
  });
}

const mayBeSignature = (error: unknown): boolean =>
  error instanceof Refusal ? !isRefusal(error, wrongPassword) : error instanceof Failure && (error.status ?? 0) >= 500;

function plainLogIn({ settings, http }: LogIn): Promise<Token> {
  const portal = 'https://www.solarkcloud.com';
  const headers = { origin: portal, referer: `${portal}/` };
  return step(http, 'token').post('/oauth/token', { headers, json: loginOf(settings), schema: Token });
}

const loginOf = ({ username, password }: LogIn['settings']) => ({
  client_id: 'csp-web',
  grant_type: 'password',
  username,
  password,
});

const step = (http: Http, name: string): Http => http.extend({ refusal: (answer) => refusalOfStep(answer, name) });

/** A refusal that nobody knows may count towards a lock of the account. */
const unknownRefusalHoldSeconds = 900;

function refusalOfStep(answer: Answer, name: string): Failure | undefined {
  if (answer.status >= 500) return serverTrouble(answer, name, `HTTP ${answer.status}`);
  const refusal = refusalOf(answer, codes);
  if (!refusal || refusal.kind === 'auth') return refusal;
  if (/internal server error/i.test(answer.beginning)) return serverTrouble(answer, name, 'Internal Server Error');
  const sentence = `${refusal.message} to the log-in (step "${name}"); it is tried again in ${unknownRefusalHoldSeconds / 60} minutes`;
  const held = new Failure(refusal.kind, sentence, { ...refusal, retryAfterSeconds: unknownRefusalHoldSeconds });
  return new Refusal(refusal.code, held);
}

/**
 * It means a signature that the cloud does not like as often as trouble: not asked twice in one tick, but again in the
 * next (which is what `retryAfterSeconds: 0` says).
 */
const serverTrouble = (answer: Answer, name: string, what: string): Failure =>
  answer.failure(
    'unavailable',
    `has trouble with the log-in (step "${name}": ${what}); if this lasts for days, the maker has changed the log-in`,
    { status: Math.max(answer.status, 500), retryAfterSeconds: 0 },
  );

/** Lower-case hex MD5, as the web portal computes it. */
const signatureOf = (nonce: number, source: string, end: string): string =>
  createHash('md5').update(`nonce=${nonce}&source=${source}${end}`).digest('hex');

/** Base64 of RSA with PKCS#1 v1.5; `key` is base64 of a DER SubjectPublicKeyInfo of whatever length. */
function encryptedPassword(password: string, key: string): string {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    const encrypted = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password));
    return encrypted.toString('base64');
  } catch (cause) {
    const sentence = 'Sunsynk Connect gave a key with which the password cannot be encrypted';
    throw new Failure('bad-response', sentence, { cause });
  }
}
