/** The log-in of my.sonnen.de as a browser does it: OAuth's code with PKCE behind a form of HTML, for a client without secret. */
import { createHash, randomBytes } from 'node:crypto';
import { type Answer, type Call, Failure, type Http } from '../adapter.ts';
import { cookieHeader, cookiesAfter } from '../cookies.ts';
import { byRefreshToken, type Grant, requestToken, type TokenSession } from '../oauth.ts';
import type { Way } from '../session.ts';
import type { SonnenContext } from './settings.ts';

export const portal = 'https://my.sonnen.de';
const redirect_uri = `${portal}/`;

/** By the refresh token, else by the password. A token that is refused although it was just renewed is no reason to log in. */
export function ways(context: SonnenContext): Way<TokenSession>[] {
  let isRenewed = false;
  const refresh = async (refresh_token: string) => {
    const session = await tokenFor(context, { grant_type: 'refresh_token', refresh_token });
    isRenewed = true;
    return session;
  };
  return [byRefreshToken(context, refresh), async () => (isRenewed ? undefined : logIn(context))];
}

const tokenFor = (context: SonnenContext, grant: Grant): Promise<TokenSession> =>
  requestToken(context, {
    path: '/oauth/token',
    grant,
    client: { id: context.settings.clientId ?? '' },
    refused: () => `refused the log-in: check ${context.settingName('clientId')}`,
  });

const hourSeconds = 3_600;

/** One that has failed is not tried again for an hour; trouble of the cloud is no failure of the log-in. */
async function logIn(context: SonnenContext): Promise<TokenSession> {
  try {
    return await signIn(context);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'unavailable' || error.kind === 'rate-limited') throw error;
    throw new Failure(error.kind, error.message, { ...error, retryAfterSeconds: hourSeconds });
  }
}

async function signIn(context: SonnenContext): Promise<TokenSession> {
  const { settings, settingName, redactValue } = context;
  const { email = '', password = '', clientId = '' } = settings;
  const verifier = randomBytes(96).toString('base64url');
  redactValue(verifier);
  const query = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri,
    code_challenge: challengeOf(verifier),
    nonce: [...randomBytes(11)].map((byte) => (byte % 36).toString(36)).join(''),
    code_challenge_method: 'S256',
    state: Buffer.from(JSON.stringify({ s: { url: '/landing' }, v: verifier })).toString('base64url'),
    locale: 'de',
  };
  const browse = browser(context.http);
  const page = await browse('GET', '/oauth/authorize', { query }, '/users/');
  const authenticity_token = authenticityToken(page.text);
  if (!authenticity_token) throw page.failure('bad-response', 'shows another log-in page than expected');
  const form = {
    authenticity_token,
    'user[email]': email,
    'user[password]': password,
    'user[remember_me]': '0',
    commit: 'Log in',
  };
  const end = await browse('POST', '/users/sign_in', { form });
  const target = targetOf(end);
  const code = target?.origin === portal ? target.searchParams.get('code') : undefined;
  const check = ['email', 'password', 'clientId'].map(settingName).join(', ');
  if (!code)
    throw end.failure('auth', `refuses the log-in, or asks for more than a password: try my.sonnen.de, check ${check}`);
  redactValue(code);
  return tokenFor(context, { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier });
}

/** As RFC 7636 has it, by SHA-256. */
export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

const redirects = [301, 302, 303, 307, 308];
const mostRedirects = 5;

/** Follows redirects as long as they stay on the host of the log-in, and below a path of it, with all cookies. */
function browser(http: Http) {
  let cookies = {};
  const pages = http.extend({
    host: 'auth',
    headers: { accept: 'text/html', 'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)' },
    accept: redirects,
    kinds: { 422: 'auth' },
  });
  const visit: Http['send'] = async (method, path, call) => {
    const answer = await pages.send(method, path, { ...call, headers: cookieHeader(cookies) });
    cookies = cookiesAfter(cookies, answer);
    return answer;
  };
  return async (method: 'GET' | 'POST', path: string, call: Call, below = '/'): Promise<Answer> => {
    let answer = await visit(method, path, call);
    for (let followed = 0; followed < mostRedirects; followed++) {
      const target = targetOf(answer);
      if (target?.origin !== new URL(answer.address).origin || !target.pathname.startsWith(below)) break;
      answer = await visit('GET', target.href);
    }
    return answer;
  };
}

/** Where a redirect leads. */
function targetOf({ status, headers: { location }, address }: Answer): URL | undefined {
  const leads = redirects.includes(status) && location !== undefined && URL.canParse(location, address);
  return leads ? new URL(location, address) : undefined;
}

const longestPage = 200_000;
const longestTag = 1_000;

/** Of the form's hidden input, whose attributes stand in any order. */
export function authenticityToken(page: string): string | undefined {
  for (const rest of page.slice(0, longestPage).split('<input').slice(1)) {
    const [tag = ''] = rest.slice(0, longestTag).split('>');
    const pairs = tag.matchAll(/(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g);
    const attributes = new Map([...pairs].map(([, name = '', ...values]) => [name, values.find(Boolean) ?? '']));
    if (attributes.get('name') === 'authenticity_token') return unescaped(attributes.get('value') ?? '');
  }
  return undefined;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", plus: '+', sol: '/' };

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{1,10}));/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] ?? entity) : entity;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal));
  });
