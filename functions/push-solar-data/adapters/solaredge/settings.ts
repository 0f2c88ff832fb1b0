/** What an owner sets for SolarEdge, and what is kept between reads. */
import * as z from 'zod/mini';
import {
  choice,
  flag,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';

/** Times in ms. */
export const State = z.object({
  /** V1: when the site was last found to have no meter. */
  meterlessAt: z.number(),
  /** V1: of the site. */
  timeZone: z.string(),
  /** V1: when the power flow was last there. */
  flow: z.record(z.string(), z.number()),
  /** V2: when each series of a meter was last there. */
  seen: z.record(z.string(), z.number()),
  /** V2: whether import or export was ever there. */
  hasGrid: z.boolean(),
  /** V2: what the site's list of devices shows, and when it was asked. */
  devices: z.object({ askedAt: z.number(), meter: z.boolean(), battery: z.boolean() }),
});

export const settings = {
  apiGeneration: setting(
    z._default(
      choice({
        v2: 'SolarEdge ONE for Developers',
        v1: 'Monitoring API, which SolarEdge announced to end in November 2026',
      }),
      'v2',
    ),
    'v2 (SolarEdge ONE for Developers) or v1 (Monitoring API, which SolarEdge announced to end in November 2026)',
  ),
  siteId: setting(
    orInAddress(/[?&]site_id=(\d{1,15})/, text),
    'Number of your site: v1 on the page of the API key; v2 the site_id in the address at which your consent ends (the whole address will do), or in the address of your site on monitoring.solaredge.com',
  ),
  apiKey: secret(
    z.optional(text),
    "v1: API key, from monitoring.solaredge.com → Admin → Site Access → API Access. v2: an installer's key; with it no consent is needed",
  ),
  clientId: setting(z.optional(text), 'v2: client ID of your own app at developer.solaredge.com'),
  clientSecret: secret(z.optional(text), 'v2: client secret, on the same page'),
  refreshToken: secret(
    z.optional(text),
    'v2: refresh token from your one-time consent in a browser (docs/adapters/solaredge.md); only the first one, later ones are kept by the bridge',
  ),
  hasGridMeter: setting(
    z.optional(flag),
    'v2: true if the site has a meter at the grid, false if not; unset, its list of devices decides',
  ),
  hasBattery: setting(
    z.optional(flag),
    'v2: true if the site has a battery, false if not; unset, its list of devices decides. Each thing less to read makes readings more frequent',
  ),
  timeZone: setting(
    z.optional(timeZone),
    'Time zone of the site, such as Australia/Sydney; unset, v1 asks for it where it is needed, and v2 asks in UTC',
  ),
};

export type SolarEdgeContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
