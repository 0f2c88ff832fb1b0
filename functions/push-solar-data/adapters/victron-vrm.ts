/** Victron VRM: one call, signed watts as the GX device computes them. */
import * as z from 'zod/mini';
import { inWords } from '../core/freshness.ts';
import {
  type AdapterReading,
  defineAdapter,
  Failure,
  number,
  orInAddress,
  type ReadContext,
  secret,
  setting,
  text,
} from './adapter.ts';
import { isThereToday } from './age.ts';
import { figure, identifier, kilowatts, sumOfKnown, words } from './quantities.ts';
import { percent, unixSeconds } from './units.ts';

/** `grid`: when which installation last gave a grid power. */
const State = z.object({ idUser: identifier, grid: z.record(z.string(), z.number()) });
type Context = ReadContext<{ accessToken: string; idSite: number }, z.output<typeof State>>;

export const victronVrm = defineAdapter({
  vendor: 'victron-vrm',
  title: 'Victron VRM',
  homepage: 'https://vrm.victronenergy.com',
  knownAs: ['Victron Energy', 'Cerbo GX', 'Venus', 'vrm.victronenergy.com'],
  standing: 'recommended',
  refresh: 'as old as the log interval of the GX device: set it to 1 minute',
  needs: 'an access token and the number of the installation',
  baseUrl: 'https://vrmapi.victronenergy.com',
  pollSeconds: 60,
  settings: {
    accessToken: secret(
      text,
      'Access token: VRM portal → Preferences → Integrations → Access tokens → Add; it is shown once',
    ),
    idSite: setting(
      orInAddress(/\/installation\/(\d+)/, number({ min: 1 })),
      'Number in the address of your installation: vrm.victronenergy.com/installation/<number>/; the whole address will do',
    ),
    logIntervalMinutes: setting(
      z._default(number({ min: 1, max: 1440 }), 1),
      'Log interval of the GX device in minutes (GX: Settings → VRM online portal); decides when a reading is too old',
    ),
  },
  staleAfterSeconds: ({ logIntervalMinutes }) => Math.max(3 * logIntervalMinutes, 5) * 60,
  identity: ['accessToken'],
  state: State,
  always: ['tsms'],
  discovers: ['idSite'],
  discover: async (context) => ({
    idSite: (await sitesOf(context, {})).map(({ idSite, name }) => ({ value: idSite, title: name })),
  }),
  async read(context): Promise<AdapterReading> {
    const { idSite } = context.settings;
    const sites = await sitesOf(context, { extended: 1, idSite });
    const site = sites.find((each) => each.idSite === String(idSite));
    if (site) return map(site, context);
    const sentence = `shows no installation ${idSite} in this account: check ${context.settingName('idSite')}`;
    throw new Failure('bad-response', `Victron VRM ${sentence}`);
  },
});

const Me = z.object({ user: z.object({ id: identifier }) });

const Entry = z.looseObject({ code: z.string(), dataAttributes: z.nullish(z.array(z.object({ code: z.string() }))) });
const codesOf = { production: ['solar_yield'], grid: ['from_to_grid', 'generator'], battery: ['bv', 'bc'] } as const;
const usedCodes: readonly unknown[] = [...Object.values(codesOf).flat(), 'bs', 'consumption'];
/** Of some hundred entries those that are used: to check them all would cost more than the rest of a read. */
const Entries = z.pipe(
  z.pipe(
    z.array(z.unknown()),
    z.transform((entries) => entries.filter((entry) => usedCodes.includes(Object(entry).code))),
  ),
  z.array(Entry),
);
const name = z.catch(words, undefined);
const Site = z.object({ idSite: identifier, name, last_timestamp: unixSeconds, extended: z.nullish(Entries) });

async function sitesOf({ http, settings, state }: Context, query: Record<string, number>) {
  const vrm = http.extend({
    headers: { 'x-authorization': `Token ${settings.accessToken}` },
    kinds: { 429: ['rate-limited', 'asks us to slow down', { retryAfterSeconds: 60 }] },
    notJson: ({ isWebPage }) => (isWebPage ? 'unavailable' : undefined),
  });
  state.idUser ??= (await vrm.get('/v2/users/me', { schema: Me })).user.id;
  const schema = z.object({ records: z.array(Site) });
  return (await vrm.get(`/v2/users/${state.idUser}/installations`, { query, schema })).records;
}

/** Signs: `from_to_grid` + is import; `bc` + is charging. VRM's own consumption leaves out conversion losses and is not used. */
function map({ last_timestamp: tsms, extended }: z.output<typeof Site>, context: Context): AdapterReading {
  const live: Live = (code) => extended?.find((each) => each.code === code);
  refuseOld(live, context);
  const production_kw = kilowatts(figureOf(live, 'solar_yield'));
  const [volts, amperes] = [figureOf(live, 'bv'), figureOf(live, 'bc')];
  const battery_discharge_kw = volts === undefined || amperes === undefined ? undefined : kilowatts(-volts * amperes);
  const battery_soc = percent.parse(live('bs')?.['rawValue']);
  return {
    production_kw,
    net_import_kw: context.takes('grid') ? gridPower(live, context) : undefined,
    battery_discharge_kw,
    battery_soc,
    tsms,
    unfitted: production_kw === undefined ? ['production'] : [],
    lacking: battery_discharge_kw === undefined && battery_soc !== undefined ? ['battery'] : [],
  };
}

type Live = (code: string) => z.output<typeof Entry> | undefined;

function figureOf(live: Live, code: string, field = 'rawValue'): number | undefined {
  const parsed = figure.safeParse(live(code)?.[field]);
  if (parsed.success) return parsed.data;
  throw new Failure('bad-response', `Victron VRM answered in an unknown form (${field} of ${code} is not a number)`);
}

/** The time of the installation is that of whichever device reported last; a figure of 0 may be of a device that sleeps. */
function refuseOld(live: Live, { takes, now, staleAfterSeconds }: Context): void {
  for (const code of (['production', 'grid', 'battery'] as const).flatMap((term) =>
    takes(term) ? codesOf[term] : [],
  )) {
    const age = now / 1000 - (figureOf(live, code, 'timestamp') ?? now / 1000);
    if (!figureOf(live, code) || age <= staleAfterSeconds) continue;
    const sentence = `has ${code} of ${inWords(age)} ago: check that device and its connection`;
    throw new Failure('stale', `Victron VRM ${sentence}`);
  }
}

/** kW, with a generator's, which is no surplus either. While an inverter reports loads, no grid figure means no grid, unless there was one today. */
function gridPower(live: Live, { state, settings, now }: Context): number | undefined {
  const [grid, generator] = [figureOf(live, 'from_to_grid'), figureOf(live, 'generator')];
  state.grid ??= {};
  const isThere = isThereToday(state.grid, String(settings.idSite), grid !== undefined, now);
  const hasLoads = live('consumption')?.dataAttributes?.some(({ code }) => /^a[123]$/.test(code));
  const sentence = 'shows neither grid nor AC loads of this installation: nothing is known of the house';
  if (grid === undefined && !hasLoads) throw new Failure('bad-response', `Victron VRM ${sentence}`);
  return grid === undefined && isThere ? undefined : kilowatts(sumOfKnown(grid ?? 0, generator));
}
