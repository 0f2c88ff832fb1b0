/** The log-in of the S-Miles Cloud: a nonce, then the password in the form that the account has. */
import { argon2, createHash } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { Failure, type Http } from '../adapter.ts';
import { Refusal } from '../refusals.ts';
import type { Session } from '../session.ts';

const argon2id = promisify(argon2);

const Nonce = z.object({ n: z.string(), a: z.nullish(z.string()) });
/** Some answers carry it at the top level. */
const Inspection = z.union([z.object({ data: Nonce }), Nonce]);
const LoggedIn = z.object({ data: z.object({ token: z.string() }) });

/** Most clients count on two hours. */
const lifeMs = 7_200_000;

export type Credentials = { username: string; password: string };

/** @throws Refusal `auth` where the cloud says no, of whatever status; another failure is no refusal of the account. */
export async function logIn(http: Http, { username, password }: Credentials, now: number): Promise<Session> {
  const inspect = async () => {
    const answer = await http.post('/iam/pub/3/auth/pre-insp', {
      host: 'auth',
      json: { u: username },
      schema: Inspection,
    });
    return 'data' in answer ? answer.data : answer;
  };
  const send = async (nonce: string, ch: string) => {
    const json = { u: username, ch, n: nonce };
    const { data } = await http.post('/iam/pub/3/auth/login', { host: 'auth', json, schema: LoggedIn });
    return { token: data.token, expiresAt: now + lifeMs };
  };
  try {
    const { n, a } = await inspect();
    if (a) return await send(n, await salted(password, a));
    return await send(n, unsalted(password)).catch(async (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      return send((await inspect()).n, hash('sha256', password).toString('hex')); // an older account, once
    });
  } catch (error) {
    if (error instanceof Refusal && error.kind !== 'auth')
      throw new Refusal(error.code, new Failure('auth', error.message, error));
    throw error;
  }
}

const hash = (algorithm: string, text: string): Buffer => createHash(algorithm).update(text).digest();

export const unsalted = (password: string): string =>
  `${hash('md5', password).toString('hex')}.${hash('sha256', password).toString('base64')}`;

/** @param salt in hex, else in base64. */
export async function salted(password: string, salt: string): Promise<string> {
  const nonce = Buffer.from(salt, /^(?:[0-9a-f]{2})+$/i.test(salt) ? 'hex' : 'base64');
  if (nonce.length < 8) throw new Failure('bad-response', 'Hoymiles gives a salt for the password that is none');
  const options = { message: Buffer.from(password), nonce, parallelism: 1, tagLength: 32, memory: 32_768, passes: 3 };
  return (await argon2id('argon2id', options)).toString('hex');
}
