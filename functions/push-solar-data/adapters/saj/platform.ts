/** SAJ's open platform: the access token, and what its codes mean. */
import * as z from 'zod/mini';
import type { Http } from '../adapter.ts';
import { figure, words } from '../quantities.ts';
import { isRefusal, type Refusals, refusalOf } from '../refusals.ts';
import { type Session, type SessionContext, withToken } from '../session.ts';

const Envelope = z.object({ code: figure, errCode: figure, msg: words, errMsg: words });

const newToken = ['auth', 'does not accept the access token', { status: 401 }] as const;
const notAuthorised = ['auth', 'does not show this plant or device to the app: authorise it in the portal'] as const;
const noSuchApp = [
  'auth',
  'knows no released app of this App ID ({appId}): release it in the portal → App Configuration',
] as const;

/** The platform's own codes, which come with HTTP 200. */
const codes: Refusals<typeof Envelope> = {
  envelope: Envelope,
  refused: ({ code, errCode, msg, errMsg }) =>
    code === 200 || code === 0 || (code === undefined && errCode === 0)
      ? undefined
      : { code: code ?? errCode, words: msg ?? errMsg },
  meanings: {
    10001: 'unavailable',
    10002: newToken,
    10003: notAuthorised,
    10004: newToken,
    10005: notAuthorised,
    // Both "wrong parameter" and "too frequent"; only its text tells which.
    10006: ({ beginning }) => (/frequen/i.test(beginning) ? 'rate-limited' : undefined),
    10007: newToken,
    10016: ['offline', 'does not reach the device'],
    10021: ['unavailable', 'has trouble with the data'],
    100009: ['auth', 'refuses App ID or App Secret: check {appId} and {appSecret} in the portal → App Configuration'],
    200008: noSuchApp,
    200010: newToken,
    200014: noSuchApp,
    200015: notAuthorised,
  },
};

/** Whether the device is not, or no longer, the app's to read. */
export const isOfDevice = (error: unknown): boolean => isRefusal(error, 10003, 10005, 200015);

export const api = '/prod-api/open/api';

type Context = SessionContext<Session> & { http: Http; settings: { appId: string; appSecret: string } };

const Token = z.object({ data: z.object({ access_token: z.string(), expires: figure }) });

/** Runs a read with the token. There is no refresh token: a new one is fetched with App ID and App Secret. */
export function withLogIn<Result>(context: Context, read: (http: Http) => Promise<Result>): Promise<Result> {
  const { settings, now } = context;
  const http = context.http.extend({
    headers: { 'content-language': 'en_US' },
    refusal: (answer) => refusalOf(answer, codes),
  });
  const logIn = async (): Promise<Session> => {
    const query = { appId: settings.appId, appSecret: settings.appSecret };
    const { data } = await http.get(`${api}/access_token`, { query, schema: Token });
    const { access_token: token, expires } = data; // s
    return { token, ...(expires === undefined ? {} : { expiresAt: now + expires * 1000 }) };
  };
  return withToken({ ...context, http }, [logIn], read, {
    client: ({ token }) => ({ headers: { accessToken: token } }),
    marginSeconds: 600,
  });
}
