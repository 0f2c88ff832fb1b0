/** Enphase's web portal's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const midnight = Date.parse('2026-05-01T00:00:00+02:00') / 1000;
export const quarter = 900;
/** In the eleventh bucket of the day (index 10): index 8 is the newest complete one. */
export const now = (midnight + 10.5 * quarter) * 1000;
export const settings = {
  mode: 'enlighten',
  systemId: '777',
  username: 'me@example.org',
  password: 'enlighten-password',
};
export const todayPath = '/pv/systems/777/today';

/** As a browser gets them: several cookies in one answer. */
export const withCookies = (json: unknown, cookies: string[], status = 200): Answer => ({
  act: (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': cookies });
    response.end(json === undefined ? '' : JSON.stringify(json));
  },
});
export const success = { message: 'success', session_id: 'session-of-a-test', is_consumer: true, system_id: '777' };
export const accepted = (nth = 1): Answer =>
  withCookies(success, [
    `_enlighten_4_session=cookie-${nth}; path=/; HttpOnly`,
    `enlighten_manager=jwt-${nth}; path=/`,
  ]);
export const browser = {
  'x-requested-with': 'XMLHttpRequest',
  accept: 'application/json',
  referer: 'https://enlighten.enphaseenergy.com/',
};
export const logIn = (answer = accepted()): Exchange => ({
  method: 'POST',
  path: '/login/login.json',
  headers: browser,
  form: { 'user[email]': 'me@example.org', 'user[password]': 'enlighten-password' },
  answer,
});
export const token = (nth = 1, name = 'token'): Exchange => ({
  path: '/users/self/token',
  headers: { ...browser, cookie: `_enlighten_4_session=cookie-${nth}; enlighten_manager=jwt-${nth}` },
  answer: { json: { [name]: `web-token-${nth}`, expires_at: midnight } },
});
export const today = (answer: Answer, nth = 1): Exchange => ({
  path: todayPath,
  headers: { ...browser, authorization: `Bearer web-token-${nth}`, 'e-auth-token': `web-token-${nth}` },
  answer,
});

export type Series = Record<string, (number | null)[] | null>;
/** 96 buckets: `values` from index 7 on, else 0. */
export const day = (...values: (number | null)[]): (number | null)[] => [
  ...Array(7).fill(0),
  ...values,
  ...Array(96 - 7 - values.length).fill(0),
];
export const homeSeries: Series = {
  production: day(300, 400, 130, 0),
  consumption: day(100, 150, 50, 0),
  import: day(0, 25, 8, 0),
  export: day(100, 75, 30, 0),
  charge: day(100, 200, 60, 0),
  discharge: day(0, 0, 0, 0),
  soc: day(50, 51, 52, 0),
};
export const statsOf = (series: Series, more: object = {}): Answer => ({
  json: {
    system_id: 777,
    siteStatus: 'normal',
    stats: [{ start_time: midnight, interval_length: quarter, ...series }],
    ...more,
  },
});
export const home = {
  production_kw: 1.6,
  net_import_kw: -0.2,
  consumption_kw: 0.6,
  battery_discharge_kw: -0.8,
  battery_soc: 0.51,
};
export const pathsOf = ({ vendor }: { vendor: { received: { path: string }[] } }) =>
  vendor.received.map(({ path }) => path);
export const whole = ['/login/login.json', '/users/self/token', todayPath];

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  // Refused log-ins wait here as long as this vendor wants it, which has its own tests below.
  settings: { ...settings, pollSeconds: '1800' },
  now: new Date(now).toISOString(),
  exchanges: [logIn(), token(), today(statsOf(homeSeries))],
  push: { tsms: (midnight + 9 * quarter) * 1000, siteMeters: home },
  withoutFigures: (answer, instead) => {
    const blank = Object.fromEntries(
      Object.entries(homeSeries).map(([name, values]) => [name, values?.map(() => instead)]),
    );
    const { stats, ...rest } = answer as { stats: object[] };
    return { ...rest, stats: stats.map((each) => ({ ...each, ...blank })) };
  },
  carriers: {
    production: ['production'],
    grid: ['import', 'export', 'consumption'],
    battery: ['charge', 'discharge'],
  },
  dark: {
    production: day(0, 0, 0, 0),
    export: day(0, 0, 0, 0),
    charge: day(0, 0, 0, 0),
    discharge: day(10, 20, 30, 0),
  },
  again: { afterSeconds: 900, settings: { pollSeconds: '900' } },
};
