/** Selectronic select.live's side of a conversation. */
import type { Answer, Exchange } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T02:00:10Z';
export const measured = Date.parse('2026-05-01T02:00:05Z');
export const settings = { email: 'owner@example.com', password: 'pass-word-of-an-owner', systemId: '4711' };
export const livePath = '/dashboard/hfdata/4711';

export const cookieOf = (nth = 1) => `cookie-of-a-test-${nth}`;
/** As the portal answers a log-in: into itself, with a cookie. */
export const welcome = (nth = 1, location: string | undefined = '{server}/systems'): Answer => ({
  status: 302,
  headers: {
    ...(location === undefined ? {} : { location }),
    'set-cookie': `mojolicious=${cookieOf(nth)}; path=/; HttpOnly`,
  },
});
export const logInPage = (sentence: string): Answer => ({
  headers: { 'set-cookie': 'mojolicious=cookie-of-a-guest; path=/; HttpOnly' },
  text: `<html><head>${' '.repeat(3000)}</head><body><p>${sentence}</p><form action="/login"></form></body></html>`,
});
export const logIn = (answer = welcome()): Exchange => ({
  method: 'POST',
  path: '/login',
  form: { email: settings.email, pwd: settings.password },
  answer,
});

/** 150 W of losses beyond the load. */
export const noon = {
  timestamp: measured / 1000,
  solarinverter_w: 5200.25,
  shunt_w: 799.75,
  battery_w: -2000.4,
  battery_soc: 64.5,
  grid_w: -2499.6,
  load_w: 1350,
  gen_status: 0,
  fault_code: 0,
  grid_in_wh_total: 812.5,
  grid_out_wh_total: 4321.125,
  solar_wh_total: 9000.5,
};
export const noonMeters = {
  production_kw: 6,
  net_import_kw: -2.5,
  battery_discharge_kw: -2,
  consumption_kw: 1.5,
  battery_soc: 0.645,
  imported_kwh: 812.5,
  exported_kwh: 4321.125,
};

export const asked = (answer: Answer, nth = 1): Exchange => ({
  path: livePath,
  headers: { cookie: `mojolicious=${cookieOf(nth)}` },
  answer,
});
export const live = (changed: object = {}, nth = 1): Exchange =>
  asked({ json: { device: { name: 'SP-PRO' }, items: { ...noon, ...changed }, now: measured / 1000 + 3 } }, nth);

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [logIn(), live()],
  push: { tsms: measured, siteMeters: noonMeters },
  carriers: { production: ['solarinverter_w'], grid: ['grid_w'], battery: ['battery_w'] },
  dark: { solarinverter_w: 0, shunt_w: 0, battery_w: 500, grid_w: 300, load_w: 700 },
};
