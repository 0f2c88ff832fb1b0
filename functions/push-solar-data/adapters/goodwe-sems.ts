/** GoodWe SEMS+: the flow of the whole station, by the private interface of the maker's web app. */
import * as z from 'zod/mini';
import { type AdapterReading, defineAdapter, type Http, timeZone } from './adapter.ts';
import { Flow, powersOf } from './goodwe-sems/flow.ts';
import { gatewayOf, webOriginOf, withLogIn } from './goodwe-sems/login.ts';
import { type SemsContext, SemsSession, State, type Station, settings } from './goodwe-sems/settings.ts';
import { totalsOf } from './goodwe-sems/totals.ts';
import { instantOf } from './local-time.ts';
import { type Choice, refuseOther, theOnly } from './only.ts';
import { allPages } from './pages.ts';
import { identifier, words } from './quantities.ts';
import { Refusal } from './refusals.ts';
import { utc } from './units.ts';

export const goodweSems = defineAdapter({
  vendor: 'goodwe-sems',
  title: 'GoodWe SEMS+',
  homepage: 'https://semsplus.goodwe.com',
  knownAs: ['SEMS Portal', 'SEMS+', 'semsportal.com'],
  standing: 'works with limits',
  refresh: 'a minute or two',
  needs: 'e-mail address and password of a SEMS+ account, best of a visitor of the station',
  baseUrl: gatewayOf,
  authUrl: webOriginOf,
  pollSeconds: 60,
  settings,
  identity: ['email', 'password', 'region', 'stationId'],
  state: State,
  session: SemsSession,
  discover: async (context) => ({ stationId: await withLogIn(context, stations) }),
  read: (context) => withLogIn(context, (client) => readStation(client, context)),
});

const title = 'GoodWe SEMS+';

async function readStation(client: () => Http, context: SemsContext): Promise<AdapterReading> {
  const { id, zone } = await stationOf(client, context);
  const { data } = await client()
    .get('/web/sems/sems-plant/api/stations/flow', { query: { stationId: id }, schema: Live })
    .catch((error: unknown) => {
      if (error instanceof Refusal && error.kind === 'bad-response') delete context.state.station; // perhaps it was exchanged
      throw error;
    });
  const flow = data ?? {};
  refuseOther(flow.id?.toLowerCase(), id.toLowerCase(), { title, noun: 'station' });
  const powers = powersOf(flow, context);
  return {
    ...powers,
    ...(await totalsOf(client, id, context)),
    tsms: measuredAt(flow.refreshTime, zone, context),
  };
}

const Live = z.object({ data: z.nullish(Flow) });

/** The list is asked only where the settings do not say all, and once. */
async function stationOf(client: () => Http, context: SemsContext): Promise<Station> {
  const { settings, state, settingName } = context;
  const { stationId, timeZone: zone } = settings;
  if (stationId !== undefined && zone !== undefined) return { id: stationId, zone };
  if (!state.station) {
    const all = await stations(client);
    const asked = stationId === undefined ? undefined : { value: stationId, zone: undefined };
    const setting = settingName('stationId');
    const none = ['auth', 'share the station with this account, or use another'] as const;
    const named = all.find(({ value }) => value.toLowerCase() === stationId?.toLowerCase());
    const found = named ?? asked ?? theOnly(all, { setting, title, noun: 'station', none, several: 'auth' });
    state.station = { id: found.value, ...(found.zone === undefined ? {} : { zone: found.zone }) };
  }
  return { ...state.station, ...(zone === undefined ? {} : { zone }) };
}

const Row = z.object({ id: identifier, name: words, timeZone: words });
const Stations = z.object({ data: z.nullish(z.object({ dataList: z.nullish(z.array(Row)) })) });
const pageSize = 100;

async function stations(client: () => Http): Promise<(Choice & { zone: string | undefined })[]> {
  const page = async (nth: number) => {
    const json = { current: nth + 1, size: pageSize };
    const { data } = await client().post('/web/sems/sems-plant/api/portal/stations/page', { json, schema: Stations });
    const entries = data?.dataList ?? [];
    return { entries, total: entries.length < pageSize ? 0 : Number.POSITIVE_INFINITY }; // the last page is not full
  };
  const rows = await allPages(title, page, ({ id }) => id);
  return rows.map(({ id, name, timeZone }) => ({ value: id, title: name, zone: timeZone ?? undefined }));
}

const fixedOffset = /^UTC([+-]\d\d:\d\d)$/;

/** ms since the epoch of what the plant's clocks showed, in a zone by name or by `UTC+01:00`; undefined if that is not certain. */
function measuredAt(shown: string | null | undefined, zone = '', { now, note }: SemsContext): number | undefined {
  const offset = fixedOffset.exec(zone)?.[1];
  const known = timeZone.safeParse(zone || undefined).data;
  if (!shown || (offset === undefined && known === undefined)) return undefined;
  const tsms = offset === undefined ? instantOf(shown, known ?? '', now) : utc.parse(`${shown}${offset}`);
  if (tsms === undefined || tsms <= now + 300_000) return tsms;
  note('the time of measurement lies in the future and is not used: is the time zone of the station right?');
  return undefined;
}
