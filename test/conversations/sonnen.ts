/** sonnen's side of a conversation: the battery behind a tunnel, and the cloud with its log-in of web pages. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T10:00:20Z';
export const localSettings = { authToken: 'auth-token-of-a-test', timeZone: 'Europe/Berlin' };

/** 5 kW of sun: 2 into the battery, 1.8 exported, 1.2 used. */
export const status = {
  Consumption_W: 1203,
  Consumption_Avg: 1190,
  GridFeedIn_W: 1800,
  Pac_total_W: -2000,
  Production_W: 5000,
  USOC: 42,
  RSOC: 47,
  RemainingCapacity_Wh: 9000,
  SystemStatus: 'OnGrid',
  Sac2: null,
  OperatingMode: '2',
  Timestamp: '2026-05-01 12:00:15',
};
export const statusPath = '/api/v2/status';
export const asked = (answer: Answer): Exchange => ({
  path: statusPath,
  headers: { 'auth-token': 'auth-token-of-a-test' },
  answer,
});
const siteMeters = {
  production_kw: 5,
  net_import_kw: -1.8,
  consumption_kw: 1.2,
  battery_discharge_kw: -2,
  battery_soc: 0.42,
};
const powersAsNumbers = (answer: unknown, instead: unknown) => ({
  ...(answer as object),
  ...Object.fromEntries(['Production_W', 'GridFeedIn_W', 'Pac_total_W', 'USOC'].map((name) => [name, instead])),
});

export const conversation: AdapterConversation = {
  settings: localSettings,
  now,
  exchanges: [asked({ json: status })],
  push: { tsms: Date.parse('2026-05-01T10:00:15Z'), siteMeters },
  // What is no JSON comes from the tunnel.
  kinds: { webPage: ['unavailable'], notJson: ['unavailable'] },
  withoutFigures: powersAsNumbers,
  carriers: { production: ['Production_W'], grid: ['GridFeedIn_W'], battery: ['Pac_total_W'] },
  dark: { Production_W: 0, GridFeedIn_W: -200, Pac_total_W: 1000 },
};

export const cloudSettings = {
  mode: 'cloud',
  email: 'me@test.example',
  password: 'word-of-a-test',
  clientId: 'client-of-a-test',
};
export const authenticityToken = 'authenticity+token/of-a-test==';
export const form = (token = authenticityToken) =>
  `<!DOCTYPE html><html><body><form action="/users/sign_in" method="post">` +
  `<input type="hidden" name="authenticity_token" value="${token}" /><input name="user[email]"></form></body></html>`;

export const authorizePath = '/oauth/authorize';
export const signInPath = '/users/sign_in';
export const tokenPath = '/oauth/token';
export const mePath = '/v1/users/me';
export const livePath = '/v1/sites/site-1/live-state';
export const measurementsPath = '/v1/sites/site-1/measurements';

export const page = (
  answer: Answer = { headers: { 'set-cookie': '_sso=cookie-one; path=/' }, text: form() },
): Exchange => ({
  path: authorizePath,
  query: {
    client_id: 'client-of-a-test',
    response_type: 'code',
    redirect_uri: 'https://my.sonnen.de/',
    code_challenge_method: 'S256',
    locale: 'de',
  },
  answer,
});
export const redirect = (location: string, cookie = '_sso=cookie-two; path=/'): Answer => ({
  status: 302,
  headers: { location, 'set-cookie': cookie },
  text: 'You are being redirected.',
});
export const signIn = (answer = redirect('{server}/oauth/authorize?resumed=1')): Exchange => ({
  method: 'POST',
  path: signInPath,
  headers: { cookie: '_sso=cookie-one' },
  form: {
    authenticity_token: authenticityToken,
    'user[email]': 'me@test.example',
    'user[password]': 'word-of-a-test',
    'user[remember_me]': '0',
    commit: 'Log in',
  },
  answer,
});
export const resumed = (answer = redirect('https://my.sonnen.de/?code=code-of-a-test&state=x')): Exchange => ({
  path: authorizePath,
  query: { resumed: '1' },
  headers: { cookie: '_sso=cookie-two' },
  answer,
});
/** The nth token. */
export const given = (nth: number, changed = {}): Answer => ({
  json: {
    access_token: `access-token-${nth}`,
    token_type: 'Bearer',
    expires_in: 36_000,
    refresh_token: `refresh-token-${nth}`,
    created_at: 1_777_629_620,
    ...changed,
  },
});
export const byCode = (answer = given(1)): Exchange => ({
  method: 'POST',
  path: tokenPath,
  form: {
    grant_type: 'authorization_code',
    code: 'code-of-a-test',
    client_id: 'client-of-a-test',
    redirect_uri: 'https://my.sonnen.de/',
  },
  answer,
});
export const byRefresh = (used: number, answer = given(used + 1)): Exchange => ({
  method: 'POST',
  path: tokenPath,
  form: { grant_type: 'refresh_token', refresh_token: `refresh-token-${used}`, client_id: 'client-of-a-test' },
  answer,
});
export const logIn = [page(), signIn(), resumed(), byCode()];

const ofSite = (id: string) => ({ type: 'sites', id });
export const me = (sites: string[] = ['site-2', 'site-1'], usual: string | null = 'site-1'): Exchange => ({
  path: mePath,
  answer: {
    json: {
      data: {
        relationships: {
          sites: { data: sites.map(ofSite) },
          'default-site': { data: usual === null ? null : ofSite(usual) },
        },
      },
    },
  },
});

/** 5 kW of sun: 2 into the battery, 1.8 exported, 1.2 used. */
export const attributes = {
  production_power: 5000.0,
  consumption_power: 1203.0,
  battery_charging: 2010.0,
  battery_discharging: 10.0,
  grid_feedin: 1825.0,
  grid_purchase: 25.0,
  battery_usoc: 42.0,
  online: true,
  timestamp: '2026-05-01T12:00:05.000+02:00',
  production_power_kw: 5,
};
export const live = (answer: Answer | object, nth = 1): Exchange => ({
  path: livePath,
  headers: { authorization: `Bearer access-token-${nth}`, origin: 'https://my.sonnen.de' },
  answer: 'status' in answer || 'text' in answer ? answer : { json: { data: { attributes: answer } } },
});

export const cloudConversation: AdapterConversation = {
  settings: cloudSettings,
  now,
  exchanges: [...logIn, me(), live(attributes)],
  push: { tsms: Date.parse('2026-05-01T10:00:05Z'), siteMeters },
  carriers: {
    production: ['production_power'],
    grid: ['grid_feedin', 'grid_purchase'],
    battery: ['battery_charging', 'battery_discharging'],
  },
  dark: { production_power: 0, grid_feedin: 0, grid_purchase: 200, battery_charging: 0, battery_discharging: 1000 },
};
