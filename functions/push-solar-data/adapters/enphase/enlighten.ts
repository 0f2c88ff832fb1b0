/** What the Enlighten web page asks: a log-in with cookies, then today's energy in buckets of 15 minutes. Unofficial. */
import * as z from 'zod/mini';
import { type Answer, kindOfStatus } from '../../platform/http.ts';
import { Failure, type Reading } from '../adapter.ts';
import type { EnphaseContext } from '../enphase.ts';
import { difference, figure, fraction, identifier, kilowatts } from '../quantities.ts';
import { bearer, withSession } from '../session.ts';
import { onlySystem } from './systems.ts';

const WebSession = z.object({ token: z.string(), cookies: z.record(z.string(), z.string()) });
export const WebState = z.object({
  /** Fingerprint of the user name and password that the rest belongs to. */
  account: z.string(),
  session: z.optional(WebSession),
  systemId: z.optional(z.string()),
  /** How many log-ins in a row were refused, and until when (ms) none is tried. */
  refusedLogIns: z.optional(z.number()),
  noLogInBefore: z.optional(z.number()),
});
type WebSession = z.output<typeof WebSession>;
type Cookies = WebSession['cookies'];
type Context = EnphaseContext<z.output<typeof WebState>>;

const anything = z.optional(z.unknown());
const LogIn = z.object({ message: anything, session_id: anything, requires_mfa: anything, isBlocked: anything });

const name = z.nullish(z.string());
const Token = z.object({ token: name, auth_token: name, access_token: name });

const Site = z.object({
  id: z.nullish(identifier),
  site_id: z.nullish(identifier),
  system_id: z.nullish(identifier),
  title: z.nullish(z.string()),
});
const Sites = z.union([z.array(Site), z.object({ sites: z.array(Site) })]);

/** Wh per bucket; %. Buckets to come may be 0, null or missing. */
const series = z.nullish(z.array(figure));
const Today = z.object({
  siteStatus: z.nullish(z.string()),
  stats: z.array(
    z.object({
      /** s since the epoch */
      start_time: z.number(),
      /** s */
      interval_length: z.number(),
      production: series,
      consumption: series,
      import: series,
      export: series,
      charge: series,
      discharge: series,
      soc: series,
    }),
  ),
});

export function readEnlighten(context: Context): Promise<Reading> {
  return withSession(
    context,
    () => logIn(context),
    async (session) => {
      const { settings, state, now } = context;
      const systemId = settings.systemId ?? state.systemId ?? (await discover(context, session));
      const answer = await ask(context, session, `/pv/systems/${systemId}/today`);
      return settled(answer.json(Today), now);
    },
  );
}

/** Without these the server answers with HTTP 406 or a web page. */
const browserHeaders = {
  'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)',
  referer: 'https://enlighten.enphaseenergy.com/',
  'x-requested-with': 'XMLHttpRequest',
};

/** Waits after a refusal: accounts are blocked after a few. */
async function logIn(context: Context): Promise<WebSession> {
  const { http, settings, state, now } = context;
  const { username = '', password = '' } = settings;
  if (state.noLogInBefore !== undefined && now < state.noLogInBefore)
    throw new Failure('auth', 'Enlighten has refused the log-in, and too many attempts would block the account', {
      retryAfterSeconds: Math.ceil((state.noLogInBefore - now) / 1000),
    });
  const answer = await http.send('POST', '/login/login.json', {
    host: 'auth',
    headers: browserHeaders,
    form: { 'user[email]': username, 'user[password]': password },
    accept: 'all',
  });
  const cookies = merged({}, answer);
  const reason = whyRefused(answer, cookies);
  if (reason) {
    state.refusedLogIns = (state.refusedLogIns ?? 0) + 1;
    const retryAfterSeconds = state.refusedLogIns < 3 ? 300 : 24 * 3600;
    state.noLogInBefore = now + retryAfterSeconds * 1000;
    await context.saveState();
    throw new Failure('auth', reason, { retryAfterSeconds });
  }
  const { status, retryAfterSeconds } = answer;
  if (status >= 300)
    throw new Failure(kindOfStatus(status), `Enlighten cannot log in just now (HTTP ${status})`, { retryAfterSeconds });
  delete state.refusedLogIns;
  delete state.noLogInBefore;
  return tokenFor(context, cookies);
}

