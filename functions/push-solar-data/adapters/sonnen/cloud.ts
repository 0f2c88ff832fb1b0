/** What the web page my.sonnen.de itself asks: the live state, else the newest minute of a series. Unsigned watts, unofficial. */
import * as z from 'zod/mini';
import { Failure, type Http, type Reading } from '../adapter.ts';
import { type Choice, chosen } from '../only.ts';
import { difference, identifier } from '../quantities.ts';
import { bearer, withToken } from '../session.ts';
import { percent, utc, watts } from '../units.ts';
import { portal, ways } from './login.ts';
import type { SonnenContext } from './settings.ts';

export const withLogIn = <Result>(context: SonnenContext, read: (http: Http) => Promise<Result>): Promise<Result> =>
  withToken(context, ways(context), read, {
    client: (session) => ({
      headers: { ...bearer(session), accept: 'application/json,application/vnd.api+json', origin: portal },
    }),
  });

const Site = z.object({ id: identifier });
const Me = z.object({
  data: z.object({
    relationships: z.object({
      'default-site': z.nullish(z.object({ data: z.nullish(Site) })),
      sites: z.nullish(z.object({ data: z.nullish(z.array(Site)) })),
    }),
  }),
});

/** The default one first. */
export async function sites(http: Http): Promise<Choice[]> {
  const { relationships } = (await http.get('/v1/users/me', { schema: Me })).data;
  const usual = relationships['default-site']?.data?.id;
  const others = (relationships.sites?.data ?? []).flatMap(({ id }) => (id === usual ? [] : [{ value: id }]));
  return usual === undefined ? others : [{ value: usual, title: 'the default site' }, ...others];
}

/** Each direction has its column, never below 0. */
const powers = {
  production_power: watts,
  grid_purchase: watts,
  grid_feedin: watts,
  battery_discharging: watts,
  battery_charging: watts,
};
const columns = Object.keys(powers) as (keyof typeof powers)[];
type Powers = { [Column in keyof typeof powers]?: number | undefined };

const LiveState = z.object({
  data: z.object({
    attributes: z.object({ ...powers, battery_usoc: percent, online: z.optional(z.unknown()), timestamp: utc }),
  }),
});

const series = z.array(watts);
/** A value a minute. */
const Measurements = z.object({
  data: z.object({
    attributes: z.object({
      production_power: series,
      grid_purchase: series,
      grid_feedin: series,
      battery_discharging: series,
      battery_charging: series,
      battery_usoc: z.nullish(z.array(percent)),
      start: utc,
      resolution: z.nullish(z.literal('1m')),
    }),
  }),
});

export const fromCloud = (context: SonnenContext) =>
  withLogIn(context, async (http) => {
    const whose = { title: 'sonnen', noun: 'site' };
    const siteId = await chosen(context, 'siteId', async () => (await sites(http)).slice(0, 1), whose);
    const path = `/v1/sites/${encodeURIComponent(siteId)}`;
    const live = await http.send('GET', `${path}/live-state`, { accept: [404] });
    if (live.status !== 404) return ofLiveState(live.json(LiveState).data.attributes);
    try {
      return await newestMinute(http, path, context.now);
    } catch (error) {
      if (!(error instanceof Failure && error.status === 404)) throw error;
      delete context.state.siteId;
      throw new Failure(
        'bad-response',
        `sonnen knows no site ${siteId}: check ${context.settingName('siteId')}`,
        error,
      );
    }
  });

function ofLiveState({ online, timestamp, ...figures }: z.output<typeof LiveState>['data']['attributes']) {
  if (online === false) throw new Failure('offline', 'sonnen says that the battery is not connected to the internet');
  return readingOf(figures, figures.battery_usoc, timestamp);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Of the last hour. */
async function newestMinute(http: Http, path: string, now: number) {
  const end = Math.floor(now / minuteMs) * minuteMs;
  const [from, to] = [end - hourMs, end].map((ms) => new Date(ms).toISOString());
  const query = { 'filter[start]': from, 'filter[end]': to };
  const { attributes } = (await http.get(`${path}/measurements`, { query, schema: Measurements })).data;
  const minutes = attributes.production_power.map(
    (_, minute): Powers => Object.fromEntries(columns.map((column) => [column, attributes[column][minute]])),
  );
  const newest = minutes.findLastIndex((minute) => columns.every((column) => minute[column] !== undefined));
  const figures = minutes[newest];
  if (!figures) throw new Failure('stale', 'sonnen has no measurement of the last hour: is the battery connected?');
  const tsms = attributes.start === undefined ? undefined : attributes.start + newest * minuteMs;
  return readingOf(figures, attributes.battery_usoc?.[newest], tsms);
}

const readingOf = (
  powers: Powers,
  battery_soc: number | undefined,
  tsms: number | undefined,
): { [Field in keyof Reading]: Reading[Field] | undefined } => ({
  production_kw: powers.production_power,
  net_import_kw: difference(powers.grid_purchase, powers.grid_feedin),
  battery_discharge_kw: difference(powers.battery_discharging, powers.battery_charging),
  battery_soc,
  tsms,
});
