/** What the Enlighten web page asks: a log-in with cookies, then today's energy in buckets of 15 minutes. Unofficial. */
import * as z from 'zod/mini';
import { type Answer, kindOfStatus } from '../../platform/http.ts';
import { type AdapterReading, Failure, type Term } from '../adapter.ts';
import { lasts } from '../age.ts';
import { Cookies, cookieHeader, cookiesAfter } from '../cookies.ts';
import { difference, figure, fraction, identifier, kilowatts, sumOfKnown } from '../quantities.ts';
import { bearer, Session, withSession } from '../session.ts';
import type { EnphaseContext } from './settings.ts';
import { onlySystem, refuseOther } from './systems.ts';

export const WebSession = z.extend(Session, { cookies: Cookies });
export const WebState = z.object({
  /** Fingerprint of the user name and password that the rest belongs to. */
  account: z.string(),
  systemId: z.optional(z.string()),
  /** How many log-ins in a row were refused, and until when (ms) none is tried. */
  refusedLogIns: z.optional(z.number()),
  noLogInBefore: z.optional(z.number()),
});
type WebSession = z.output<typeof WebSession>;
type Context = EnphaseContext<z.output<typeof WebState>, WebSession>;

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
  system_id: z.nullish(identifier),
  siteStatus: z.nullish(z.string()),
  battery_details: z.nullish(z.object({ aggregate_soc: figure })),
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
      /** The same energy by its way. */
      solar_grid: series,
      solar_battery: series,
      battery_home: series,
      battery_grid: series,
      grid_home: series,
      grid_battery: series,
    }),
  ),
});

export function readEnlighten(context: Context): Promise<AdapterReading> {
  return withSession(
    context,
    () => logIn(context),
    async (session) => {
      const { settings, state, now } = context;
      const systemId = String(settings.systemId ?? state.systemId ?? (await discover(context, session)));
      const answer = await ask(context, session, `/pv/systems/${systemId}/today`);
      const today = answer.json(Today);
      refuseOther(today.system_id, systemId);
      return settled(today, now);
    },
  );
}

/** Without these the server answers with HTTP 406 or a web page. */
const browserHeaders = {
  'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)',
  referer: 'https://enlighten.enphaseenergy.com/',
  'x-requested-with': 'XMLHttpRequest',
};

const longestPauseSeconds = 24 * 3600;

