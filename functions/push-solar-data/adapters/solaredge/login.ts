/** The log-in of SolarEdge's V2: the owner's consent, then refresh tokens each of which works once; or an installer's key. */
import { type Consent, Failure, type Http } from '../adapter.ts';
import { byRefreshToken, requestToken } from '../oauth.ts';
import { bearer, openSession } from '../session.ts';
import type { SolarEdgeContext } from './settings.ts';

type Settings = SolarEdgeContext['settings'];

/** A refresh and a consent are asked for alike. */
const endpoint = ({ clientId = '', clientSecret }: Settings) =>
  ({ path: '/v2/oauth2/token', body: 'json', client: { id: clientId, secret: clientSecret } }) as const;

/** A token that is refused is renewed once, and the call alone is repeated: calls are counted. */
export async function loggedIn(context: SolarEdgeContext, http: Http): Promise<Http['get']> {
  const { settings, settingName, now } = context;
  if (settings.apiKey) return http.extend({ headers: { 'x-api-key': settings.apiKey } }).get;
  const [id, secret] = ['clientId', 'clientSecret'].map(settingName);
  const refresh = (refresh_token: string) =>
    requestToken(
      { http, now },
      {
        ...endpoint(settings),
        grant: { grant_type: 'refresh_token', refresh_token },
        refused: (error) =>
          error === 'invalid_grant'
            ? 'refuses the refresh token: it dies when unused for 30 days, or used elsewhere. Give your consent again (npm run connect -- solaredge)'
            : `refuses the client (${error ?? 'no reason given'}): check ${id} and ${secret}`,
      },
    );
  const ways = [byRefreshToken(context, refresh, settings.refreshToken)];
  const options = { marginSeconds: 300 };
  // One that has run out is renewed beforehand, so that also its successor may be refused once.
  await openSession(context, ways, options)(async () => {});
  const call = openSession(context, ways, options);
  return (path, request) => call((session) => http.extend({ headers: bearer(session) }).get(path, request));
}

export const solarEdgeConsent: Consent<Settings, 'refreshToken'> = {
  yields: ['refreshToken'],
  page({ settings: { clientId = '' }, redirectUri, state }) {
    const scope = 'SITE_DATA DEVICE_DATA';
    const longestMonths = '24';
    const query = { client_id: clientId, scope, redirect_uri: redirectUri, state, access_duration: longestMonths };
    return `https://connect.solaredge.com/authorize?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`;
  },
  async exchange({ settings, http, redirectUri, code }) {
    const request = {
      ...endpoint(settings),
      grant: { grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      refused: () => 'refuses the code: it works once. Begin again, and check {clientId} and {clientSecret}',
    } as const;
    const { refreshToken } = await requestToken({ http, now: 0 }, request);
    if (!refreshToken) throw new Failure('bad-response', 'SolarEdge gives no refresh token for the code: begin again');
    return { refreshToken };
  },
};
