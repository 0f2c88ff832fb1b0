/** The one consent that Tesla wants: the owner signs in on its page, and the browser brings the code to the application's redirect URI. */
import { type Consent, Failure } from '../adapter.ts';
import { requestToken } from '../oauth.ts';
import { hosts, tokenPath } from './platform.ts';
import type { TeslaContext } from './settings.ts';

type Settings = TeslaContext['settings'];

export const teslaConsent: Consent<Settings, 'refreshToken'> = {
  yields: ['refreshToken'],
  redirectUri: ({ redirectUri }) => redirectUri,
  page({ settings: { clientId = '', clientSecret, region }, redirectUri, state }) {
    if (clientSecret === undefined)
      throw new Failure('settings', 'The consent needs the client secret too: npm run configure asks for it');
    const scope = 'openid offline_access energy_device_data';
    const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state };
    return `https://auth.tesla.${region === 'cn' ? 'cn' : 'com'}/oauth2/v3/authorize?${new URLSearchParams(query)}`;
  },
  async exchange({ settings, http, redirectUri, code }) {
    const { refreshToken } = await requestToken(
      { http, now: 0 },
      {
        path: tokenPath,
        client: { id: settings.clientId ?? '', secret: settings.clientSecret },
        grant: { grant_type: 'authorization_code', code, redirect_uri: redirectUri },
        form: { audience: hosts[regionOf(code, settings)] },
        refused: () =>
          'refuses the code: it works once. Begin again, and check {clientId}, {clientSecret} and {redirectUri}',
      },
    );
    if (!refreshToken) throw new Failure('bad-response', 'Tesla gives no refresh token for the code: begin again');
    return { refreshToken };
  },
};

/** The account's own, which the code begins with: `EU_…`. */
function regionOf(code: string, { region }: Settings): Settings['region'] {
  const own = code.slice(0, 3).toLowerCase();
  return (['na', 'eu', 'cn'] as const).find((each) => own === `${each}_`) ?? region;
}