/** In the owner's words; undefined if the log-in was not refused. */
function whyRefused(answer: Answer, cookies: Cookies): string | undefined {
  if (/too many active sessions/i.test(answer.text))
    return 'Enlighten says that the account has too many active sessions: sign out elsewhere';
  if (isRefusal(answer)) return 'Enlighten refuses the log-in: check username and password on its web page';
  if (answer.status >= 300) return undefined;
  const { message, session_id, requires_mfa, isBlocked } = answer.text.trim() === '' ? {} : answer.json(LogIn);
  if (requires_mfa === true || ('login_otp_nonce' in cookies && !session_id))
    return 'The Enlighten account has two-step log-in, which no program can pass: switch it off, or use mode v4';
  if (isBlocked === true) return 'Enlighten has blocked this account: sign in on its web page and follow what it says';
  if (typeof message === 'string' && message !== 'success') return `Enlighten refuses the log-in: ${message}`;
  return undefined;
}

/** How the server shows that a session is gone: 401, 403, 406, a redirect, or a web page instead of JSON. */
const isRefusal = ({ status, text }: Answer): boolean =>
  [401, 403, 406].includes(status) || (status >= 300 && status < 400) || (status < 300 && /^\s*</.test(text));

async function tokenFor(context: Context, cookies: Cookies): Promise<WebSession> {
  const session = { token: '', cookies };
  const answer = await ask(context, session, '/users/self/token');
  const { token, auth_token, access_token } = answer.json(Token);
  const found = token ?? auth_token ?? access_token;
  if (!found) throw new Failure('bad-response', 'Enlighten gives no token after the log-in');
  return { ...session, token: found };
}

/** With all cookies, which every answer may change. */
async function ask(context: Context, session: WebSession, path: string, query = {}): Promise<Answer> {
  const cookie = Object.entries(session.cookies).map(([name, value]) => `${name}=${value}`);
  const tokens = session.token ? { ...bearer(session), 'e-auth-token': session.token } : {};
  const answer = await context.http.send('GET', path, {
    query,
    headers: { ...browserHeaders, cookie: cookie.join('; '), ...tokens },
    accept: [301, 302, 303, 307, 308, 401, 403, 406],
  });
  session.cookies = merged(session.cookies, answer);
  if (!isRefusal(answer)) return answer;
  throw new Failure('auth', 'Enlighten ends the session at once: check on its web page what this log-in may see', {
    status: answer.status,
    excerpt: answer.text.slice(0, 300),
  });
}

/** Cookies by name after an answer; one that is set to nothing is gone. */
function merged(cookies: Cookies, { headers }: Answer): Cookies {
  const all = { ...cookies };
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const [, name = '', value = ''] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') delete all[name];
    else all[name] = value;
  }
  return all;
}

async function discover(context: Context, session: WebSession): Promise<string> {
  const answer = await ask(context, session, '/app-api/search_sites.json', { searchText: '', favourite: false });
  const found = answer.json(Sites);
  const sites = Array.isArray(found) ? found : found.sites;
  context.state.systemId = onlySystem(
    sites.flatMap(({ id, site_id, system_id, title }) => {
      const known = id ?? site_id ?? system_id;
      return known ? [{ id: known, name: title }] : [];
    }),
  );
  return context.state.systemId;
}

const energies = ['production', 'consumption', 'import', 'export', 'charge', 'discharge'] as const;
type Series = (typeof energies)[number] | 'soc';

/**
 * The newest bucket that is complete: the current one is open, and the one before still fills up.
 *
 * @param now ms.
 */
function settled({ siteStatus, stats: [day] }: z.output<typeof Today>, now: number): Reading {
  if (!day) throw new Failure('bad-response', 'Enlighten shows no figures of today');
  if (siteStatus === 'comm')
    throw new Failure('offline', 'Enlighten says that the gateway (Envoy) does not report: check its network');
  const { start_time, interval_length } = day;
  const index = Math.floor((now / 1000 - start_time) / interval_length) - 2;
  if (index < 0 || energies.every((name) => index >= (day[name]?.length ?? 0)))
    throw new Failure('stale', 'Enlighten has no complete quarter of an hour of this day yet');
  const value = (name: Series) => day[name]?.[index];
  // Silent buckets are filled with 0, but a house never uses exactly nothing.
  if (energies.every((name) => !value(name)))
    throw new Failure(
      'offline',
      'Enlighten has nothing but zeros: the gateway (Envoy) does not report, check its network',
    );
  const has = (...names: Series[]) => names.some((name) => day[name]?.some((each) => each !== undefined && each !== 0));
  const [hasMeter, hasBattery] = [has('consumption', 'import', 'export'), has('charge', 'discharge', 'soc')];
  const kw = (wattHours: number | undefined) =>
    wattHours === undefined ? undefined : kilowatts((wattHours * 3600) / interval_length);
  return {
    production_kw: kw(value('production')),
    net_import_kw: hasMeter ? kw(difference(value('import'), value('export'))) : undefined,
    battery_discharge_kw: hasBattery ? kw(difference(value('discharge'), value('charge'))) : undefined,
    battery_soc: hasBattery ? fraction(value('soc')) : undefined,
    tsms: (start_time + (index + 1) * interval_length) * 1000,
  };
}
