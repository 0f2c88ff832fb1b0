/** Sunsynk Connect and its siblings: the flow of the whole plant, whose arrows tell the directions, in watts. */
import * as z from 'zod/mini';
import { inWords } from '../core/freshness.ts';
import {
  type AdapterReading,
  choice,
  defineAdapter,
  Failure,
  flag,
  type Http,
  number,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from './adapter.ts';
import { type Choice, chosen } from './only.ts';
import { identifier } from './quantities.ts';
import { Session, withToken } from './session.ts';
import { Flow, powersOf } from './sunsynk/flow.ts';
import { InverterState, invertersOf } from './sunsynk/inverters.ts';
import { logIn, regions } from './sunsynk/login.ts';
import { canDoWithout, listed, platform } from './sunsynk/platform.ts';

const State = z.extend(InverterState, { plantId: z.optional(z.string()), hasBattery: z.optional(z.boolean()) });

const settings = {
  username: setting(text, 'E-mail address of the Sunsynk Connect account (sunsynk.net or the app)'),
  password: secret(text, 'Its password'),
  region: setting(
    z._default(
      choice({ sunsynk: 'sunsynk.net', inteless: 'E-Linter, older loggers', solark: 'MySolArk, experimental' }),
      'sunsynk',
    ),
    'sunsynk (Sunsynk Connect), inteless (E-Linter, older loggers, pv.inteless.com) or solark (MySolArk)',
  ),
  plantId: setting(
    z.optional(orInAddress(/\/plants\/overview\/(\d{1,15})/, number({ min: 1 }))),
    'Number of the plant, needed if the account sees several: an error message lists them. It is also in the address of the web portal when the plant is open, /plants/overview/<number>; the whole address will do',
  ),
  lifetimeMeters: setting(
    z._default(flag, false),
    'true: read the lifetime counters of import and export too, with one more call per inverter every 5 minutes',
  ),
};
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

export const sunsynk = defineAdapter({
  vendor: 'sunsynk',
  title: 'Sunsynk Connect',
  homepage: 'https://www.sunsynk.net',
  knownAs: ['sunsynk.net'],
  brands: ['Sol-Ark', 'Inteless'],
  standing: 'works with limits',
  refresh: '1 to 5 minutes, as often as the data logger uploads',
  needs: 'e-mail address and password of the account',
  baseUrl: ({ region }) => regions[region].baseUrl,
  pollSeconds: 60,
  staleAfterSeconds: 1200,
  settings,
  state: State,
  session: Session,
  discover: async (context) => ({ plantId: await withLogIn(context, plants) }),
  read: (context) => withLogIn(context, (http) => readPlant(http, context)),
});

const withLogIn = <Result>(context: Context, read: (http: Http) => Promise<Result>): Promise<Result> => {
  const asked = { ...context, http: platform(context.http) };
  return withToken(asked, [() => logIn(asked)], read, { marginSeconds: 86_400 });
};

async function readPlant(http: Http, context: Context): Promise<AdapterReading> {
  const { settings, note } = context;
  const plantId = await chosen(context, 'plantId', () => plants(http), {
    title: 'Sunsynk Connect',
    noun: 'plant',
    none: ['auth', 'share the plant with this account, or use another'],
  });
  const tsms = await measuredAt(plantId, context, http);
  const { data: flow } = await http.get(`/api/v1/plant/energy/${plantId}/flow`, { schema: z.object({ data: Flow }) });
  if (flow.bmsCommFaultFlag === true || flow.bmsCommFaultFlag === 1)
    note('the inverter has lost the connection to its battery: the battery figures may be old');
  const inverters = invertersOf(plantId, context, http);
  return {
    ...(await powersOf(flow, inverters, context)),
    ...(settings.lifetimeMeters ? await inverters.meters() : {}),
    tsms,
  };
}

const Plant = z.object({ id: identifier, name: z.nullish(z.string()) });

async function plants(http: Http): Promise<Choice[]> {
  const found = await listed(http, '/api/v1/plants', { limit: 10 }, Plant, ({ id }) => id);
  return found.map(({ id, name }) => ({ value: id, title: name }));
}

const PlantRealtime = z.object({ data: z.object({ updateAt: z.nullish(z.string()) }) });

/**
 * ms since the epoch of the data logger's last upload; undefined if it cannot be told.
 *
 * @throws Failure `stale`: the flow goes on showing the last figures when the data logger is away.
 */
async function measuredAt(
  plantId: string,
  { now, staleAfterSeconds, note }: Context,
  http: Http,
): Promise<number | undefined> {
  const query = { id: plantId };
  const answer = http.get(`/api/v1/plant/${plantId}/realtime`, { query, schema: PlantRealtime });
  const updateAt = await answer.then(
    ({ data }) => data.updateAt ?? '',
    (error: unknown) => {
      if (!canDoWithout(error)) throw error;
      note(`the time of measurement could not be read: ${error.message}`);
      return '';
    },
  );
  const tsms = /(Z|[+-]\d\d:?\d\d)$/.test(updateAt) ? Date.parse(updateAt) : Number.NaN;
  if (Number.isNaN(tsms)) return undefined;
  const ageSeconds = (now - tsms) / 1000;
  if (ageSeconds <= staleAfterSeconds) return tsms;
  throw new Failure(
    'stale',
    `Sunsynk Connect has heard nothing of the inverter for ${inWords(ageSeconds)}: is its data logger (Wi-Fi stick) connected?`,
  );
}
