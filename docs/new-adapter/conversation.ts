/** Example Cloud's side of a conversation. */
import type { AdapterConversation } from '../../test/conversations/adapter-conversation.ts';
import type { Exchange } from '../../test/support/conversation.ts';

export const now = '2026-05-01T12:00:30Z';
export const settings = { clientId: 'client-of-a-test', clientSecret: 'a-secret-of-a-test' };

export const logIn: Exchange = {
  method: 'POST',
  path: '/oauth/token',
  form: { grant_type: 'client_credentials', client_id: settings.clientId, client_secret: settings.clientSecret },
  answer: { json: { access_token: 'a-token-of-a-test', token_type: 'Bearer', expires_in: 3600 } },
};
const headers = { authorization: 'Bearer a-token-of-a-test' };

export const plants = (...found: object[]): Exchange => ({ path: '/v1/plants', headers, answer: { json: found } });
export const onlyPlant = plants({ id: 4711, name: 'Home' });

export const noon = { pv: 4200, grid: -1500, battery: 500, soc: 61.5, measuredAt: '2026-05-01T12:00:00Z' };
export const live = (changed: object = {}): Exchange => ({
  path: '/v1/plants/4711/live',
  headers,
  answer: { json: { ...noon, ...changed } },
});

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings,
  now,
  exchanges: [logIn, onlyPlant, live()],
  push: {
    tsms: Date.parse(noon.measuredAt),
    siteMeters: {
      production_kw: 4.2,
      net_import_kw: -1.5,
      consumption_kw: 2.2,
      battery_discharge_kw: -0.5,
      battery_soc: 0.615,
    },
  },
  carriers: { production: ['pv'], grid: ['grid'], battery: ['battery'] },
  dark: { pv: 0, grid: 300, battery: -400 },
};
