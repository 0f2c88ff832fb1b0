/** The API of the mySigen app: unofficial, asked as the app asks. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { Failure, type Http } from '../adapter.ts';
import { byRefreshToken, type Grant, type TokenSession } from '../oauth.ts';
import { figure, identifier } from '../quantities.ts';
import { Refusal } from '../refusals.ts';
import { basic } from '../tunnel.ts';
import { negativeKilowatts } from '../units.ts';
import { Powers } from './flow.ts';
import { inText, unlessBlocked, type WayIn, wrappedPassword } from './platform.ts';
import type { SigenergyContext } from './settings.ts';

const Token = z.object({ access_token: z.string(), refresh_token: z.nullish(z.string()), expires_in: figure });
const Home = z.object({ data: inText(z.object({ stationId: identifier })) });
/** In spite of its name, `buySellPower` + is selling. */
const Flow = z.object({ data: inText(z.extend(Powers, { buySellPower: negativeKilowatts })) });

export const app: WayIn = {
  host: 'api',
  holdSeconds: 1800,
  headers: { lang: 'en_US', 'auth-client-id': 'sigen' },
  renew,
  place: 'stationId',
  places: async (http) => [{ value: (await filled(http, '/device/owner/station/home', Home)).data.stationId }],
  async flow(http, id) {
    const { data } = await filled(http, '/device/sigen/station/energyflow', Flow, { id });
    return { ...data, net_import_kw: data.buySellPower };
  },
};

const Empty = z.object({ data: z.optional(z.null()) });

/** Now and then a success comes without content: then once more, at once. */
async function filled<Schema extends z.ZodMiniType>(
  http: Http,
  path: string,
  schema: Schema,
  query: Record<string, string> = {},
): Promise<z.output<Schema>> {
  const answer = await http.send('GET', path, { query });
  return answer.tryJson(Empty) ? http.get(path, { query, schema }) : answer.json(schema);
}

/** Whatever else than passing trouble is wrong with a refresh token, the password helps. */
async function renew(context: SigenergyContext, previous: TokenSession | undefined): Promise<TokenSession> {
  const { username = '', password } = context.settings;
  const refresh = byRefreshToken(context, (refresh_token) =>
    grant(context, { grant_type: 'refresh_token', refresh_token }),
  );
  const refreshed = await refresh(previous).catch((error: unknown) => {
    if (!(error instanceof Failure) || isPassing(error)) throw error;
  });
  const login = { grant_type: 'password', username, password: wrappedPassword(password), scope: 'server' } as const;
  return refreshed ?? grant(context, login);
}

/** Some answers come without the envelope. A refresh token stays good where no new one comes. */
async function grant({ http, state, now }: SigenergyContext, asked: Grant): Promise<TokenSession> {
  state.deviceId ??= randomBytes(16).toString('hex');
  const answer = await http
    .post('/auth/oauth/token', {
      headers: { authorization: basic('sigen', 'sigen') }, // as every app
      form: { ...asked, userDeviceId: state.deviceId },
      kinds: { 400: ({ isWebPage }) => (isWebPage ? undefined : refused), 401: refused, 403: unlessBlocked(refused) },
      schema: z.union([Token, z.object({ data: inText(Token) })]),
    })
    .catch((error: unknown) => {
      if (error instanceof Refusal && !isPassing(error)) throw new Failure('auth', `Sigenergy ${refused[1]}`);
      throw error;
    });
  const { access_token: token, refresh_token, expires_in } = 'data' in answer ? answer.data : answer;
  const usual = asked.grant_type === 'refresh_token' ? asked.refresh_token : undefined;
  return { token, refreshToken: refresh_token ?? usual, expiresAt: expires_in && now + expires_in * 1000 };
}
const refused = ['auth', 'refused the log-in of the mySigen app: check {username}, {password} and {region}'] as const;

/** Whether the credentials have nothing to do with it. */
const isPassing = ({ kind }: Failure): boolean => kind === 'rate-limited' || kind === 'unavailable';
