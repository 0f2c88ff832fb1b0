/** The API behind SMA's own web page, ennexos.sunnyportal.com: unofficial, with the owner's password. */
import * as z from 'zod/mini';
import { byRefreshToken, requestToken } from '../oauth.ts';
import { identifier } from '../quantities.ts';
import { fraction, watts } from '../units.ts';
import { EnergyBalance } from './balance.ts';
import type { WayIn } from './way-in.ts';

const headers = { 'user-agent': 'Mozilla/5.0 (compatible; solar-cloud-bridge)' };
const endpoint = { path: '/auth/realms/SMA/protocol/openid-connect/token', client: { id: 'SPpbeOS' }, headers };

const Component = z.object({ componentType: z.string(), componentId: identifier, name: z.nullish(z.string()) });
const Navigation = z.union([z.array(Component), Component]);

/** The state of charge is a share of 1, as all rates of the portal. */
const Widget = z.extend(EnergyBalance, { externalConsumption: watts, feedIn: watts, batteryStateOfCharge: fraction });

/** A token lives 5 minutes, so that nearly every read refreshes it. */
export const ennexos: WayIn = {
  baseUrl: 'https://uiapi.sunnyportal.com',
  authUrl: 'https://login.sma.energy',
  headers,
  refresh: (context) =>
    byRefreshToken(context, (refresh_token) =>
      requestToken(context, {
        ...endpoint,
        grant: { grant_type: 'refresh_token', refresh_token },
        refused: () => 'refused the refresh token',
      }),
    ),
  logIn(context) {
    const { username = '', password = '' } = context.settings;
    const [nameOfUser, nameOfPassword] = ['username', 'password'].map(context.settingName);
    return requestToken(context, {
      ...endpoint,
      grant: { grant_type: 'password', username, password, scope: 'openid profile' },
      refused: (error) =>
        error === 'unauthorized_client'
          ? 'has closed this way to log in: the bridge needs a new version'
          : `refused the SMA ID: check ${nameOfUser} and ${nameOfPassword} at ennexos.sunnyportal.com`,
      holdSeconds: 3600, // tries with a wrong password may lock the account
    });
  },
  async plants(http) {
    const found = [await http.get('/api/v1/navigation', { schema: Navigation })].flat();
    const plants = found.filter(({ componentType }) => componentType === 'Plant');
    return plants.map(({ componentId, name }) => ({ value: componentId, title: name }));
  },
  /** Of the whole plant: the sum of its inverters. */
  async newest(http, componentId) {
    const widget = await http.get('/api/v1/widgets/energybalance', { query: { componentId }, schema: Widget });
    const { externalConsumption: imported, feedIn: exported, batteryStateOfCharge: charge } = widget;
    const soc = charge !== undefined && charge > 1 ? charge / 100 : charge; // beyond 1 it can only be percent
    return { ...widget, imported, exported, soc };
  },
};
