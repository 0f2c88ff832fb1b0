/** The one consent that Enphase's official API wants: the owner allows the access in a browser, and Enphase's page shows a code. */
import * as z from 'zod/mini';
import { type Consent, Failure } from '../adapter.ts';
import type { EnphaseContext } from './settings.ts';

const Granted = z.object({ refresh_token: z.string() });

export const enphaseConsent: Consent<EnphaseContext<unknown, unknown>['settings'], 'refreshToken'> = {
  yields: ['refreshToken'],
  redirectUri: 'https://api.enphaseenergy.com/oauth/redirect_uri',
  page({ settings: { clientId = '' }, redirectUri, state }) {
    const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state };
    return `/oauth/authorize?${new URLSearchParams(query)}`;
  },
  async exchange({ settings: { clientId, clientSecret }, http, redirectUri, code }) {
    const answer = await http.send('POST', '/oauth/token', {
      host: 'auth',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      form: { grant_type: 'authorization_code', redirect_uri: redirectUri, code },
      accept: [400, 401],
    });
    if (answer.status < 300) return { refreshToken: answer.json(Granted).refresh_token };
    throw new Failure(
      'auth',
      `Enphase refuses the code (HTTP ${answer.status}): it works once. Begin again, and check clientId and clientSecret`,
    );
  },
};
