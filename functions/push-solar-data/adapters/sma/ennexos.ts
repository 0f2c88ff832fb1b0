/** The API behind SMA's own web page, ennexos.sunnyportal.com: unofficial, with the owner's password. */
import * as z from 'zod/mini';
import { Failure } from '../adapter.ts';
import { identifier } from '../quantities.ts';
import { bearer, withSession } from '../session.ts';
import { grant, isTokenRefusal, plantFailure, plantOf } from './account.ts';
import { EnergyBalance } from './balance.ts';
import type { SmaContext, SmaSession } from './settings.ts';

const tokenPath = '/auth/realms/SMA/protocol/openid-connect/token';
const browser = { 'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)' };

const Component = z.object({ componentType: z.string(), componentId: identifier, name: z.nullish(z.string()) });
const Navigation = z.union([z.array(Component), Component]);

/** The energy balance of the whole plant: the sum of its inverters, a point every 5 minutes. */
export function readEnnexos(context: SmaContext): Promise<EnergyBalance> {
  return withPortalSession(context, async (session) => {
    const headers = { ...bearer(session), ...browser };
    const plantId = await plantOf(context, async () => {
      const found = await context.http.get('/api/v1/navigation', { headers, schema: Navigation });
      const plants = [found].flat().filter(({ componentType }) => componentType === 'Plant');
      return plants.map(({ componentId, name }) => ({ id: componentId, name }));
    });
    const query = { componentId: plantId };
    const answer = await context.http.send('GET', '/api/v1/widgets/energybalance', {
      query,
      headers,
      accept: [403, 404],
    });
    const failure = plantFailure(answer.status, plantId);
    if (failure) throw failure;
    return answer.json(EnergyBalance);
  });
}

/**
 * A token lives 5 minutes, so that nearly every read refreshes it. A token that is refused is refreshed, then replaced
 * with the password, once in a read.
 */
async function withPortalSession<Result>(
  context: SmaContext,
  use: (session: SmaSession) => Promise<Result>,
): Promise<Result> {
  let replaced = false;
  const logIn = async () => {
    const session = await byPassword(context);
    await context.session.save(session);
    return session;
  };
  const renew = async (previous?: SmaSession) => {
    const refreshed = await byRefresh(context, previous);
    replaced = refreshed === undefined;
    return refreshed ?? logIn();
  };
  if (!context.session.value) await logIn();
  try {
    return await withSession(context, renew, use, { isRefusal: isTokenRefusal });
  } catch (error) {
    if (!(error instanceof Failure) || !isTokenRefusal(error) || replaced) throw error;
  }
  return use(await logIn());
}

/** @returns undefined if there is nothing to refresh with, or SMA refuses it. */
async function byRefresh(context: SmaContext, previous: SmaSession | undefined): Promise<SmaSession | undefined> {
  const { refreshToken, refreshExpiresAt = Number.POSITIVE_INFINITY } = previous ?? {};
  if (refreshToken === undefined || context.now >= refreshExpiresAt) return undefined;
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'SPpbeOS' };
  return grant(context, tokenPath, form, browser);
}

async function byPassword(context: SmaContext): Promise<SmaSession> {
  const { username = '', password = '' } = context.settings;
  const form = { grant_type: 'password', client_id: 'SPpbeOS', username, password, scope: 'openid profile' };
  const session = await grant(context, tokenPath, form, browser);
  if (session) return session;
  // Tries with a wrong password may lock the account.
  throw new Failure(
    'auth',
    'SMA refused the SMA ID: check the e-mail address and the password at ennexos.sunnyportal.com',
    { retryAfterSeconds: 3600 },
  );
}
