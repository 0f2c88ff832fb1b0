/** Example Cloud: one log-in, one call, signed watts. */
import * as z from 'zod/mini';
import {
  defineAdapter,
  type Http,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from '../../functions/push-solar-data/adapters/adapter.ts';
import { requestToken, TokenSession } from '../../functions/push-solar-data/adapters/oauth.ts';
import { type Choice, chosen } from '../../functions/push-solar-data/adapters/only.ts';
import { identifier } from '../../functions/push-solar-data/adapters/quantities.ts';
import { withToken } from '../../functions/push-solar-data/adapters/session.ts';
import { negativeWatts, percent, utc, watts } from '../../functions/push-solar-data/adapters/units.ts';

const State = z.object({ plantId: z.string() });
const settings = {
  clientId: setting(text, 'Client id: portal → Profile → Developer'),
  clientSecret: secret(text, 'Client secret, on the same page'),
  plantId: setting(z.optional(text), 'Number of the plant, needed with several: an error message lists them'),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;

export const exampleCloud = defineAdapter({
  vendor: 'example-cloud',
  title: 'Example Cloud',
  homepage: 'https://cloud.example.com',
  standing: 'experimental',
  refresh: 'a minute',
  needs: 'a client id and a client secret',
  baseUrl: 'https://api.example.com',
  pollSeconds: 60,
  settings,
  state: State,
  session: TokenSession,
  always: ['production_kw', 'net_import_kw', 'tsms'],
  discover: async (context) => ({ plantId: await withLogIn(context, plants) }),
  read: (context) =>
    withLogIn(context, async (http) => {
      const plantId = await chosen(context, 'plantId', () => plants(http), { title: 'Example Cloud', noun: 'plant' });
      const { pv, grid, battery, soc, measuredAt } = await http.get(`/v1/plants/${encodeURIComponent(plantId)}/live`, {
        schema: Live,
        kinds: { 404: ['bad-response', `knows no plant ${plantId}: check ${context.settingName('plantId')}`] },
      });
      return {
        production_kw: pv,
        net_import_kw: grid,
        battery_discharge_kw: battery,
        battery_soc: soc,
        tsms: measuredAt,
      };
    }),
});

const withLogIn = <Result>(context: Context, read: (http: Http) => Promise<Result>): Promise<Result> =>
  withToken(context, [() => logIn(context)], read);

const logIn = (context: Context): Promise<TokenSession> =>
  requestToken(context, {
    path: '/oauth/token',
    grant: { grant_type: 'client_credentials' },
    client: { id: context.settings.clientId, secret: context.settings.clientSecret },
    refused: () => 'refused the client id or the client secret: check both',
  });

const Plants = z.array(z.object({ id: identifier, name: z.nullish(z.string()) }));

async function plants(http: Http): Promise<Choice[]> {
  const found = await http.get('/v1/plants', { schema: Plants });
  return found.map(({ id, name }) => ({ value: id, title: name }));
}

/** `grid`: + import. `battery`: + charging. */
const Live = z.object({ pv: watts, grid: watts, battery: negativeWatts, soc: percent, measuredAt: utc });