/** Waits after a refusal: accounts are blocked after a few. */
async function logIn(context: Context): Promise<WebSession> {
  const { http, settings, state, now } = context;
  const { username = '', password = '' } = settings;
  if (state.noLogInBefore !== undefined && lasts(state.noLogInBefore, now, longestPauseSeconds * 1000))
    throw new Failure('auth', 'Enlighten has refused the log-in, and too many attempts would block the account', {
      retryAfterSeconds: Math.ceil((state.noLogInBefore - now) / 1000),
    });
  const answer = await http.send('POST', '/login/login.json', {
    host: 'auth',
    headers: browserHeaders,
    form: { 'user[email]': username, 'user[password]': password },
    accept: 'all',
  });
  const cookies = cookiesAfter({}, answer);
  const reason = whyRefused(answer, cookies);
  if (reason) {
    state.refusedLogIns = (state.refusedLogIns ?? 0) + 1;
    const retryAfterSeconds = state.refusedLogIns < 3 ? 300 : longestPauseSeconds;
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
  if (/too many active sessions/i.test(answer.beginning))
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
const isRefusal = ({ status, beginning }: Answer): boolean =>
  [401, 403, 406].includes(status) || (status >= 300 && status < 400) || (status < 300 && /^\s*</.test(beginning));

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
  const tokens = session.token ? { ...bearer(session), 'e-auth-token': session.token } : {};
  const answer = await context.http.send('GET', path, {
    query,
    headers: { ...browserHeaders, ...cookieHeader(session.cookies), ...tokens },
    accept: [301, 302, 303, 307, 308, 401, 403, 406],
  });
  session.cookies = cookiesAfter(session.cookies, answer);
  if (!isRefusal(answer)) return answer;
  throw new Failure('auth', 'Enlighten ends the session at once: check on its web page what this log-in may see', {
    status: answer.status,
    excerpt: answer.excerpt,
  });
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
const ways = ['solar_grid', 'solar_battery', 'battery_home', 'battery_grid', 'grid_home', 'grid_battery'] as const;
type Series = (typeof energies)[number] | (typeof ways)[number] | 'soc';
type Day = z.output<typeof Today>['stats'][number];

/**
 * The newest bucket that is complete: the current one is open, and the one before still fills up.
 *
 * @param now ms.
 */
function settled({ siteStatus, battery_details, stats: [day] }: z.output<typeof Today>, now: number): AdapterReading {
  if (!day) throw new Failure('bad-response', 'Enlighten shows no figures of today');
  if (siteStatus === 'comm')
    throw new Failure('offline', 'Enlighten says that the gateway (Envoy) does not report: check its network');
  const { start_time, interval_length } = day;
  const index = Math.floor((now / 1000 - start_time) / interval_length) - 2;
  if (index < 0 || energies.every((name) => index >= (day[name]?.length ?? 0)))
    throw new Failure('stale', 'Enlighten has no complete quarter of an hour of this day yet');
  // Silent buckets are filled with 0, but a house never uses exactly nothing.
  if (energies.every((name) => !day[name]?.[index]))
    throw new Failure(
      'offline',
      'Enlighten has nothing but zeros: the gateway (Envoy) does not report, check its network',
    );
  const soc = day.soc?.[index] ?? battery_details?.aggregate_soc;
  const hasMeter = showsMeter(day);
  const hasBattery = Boolean(battery_details?.aggregate_soc) || showsBattery(day);
  const production = day.production?.[index];
  const { discharge, grid } = flows(day, index, hasBattery);
  const lacking: (Term | false)[] = [
    production === undefined && 'production',
    hasMeter && grid === undefined && 'grid',
    hasBattery && discharge === undefined && 'battery',
  ];
  const kw = (wattHours: number | undefined) =>
    wattHours === undefined ? undefined : kilowatts((wattHours * 3600) / interval_length);
  return {
    production_kw: kw(production),
    net_import_kw: hasMeter ? kw(grid) : undefined,
    battery_discharge_kw: hasBattery ? kw(discharge) : undefined,
    battery_soc: hasBattery ? fraction(soc) : undefined,
    tsms: (start_time + (index + 1) * interval_length) * 1000,
    lacking: lacking.filter((term) => term !== false),
  };
}

const counts = (day: Day, names: readonly Series[]): boolean => names.some((name) => day[name]?.some(Boolean));
const showsMeter = (day: Day): boolean => counts(day, ['consumption', 'import', 'export', 'solar_grid', 'grid_home']);
const showsBattery = (day: Day): boolean =>
  counts(day, ['charge', 'discharge', 'soc', 'solar_battery', 'battery_home', 'battery_grid', 'grid_battery']);

/** Wh of a bucket. The direct channels may be null where the meter works; then the ways of the energy tell the same. */
function flows(day: Day, index: number, hasBattery: boolean): { discharge?: number; grid?: number } {
  const value = (direct: Series, ...parts: Series[]) =>
    day[direct]?.[index] ?? sumOfKnown(...parts.map((part) => day[part]?.[index]));
  const imported = value('import', 'grid_home', 'grid_battery');
  const exported = value('export', 'solar_grid', 'battery_grid');
  const charged = value('charge', 'solar_battery', 'grid_battery');
  const discharged = value('discharge', 'battery_home', 'battery_grid');
  const discharge = difference(discharged, charged);
  const bought = difference(value('consumption'), value('production'));
  const grid = difference(imported, exported) ?? difference(bought, hasBattery ? discharge : 0);
  return { ...(discharge === undefined ? {} : { discharge }), ...(grid === undefined ? {} : { grid }) };
}
