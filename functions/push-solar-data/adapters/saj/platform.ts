/** SAJ's open platform: the access token, one way to ask, and what its codes mean. */
import * as z from 'zod/mini';
import type { Answer } from '../../platform/http.ts';
import { Failure, type Http } from '../adapter.ts';
import { figure, words } from '../quantities.ts';
import type { Session } from '../session.ts';

const Envelope = z.object({
  code: figure,
  errCode: figure,
  msg: words,
  errMsg: words,
});

const newToken = ['auth', 'does not accept the access token'] as const;
const notAuthorised = ['auth', 'does not show this plant or device to the app: authorise it in the portal'] as const;
const noSuchApp = [
  'auth',
  'knows no released app of this App ID: release it in the portal → App Configuration',
] as const;

/** The platform's own codes, which come with HTTP 200; any other is not understood. */
const meanings: Record<number, readonly [Failure['kind'], string]> = {
  10001: ['unavailable', 'has trouble'],
  10002: newToken,
  10003: notAuthorised,
  10004: newToken,
  10005: notAuthorised,
  10007: newToken,
  10016: ['offline', 'does not reach the device'],
  10021: ['unavailable', 'has trouble with the data'],
  100009: ['auth', 'refuses App ID or App Secret: check both in the portal → App Configuration'],
  200008: noSuchApp,
  200010: newToken,
  200014: noSuchApp,
  200015: notAuthorised,
};
/** Both "wrong parameter" and "too frequent"; only its text tells which. */
const ambiguousCode = 10006;

/** An answer that says no, by its code. */
export class Refusal extends Failure {
  /** Whether a new token may help. */
  readonly ofToken: boolean;
  /** Whether the device is not, or no longer, the app's to read. */
  readonly ofDevice: boolean;

  constructor(code: number | undefined, message: string, excerpt: string) {
    const meaning = meanings[code ?? 0] ?? meaningOf(code, message);
    super(meaning[0], `SAJ ${meaning[1]} (code ${code ?? 'missing'})`, { excerpt });
    this.ofToken = meaning === newToken;
    this.ofDevice = meaning === notAuthorised;
  }
}

function meaningOf(code: number | undefined, message: string): readonly [Failure['kind'], string] {
  if (code === ambiguousCode && /frequen/i.test(message)) return ['rate-limited', 'asks us to slow down'];
  return ['bad-response', `answered with an error that is not known: ${message}`];
}

export const isTokenRefusal = (failure: Failure): boolean =>
  failure.status === 401 || (failure instanceof Refusal && failure.ofToken);

type Query = Record<string, string | number>;

/** @throws Refusal by the code, which stands in `code` or, where there is none, in `errCode`. */
export const ask = async (http: Http, path: string, query: Query, token: string): Promise<Answer> =>
  checked(await send(http, path, query, token));

const send = (http: Http, path: string, query: Query, token?: string): Promise<Answer> =>
  http.send('GET', `/prod-api/open/api${path}`, {
    query,
    headers: { accessToken: token, 'content-language': 'en_US' },
  });

function checked(answer: Answer): Answer {
  const { code, errCode, msg, errMsg } = answer.json(Envelope);
  if (code === 200 || code === 0 || (code === undefined && errCode === 0)) return answer;
  throw new Refusal(code ?? errCode, msg ?? errMsg ?? '', answer.excerpt);
}

const Token = z.object({ data: z.object({ access_token: z.string(), expires: figure }) });

type App = { http: Http; settings: { appId: string; appSecret: string }; now: number };

/** There is no refresh token: a new one is fetched with App ID and App Secret. `expires` is in s. */
export async function logIn({ http, settings: { appId, appSecret }, now }: App): Promise<Session> {
  const answer = await send(http, '/access_token', { appId, appSecret });
  const { access_token: token, expires } = checked(answer).json(Token).data;
  return { token, ...(expires === undefined ? {} : { expiresAt: now + expires * 1000 }) };
}
