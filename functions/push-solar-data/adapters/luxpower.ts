/** The portal of LuxPower and EG4: its web pages' own API, unofficial; one call for each inverter, or one in all with a GridBOSS. */
import { defineAdapter, Failure, type Http } from './adapter.ts';
import { readGridBoss } from './luxpower/gridboss.ts';
import { readInverters } from './luxpower/inverters.ts';
import { cookie, equipmentOf, logIn, portal } from './luxpower/portal.ts';
import { hosts, State, settings, title } from './luxpower/settings.ts';
import { Session, withToken } from './session.ts';

export const luxpower = defineAdapter({
  vendor: 'luxpower',
  title,
  homepage: 'https://monitor.eg4electronics.com',
  knownAs: ['LuxpowerTek', 'monitor.eg4electronics.com', 'GridBOSS'],
  brands: ['EG4'],
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
    return { plantId: plants.map(({ plantId, name }) => ({ value: plantId, title: name })) };
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
