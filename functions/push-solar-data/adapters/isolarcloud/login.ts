/** The two ways into iSolarCloud: the account's password, or refresh tokens of a consent, each of which works once. */
import * as z from 'zod/mini';
import { type Consent, Failure, type Meaning } from '../adapter.ts';
import { byRefreshToken, type TokenSession } from '../oauth.ts';
import { figure, identifier } from '../quantities.ts';
import type { Way } from '../session.ts';
import { openGateway, type Post } from './gateway.ts';
import { type IsolarcloudContext, regions } from './settings.ts';

type WayIn = (post: Post, context: IsolarcloudContext) => Way<TokenSession>;

export const waysIn: Record<IsolarcloudContext['settings']['authMode'], WayIn> = {
  password:
    (post, { settings, settingName }) =>
    async () => {
      const { userAccount, userPassword } = settings;
      const json = { user_account: userAccount, user_password: userPassword, login_type: '1' };
      const answer = await post('/openapi/login', json);
      const { login_state, token } = answer.json(LogIn).result_data;
      if (login_state === '1' && token) return { token }; // it lives for a day after each call
      if (login_state === '1') throw answer.failure('bad-response', 'gave no token at the log-in');
      const sentence = refusedLogIns[login_state] ?? `refused the log-in (login_state ${login_state})`;
      const [user, password, region] = ['userAccount', 'userPassword', 'region'].map(settingName);
      // Each further try may lock the account; other settings are tried at once.
      const advice = `check ${user}, ${password} and ${region}; it is tried again in a day, or when one is changed`;
      throw answer.failure('auth', `${sentence}: ${advice}`, { retryAfterSeconds: 86_400 });
    },
  oauth2: (post, context) => {
    const { settings, now } = context;
    const refresh = async (refresh_token: string): Promise<TokenSession> => {
      const issued = await issue(post, '/openapi/apiManage/refreshToken', { refresh_token }, refusedRefreshes);
      const { access_token: token, refresh_token: next, expires_in } = issued;
      // One that has ended before it began is good for this read.
      const lifeMs = expires_in === undefined ? undefined : Math.max(1, expires_in) * 1000;
      return { token, refreshToken: next || refresh_token, expiresAt: lifeMs && now + lifeMs };
    };
    return byRefreshToken(context, refresh, settings.refreshToken);
  },
};

/** The outer code is 1 whatever it says. */
const LogIn = z.object({
  result_data: z.object({ login_state: identifier, token: z.nullish(z.string()) }),
});
const refusedLogIns: Record<string, string> = {
  '0': 'refused the password',
  '-1': 'does not know the account',
  '2': 'has locked the account after wrong passwords',
  '5': 'has locked the account: ask its administrator',
};

const Issued = z.object({
  code: z.nullish(identifier),
  access_token: z.nullish(z.string()),
  refresh_token: z.nullish(z.string()),
  expires_in: figure,
});
const Tokens = z.extend(Issued, { result_data: z.nullish(Issued) });

/** @param codes by the inner code, which may say no where the outer one says yes. */
async function issue(post: Post, path: string, json: object, codes: Record<string, Meaning>) {
  const answer = await post(path, json);
  const { result_data, ...top } = answer.json(Tokens);
  const issued = result_data ?? top;
  const { access_token, code } = issued;
  if (access_token && (code ?? '1') === '1') return { ...issued, access_token };
  const unknown = `gives no token (code ${code ?? 'missing'})`;
  const meaning = codes[code ?? ''] ?? 'bad-response';
  const [kind, sentence] = typeof meaning === 'string' ? [meaning, unknown] : meaning;
  throw answer.failure(kind, sentence);
}

const consentAgain =
  'refuses the refresh token: it dies when unused for 30 days, or used elsewhere. Give your consent again (npm run connect -- isolarcloud)';
const refusedRefreshes: Record<string, Meaning> = {
  '2': ['auth', consentAgain],
  '-2': ['auth', consentAgain],
  '5': ['auth', consentAgain],
  '-1': 'unavailable',
};

const refusedCodes: Record<string, Meaning> = {
  '2': ['auth', 'refuses the code: it works once, and for 5 minutes. Begin again'],
  '3': ['auth', 'refuses the application: check {appKey} and {secretKey}'],
  '4': ['auth', 'does not know the application: check {appKey} and {region}'],
  '5': ['auth', 'knows another redirect address: set the one of this machine at the developer portal'],
};

export const isolarcloudConsent: Consent<IsolarcloudContext['settings'], 'refreshToken'> = {
  yields: ['refreshToken'],
  page({ settings: { region, applicationId }, redirectUri }) {
    if (!applicationId)
      throw new Failure('settings', 'The consent needs the number of your application: set {applicationId}');
    const { console: host, cloudId } = regions[region];
    const query = { cloudId, applicationId, redirectUrl: redirectUri }; // no state comes back
    return `${host}/#/authorized-app?${new URLSearchParams(query)}`;
  },
  async exchange({ settings, http, redirectUri, code }) {
    const post = openGateway({ settings, http, now: 0, settingName: (name) => name });
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    const { refresh_token } = await issue(post, '/openapi/apiManage/token', grant, refusedCodes);
    if (!refresh_token)
      throw new Failure('bad-response', 'iSolarCloud gives no refresh token for the code: begin again');
    return { refreshToken: refresh_token };
  },
};
