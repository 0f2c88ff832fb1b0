/** Sungrow iSolarCloud by its OpenAPI, with the account (V1) or with a consent (V2): one call for each kind of inverter. */
import { defineAdapter } from './adapter.ts';
import { readPlant } from './isolarcloud/live.ts';
import { isolarcloudConsent } from './isolarcloud/login.ts';
import { plants } from './isolarcloud/plant.ts';
import { openCloud } from './isolarcloud/platform.ts';
import { regions, State, settings } from './isolarcloud/settings.ts';
import { TokenSession } from './oauth.ts';

export const isolarcloud = defineAdapter({
  vendor: 'isolarcloud',
  title: 'Sungrow iSolarCloud',
  homepage: 'https://www.isolarcloud.com',
  knownAs: ['Sungrow', 'WiNet', 'isolarcloud.com'],
  standing: 'works with limits',
  refresh: '1 to 10 minutes: the cloud renews them every 5 minutes',
  needs: 'an application on developer-api.isolarcloud.com, which Sungrow reviews by hand for some days',
  baseUrl: ({ region }) => regions[region].gateway,
  pollSeconds: 300, // the documents ask not to call more often
  callsAreCounted: true,
  staleAfterSeconds: 1200,
  settings,
  requires: ({ authMode }) => (authMode === 'oauth2' ? ['refreshToken'] : ['userAccount', 'userPassword']),
  consent: isolarcloudConsent,
  identity: ['authMode', 'appKey', 'userAccount', 'refreshToken'],
  state: State,
  session: TokenSession,
  discover: async (context) => ({ psId: await plants(openCloud(context), context) }),
  read: (context) => readPlant(openCloud(context), context),
});
