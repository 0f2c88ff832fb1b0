/** Answers of Sunsynk Connect and its sibling clouds: the envelope `{code, msg, data, success}`, and what its codes mean. */
import * as z from 'zod/mini';
import { type Answer, Failure, type FailureKind } from '../adapter.ts';
import { figure, words } from '../quantities.ts';

const Envelope = z.object({
  code: figure,
  msg: words,
  success: z.nullish(z.boolean()),
  data: z.optional(z.unknown()),
});
export type Envelope = z.output<typeof Envelope>;

/** A GET with the token of the session; gives what stands under `data`. */
export type Ask = <Schema extends z.ZodMiniType>(
  path: string,
  schema: Schema,
  query?: Record<string, string | number>,
) => Promise<z.output<Schema>>;

/** How an expired token is told, often with HTTP 200 and any code. */
const tokenRefused = (msg: string): boolean =>
  (/token/i.test(msg) && /invalid|expir/i.test(msg)) || /unauthori[sz]ed|not logged in/i.test(msg);

/** @throws Failure `unavailable` for what is not JSON: that is a gateway in trouble. */
export function envelopeOf(answer: Answer): Envelope {
  if (!isJson(answer.text))
    throw failureOf(answer, 'unavailable', 'has trouble: it answered with something else than figures');
  return answer.json(Envelope);
}

export const succeeded = ({ code, success }: Envelope): boolean =>
  success !== false && (code === 0 || (code === undefined && success === true));

/**
 * What stands under `data`.
 *
 * @throws Failure by code and message; its `status` is 401 where the token was refused.
 */
export function dataOf<Schema extends z.ZodMiniType>(answer: Answer, schema: Schema): z.output<Schema> {
  const envelope = envelopeOf(answer);
  if (!succeeded(envelope)) throw refusalOf(answer, envelope);
  if (envelope.data === null || envelope.data === undefined)
    throw failureOf(answer, 'bad-response', 'has no figures yet of this plant');
  const { data } = answer.json(z.object({ data: schema })) as { data: z.output<Schema> };
  return data;
}

/** The failure that an answer to a call with a token tells. */
export function refusalOf(answer: Answer, { code, msg }: Envelope): Failure {
  if (code === 401 || tokenRefused(msg ?? ''))
    return failureOf(answer, 'auth', 'does not accept our log-in any more', 401);
  if (code === 2)
    return failureOf(answer, 'auth', 'does not show this plant to this account: check plantId and the account');
  return failureOf(answer, 'bad-response', `answered with the code ${code ?? '(none)'}: ${wordsOf(msg)}`);
}

export const failureOf = (answer: Answer, kind: FailureKind, sentence: string, status = answer.status): Failure =>
  new Failure(kind, `Sunsynk Connect ${sentence}`, { status, excerpt: answer.excerpt });

/** The vendor's own words, short enough for the owner. */
export const wordsOf = (msg: string | null | undefined): string => msg?.slice(0, 100) || 'no reason given';

/** Whether a failure of a call means that its token is no longer good. A missing permission does not. */
export const isTokenRefusal = ({ status }: Failure): boolean => status === 401;

/** Whether a call that only adds to the reading may fail like this without failing the read. */
export const canDoWithout = (error: unknown): error is Failure =>
  error instanceof Failure && error.kind !== 'rate-limited' && !isTokenRefusal(error);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
