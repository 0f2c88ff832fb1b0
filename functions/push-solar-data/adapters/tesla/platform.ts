/** How Tesla's Fleet API speaks: regions and their hosts, tokens that rotate, and what its refusals mean. */
import * as z from 'zod/mini';
import { address, Failure, type Http, type MeaningOf } from '../adapter.ts';
import { byRefreshToken, requestToken } from '../oauth.ts';
import { numberIn, words } from '../quantities.ts';
import { bearer, withToken } from '../session.ts';
import type { TeslaContext } from './settings.ts';

/** By region; also OAuth's audience. */
export const hosts = {
  na: 'https://fleet-api.prd.na.vn.cloud.tesla.com',
  eu: 'https://fleet-api.prd.eu.vn.cloud.tesla.com',
  cn: 'https://fleet-api.prd.cn.vn.cloud.tesla.cn',
};

/** How long nobody looks again for a site that was not found, s: each call may cost money, and the owner has to act. */
export const listHoldSeconds = 600;

export const tokenPath = '/oauth2/v3/token';

/** Asks the host where the account lives. */
export type Ask = <Schema extends z.ZodMiniType>(path: string, schema: Schema) => Promise<z.output<Schema>>;

/** Each refresh may end the token that was sent, and gives a new one; the setting is only the first. */
export function withLogIn<Result>(context: TeslaContext, read: (ask: Ask) => Promise<Result>): Promise<Result> {
  const { settings, settingName, now } = context;
  const { clientId = '', refreshToken, accessToken } = settings;
  const http = context.http.extend({ name: 'Tesla', kinds: kindsFor(context) });
  if (accessToken !== undefined)
    return read(askerOf(context, http.extend({ headers: bearer({ token: accessToken }) })));
  const refresh = (refresh_token: string) =>
    requestToken(
      { http, now },
      {
        path: tokenPath,
        grant: { grant_type: 'refresh_token', refresh_token },
        client: { id: clientId },
        refused: (error = 'no reason given') =>
          `refuses the refresh token (${error}): each works once, and dies after 3 months or with a new password. Give your` +
          ` consent again (npm run connect -- tesla), and check ${settingName('clientId')}`,
      },
    );
  const ways = [byRefreshToken(context, refresh, refreshToken)];
  return withToken({ ...context, http }, ways, (client) => read(askerOf(context, client)), { marginSeconds: 300 });
}

const elsewhere = 421;
const accept = [elsewhere];

/** With the host that is known to be right, or that a refusal leads to. */
function askerOf(context: TeslaContext, http: Http): Ask {
  const { settings, settingName, state } = context;
  const { region } = settings;
  return async (path, schema) => {
    const known = state.home?.region === region ? state.home.address : '';
    const first = await http.send('GET', known + path, { accept });
    if (first.status !== elsewhere) return first.json(schema);
    for (const address of await otherAddresses(context, http, known)) {
      const answer = await http.send('GET', address + path, { accept });
      if (answer.status === elsewhere) continue;
      state.home = { region, address };
      return answer.json(schema);
    }
    const sentence = `Tesla knows the account in no region (HTTP 421): check ${settingName('region')}`;
    throw new Failure('bad-response', sentence, { retryAfterSeconds: 3600 });
  };
}

const Region = z.object({ response: z.object({ fleet_api_base_url: address }) });

/** The one that the refusing host names; where it refuses that too, those of the other regions. */
async function otherAddresses({ settings }: TeslaContext, http: Http, known: string): Promise<string[]> {
  const answer = await http.send('GET', `${known}/api/1/users/region`, { accept });
  if (answer.status !== elsewhere) {
    const told = answer.json(Region).response.fleet_api_base_url;
    return [told.endsWith('/') ? told.slice(0, -1) : told];
  }
  if (settings.accessToken !== undefined) return []; // a reseller's token is none of Tesla's business
  const refusing = known || hosts[settings.region];
  return Object.values(hosts).filter((host) => host !== refusing);
}

const Refusal = z.object({ error: words });

function kindsFor({ settings, settingName, state }: TeslaContext): Record<number, MeaningOf> {
  const again = 'give your consent again (npm run connect -- tesla)';
  return {
    400: ['auth', `refuses the request: check ${settingName('clientId')} and the set-up of your application`],
    401: (answer) =>
      answer.tryJson(Refusal)?.error === 'mobile_access_disabled'
        ? ['auth', 'says that mobile access is switched off: allow it in the Tesla app', { status: 403 }] // no new token mends it
        : [
            'auth',
            settings.accessToken === undefined
              ? `refuses the token that it has given: ${again}`
              : `refuses the token: check ${settingName('accessToken')}`,
          ],
    402: ['auth', 'wants to be paid: see the billing of your application at developer.tesla.com'],
    403: [
      'auth',
      settings.accessToken === undefined
        ? `does not allow this: tick energy_device_data when you ${again}`
        : `does not allow this: let the token of ${settingName('accessToken')} read energy sites`,
    ],
    404: () => {
      delete state.site;
      const sentence = `knows no such energy site: check ${settingName('energySiteId')}`;
      return ['bad-response', sentence, { retryAfterSeconds: listHoldSeconds }];
    },
    408: ['offline', 'does not reach the gateway of the site: check its connection'],
    412: ['auth', 'wants your application registered in this region first (docs/adapters/tesla.md)'],
    423: ['auth', 'has locked the account: look into the Tesla app'],
    429: ({ headers, retryAfterSeconds }) => [
      'rate-limited',
      'asks us to slow down',
      { retryAfterSeconds: numberIn(String(headers['ratelimit-reset'] ?? '')) ?? retryAfterSeconds ?? 60 },
    ],
    451: ['auth', 'may not show this account for legal reasons'],
  };
}
