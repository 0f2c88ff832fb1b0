/** Fronius Solar.web: one call for all inverters of a system, in signed watts. */
import * as z from 'zod/mini';
import { type AdapterReading, defineAdapter, Failure, type Http } from './adapter.ts';
import { Flow, readingOf } from './fronius-solarweb/flow.ts';
import { withLogIn } from './fronius-solarweb/login.ts';
import { type FroniusContext, State, settings } from './fronius-solarweb/settings.ts';
import { readTotals } from './fronius-solarweb/totals.ts';
import { TokenSession } from './oauth.ts';
import { type Choice, chosen, refuseOther } from './only.ts';
import { allPages } from './pages.ts';
import { figure, identifier, words } from './quantities.ts';
import { isRefusal } from './refusals.ts';

const whose = { title: 'Fronius Solar.web', noun: 'system' };

export const froniusSolarweb = defineAdapter({
  vendor: 'fronius-solarweb',
  title: whose.title,
  homepage: 'https://www.solarweb.com',
  knownAs: ['Solar.web', 'solarweb.com', 'Query API', 'Wattpilot'],
  standing: 'works with limits',
  refresh: 'seconds to 2 minutes',
  needs: 'an access key of the Solar.web Query API, which Fronius gives to business accounts and may bill',
  baseUrl: 'https://api.solarweb.com',
  pollSeconds: 60,
  staleAfterSeconds: 600,
  callsAreCounted: true,
  settings,
  requires: ({ username }) => (username ? ['password'] : []),
  state: State,
  session: TokenSession,
  always: ({ hasSmartMeter }) => ({
    [hasSmartMeter ? 'net_import_kw' : 'production_kw']: 'offline',
    tsms: 'bad-response',
  }),
  discover: async (context) => ({ pvSystemId: await withLogIn(context, systems) }),
  read: (context) => withLogIn(context, (http) => readSystem(http, context)),
});

async function readSystem(http: Http, context: FroniusContext): Promise<AdapterReading> {
  const id = await chosen(context, 'pvSystemId', () => systems(http), whose);
  const path = `/swqapi/pvsystems/${encodeURIComponent(id)}`;
  const flow = await http
    .get(`${path}/flowdata`, { query: { timezone: 'zulu' }, schema: Flow })
    .catch((error: unknown) => {
      const isOfSystem = isRefusal(error, 1013, 1015) || (error instanceof Failure && error.status === 404);
      if (isOfSystem) delete context.state.pvSystemId; // perhaps it was exchanged
      throw error;
    });
  refuseOther(flow.pvSystemId?.toLowerCase(), id.toLowerCase(), whose);
  const reading = readingOf(flow, context);
  return { ...reading, ...(await readTotals(http, path, reading, context)) };
}

const Systems = z.object({
  pvSystems: z.array(z.object({ pvSystemId: identifier, name: words })),
  links: z.nullish(z.object({ totalItemsCount: figure })),
});

async function systems(http: Http): Promise<Choice[]> {
  const limit = 50;
  const page = async (nth: number) => {
    const query = { offset: nth * limit, limit };
    const { pvSystems, links } = await http.get('/swqapi/pvsystems', { query, schema: Systems });
    return { entries: pvSystems, total: links?.totalItemsCount };
  };
  const found = await allPages(whose.title, page, ({ pvSystemId }) => pvSystemId);
  return found.map(({ pvSystemId, name }) => ({ value: pvSystemId, title: name }));
}
