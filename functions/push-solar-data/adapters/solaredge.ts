/** SolarEdge in one of two ways: the owner's consent to V2 with its means of 15 minutes, or the ending V1 with its live power flow. */
import { type AdapterAnswer, defineAdapter } from './adapter.ts';
import { TokenSession } from './oauth.ts';
import { solarEdgeConsent } from './solaredge/login.ts';
import { State, settings } from './solaredge/settings.ts';
import { readV1 } from './solaredge/v1.ts';
import { readV2 } from './solaredge/v2.ts';

/** V2, free plan: 31 days at one call in this time are 1,913 of the 2,000 calls of a month. */
const secondsPerCall = 1400;

export const solaredge = defineAdapter({
  vendor: 'solaredge',
  title: 'SolarEdge',
  homepage: 'https://monitoring.solaredge.com',
  knownAs: ['mySolarEdge', 'monitoring.solaredge.com'],
  standing: 'experimental',
  refresh:
    'v2: means of 15 minutes, on the free plan one in 23 to 70 minutes; v1: seconds to minutes old, every 5 minutes',
  needs:
    "an app of your own at developer.solaredge.com and one consent in a browser, an installer's key, or a key of V1",
  baseUrl: 'https://monitoringapi.solaredge.com',
  pollSeconds: ({ apiGeneration, hasGridMeter, hasBattery }) =>
    apiGeneration === 'v1' ? 300 : secondsPerCall * (1 + Number(hasGridMeter ?? true) + Number(hasBattery ?? true)),
  // V1: 300 calls a day. V2: nothing changes within a quarter of an hour.
  pollFloorSeconds: ({ apiGeneration }) => (apiGeneration === 'v1' ? 300 : 900),
  callsAreCounted: true,
  retries: false,
  // V2: a quarter that began 40 minutes ago, by its end.
  staleAfterSeconds: ({ apiGeneration }) => (apiGeneration === 'v1' ? 2400 : 1500),
  settings,
  requires({ apiGeneration, apiKey }) {
    if (apiGeneration === 'v1') return ['apiKey'];
    return apiKey === undefined ? ['clientId', 'clientSecret', 'refreshToken'] : [];
  },
  consent: solarEdgeConsent,
  identity: ['siteId', 'clientId', 'refreshToken'],
  state: State,
  session: TokenSession,
  always: ['production_kw'],
  read: (context): Promise<AdapterAnswer> =>
    context.settings.apiGeneration === 'v1' ? readV1(context) : readV2(context),
});
