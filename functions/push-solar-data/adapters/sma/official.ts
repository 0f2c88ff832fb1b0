/** SMA's Monitoring API: official, for those with a contract, after the plant's owner has consented. */
import * as z from 'zod/mini';
import { Failure, timeZone } from '../adapter.ts';
import { requestToken } from '../oauth.ts';
import { identifier } from '../quantities.ts';
import { percent, watts } from '../units.ts';
import { EnergyBalance } from './balance.ts';
import type { WayIn } from './way-in.ts';

const Plants = z.object({ plants: z.array(z.object({ plantId: identifier, name: z.nullish(z.string()) })) });

const Point = z.extend(EnergyBalance, { gridConsumption: watts, gridFeedIn: watts, batteryStateOfCharge: percent });
const Recent = z.object({
  plant: z.nullish(z.object({ timezone: z.nullish(z.string()) })),
  set: z.array(Point),
});

/** A new token costs nothing: the refresh token is not used. */
export const official: WayIn = {
  baseUrl: 'https://monitoring.smaapis.de',
  authUrl: 'https://auth.smaapis.de',
  logIn(context) {
    const { clientId: id = '', clientSecret: secret } = context.settings;
    const [nameOfId, nameOfSecret] = ['clientId', 'clientSecret'].map(context.settingName);
    return requestToken(context, {
      path: '/oauth2/token',
      grant: { grant_type: 'client_credentials' },
      client: { id, secret },
      refused: () => `refused the credentials of the Monitoring API: check ${nameOfId} and ${nameOfSecret}`,
    });
  },
  none: { none: ['auth', 'its owner has not consented, or no longer, to this access'] },
  async plants(http) {
    const { plants } = await http.get('/v1/plants', { schema: Plants });
    return plants.map(({ plantId, name }) => ({ value: plantId, title: name }));
  },
  async newest(http, plantId) {
    const path = `/v1/plants/${encodeURIComponent(plantId)}/measurements/sets/EnergyBalance/Recent`;
    const { plant, set } = await http.get(path, { schema: Recent });
    const point = set.at(-1);
    if (!point) throw new Failure('offline', 'SMA has no recent measurement of the plant');
    const { gridConsumption: imported, gridFeedIn: exported, batteryStateOfCharge: soc } = point;
    return { ...point, imported, exported, soc, zone: timeZone.safeParse(plant?.timezone).data };
  },
};
