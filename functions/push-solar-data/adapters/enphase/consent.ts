/** The one consent that Enphase's official API wants: the owner allows the access in a browser, and Enphase's page shows a code. */
import { type Consent, Failure } from '../adapter.ts';
import { requestToken } from '../oauth.ts';
import { endpoint } from './v4.ts';
import type { EnphaseContext } from './way-in.ts';

export const enphaseConsent: Consent<EnphaseContext['settings'], 'refreshToken'> = {
  yields: ['refreshToken'],
  redirectUri: 'https://api.enphaseenergy.com/oauth/redirect_uri',
  page({ settings: { clientId = '' }, redirectUri, state }) {
    const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state };
    return `/oauth/authorize?${new URLSearchParams(query)}`;
  },
  async exchange({ settings, http, redirectUri, code }) {
    const request = {
      ...endpoint(settings),
      grant: { grant_type: 'authorization_code', redirect_uri: redirectUri, code },
      refused: () => 'refuses the code: it works once. Begin again, and check {clientId} and {clientSecret}',
    } as const;
    const { refreshToken } = await requestToken({ http, now: 0 }, request);
    if (!refreshToken) throw new Failure('bad-response', 'Enphase gives no refresh token for the code: begin again');
    return { refreshToken };
  },
};
