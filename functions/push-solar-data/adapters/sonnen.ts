/** sonnen in one of two ways: the battery's own JSON API through the owner's tunnel, or what the web page my.sonnen.de asks. */
import { type AdapterReading, defineAdapter } from './adapter.ts';
import { TokenSession } from './oauth.ts';
import { fromCloud, sites, withLogIn } from './sonnen/cloud.ts';
import { fromBattery } from './sonnen/local.ts';
import { State, settings } from './sonnen/settings.ts';

export const sonnen = defineAdapter({
  vendor: 'sonnen',
  title: 'sonnen (sonnenBatterie)',
  homepage: 'https://my.sonnen.de',
  knownAs: ['sonnenBatterie', 'meine.sonnen.de', 'my.sonnen'],
  standing: 'recommended',
  refresh: 'about a second; in mode cloud seconds to two minutes',
  needs:
    'the https address of your own tunnel to the battery and its Auth-Token, or the log-in of my.sonnen (experimental)',
  baseUrl: 'https://my-api.sonnen.de',
  authUrl: 'https://account.sonnen.de',
  pollSeconds: 60,
  staleAfterSeconds: 300,
  settings,
  requires: ({ mode }) => (mode === 'cloud' ? ['email', 'password', 'clientId'] : ['baseUrl', 'authToken']),
  identity: ['mode', 'email', 'password', 'clientId'],
  state: State,
  session: TokenSession,
  always({ mode, timeZone }) {
    const hasTime = mode === 'cloud' || timeZone !== undefined;
    return ['production_kw', 'net_import_kw', 'battery_discharge_kw', ...(hasTime ? (['tsms'] as const) : [])];
  },
  discover: async (context) => (context.settings.mode === 'cloud' ? { siteId: await withLogIn(context, sites) } : {}),
  read: (context): Promise<AdapterReading> =>
    context.settings.mode === 'cloud' ? fromCloud(context) : fromBattery(context),
});
