/** The API of the mySigen app: unofficial, asked as the app asks. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { figure, identifier } from '../quantities.ts';
import { bearer, withSession } from '../session.ts';
import { bodyOf, codeOf, contentOf, fitting, wrappedPassword } from './answer.ts';
import type { AppSession, SigenergyContext } from './settings.ts';

const holdSeconds = 1800;

const Token = z.object({ access_token: z.string(), refresh_token: z.nullish(z.string()), expires_in: figure });
const Home = z.object({ stationId: identifier });

/** The content of `energyflow`. A refused or ending token is refreshed, else replaced by a log-in. */
export function readApp(context: SigenergyContext): Promise<unknown> {
  return withSession(
    context,
    (previous) => renew(context, previous),
    async (session) => {
      const { settings, state } = context;
      const stationId = settings.stationId ?? state.stationId ?? (await homeStation(context, session));
      if (settings.stationId === undefined) state.stationId = stationId;
      return ask(context, session, '/device/sigen/station/energyflow', { id: stationId });
    },
    { isRefusal: ({ status }) => status === 401, marginSeconds: 600 },
  );
}

const homeStation = async (context: SigenergyContext, session: AppSession): Promise<string> =>
  fitting(Home, await ask(context, session, '/device/owner/station/home')).stationId;

/** Now and then a success comes without content: then once more, at once. */
async function ask(
  { http }: SigenergyContext,
  session: AppSession,
  path: string,
  query: Record<string, string> = {},
): Promise<unknown> {
  const headers = { ...bearer(session), 'content-type': 'application/json', lang: 'en_US', 'auth-client-id': 'sigen' };
  const once = async () => contentOf(await http.send('GET', path, { headers, query, accept: 'all' }), holdSeconds);
  return (await once()) ?? once();
}

async function renew(context: SigenergyContext, previous: AppSession | undefined): Promise<AppSession> {
  if (previous?.refreshToken !== undefined) {
    try {
      return await grant(context, { grant_type: 'refresh_token', refresh_token: previous.refreshToken }, previous);
    } catch (error) {
      // Whatever else is wrong with a refresh token, the password helps.
      if (!(error instanceof Failure) || isPassing(error)) throw error;
    }
  }
  const { username = '', password = '' } = context.settings;
  return grant(context, { grant_type: 'password', username, password: wrappedPassword(password), scope: 'server' });
}

/** @param previous its refresh token stays good where no new one comes. */
async function grant(
  { http, state, now }: SigenergyContext,
  form: Record<string, string>,
  previous?: AppSession,
): Promise<AppSession> {
  state.deviceId ??= randomBytes(16).toString('hex');
  const answer = await http.send('POST', '/auth/oauth/token', {
    headers: { authorization: 'Basic c2lnZW46c2lnZW4=' }, // sigen:sigen, as every app
    form: { ...form, userDeviceId: state.deviceId },
    accept: 'all',
  });
  try {
    const bare = Token.safeParse(bodyOf(answer)); // some answers come without the envelope
    const token = bare.success ? bare.data : fitting(Token, contentOf(answer, holdSeconds));
    return {
      token: token.access_token,
      refreshToken: token.refresh_token ?? previous?.refreshToken,
      expiresAt: token.expires_in === undefined ? undefined : now + token.expires_in * 1000,
    };
  } catch (error) {
    const refused = (codeOf(answer) ?? 0) !== 0 || ([400, 401, 403].includes(answer.status) && bodyOf(answer));
    if (!(error instanceof Failure) || isPassing(error) || !refused) throw error;
    throw new Failure(
      'auth',
      'Sigenergy refused the log-in of the mySigen app: check the user name, the password and the region',
    );
  }
}

/** Whether the credentials have nothing to do with it. */
const isPassing = ({ kind }: Failure): boolean => kind === 'rate-limited' || kind === 'unavailable';
