/** Tesla's Fleet API: the live status of one energy site (Powerwall, solar roof), signed watts; also through resellers of the same API. */
import * as z from 'zod/mini';
import { type AdapterReading, defineAdapter, total, withLacking } from './adapter.ts';
import { isThereToday, isYoung } from './age.ts';
import { TokenSession } from './oauth.ts';
import { type Choice, theOnly } from './only.ts';
import { difference, words } from './quantities.ts';
import { teslaConsent } from './tesla/consent.ts';
import { type Ask, hosts, listHoldSeconds, withLogIn } from './tesla/platform.ts';
import { type Site, State, settings, type TeslaContext } from './tesla/settings.ts';
import { percent, utc, wattHours, watts } from './units.ts';

export const tesla = defineAdapter({
  vendor: 'tesla',
  title: 'Tesla (Powerwall, Fleet API)',
  homepage: 'https://developer.tesla.com',
  knownAs: ['Powerwall', 'Fleet API', 'tesla.com'],
  standing: 'works with limits',
  refresh: 'seconds; users report minutes now and then, and freezes of hours, which are told as stale',
  needs:
    'an application of your own at developer.tesla.com, with a domain of your own, and one consent in a browser; Tesla may bill the calls',
  baseUrl: ({ region }) => hosts[region],
  authUrl: ({ region }) => (region === 'cn' ? 'https://auth.tesla.cn' : 'https://fleet-auth.prd.vn.cloud.tesla.com'),
  pollSeconds: 60,
  staleAfterSeconds: 600,
  callsAreCounted: true, // and perhaps billed, those too that fail
  retries: false,
  settings,
  requires: ({ accessToken }) => (accessToken === undefined ? ['clientId', 'refreshToken'] : []),
  consent: teslaConsent,
  // With another region or site the refresh token that is kept stays good, and the first one is long used up.
  identity: ['clientId', 'refreshToken', 'accessToken'],
  state: State,
  session: TokenSession,
  always: ['net_import_kw', 'tsms'],
  discover: async (context) => ({ energySiteId: await withLogIn(context, energySites) }),
  read: (context): Promise<AdapterReading> =>
    withLogIn(context, async (ask) => {
      const site = await siteOf(context, ask);
      const { response } = await ask(`/api/1/energy_sites/${site.id}/live_status`, LiveStatus);
      return readingOf(response, site, context);
    }),
});

const known = z.nullish(z.boolean());
/** Cars stand there too, and have neither. */
const Products = z.object({
  response: z.array(
    z.object({
      energy_site_id: z.optional(z.unknown()),
      resource_type: z.optional(z.unknown()),
      site_name: words,
      components: z.nullish(z.object({ battery: known, solar: known, grid: known, load_meter: known })),
    }),
  ),
});
type Listed = Choice & Pick<Site, 'battery' | 'solar'>;

/** Without what has no component at all: empty sites, wall connectors. */
async function energySites(ask: Ask): Promise<Listed[]> {
  const { response } = await ask('/api/1/products', Products);
  return response.flatMap(({ energy_site_id: id, resource_type, site_name, components }) => {
    const { battery, solar, grid, load_meter } = components ?? {};
    if (typeof id !== 'number' || resource_type === 'wall_connector' || !(battery || solar || grid || load_meter))
      return [];
    return [{ value: String(id), title: site_name, battery: battery === true, solar: solar !== false }];
  });
}

/** Asked for once, since each call may cost money. */
async function siteOf({ settings: { energySiteId }, settingName, state, now }: TeslaContext, ask: Ask): Promise<Site> {
  const wanted = energySiteId === undefined ? undefined : String(energySiteId);
  if (state.site && (wanted ?? state.site.id) === state.site.id) return state.site;
  const sites = await energySites(ask);
  const setting = settingName('energySiteId');
  const there = sites.map(({ value }) => value).join(', ');
  const { value, battery, solar } = theOnly(
    sites.filter((site) => wanted === undefined || site.value === wanted),
    {
      ...{ setting, title: 'Tesla', noun: wanted === undefined ? 'energy site' : `energy site ${wanted}` },
      ...(there && { none: ['bad-response', `set ${setting} to one of ${there}`] as const }),
      retryAfterSeconds: listHoldSeconds,
    },
  );
  state.site = { id: value, battery, solar, listedAt: now };
  return state.site;
}

/** `battery_power`: + discharging. `grid_power`: + import. `load_power`: solar + battery + grid, + generator where one runs. */
const LiveStatus = z.object({
  response: z.object({
    solar_power: watts,
    battery_power: watts,
    grid_power: watts,
    load_power: watts,
    generator_power: watts,
    percentage_charged: percent,
    energy_left: wattHours,
    total_pack_energy: wattHours,
    timestamp: utc,
  }),
});
type Live = z.output<typeof LiveStatus>['response'];

const hourMs = 3_600_000;

function readingOf(live: Live, site: Site, context: TeslaContext): AdapterReading {
  const { state, now } = context;
  const { solar_power: solar, grid_power: grid, load_power: load } = live;
  state.seen ??= {};
  // The home is solar + battery + grid, and a generator only where there is one.
  const hasGenerator = isThereToday(state.seen, 'generator', (live.generator_power ?? 0) !== 0, now);
  const generator = live.generator_power ?? (hasGenerator ? undefined : 0);
  const balancing = site.battery ? difference(load, total([solar, grid, generator])) : 0;
  const battery = live.battery_power ?? balancing;
  const isUnlisted = !site.battery && battery !== 0;
  if (isUnlisted && !isYoung(site.listedAt, now, hourMs)) delete state.site; // the battery may be newer than the list
  const reading = {
    production_kw: solar === undefined ? undefined : Math.max(0, solar), // inverters may draw a little at night
    // A generator must not look like surplus.
    net_import_kw: total([grid, generator]) ?? difference(load, total([solar, battery])),
    ...(site.battery ? { battery_discharge_kw: battery, ...chargeOf(live, site, context) } : {}),
    tsms: live.timestamp,
  };
  const unfitted = solar === undefined && !site.solar ? (['production'] as const) : [];
  return { ...withLacking(reading, { production: site.solar, battery: site.battery || isUnlisted }), unfitted };
}

/** A pack of 1 Wh stands for none. */
const noPack_kwh = 0.001;
const suddenMs = 600_000;

/** Tesla gives a charge of 0 by mistake now and then: straight after more than 5 % it is not believed. */
function chargeOf(
  { percentage_charged: soc, energy_left, total_pack_energy }: Live,
  site: Site,
  context: TeslaContext,
) {
  const { now, note } = context;
  const { charge } = site;
  const energy = (total_pack_energy ?? 0) > noPack_kwh ? energy_left : undefined;
  if (soc === 0 && charge && charge.soc > 0.05 && isYoung(charge.at, now, suddenMs + 1)) {
    note(`battery_soc is left out: 0 %, and just before it was ${Math.round(charge.soc * 100)} %`);
    return { battery_energy_kwh: energy === 0 ? undefined : energy };
  }
  if (soc !== undefined && soc >= 0 && soc <= 1) site.charge = { soc, at: now };
  return { battery_soc: soc, battery_energy_kwh: energy };
}
