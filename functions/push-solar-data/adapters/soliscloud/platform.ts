/** How SolisCloud speaks: every call a signed POST, and every refusal a code, often beside `success: true`. */
import { createHash, createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import type { Answer, ReadContext } from '../adapter.ts';
import { identifier, words } from '../quantities.ts';
import { type Refusals, refusalOf } from '../refusals.ts';

export type Ask = <Schema extends z.ZodMiniType>(
  path: string,
  json: object,
  schema: Schema,
) => Promise<z.output<Schema>>;

type Key = { keyId: string; keySecret: string };

/** Two calls a second are allowed of each kind. */
const pauseMs = 600;

/** For one read: what is asked more than once is asked with a pause before it. */
export function openPlatform({
  http,
  settings: { keyId, keySecret },
  now,
  sleep,
}: Pick<ReadContext<Key>, 'http' | 'settings' | 'now' | 'sleep'>): Ask {
  const client = http.extend({
    notJson: 'unavailable',
    refusal: (answer) => refusalOf(answer, codes),
    kinds: {
      401: ['auth', refused],
      403: ['auth', refused],
      408: ['unavailable', 'does not accept the time of the request: check the clock of this machine'],
    },
  });
  const asked = new Set<string>();
  return async (path, json, schema) => {
    if (asked.has(path)) await sleep(pauseMs);
    asked.add(path);
    const body = JSON.stringify(json);
    return client.post(path, { body, headers: signed(path, body, { keyId, keySecret, now }), schema });
  };
}

const contentType = 'application/json';

/** The type is signed as it is sent, the path without its host. */
function signed(path: string, body: string, { keyId, keySecret, now }: Key & { now: number }) {
  const md5 = createHash('md5').update(body).digest('base64');
  const date = new Date(now).toUTCString();
  const message = ['POST', md5, contentType, date, path].join('\n');
  const signature = createHmac('sha1', keySecret).update(message).digest('base64');
  return { 'content-type': contentType, 'content-md5': md5, date, authorization: `API ${keyId}:${signature}` };
}

const refused = 'refuses the signature: check {keyId} and {keySecret}';

const Envelope = z.object({ code: identifier, msg: words });

const noAccess = [
  'auth',
  'gives no access: check {keyId} and {keySecret}, that API Management is activated for this account, and that the inverter belongs to it',
] as const;
const tooOften = ['rate-limited', 'is asked too often'] as const;
const wrongRequest = ['bad-response', 'finds fault with the request itself'] as const;

/** The text of too many calls may speak of authority too. */
const isTooMany = (answer: Answer): boolean => /too many request/i.test(answer.tryJson(Envelope)?.msg ?? '');

const codes: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ code, msg }) => (code === '0' ? undefined : { code, words: msg }),
  meanings: {
    R0000: (answer) => (isTooMany(answer) ? tooOften : noAccess),
    1004: tooOften,
    1007: tooOften,
    B0049: noAccess,
    B0011: ['auth', 'does not know the user: check {keyId}'],
    I0012: ['auth', 'refuses the account: check {keyId} and {keySecret}'],
    I0000: wrongRequest,
    I0003: wrongRequest,
  },
  others: 'unavailable',
};
