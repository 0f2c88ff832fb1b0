/** The portal of LuxPower and EG4: its web pages' own API, unofficial; one call for each inverter, or one in all with a GridBOSS. */
import * as z from 'zod/mini';
import {
  choice,
  defineAdapter,
  Failure,
  type Http,
  list,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from './adapter.ts';
import { readGridBoss } from './luxpower/gridboss.ts';
import { readInverters } from './luxpower/inverters.ts';
import { cookie, equipmentOf, logIn, portal } from './luxpower/portal.ts';
import { Session, withToken } from './session.ts';

const hosts = {
  eg4: 'https://monitor.eg4electronics.com',
  us: 'https://us.luxpowertek.com',
  na: 'https://na.luxpowertek.com',
  eu: 'https://eu.luxpowertek.com',
  sea: 'https://sea.luxpowertek.com',
  af: 'https://af.luxpowertek.com',
  cn: 'https://server.luxpowertek.com',
} as const;

const settings = {
  account: setting(text, 'User name of the monitor portal or app, which is often no e-mail address'),
  password: secret(text, 'Its password; best of a viewer account that is made for this purpose'),
  server: setting(
    z._default(choice('eg4', 'us', 'na', 'eu', 'sea', 'af', 'cn'), 'eg4'),
    'Server of the account, by the address that works in the browser: eg4 (monitor.eg4electronics.com), us, na, eu, sea (Asia Pacific, Australia), af or cn (server.luxpowertek.com)',
  ),
  plantId: setting(z.optional(text), 'Number of the station, needed with several: an error message lists them'),
  serials: setting(
    z.optional(list),
    'Serial numbers of the inverters (or of the GridBOSS) of this home, separated by commas; without it, all of the station',
  ),
  gridMeter: setting(
    z._default(choice('auto', 'none'), 'auto'),
    'none: no grid clamp or meter is fitted, so production and battery only; else auto',
  ),
};

const State = z.object({
  /** By serial number, as the last log-in listed it: the GridBOSS that is read for all inverters, or else each that is. */
  equipment: z.object({ gridBoss: z.optional(z.string()), inverters: z.array(z.string()) }),
  /** When each leg and port of a GridBOSS, and each inverter behind it by its place, was last there, ms since the epoch. */
  seen: z.record(z.string(), z.number()),
  members: z.record(z.string(), z.number()),
});
export type LuxPowerContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const luxpower = defineAdapter({
  vendor: 'luxpower',
  title: 'LuxPower / EG4 Monitor',
  homepage: 'https://monitor.eg4electronics.com',
  standing: 'works with limits',
  refresh: '2 to 5 minutes, as often as the dongle sends',
  needs: 'user name and password of the monitor portal',
  baseUrl: ({ server }) => hosts[server],
  pollSeconds: 60,
  settings,
  state: State,
  session: Session,
  async discover(context) {
    const { plants } = await logIn(context);
    return {
      plantId: plants.map(({ plantId, name }) => ({ value: plantId, title: name })),
      serials: plants.flatMap(({ devices }) => devices.map(({ sn, type }) => ({ value: sn, title: type }))),
    };
  },
  read(context) {
    const { state } = context;
    const renew = async () => {
      const { token, plants } = await logIn(context);
      state.equipment = equipmentOf(plants, context);
      return { token };
    };
    const read = (http: Http) => {
      // Only a log-in lists it.
      if (!state.equipment) throw new Failure('auth', 'The devices of the account are not known', { status: 401 });
      const { gridBoss, inverters } = state.equipment;
      return gridBoss === undefined
        ? readInverters(inverters, http, context)
        : readGridBoss(gridBoss, inverters.length, http, context);
    };
    const client = ({ token }: Session) => ({ headers: cookie(token) });
    return withToken({ ...context, http: portal(context) }, [renew], async (http) => read(http), { client });
  },
});
