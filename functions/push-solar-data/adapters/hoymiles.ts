/** Hoymiles S-Miles Cloud: the web portal's and the apps' own API, unofficial; one call a reading. */
import * as z from 'zod/mini';
import {
  choice,
  defineAdapter,
  Failure,
  type Http,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
} from './adapter.ts';
import { isThereToday, isYoung, lasts } from './age.ts';
import { Live, readingOf } from './hoymiles/flow.ts';
import { logIn } from './hoymiles/login.ts';
import { platform } from './hoymiles/platform.ts';
import { instantOf } from './local-time.ts';
import { type Choice, chosen } from './only.ts';
import { allPages } from './pages.ts';
import { figure, identifier, numberOf } from './quantities.ts';
import { Refusal } from './refusals.ts';
import { Session, withToken } from './session.ts';

const stationNumber = z.string().check(z.regex(/^\d{1,15}$/, 'must be the number of a plant, such as 775030'));
const settings = {
  username: setting(text, 'Account name or e-mail address of S-Miles'),
  password: secret(text, 'Its password'),
  stationId: setting(
    z.optional(stationNumber),
    'Number of the plant, needed with several: an error message lists them',
  ),
  account: setting(
    z._default(choice({ web: 'S-Miles Cloud, Enduser or Installer', home: 'S-Miles Home app' }), 'web'),
    'web: S-Miles Cloud, Enduser or Installer; home: S-Miles Home app',
  ),
};
const State = z.object({
  stationId: z.string(),
  /** The station's own page, and when it was read, ms since the epoch. */
  station: z.object({ id: z.string(), zone: z.string(), hasBattery: z.boolean(), readAt: z.number() }),
  /** When the figures last proved a battery: see `isThereToday`. */
  seen: z.record(z.string(), z.number()),
  /** Until when nobody logs in, after a refusal: the account may be locked, ms since the epoch. */
  noLogInBefore: z.number(),
});
type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, Session>;

const title = 'Hoymiles';
const dayMs = 86_400_000;
const refusalMs = 1_800_000;

export const hoymiles = defineAdapter({
  vendor: 'hoymiles',
  title: 'Hoymiles S-Miles Cloud',
  homepage: 'https://www.hoymiles.com',
  knownAs: ['S-Miles', 'S-Miles Home', 'DTU'],
  standing: 'experimental',
  refresh: 'one reading in 5 minutes',
  needs: 'user name and password of S-Miles',
  baseUrl: 'https://neapi.hoymiles.com',
  authUrl: ({ account }) => (account === 'home' ? 'https://euapi.hoymiles.com' : 'https://neapi.hoymiles.com'),
  pollSeconds: 120,
  staleAfterSeconds: 1_200,
  settings,
  identity: ['username', 'password', 'account'],
  state: State,
  session: Session,
  always: ['production_kw', 'tsms'],
  discover: async (context) => ({ stationId: await withLogIn(context, stations) }),
  read: (context) =>
    withLogIn(context, async (http) => {
      const options = { title, noun: 'station', several: 'settings' } as const;
      const id = await chosen(context, 'stationId', () => stations(http), options);
      const { zone, hasBattery } = await stationOf(context, http, id);
      const path = '/pvm-data/api/0/station/data/count_station_real_data';
      const { data } = await http.post(path, { json: { sid: Number(id) }, schema: Live });
      const tsms = data.data_time ? instantOf(data.data_time, zone, context.now) : undefined;
      const seen = context.state.seen ?? {};
      context.state.seen = seen;
      const home = {
        hasBattery: (isProven: boolean) => isThereToday(seen, 'battery', isProven, context.now) || hasBattery,
        takes: context.takes,
      };
      return { ...readingOf(data, home), ...(tsms === undefined ? {} : { tsms }) };
    }),
});

function withLogIn<Result>(context: Context, read: (http: Http) => Promise<Result>): Promise<Result> {
  const { settings: values, settingName, now, state } = context;
  const http = platform(context.http, values.account, settingName('account'));
  const renew = async () => {
    if (lasts(state.noLogInBefore, now, refusalMs))
      throw new Failure(
        'auth',
        `${title} refused the log-in and is left alone for half an hour: check ${settingName('username')} and ${settingName('password')}`,
      );
    try {
      return await logIn(http, values, now);
    } catch (error) {
      if (error instanceof Refusal) state.noLogInBefore = now + refusalMs;
      throw error;
    }
  };
  return withToken({ ...context, http }, [renew], read, {
    client: ({ token }) => ({ headers: { authorization: token } }),
  });
}

const Stations = z.object({
  data: z.object({ list: z.array(z.object({ id: identifier, name: z.nullish(z.string()) })), total: figure }),
});

async function stations(http: Http): Promise<Choice[]> {
  const page = async (nth: number) => {
    const json = { page_size: 100, page_num: nth + 1 };
    const { data } = await http.post('/pvm/api/0/station/select_by_page', { json, schema: Stations });
    return { entries: data.list, total: data.total };
  };
  const found = await allPages(title, page, ({ id }) => id);
  return found.map(({ id, name }) => ({ value: id, title: name }));
}

const Station = z.object({
  data: z.object({
    timezone: z.object({ name: z.string() }),
    bms_capacitor: z.optional(z.unknown()),
  }),
});

/** Zone and battery, asked for once a day. */
async function stationOf(
  { state, now }: Context,
  http: Http,
  id: string,
): Promise<{ zone: string; hasBattery: boolean }> {
  const { station } = state;
  if (station?.id === id && isYoung(station.readAt, now, dayMs)) return station;
  const { data } = await http.post('/pvm/api/0/station/find', { json: { id: Number(id) }, schema: Station });
  const found = { id, zone: data.timezone.name, hasBattery: (numberOf(data.bms_capacitor) ?? 0) !== 0, readAt: now };
  state.station = found;
  return found;
}
