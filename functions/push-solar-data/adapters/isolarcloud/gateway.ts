/** How iSolarCloud's gateway speaks: what every call carries, and what its codes mean. */
import * as z from 'zod/mini';
import type { Answer, Call, Meaning } from '../adapter.ts';
import { identifier, words } from '../quantities.ts';
import { type Refusals, refusalOf } from '../refusals.ts';
import type { IsolarcloudContext } from './settings.ts';

type Asking = Pick<IsolarcloudContext, 'http' | 'settings' | 'settingName' | 'now'>;
export type Post = (path: string, json: object, call?: Call) => Promise<Answer>;

/** Every body names the application and a language, which would else be Chinese. */
export function openGateway(context: Asking): Post {
  const { appKey: appkey, secretKey } = context.settings;
  const codes = codesFor(context);
  const http = context.http.extend({
    headers: { 'content-type': 'application/json;charset=UTF-8', 'x-access-key': secretKey, sys_code: '901' },
    refusal: (answer) => refusalOf(answer, codes),
  });
  return (path, json, call) => http.send('POST', path, { ...call, json: { appkey, lang: '_en_US', ...json } });
}

/** The answer to a refresh may come without it, with its own code and its tokens at the top. */
const Envelope = z.object({
  result_code: z.nullish(identifier),
  result_msg: words,
  code: z.optional(z.unknown()),
  access_token: z.optional(z.unknown()),
});

const tokenRefused = ['auth', 'does not accept the log-in', { status: 401 }] as const;
const badRequest = ['bad-response', 'finds fault with the request itself'] as const;
const encrypted = [
  'bad-response',
  'wants encrypted calls of this application, which the bridge does not make: turn that off',
] as const;

/** By appendix 2 of the documents; any other code is not understood. */
function codesFor({ settingName, now }: Asking): Refusals<typeof Envelope> {
  const [appKey, secretKey, region, authMode] = ['appKey', 'secretKey', 'region', 'authMode'].map(settingName);
  const hourMs = 3_600_000;
  const badSecret: Meaning = ['auth', `does not accept the secret key: check ${secretKey}, which belongs to ${appKey}`];
  const notListed: Meaning = ['auth', 'lets only listed addresses or users in: see the whitelist of the application'];
  return {
    envelope: Envelope,
    refused: ({ result_code, result_msg, code, access_token }) =>
      result_code === '1' || (result_code == null && (access_token ?? code) !== undefined)
        ? undefined
        : { code: result_code ?? undefined, words: result_msg },
    word: 'result_code',
    meanings: {
      ...each(['-1', '000', '011', 'E997'], 'unavailable'),
      ...each(['001', '002', '003', '009', '010'], badRequest),
      ...each(['E902', 'E904', 'E905', 'E906', 'E907', 'E908', 'E909', 'E910'], encrypted),
      ...each(['E911', 'E912', 'E914'], badSecret),
      ...each(['E918', 'E919'], notListed),
      ...each(['E901', 'E916'], 'rate-limited'),
      ...each(['E994', 'E995', 'E996'], badRequest),
      42: ['auth', 'refused the log-in: check user and password', { retryAfterSeconds: 86_400 }],
      E00000: ['auth', `does not know the application: check ${appKey} and ${region}`],
      E00001: ['auth', 'says that the API service of the application has expired: renew it at the developer portal'],
      E00003: tokenRefused,
      E900: ['auth', `does not accept the log-in for this call: check ${authMode}`, { status: 401 }],
      E903: ['auth', 'finds that the internet address of the bridge changes too often'],
      E913: ['bad-response', 'does not agree with the clock of this machine'],
      E998: ['rate-limited', 'has answered all calls of this month', { retryAfterSeconds: 6 * 3600 }],
      E999: [
        'rate-limited',
        'has answered all calls of this hour',
        { retryAfterSeconds: (hourMs - (now % hourMs)) / 1000 },
      ],
    },
  };
}

const each = (codes: readonly string[], meaning: Meaning): Record<string, Meaning> =>
  Object.fromEntries(codes.map((code) => [code, meaning]));
