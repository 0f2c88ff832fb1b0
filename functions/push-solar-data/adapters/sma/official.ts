/** SMA's Monitoring API: official, for those with a contract, after the plant's owner has consented. */
import * as z from 'zod/mini';
import { Failure, timeZone } from '../adapter.ts';
import { identifier } from '../quantities.ts';
import { bearer, withSession } from '../session.ts';
import { grant, isTokenRefusal, plantFailure, plantOf } from './account.ts';
import { EnergyBalance } from './balance.ts';
import type { SmaContext, SmaSession } from './settings.ts';

const Plants = z.object({ plants: z.array(z.object({ plantId: identifier, name: z.nullish(z.string()) })) });
const Recent = z.object({
  plant: z.nullish(z.object({ timezone: z.nullish(z.string()) })),
  set: z.array(EnergyBalance),
});

/** The newest point of a plant, and the plant's time zone where the answer names one. A refused token is replaced once. */
export async function readOfficial(context: SmaContext): Promise<{ balance: EnergyBalance; zone: string | undefined }> {
  const { http, session } = context;
  const renew = () => byClient(context);
  if (!session.value) await session.save(await renew());
  return withSession(
    context,
    renew,
    async (session) => {
      const plantId = await plantOf(context, () => visiblePlants(context, session));
      const path = `/v1/plants/${encodeURIComponent(plantId)}/measurements/sets/EnergyBalance/Recent`;
      const answer = await http.send('GET', path, { headers: bearer(session), accept: [403, 404] });
      const failure = plantFailure(answer.status, plantId);
      if (failure) throw failure;
      const { plant, set } = answer.json(Recent);
      const balance = set.at(-1);
      if (!balance) throw new Failure('offline', 'SMA has no recent measurement of the plant');
      return { balance, zone: timeZone.safeParse(plant?.timezone).data };
    },
    { isRefusal: isTokenRefusal },
  );
}

async function visiblePlants({ http }: SmaContext, session: SmaSession) {
  const { plants } = await http.get('/v1/plants', { headers: bearer(session), schema: Plants });
  if (plants.length === 0)
    throw new Failure('auth', 'SMA shows no plant: its owner has not consented, or no longer, to this access');
  return plants.map(({ plantId, name }) => ({ id: plantId, name }));
}

/** A new token costs nothing: the refresh token is not used. */
async function byClient(context: SmaContext): Promise<SmaSession> {
  const { clientId = '', clientSecret = '' } = context.settings;
  const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
  const session = await grant(context, '/oauth2/token', form);
  if (session) return session;
  throw new Failure('auth', 'SMA refused the credentials of the Monitoring API: check clientId and clientSecret');
}
