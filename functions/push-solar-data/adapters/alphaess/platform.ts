/** AlphaESS' platform: how a call is signed, and what its codes mean, which come with HTTP 200. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Answer } from '../adapter.ts';
import { figure, words } from '../quantities.ts';
import { isRefusal, type Refusals, refusalOf } from '../refusals.ts';
import type { Context } from './settings.ts';

/** @param data what stands in the envelope. */
export async function ask<Data extends z.ZodMiniType>(
  { http, settings: { appId, appSecret }, clock }: Context,
  path: string,
  query: Record<string, string>,
  data: Data,
): Promise<z.output<Data>> {
  const schema = z.object({ data });
  const signed = () => {
    const timeStamp = String(Math.floor(clock() / 1000));
    const sign = createHash('sha512').update(`${appId}${appSecret}${timeStamp}`).digest('hex');
    return http.get(path, {
      query,
      schema,
      headers: { appId, timeStamp, sign, 'content-type': 'application/json' },
      notJson: 'unavailable',
      refusal,
    });
  };
  const answer = await signed().catch((error: unknown) => {
    if (isOfClock(error)) return signed();
    throw error;
  });
  return (answer as { data: z.output<Data> }).data;
}

const Envelope = z.object({ code: figure, msg: words });

const timestamp = /time\s?stamp/i;
const wrongClock = ['auth', 'refuses the time of the request: check the clock of this machine'] as const;
const notBound = [
  'auth',
  'says that the system is not bound to this AppID: add its serial number at open.alphaess.com, and check {serials}',
] as const;
const faulty = ['bad-response', 'finds fault with the request itself'] as const;
const trouble = ['unavailable', 'has trouble or is busy'] as const;

const codes: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ code, msg }) => (code === 200 ? undefined : { code, words: msg }),
  meanings: {
    6001: faulty,
    6002: notBound,
    6005: notBound,
    6006: wrongClock,
    6007: ['auth', 'refuses the signature: check {appId} and {appSecret}'],
    6008: trouble,
    6009: ({ beginning }) =>
      timestamp.test(beginning)
        ? wrongClock
        : ['auth', 'refuses this AppID: it is not on the whitelist, check {appId}'],
    6010: faulty,
    6011: faulty,
    6012: faulty,
    6016: ['offline', 'has no figures of the system'],
    6017: ['auth', 'does not allow this AppID to read the system: check {appId} and {serials}'],
    6026: trouble,
    6029: trouble,
    6038: ['auth', 'knows no such system: check {serials}'],
    6042: ['offline', 'says that the system is off line'],
    6053: 'rate-limited',
    10001: faulty,
  },
};

/** That it is asked too often comes also in words, under other codes. */
function refusal(answer: Answer) {
  const refused = refusalOf(answer, codes);
  if (!refused || !/maximum number of requests/i.test(answer.beginning)) return refused;
  return answer.failure('rate-limited', 'is asked too often');
}

/** A call may have been under way for long: then it helps to sign once more. */
const isOfClock = (error: unknown): boolean =>
  isRefusal(error, 6006) || (isRefusal(error, 6009) && timestamp.test(error.answer ?? ''));

/** Whether the system is not, or no longer, the AppID's to read. */
export const isOfSystem = (error: unknown): boolean => isRefusal(error, 6002, 6005, 6038);
