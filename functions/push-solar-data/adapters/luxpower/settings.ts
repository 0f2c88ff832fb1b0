/** What the owner sets of the portal, what is kept of it, and what a read is given. */
import * as z from 'zod/mini';
import { choice, list, type ReadContext, type SettingValues, secret, setting, text } from '../adapter.ts';
import type { Session } from '../session.ts';

export const title = 'LuxPower / EG4 Monitor';

export const hosts = {
  eg4: 'https://monitor.eg4electronics.com',
  us: 'https://us.luxpowertek.com',
  na: 'https://na.luxpowertek.com',
  eu: 'https://eu.luxpowertek.com',
  sea: 'https://sea.luxpowertek.com',
  af: 'https://af.luxpowertek.com',
  cn: 'https://server.luxpowertek.com',
} as const;

export const settings = {
  account: setting(text, 'User name of the monitor portal or app, which is often no e-mail address'),
  password: secret(text, 'Its password; best of a viewer account that is made for this purpose'),
  server: setting(
    z._default(
      choice({
        eg4: 'monitor.eg4electronics.com',
        us: 'us.luxpowertek.com',
        na: 'na.luxpowertek.com',
        eu: 'eu.luxpowertek.com',
        sea: 'sea.luxpowertek.com: Asia Pacific, Australia',
        af: 'af.luxpowertek.com',
        cn: 'server.luxpowertek.com',
      }),
      'eg4',
    ),
    'Server of the account, by the address that works in the browser: eg4 (monitor.eg4electronics.com), us, na, eu, sea (Asia Pacific, Australia), af or cn (server.luxpowertek.com)',
  ),
  plantId: setting(z.optional(text), 'Number of the station, needed with several: an error message lists them'),
  serials: setting(
    z.optional(list),
    'Serial numbers of the inverters (or of the GridBOSS) of this home, separated by commas; without it, all of the station',
  ),
  gridMeter: setting(
    z._default(choice({ auto: 'usual', none: 'no grid clamp or meter is fitted' }), 'auto'),
    'none: no grid clamp or meter is fitted, so production and battery only; else auto',
  ),
};

export const State = z.object({
  /** By serial number, as the last log-in listed it: the GridBOSS that is read for all inverters, or else each that is. */
  equipment: z.object({ gridBoss: z.optional(z.string()), inverters: z.array(z.string()) }),
  /** When each leg and port of a GridBOSS, and each inverter behind it by its place, was last there, ms since the epoch. */
  seen: z.record(z.string(), z.number()),
  members: z.record(z.string(), z.number()),
});
export type LuxPowerContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;
