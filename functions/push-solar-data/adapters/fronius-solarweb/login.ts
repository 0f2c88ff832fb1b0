/** How Solar.web is asked: an access key in the headers, with some keys a token of the owner, and its error codes. */
import * as z from 'zod/mini';
import { kindOfStatus } from '../../platform/http.ts';
import type { Answer, Failure, Http, Meaning, MeaningOf } from '../adapter.ts';
import { byRefreshToken, type TokenSession } from '../oauth.ts';
import { figure, words } from '../quantities.ts';
import { isRefusal, type Refusals, refusalOf } from '../refusals.ts';
import { withToken } from '../session.ts';
import { utc } from '../units.ts';
import type { FroniusContext } from './settings.ts';

/** Without a user name the access key is all that is needed. */
export function withLogIn<Result>(context: FroniusContext, read: (http: Http) => Promise<Result>): Promise<Result> {
  const { accessKeyId, accessKeyValue, username, password } = context.settings;
  const { codes, kinds } = codesFor(context);
  const http = context.http.extend({
    headers: { AccessKeyId: accessKeyId, AccessKeyValue: accessKeyValue },
    refusal: (answer) =>
      answer.status === 204
        ? answer.failure('offline', 'has no figures of the system: check the data logger and its connection')
        : refusalOf(answer, codes),
    kinds,
  });
  if (!username) return read(http);
  const logIn = async (): Promise<TokenSession> => {
    const refused = `refuses the log-in: check ${context.settingName('username')} and ${context.settingName('password')}`;
    const json = { userId: username, password };
    const refusal = (answer: Answer) => refusalOfLogIn(answer, codes, refused);
    return sessionOf(await http.send('POST', jwtPath, { json, refusal }), refused);
  };
  const refresh = byRefreshToken(context, async (refreshToken): Promise<TokenSession> => {
    const answer = await http.send('PATCH', `${jwtPath}/${encodeURIComponent(refreshToken)}`);
    return { refreshToken, ...sessionOf(answer, 'gives no token for the refresh token') };
  });
  return withToken({ ...context, http }, [refresh, logIn], read);
}

const jwtPath = '/swqapi/iam/jwt';

const Jwt = z.object({
  jwtToken: z.nullish(z.string()),
  jwtTokenExpiration: utc,
  refreshToken: z.nullish(z.string()),
  refreshTokenExpiration: utc,
});

/** @throws Failure `auth` for a success without a token. */
function sessionOf(answer: Answer, refused: string): TokenSession {
  const { jwtToken, jwtTokenExpiration, refreshToken, refreshTokenExpiration } = answer.json(Jwt);
  if (!jwtToken) throw answer.failure('auth', refused);
  return {
    token: jwtToken,
    expiresAt: jwtTokenExpiration,
    ...(refreshToken ? { refreshToken, refreshExpiresAt: refreshTokenExpiration } : {}),
  };
}

/** Which status and code a wrong password has is not known: every refusal is one, but for trouble and a wrong access key. */
function refusalOfLogIn(answer: Answer, codes: Refusals<typeof Envelope>, refused: string): Failure | undefined {
  const refusal = refusalOf(answer, codes);
  const { status } = answer;
  const isRefused = refusal
    ? refusal.kind === 'bad-response' || isRefusal(refusal, authenticationFailed)
    : status >= 400 && ['auth', 'bad-response'].includes(kindOfStatus(status));
  return isRefused ? answer.failure('auth', refused) : refusal;
}

const Envelope = z.object({ responseError: figure, responseMessage: words });
const authenticationFailed = 1106;

function codesFor({ settings, settingName, now }: FroniusContext) {
  const [id, value, username] = ['accessKeyId', 'accessKeyValue', 'username'].map(settingName);
  const login = settings.username ? `, ${username} and its password` : `, and whether it needs a log-in (${username})`;
  const key: Meaning = ['auth', `refuses the access key: check ${id} and ${value}`];
  const credentials: Meaning = ['auth', `refuses the credentials: check ${id}, ${value}${login}`];
  const system = settingName('pvSystemId');
  const forbidden = `does not allow this: check whether the access key is good for this system (${system}), and whether that needs Solar.web Premium`;
  const unknownSystem: Meaning = ['bad-response', `does not know the system: check ${system}`];
  const busy: MeaningOf = ({ headers }) => {
    const reset = utc.parse(headers['x-rate-limit-reset']) ?? now + hourMs;
    const retryAfterSeconds = Math.max(60, Math.ceil((reset - now) / 1000));
    return ['rate-limited', 'has used up its quota of calls or data points', { retryAfterSeconds }];
  };
  const codes: Refusals<typeof Envelope> = {
    envelope: Envelope,
    refused: ({ responseError, responseMessage }) =>
      responseError ? { code: responseError, words: responseMessage } : undefined,
    meanings: {
      ...Object.fromEntries([1004, 1005, 1008, 1125].map((code) => [code, 'bad-response'])),
      1011: busy,
      1012: ['unavailable', 'is being maintained', { retryAfterSeconds: 0 }],
      1013: ['auth', forbidden],
      1015: unknownSystem,
      ...Object.fromEntries([1101, 1102, 1103, 1104, 1105].map((code) => [code, key])),
      [authenticationFailed]: credentials,
    },
    word: 'responseError',
  };
  return { codes, kinds: { 401: credentials, 403: ['auth', forbidden], 404: unknownSystem, 429: busy } as const };
}

const hourMs = 3_600_000;
