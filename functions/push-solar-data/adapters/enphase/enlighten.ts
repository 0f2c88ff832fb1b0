/** What the Enlighten web page asks: a log-in with cookies, then today's energy in buckets of 15 minutes. Unofficial. */
import * as z from 'zod/mini';
import { kindOfStatus } from '../../platform/http.ts';
import { type Answer, Failure, type Http } from '../adapter.ts';
import { lasts } from '../age.ts';
import { cookieHeader, cookiesAfter } from '../cookies.ts';
import { refuseOther } from '../only.ts';
import { identifier } from '../quantities.ts';
import { bearer, withToken } from '../session.ts';
import { settled, Today } from './day.ts';
import { type EnphaseContext, type Session, type WayIn, whose } from './way-in.ts';

const id = z.nullish(identifier);
const Site = z.object({ id, site_id: id, system_id: id, title: z.nullish(z.string()) });
const Sites = z.union([z.array(Site), z.object({ sites: z.array(Site) })]);

export const enlighten: WayIn = {
  withLogIn: (context, read) =>
    withToken(context, [() => logIn(context)], (_, session) => read(asking(context.http, session))),
  async systems(get) {
    const query = { searchText: '', favourite: false };
    const found = await get('/app-api/search_sites.json', { query, schema: Sites });
    return (Array.isArray(found) ? found : found.sites).flatMap(({ id, site_id, system_id, title }) => {
      const value = id ?? site_id ?? system_id;
      return value ? [{ value, title }] : [];
    });
  },
  async newest(get, systemId, { now }) {
    const today = await get(`/pv/systems/${systemId}/today`, { schema: Today });
    refuseOther(today.system_id, systemId, whose);
    return settled(today, now);
  },
};

/** Without these the server answers with HTTP 406 or a web page. */
const browser = {
  'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)',
  referer: 'https://enlighten.enphaseenergy.com/',
  'x-requested-with': 'XMLHttpRequest',
};

/** How the server shows that a session is gone: 401, 403, 406, a redirect, or a web page instead of JSON. */
const isGone = ({ status, isWebPage }: Answer): boolean =>
  [401, 403, 406].includes(status) || (status < 400 && (status >= 300 || isWebPage));

/** With all cookies, which every answer may change. */
function asking(http: Http, session: Session): Http['get'] {
  const tokens = session.token ? { ...bearer(session), 'e-auth-token': session.token } : {};
  const ending = 'ends the session at once: check on its web page what this log-in may see';
  const web = http.extend({
    headers: { ...browser, ...tokens },
    refusal: (answer) => (isGone(answer) ? answer.failure('auth', ending, { status: 401 }) : undefined),
  });
  return async (path, { schema, ...call }) => {
    const answer = await web.send('GET', path, { ...call, headers: cookieHeader(session.cookies ?? {}) });
    session.cookies = cookiesAfter(session.cookies ?? {}, answer);
    return answer.json(schema);
  };
}

const longestPauseSeconds = 24 * 3600;

/** Waits after a refusal: accounts are blocked after a few. */
async function logIn(context: EnphaseContext): Promise<Session> {
  const { http, settings, state, now } = context;
  const { username = '', password = '' } = settings;
  const { refusedLogIns = 0, noLogInBefore = now } = state;
  if (lasts(noLogInBefore, now, longestPauseSeconds * 1000))
    throw new Failure(
      'auth',
      'Enlighten has refused the log-in, and too many attempts would block the account: check {username} and {password}',
      {
        retryAfterSeconds: Math.ceil((noLogInBefore - now) / 1000),
      },
    );
  const form = { 'user[email]': username, 'user[password]': password };
  const answer = await http.send('POST', '/login/login.json', { host: 'auth', headers: browser, form, accept: 'all' });
  const reason = whyRefused(answer);
  if (reason) {
    const retryAfterSeconds = refusedLogIns < 2 ? 300 : longestPauseSeconds;
    Object.assign(state, { refusedLogIns: refusedLogIns + 1, noLogInBefore: now + retryAfterSeconds * 1000 });
    await context.saveState();
    throw answer.failure('auth', reason, { retryAfterSeconds });
  }
  const { status } = answer;
  if (status >= 300) throw answer.failure(kindOfStatus(status), `cannot log in just now (HTTP ${status})`);
  delete state.refusedLogIns;
  delete state.noLogInBefore;
  const session = { token: '', cookies: cookiesAfter({}, answer) };
  const { token, auth_token, access_token } = await asking(http, session)('/users/self/token', { schema: Token });
  const found = token ?? auth_token ?? access_token;
  if (!found) throw new Failure('bad-response', 'Enlighten gives no token after the log-in');
  return { ...session, token: found };
}

const anything = z.optional(z.unknown());
const LogIn = z.object({ message: anything, session_id: anything, requires_mfa: anything, isBlocked: anything });
const name = z.nullish(z.string());
const Token = z.object({ token: name, auth_token: name, access_token: name });

/** In the owner's words; undefined if the log-in was not refused. */
function whyRefused(answer: Answer): string | undefined {
  const { beginning, status } = answer;
  if (/too many active sessions/i.test(beginning))
    return 'says that the account has too many active sessions: sign out elsewhere';
  if (isGone(answer)) return 'refuses the log-in: try {username} and {password} on its web page';
  if (status >= 300) return undefined;
  const { message, session_id, requires_mfa, isBlocked } = beginning.trim() === '' ? {} : answer.json(LogIn);
  if (isBlocked === true) return 'has blocked this account: sign in on its web page and follow what it says';
  const isTwoStep = requires_mfa === true;
  if (!isTwoStep && typeof message === 'string' && message !== 'success') return `refuses the log-in: ${message}`;
  if (session_id && !isTwoStep) return undefined;
  return 'asks this account for a two-step log-in, which no program can pass: switch it off, or set {mode} to v4';
}
